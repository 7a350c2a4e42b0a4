"""What `.gitattributes` says of generated and vendored files; must not know git's other attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from scholiast_indexer.workspace.ignore import Rules, decide, make_rules
from scholiast_indexer.workspace.wildmatch import Pattern, parse_glob

_UNSET = frozenset({b"false", b"0", b"no"})


class Marks(NamedTuple):
    """The attributes files of a folder and those above it, the nearest first."""

    generated: tuple[Rules, ...] = ()
    vendored: tuple[Rules, ...] = ()

    def reason(self, path: bytes, name: bytes) -> str | None:
        """`generated` or `vendored` when the file is marked so."""
        if _is_marked(self.generated, path, name):
            return "generated"
        return "vendored" if _is_marked(self.vendored, path, name) else None


def add_attributes(marks: Marks, text: bytes, *, skip: int) -> Marks:
    """The marks of a folder that holds this `.gitattributes`; `skip` is the length of its path and slash."""
    generated = make_rules(_patterns(text, b"linguist-generated"), skip=skip)
    vendored = make_rules(_patterns(text, b"linguist-vendored"), skip=skip)
    return Marks(
        (generated, *marks.generated) if generated else marks.generated,
        (vendored, *marks.vendored) if vendored else marks.vendored,
    )


def _patterns(text: bytes, attribute: bytes) -> list[Pattern]:
    """The lines that set or unset an attribute, as patterns; one that unsets it is a negated pattern."""
    patterns: list[Pattern] = []
    for line in text.split(b"\n"):
        words = line.split()
        if attribute not in line or len(words) < 2 or words[0].startswith((b"#", b"!", b"[attr]")):
            continue
        unset = _unset(words[1:], attribute)
        pattern = None if unset is None else parse_glob(words[0].strip(b'"'), negated=unset)
        if pattern is not None:
            patterns.append(pattern)
    return patterns


def _unset(words: Sequence[bytes], attribute: bytes) -> bool | None:
    """Whether the words take the attribute away; None when they do not speak of it."""
    found: bool | None = None
    for word in words:
        key, _, value = word.partition(b"=")
        if key == attribute:
            found = value.lower() in _UNSET
        elif key in (b"-" + attribute, b"!" + attribute):
            found = True
    return found


def _is_marked(stack: tuple[Rules, ...], path: bytes, name: bytes) -> bool:
    pattern = decide(stack, path, name, folder=False) if stack else None
    return pattern is not None and not pattern.negated
