"""Looks things up without ranking text: files as they are read, definitions by name, places that refer to one.

Must not know parsing, queries in words, or who asks. Text that is laid over a path hides what is stored of it.
"""

from __future__ import annotations

from scholiast_indexer.lookup.definitions import Definitions, place_count
from scholiast_indexer.lookup.files import file_bytes, file_symbols, indexed_paths
from scholiast_indexer.lookup.symbols import SymbolNames

__all__ = ["Definitions", "SymbolNames", "file_bytes", "file_symbols", "indexed_paths", "place_count"]
