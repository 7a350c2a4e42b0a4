"""From what a scanner found to the finished chunks: the one order in which the steps run."""

from __future__ import annotations

from scholiast_indexer.chunking.borders import line_spans, weigh_definitions
from scholiast_indexer.chunking.cutting import cut
from scholiast_indexer.chunking.labels import label, reexports, symbols
from scholiast_indexer.chunking.packing import choose_lines
from scholiast_indexer.chunking.scan import Scan
from scholiast_indexer.chunking.source import Source
from scholiast_indexer.types import ChunkedFile


def assemble(source: Source, scan: Scan) -> ChunkedFile:
    """Weighs the borders, packs the file between them and labels what comes out."""
    spans = line_spans(source, scan.borders, scan.outline.definitions)
    weigh_definitions(scan.borders, source, scan.outline.definitions, spans)
    cuts = cut(source, choose_lines(source, scan.borders))
    chunks = label(source, cuts, scan.outline, spans, scan.loose_kind)
    return ChunkedFile(chunks, symbols(scan.outline, spans), scan.problems, reexports(source, scan.outline))
