"""Where output goes: text, notes and documents, with colours and links only where they are seen as such.

Must not know verbs. Escape sequences are written by hand: they are few, and a library would cost a search its start.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = "scholiast"
WIDTH_MAX = 120
"""Columns of running text: longer lines are hard to read."""
_STYLES = {
    "path": "36", "line": "32", "name": "1", "number": "36", "dim": "2", "good": "32", "bad": "31", "warning": "33",
    "bold": "1",
}  # fmt: skip
_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_UNSEEN = (0x00AD, 0x200B, 0x2028, 0x2029, *range(0x2060, 0x2065), 0xFEFF, *range(0xE0000, 0xE0080))
_VISIBLE_CONTROLS = {
    **{code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (0x09, 0x0A)},
    **{code: f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}" for code in (*_TURNING, *_UNSEEN)},
    **{0xDC00 + byte: f"\\x{byte:02x}" for byte in range(0x80, 0x100)},  # of a name that is not UTF-8
}
"""Control characters, those that turn the direction of text, and those that nobody sees and two names may differ by: a
file's name may not drive the terminal, nor pass for another. (Joiners stay: emoji and many scripts need them.)"""
_LINE_ENDS = {0x0A: "\\n", 0x0D: "\\r"}


class Surface:
    """One stream with what it can show."""

    def __init__(self, stream: TextIO, *, color: bool, links: bool, width: int = 80) -> None:
        self.stream = stream
        self.color = color
        self.links = links
        self.width = width

    @property
    def is_terminal(self) -> bool:
        return _is_terminal(self.stream)

    def paint(self, text: str, style: str) -> str:
        """The text in a style, where there are colours."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.color and text else text

    def link(self, text: str, file: Path, line: int) -> str:
        """The text as a link to a line of a file, where there are links."""
        if not self.links:
            return text
        address = file.as_uri().replace("file://", f"file://{_host()}", 1)
        return f"\x1b]8;;{address}#{line}\x1b\\{text}\x1b]8;;\x1b\\"

    def visible(self, text: str) -> str:
        """Text from outside (a path, a line of code) as a terminal may show it; in a pipe as it is."""
        return text.translate(_VISIBLE_CONTROLS) if self.is_terminal else text

    def visible_name(self, text: str) -> str:
        """A path or a name from outside, as a part of one line: in a pipe too a line of it would be a line of ours."""
        return self.visible(text.translate(_LINE_ENDS))

    def write(self, text: str) -> None:
        self.stream.write(text)


class Console:
    """What a verb writes to: results to `out`, everything said about the work to `err`."""

    def __init__(self, out: Surface, err: Surface, *, quiet: bool = False, verbose: bool = False) -> None:
        self.out = out
        self.err = err
        self.quiet = quiet
        self.verbose = verbose

    def line(self, text: str = "") -> None:
        """A line of the result."""
        self.out.write(text + "\n")

    def document(self, value: object) -> None:
        """The result as one JSON document; what is not UTF-8 in a path stays as escaped surrogates."""
        import json

        self.out.write(json.dumps(value, ensure_ascii=True) + "\n")

    def note(self, text: str) -> None:
        """A line about the work, on stderr."""
        if not self.quiet:
            self.err.write(f"{PROGRAM}: {self.err.visible(text)}\n")
            self.err.stream.flush()

    def problem(self, text: str) -> None:
        """What went wrong; not even --quiet hides it."""
        head = self.err.paint(f"{PROGRAM}:", "bad")
        self.err.write(f"{head} {self.err.visible(text)}\n")
        self.err.stream.flush()


def open_console(color: str = "auto", links: str = "auto", *, quiet: bool = False, verbose: bool = False) -> Console:
    """The console of this process.

    Args:
        color: `auto`, `always` or `never`.
        links: The same, for links.
        quiet: Leaves notes out.
        verbose: Asks verbs for more detail.
    """
    surfaces = []
    for stream in (sys.stdout, sys.stderr):
        _tolerate_any_text(stream)
        colored = _wanted(color, _is_terminal(stream) and allows_escapes(os.environ))
        linked = _wanted(links, colored and _is_terminal(stream) and allows_links(os.environ))
        surfaces.append(Surface(stream, color=colored, links=linked, width=_width()))
    return Console(surfaces[0], surfaces[1], quiet=quiet, verbose=verbose)


def allows_escapes(environment: Mapping[str, str]) -> bool:
    """Whether a terminal is to get escape sequences. Source: no-color.org."""
    return not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def allows_links(environment: Mapping[str, str]) -> bool:
    """Whether a terminal at least ignores links that it can't show: the console and GNU screen print them."""
    term = environment.get("TERM", "")
    return term != "linux" and (not term.startswith("screen") or "TMUX" in environment)


def _wanted(choice: str, by_itself: bool) -> bool:
    return choice == "always" or (choice == "auto" and by_itself)


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # it is closed
        return False


def _width() -> int:
    import shutil

    return max(20, shutil.get_terminal_size().columns)


def _tolerate_any_text(stream: TextIO) -> None:
    """Write any path, and marks such as ✓, whatever the encoding: bytes of a path as they are, else escaped."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        is_utf8 = (stream.encoding or "").lower().replace("-", "") == "utf8"
        reconfigure(errors="surrogateescape" if is_utf8 else "backslashreplace")


@lru_cache(maxsize=1)
def _host() -> str:
    import socket

    try:
        return socket.gethostname()
    except OSError:
        return ""
