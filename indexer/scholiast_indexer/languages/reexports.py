"""Names that a file passes on without defining them: `pub use`, `export { … }`, `__all__`. Must not know syntax trees.

Whoever asks for a name wants its definition first and the public place that offers it next, so these are kept apart
from definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scholiast_indexer.languages.found import Found
from scholiast_indexer.languages.outline import Definition, Reference
from scholiast_indexer.limits import DEFINITIONS_PER_FILE_MAX, NAME_CHARS_MAX

_DEFINING = frozenset({"function", "method", "class", "interface", "struct", "enum", "trait", "module", "macro"})
"""Kinds of definitions that a file which only gathers what others define has none of."""
_LETTERS = rb"\w$\x80-\xff"
_NAME = rb"[%b][%b'!?]*" % (_LETTERS, _LETTERS)
_PASSED_ON = re.compile(rb"(?:([\"'])(%b)\1|(?<![.%b])(%b))\s*(?=[,)\]}]|\Z)" % (_NAME, _LETTERS, _NAME))
"""The last name of each item: `a::{b::C, D as E}` passes on C and E. None begins inside another, which would take time
by the square of a name's length."""
_NO_NAMES = frozenset({"_", "self", "default"})


def reexports(found: Found, definitions: Sequence[Definition], data: bytes) -> tuple[Reference, ...]:
    """Names that a file passes on, in source order; what it defines itself is no such name.

    What is imported counts in a file without functions and types of its own: it has no other use for it.
    """
    spans = found.reexports
    if found.imports and not any(definition.kind in _DEFINING for definition in definitions):
        spans = spans + found.imports
    if not spans:
        return ()
    own = {definition.name for definition in definitions} | _NO_NAMES
    text = _without_comments(found, data)
    named = {start: name for span in spans for start, name in _names(text, *span) if name not in own}
    return tuple([Reference(named[start], start) for start in sorted(named)[:DEFINITIONS_PER_FILE_MAX]])


def _names(text: bytes, start: int, end: int) -> Iterator[tuple[int, str]]:
    for match in _PASSED_ON.finditer(text[start:end]):
        group = 2 if match[2] is not None else 3
        yield start + match.start(group), match[group].decode("utf-8", "replace")[:NAME_CHARS_MAX]


def _without_comments(found: Found, data: bytes) -> bytes:
    """The file with spaces in place of its comments, so that what is left stays where it is."""
    text = bytearray(data)
    for start, end, _ in found.pieces:
        text[start:end] = b" " * (end - start)
    return bytes(text)
