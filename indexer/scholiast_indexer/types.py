"""The frozen values that cross module and process borders; must not know how any of them is made.

Inside Scholiast lines are 0-based and ranges half-open, in bytes and in lines. Only `Hit` speaks to people:
its lines are 1-based and inclusive. (So `hit.start_line == chunk.start_line + 1`, `hit.end_line == chunk.end_line`.)
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Kind = Literal[
    "function", "method", "class", "interface", "struct", "enum", "trait", "type", "module", "constant",
    "variable", "property", "macro", "section", "cell", "script", "block", "text",
]  # fmt: skip
"""What a chunk or symbol is. `block` is code outside any definition, `text` is prose or unparsed lines."""


REFERRED_KINDS: tuple[Kind, ...] = (
    "function", "class", "interface", "struct", "enum", "trait", "type", "macro", "module", "constant",
)  # fmt: skip
"""Of definitions whose names tell in which file they are; names of methods and variables are shared by many."""


class Symbol(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One definition in a file."""

    name: str
    path: str
    """Names from the outermost definition inwards, joined by dots: `Class.method`."""
    kind: Kind
    signature: str
    """One line of source without its body: `def route(self, rule: str) -> Route`."""
    doc: str
    """The doc comment as plain text, comment marks removed; empty when there is none."""
    start_line: int
    end_line: int
    extends: bool = False
    """It adds to what is defined elsewhere under this name: Rust's `impl`, an `extension`."""


class Chunk(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A run of whole lines (unless one line is over the size limit) of one file."""

    start_byte: int
    end_byte: int
    start_line: int
    end_line: int
    kind: Kind
    symbol: str
    """Symbol path of the definition this chunk is (part of); empty outside any."""
    signature: str
    header: str
    """Retrieval text put before the chunk's own text when it is embedded and searched: enclosing definitions
    with their signatures, and the doc comment when it lies outside this chunk. Holds no path."""
    defines: tuple[str, ...]
    """Names defined by definitions that start in this chunk; of what only adds to one, not that one's."""
    references: tuple[str, ...]
    """Names called or used as types in this chunk, each once."""


class Reexport(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A name that a file passes on without defining it: `pub use`, `export { … } from`, `__all__`."""

    name: str
    start_line: int


class ChunkedFile(msgspec.Struct, frozen=True):
    """A file cut into chunks that tile its bytes in order, and what it defines."""

    chunks: tuple[Chunk, ...]
    symbols: tuple[Symbol, ...]
    problems: tuple[str, ...]
    """What went wrong on the way, in words for the user: `parse took over 2 s: cut by lines`."""
    reexports: tuple[Reexport, ...] = ()


class SkippedFile(msgspec.Struct, frozen=True):
    """A file of the workspace that is not indexed, and why."""

    path: str
    reason: str


class Hit(msgspec.Struct, frozen=True):
    """One search result. Lines are 1-based and inclusive."""

    path: str
    """Relative to the workspace root, POSIX separators, UTF-8 with surrogateescape."""
    start_line: int
    end_line: int
    score: float
    language: str
    symbol: str
    kind: str
    text: str
    why: dict[str, Any]
    """Each signal's share in the score, and the words that matched."""


class UpdateReport(msgspec.Struct, frozen=True):
    """What one update did."""

    root: str
    files: int
    chunks: int
    embedded: int
    reused: int
    removed: int
    skipped: tuple[SkippedFile, ...]
    seconds: float


class Progress(msgspec.Struct, frozen=True):
    """How far an update is; given to the progress callback at most some ten times a second."""

    stage: Literal["scanning", "reading", "embedding", "linking", "finishing"]
    done: int
    total: int
    """Files in stage `reading`, chunks in `embedding` and `linking`; 0 while unknown."""
    chunks: int
    seconds: float


class AnalyzedChunk(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A chunk and all that is computed from it alone, ready to be stored."""

    chunk: Chunk
    text_hash: bytes
    """Of the retrieval text: what names this chunk's vector."""
    terms: str
    """Terms of the retrieval text, joined by spaces."""
    names: str
    """Terms of the names it defines and of its symbol path, joined by spaces."""
    vector: bytes
    """Packed (`vectors.packing`); empty when it was known or is left to the caller."""


class AnalyzedFile(msgspec.Struct, frozen=True, array_like=True):
    """All that is computed from a file's bytes and language alone."""

    chunks: tuple[AnalyzedChunk, ...]
    symbols: tuple[Symbol, ...]
    problems: tuple[str, ...]
    content: bytes
    """The file's bytes, packed (`blocks`)."""
    reexports: tuple[Reexport, ...] = ()
    """In the order of their lines."""
