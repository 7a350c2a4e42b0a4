"""gitignore patterns as git reads them, one entry of a tree at a time; must not know files on disk.

Everything is bytes, as in git: `?` stands for one byte. A pattern here matches an entry itself, never what
lies below it; whoever walks the tree leaves out what is below an excluded folder. (pathspec's expressions
also match what lies below, which gives other answers than git where nested files and negations meet.)
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from scholiast_indexer.limits import IGNORE_LINE_BYTES_MAX
from scholiast_indexer.workspace.stars import FOLDER_STAR, NAME_STAR, PATH_STAR

_WILD = frozenset(b"*?[\\")
_CLASSES: dict[bytes, Callable[[bytes], bool]] = {
    b"alnum": bytes.isalnum,
    b"alpha": bytes.isalpha,
    b"blank": lambda byte: byte in b" \t",
    b"cntrl": lambda byte: byte[0] < 32 or byte[0] == 127,
    b"digit": bytes.isdigit,
    b"graph": lambda byte: 32 < byte[0] < 127,
    b"lower": bytes.islower,
    b"print": lambda byte: 32 <= byte[0] < 127,
    b"punct": lambda byte: 32 < byte[0] < 127 and not byte.isalnum(),
    b"space": bytes.isspace,
    b"upper": bytes.isupper,
    b"xdigit": lambda byte: byte in b"0123456789abcdefABCDEF",
}


class Pattern(NamedTuple):
    """One line of an ignore file."""

    parts: tuple[bytes, ...]
    """An expression of each byte or wildcard, for the whole path below the ignore file when anchored, else for the
    last name."""
    anchored: bool
    negated: bool
    folders_only: bool
    literal: bytes | None
    """The path or name itself when the pattern has no wildcard."""
    stem: bytes
    """For an anchored pattern, the folders before its first wildcard: `a/b` of `a/b/*.py`."""

    @property
    def expression(self) -> bytes:
        return b"".join(self.parts)


def parse_lines(text: bytes) -> list[Pattern]:
    """The patterns of an ignore file, in order; comments and patterns that can't match are left out."""
    lines = text.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return [pattern for line in lines if (pattern := parse_line(line.removesuffix(b"\r")))]


def parse_line(line: bytes) -> Pattern | None:
    """One line of an ignore file; None when it says nothing."""
    if line.startswith(b"#"):
        return None
    line = _without_trailing_spaces(line)
    negated = line.startswith(b"!")
    return parse_glob(line[1:] if negated else line, negated=negated)


def parse_glob(glob: bytes, *, negated: bool = False) -> Pattern | None:
    """The pattern alone, its `!` already taken off; None when it can't match."""
    folders_only = glob.endswith(b"/")
    glob = glob[:-1] if folders_only else glob
    anchored = b"/" in glob
    glob = glob.removeprefix(b"/")
    parts = translate(glob) if glob and len(glob) <= IGNORE_LINE_BYTES_MAX else None
    if parts is None:
        return None
    wild_at = _first_wild(glob)
    literal = glob if wild_at == len(glob) else None
    stem = glob if literal else glob[:wild_at].rpartition(b"/")[0]
    return Pattern(tuple(parts), anchored, negated, folders_only, literal, stem if anchored else b"")


def translate(glob: bytes) -> list[bytes] | None:
    """Parts of a regular expression equal to git's wildmatch with WM_PATHNAME; None when the glob never matches.

    Source: wildmatch.c of git 2.39.
    """
    parts: list[bytes] = []
    at = 0
    while at < len(glob):
        byte = glob[at : at + 1]
        if byte == b"*":
            part, at = _stars(glob, at)
        elif byte == b"?":
            part, at = b"[^/]", at + 1
        elif byte == b"[":
            bracket = _bracket(glob, at + 1)
            if bracket is None:
                return None
            part, at = bracket
        elif byte == b"\\":
            if at + 1 == len(glob):
                return None
            part, at = re.escape(glob[at + 1 : at + 2]), at + 2
        else:
            part, at = re.escape(byte), at + 1
        parts.append(part)
    return parts


def _first_wild(glob: bytes) -> int:
    return next((at for at, byte in enumerate(glob) if byte in _WILD), len(glob))


def _stars(glob: bytes, at: int) -> tuple[bytes, int]:
    end = at
    while glob[end : end + 1] == b"*":
        end += 1
    # git compares the part before the first wildcard by itself, so that a `**` behind it counts as a
    # beginning.
    starts_name = at == _first_wild(glob) or glob[at - 1 : at] == b"/"
    rest = glob[end:]
    if end - at == 1 or not starts_name:
        return NAME_STAR, end
    if not rest:
        return PATH_STAR, end
    if rest.startswith(b"/"):
        return FOLDER_STAR, end + 1
    if rest.startswith(b"\\/"):
        return FOLDER_STAR, end + 2
    return NAME_STAR, end


def _bracket(glob: bytes, at: int) -> tuple[bytes, int] | None:
    """The expression of `[...]` from behind its bracket, and where it ends; None when it is not closed."""
    negated = glob[at : at + 1] in (b"!", b"^")
    at += negated
    members: set[int] = set()
    previous: int | None = None
    first = True
    while True:
        byte = glob[at : at + 1]
        if not byte:
            return None
        if byte == b"]" and not first:
            break
        first = False
        follows = glob[at + 1 : at + 2]
        if byte == b"-" and previous is not None and follows and follows != b"]":
            at += 2 if follows == b"\\" else 1
            if at >= len(glob):
                return None
            members.update(range(previous, glob[at] + 1))
            previous = None
        elif byte == b"[" and follows == b":":
            close = glob.find(b"]", at + 2)
            if close < 0:
                return None
            if glob[close - 1 : close] == b":" and close - 1 >= at + 2:
                test = _CLASSES.get(glob[at + 2 : close - 1])
                if test is None:
                    return None
                members.update(code for code in range(128) if test(bytes((code,))))
                at, previous = close, None
            else:  # `[[:` without its `:]` is a plain bracket
                members.add(byte[0])
                previous = byte[0]
        else:
            at += byte == b"\\"
            if at >= len(glob):
                return None
            previous = glob[at]
            members.add(previous)
        at += 1
    return _members_expression(members, negated=negated), at + 1


def _members_expression(members: set[int], *, negated: bool) -> bytes:
    kept = (set(range(256)) - members if negated else members) - {ord("/")}
    if not kept:
        return b"(?!)"
    left_out = set(range(256)) - kept  # the shorter of the two: a file may hold 100,000 such classes
    mark, codes = (b"[^", left_out) if len(left_out) < len(kept) else (b"[", kept)
    return mark + b"".join(b"\\x%02x" % code for code in sorted(codes)) + b"]"


def _without_trailing_spaces(line: bytes) -> bytes:
    """Trailing spaces go, unless a backslash holds them."""
    end = len(line)
    while end and line[end - 1 : end] == b" ":
        slashes = 0
        while slashes < end - 1 and line[end - 2 - slashes : end - 1 - slashes] == b"\\":
            slashes += 1
        if slashes % 2:
            break
        end -= 1
    return line[:end]
