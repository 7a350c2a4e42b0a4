"""Bytes to chunks that tile the file, with symbols and retrieval text; must not know storage, paths or models.

A file is measured by line (`source`), scanned for borders and definitions (`code`, `sections`, `markup`), packed
into the cheapest chunks between borders (`packing`), held to the limits (`cutting`) and labelled (`labels`).
"""

from scholiast_indexer.chunking.file import chunk_file

__all__ = ["chunk_file"]
