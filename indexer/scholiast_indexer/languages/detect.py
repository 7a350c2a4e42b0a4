"""Which language a file is in, from its name and its beginning; must not open files."""

from __future__ import annotations

import re
from functools import lru_cache

from scholiast_indexer.languages.table import LANGUAGES

_SHEBANG = re.compile(rb"#!\s*(\S+)(.*)")
_CPLUSPLUS = re.compile(
    rb"^\s*(?:namespace\s+\w|template\s*<|class\s+\w+[^;=]*$|using\s+(?:namespace\s+)?\w|(?:public|private|protected):"
    rb"|#\s*include\s+<(?:algorithm|array|atomic|c(?:assert|ctype|float|limits|math|std\w+|string)|chrono|exception"
    rb"|functional|initializer_list|iostream|iterator|limits|list|locale|map|memory|mutex|optional|ostream|set|span"
    rb"|sstream|stdexcept|string|string_view|thread|tuple|type_traits|unordered_\w+|utility|variant|vector)>)"
    rb"|^\s*enum\s+(?:class|struct)\b|\binline\s+auto\b|\b(?:std::|constexpr\b|noexcept\b|nullptr\b)",
    re.MULTILINE,
)
_OBJECTIVE_C = re.compile(rb"^\s*(?:@(?:interface|protocol|class|import)\b|#\s*import\b)", re.MULTILINE)
_SHELL = re.compile(
    rb"\A#(?:compdef|autoload)\b|^#\s*shellcheck shell=\w*sh\b|^(?:function )?[A-Za-z_][\w-]* ?\(\) ?\{[ \t\r]*$",
    re.MULTILINE,
)
"""What only shells have: a completion of zsh, a word to shellcheck, a function without arguments or type."""
_MARKERS = ((b"<?php", "php"), (b"<?xml", "xml"), (b"<!doctype html", "html"), (b"<html", "html"))


def detect(path: str, first_line: bytes = b"") -> str | None:
    """Name of the language of a file, a key of `LANGUAGES`.

    Args:
        path: The file's path; only its last part counts.
        first_line: Its first line, or as much of its beginning as is at hand: some 4 KB tell a C header
            from a C++ or Objective-C one, and functions of a shell from words.

    Returns:
        None when neither the name nor the beginning is known.
    """
    name = path.replace("\\", "/").rsplit("/", 1)[-1]
    language = _by_name(name)
    if language == "c" and name.endswith((".h", ".H")):
        return _header(first_line)
    return language or _by_beginning(first_line) or ("bash" if _is_sourced(name, first_line) else None)


def _by_name(name: str) -> str | None:
    exact = _filenames().get(name)
    if exact:
        return exact
    if name.startswith(("Dockerfile.", "Containerfile.")):
        return "dockerfile"
    parts = name.lower().split(".")
    suffixes = ("." + ".".join(parts[at:]) for at in range(1, len(parts)))
    known = _extensions()
    return next((known[suffix] for suffix in suffixes if suffix in known), None)


def _by_beginning(beginning: bytes) -> str | None:
    line = beginning.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].strip()
    shebang = _SHEBANG.match(line)
    if shebang:
        return _by_interpreter(shebang[1], shebang[2].split())
    start = line.lower()
    return next((language for marker, language in _MARKERS if start.startswith(marker)), None)


def _is_sourced(name: str, beginning: bytes) -> bool:
    """Whether shells read functions from it: neither run nor opened, it needs no shebang and no extension."""
    return "." not in name and _SHELL.search(beginning) is not None


def _by_interpreter(program: bytes, arguments: list[bytes]) -> str | None:
    """`/usr/bin/env -S VAR=1 python3.12 -u` runs python, as `/usr/bin/python3` does."""
    words = [program, *arguments]
    if program.rsplit(b"/", 1)[-1] == b"env":
        words = [word for word in arguments if not word.startswith(b"-") and b"=" not in word]
    if not words:
        return None
    base = words[0].rsplit(b"/", 1)[-1].decode("utf-8", "replace")
    return _interpreters().get(base) or _interpreters().get(base.rstrip("0123456789.-"))


def _header(beginning: bytes) -> str:
    """`.h` is shared by three languages; without more to go by it is C."""
    if _OBJECTIVE_C.search(beginning):
        return "objc"
    return "cpp" if _CPLUSPLUS.search(beginning) else "c"


@lru_cache(maxsize=1)
def _extensions() -> dict[str, str]:
    return {extension: row.name for row in LANGUAGES.values() for extension in row.extensions}


@lru_cache(maxsize=1)
def _filenames() -> dict[str, str]:
    return {filename: row.name for row in LANGUAGES.values() for filename in row.filenames}


@lru_cache(maxsize=1)
def _interpreters() -> dict[str, str]:
    return {program: row.name for row in LANGUAGES.values() for program in row.interpreters}
