"""What a syntax tree says a file defines and uses; must not know how files are cut into chunks.

All offsets are bytes into the data that was parsed.
"""

from __future__ import annotations

import msgspec

from scholiast_indexer.types import Kind


class Definition(msgspec.Struct, frozen=True, gc=False):
    """One definition, decorators and leading comments told apart from its own node."""

    name: str
    path: str
    """Names from the outermost definition inwards: `Class.method`."""
    kind: Kind
    signature: str
    """The head of the definition without its body, white space squeezed, on one line, at most 300 characters."""
    doc: str
    """Doc comment or docstring as plain text, comment marks and common indent removed, at most 2,000 characters."""
    lead_byte: int
    """Where its leading comments, attributes and decorators begin (equals `start_byte` when there are none)."""
    start_byte: int
    end_byte: int
    body_byte: int
    """Where the body begins; `end_byte` when it has none."""
    parent: int
    """Position of the enclosing definition in `Outline.definitions`; -1 at the top."""
    extends: bool = False
    """It adds to what is defined elsewhere under this name."""


class Reference(msgspec.Struct, frozen=True, gc=False):
    """A name called, used as a type, or passed on."""

    name: str
    start_byte: int


class Outline(msgspec.Struct, frozen=True):
    """Definitions in source order (a parent before its children), references and re-exports in source order."""

    definitions: tuple[Definition, ...]
    references: tuple[Reference, ...]
    reexports: tuple[Reference, ...] = ()
    """Names that the file passes on without defining them."""
