"""Which parts of a text are comments and strings, by patterns alone; must not know syntax trees or files.

A tree would know better, but a hover has milliseconds and a line that may just be typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from scholiast_server.lookup.comment_marks import block_marks, line_marks

_CHARACTER = r"'(?:\\[^\n][^'\n]{0,8}|[^'\\\n])'"
_CHARACTER_LANGUAGES = frozenset(
    {"rust", "c", "cpp", "java", "csharp", "go", "kotlin", "scala", "swift", "haskell", "ocaml", "ocaml_interface",
     "objc", "zig", "elm", "d", "fsharp", "purescript", "julia", "erlang"}
)  # fmt: skip
_BARE_QUOTE_LANGUAGES = frozenset(
    {"commonlisp", "elisp", "clojure", "scheme", "racket", "fennel", "janet", "verilog", "visualbasic", "latex"}
)
_BACKTICK_LANGUAGES = frozenset({"javascript", "typescript", "tsx", "vue", "svelte", "go", "bash"})
_TRIPLE_LANGUAGES = frozenset(
    {"python", "java", "kotlin", "scala", "swift", "csharp", "elixir", "julia", "groovy", "starlark", "mojo", "dart"}
)
_LONG_STRING_LANGUAGES = frozenset({"rust", "ruby", "php", "bash", "elixir", "commonlisp", "elisp", "clojure"})
"""Where a string between ordinary quotes goes on over lines."""

_DOLLAR = re.compile(r"\$\{[^{}]*\}")
_HASH = re.compile(r"#\{[^{}]*\}")
_BRACES = re.compile(r"\{[^{}]*\}")
_SWIFT = re.compile(r"\\\([^()]*\)")
_INTERPOLATIONS: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(("javascript", "typescript", "tsx", "vue", "svelte", "kotlin", "scala", "groovy", "dart"), _DOLLAR),
    **dict.fromkeys(("ruby", "elixir", "crystal", "coffeescript"), _HASH),
    "python": _BRACES,
    "csharp": _BRACES,
    "swift": _SWIFT,
}
_PYTHON_FORMAT = re.compile(r"(?<!\w)[rR]?[fFtT][rR]?$")


def noise(text: str, language: str) -> Iterator[re.Match[str]]:
    """Comments and strings in order, each as one match."""
    return _pattern(language).finditer(text)


def is_comment(match: re.Match[str], language: str) -> bool:
    """Whether a match of `noise` is a comment rather than a string."""
    word = match.group().lstrip()
    return word.startswith(line_marks(language)) or word.startswith(tuple(mark for mark, _ in block_marks(language)))


def is_code(text: str, language: str, offset: int) -> bool:
    """Whether the character at `offset` is neither in a comment nor in a string; code inside a string is code."""
    for match in noise(text, language):
        if match.start() > offset:
            return True
        if match.end() > offset:
            return _is_interpolated(match, language, offset)
    return True


def _is_interpolated(match: re.Match[str], language: str, offset: int) -> bool:
    pattern = _INTERPOLATIONS.get(language)
    if pattern is None or is_comment(match, language):
        return False
    before = match.string[max(0, match.start() - 3) : match.start()]
    if language == "python" and not _PYTHON_FORMAT.search(before):
        return False
    if language == "csharp" and "$" not in before:
        return False
    if pattern is _DOLLAR and language in _BACKTICK_LANGUAGES and not match.group().startswith("`"):
        return False
    return any(found.start() < offset < found.end() for found in pattern.finditer(match.string, *match.span()))


def without_noise(text: str, language: str) -> str:
    """The text with comments and strings blanked, line breaks and length kept."""
    return _pattern(language).sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


@lru_cache(maxsize=64)
def _pattern(language: str) -> re.Pattern[str]:
    """Each alternative begins with a literal character, so that `re` skips quickly over what begins none."""
    blocks = [_block(opening, closing) for opening, closing in block_marks(language)]
    return re.compile(
        "|".join((*blocks, *_strings(language), *(_line(mark, language) for mark in line_marks(language))))
    )


def _block(opening: str, closing: str) -> str:
    return rf"{re.escape(opening)}[\s\S]*?(?:{re.escape(closing)}|\Z)"


def _line(mark: str, language: str) -> str:
    if mark == "#" and language in {"bash", "make", "fish", "dockerfile", "tcl"}:
        return r"#(?<![^\s;(]#)[^\n]*"  # `$#`, `${#x}` and `a#b` are code there
    if mark == "#" and language == "php":
        return r"#(?!\[)[^\n]*"
    if mark in {'"', "'"} or mark.isalpha():
        return rf"{re.escape(mark)}(?<=^{re.escape(mark)})[^\n]*|\n[ \t]*{re.escape(mark)}[^\n]*"
    return rf"{re.escape(mark)}[^\n]*"


def _strings(language: str) -> Iterator[str]:
    marks = line_marks(language)
    if language in _TRIPLE_LANGUAGES:
        yield r'"""[\s\S]*?(?:"""|\Z)'
        yield r"'''[\s\S]*?(?:'''|\Z)"
    if language == "rust":
        yield r'"(?<=r#")[\s\S]*?(?:"#|\Z)'
    if '"' not in marks:
        yield r'"(?:\\[\s\S]|[^"\\])*(?:"|\Z)' if language in _LONG_STRING_LANGUAGES else r'"(?:\\.|[^"\\\n])*"?'
    if language in _BACKTICK_LANGUAGES:
        yield r"`(?:\\[\s\S]|[^`\\])*(?:`|\Z)" if language != "go" else r"`[^`]*(?:`|\Z)"
    if language in _CHARACTER_LANGUAGES:
        yield _CHARACTER
    elif "'" not in marks and language not in _BARE_QUOTE_LANGUAGES:
        yield r"'(?:\\.|[^'\\\n])*'?"
