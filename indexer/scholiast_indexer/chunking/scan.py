"""What each scanner finds in a file: the one value between reading a format and cutting it."""

from __future__ import annotations

import msgspec

from scholiast_indexer.chunking.borders import Borders
from scholiast_indexer.languages.outline import Outline
from scholiast_indexer.types import Kind


class Scan(msgspec.Struct, frozen=True):
    """Borders and definitions of one file."""

    borders: Borders
    outline: Outline
    loose_kind: Kind
    """Kind of the chunks outside any definition."""
    problems: tuple[str, ...] = ()
