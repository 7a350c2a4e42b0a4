"""Makes the request of an answer again from its provenance; must not know engines."""

from __future__ import annotations

import msgspec

from scholiast_indexer.types import Hit
from scholiast_server.answering.anchors import anchor_hash, source_lines
from scholiast_server.answering.evidence import evidence_of
from scholiast_server.answering.narrowing import FileText, Span
from scholiast_server.answering.types import Evidence, EvidenceSource, Provenance, Source
from scholiast_server.models.protocol import Request


def request_again(provenance: Provenance, source: EvidenceSource) -> Request | None:
    """What the engine was asked, word by word; None when the code it rests on is another one now."""
    pieces = [_piece(known, source) for known in provenance.evidence]
    evidence = tuple(piece for piece in pieces if piece is not None)
    if len(evidence) < len(pieces):
        return None
    return Request(
        provenance.asked,
        evidence,
        max_tokens=provenance.max_tokens,
        temperature=provenance.temperature,
        seed=provenance.seed,
        history=provenance.history,
        task=provenance.task,
        adapters=provenance.adapters,
    )


def _piece(known: Source, source: EvidenceSource) -> Evidence | None:
    data = source.read(known.path)
    lines = source_lines(data) if data is not None else []
    start, end = known.start_line - 1, known.end_line
    text = lines[start:end]
    if end > len(lines) or anchor_hash(text) != known.hash:
        return None
    symbols = source.symbols(known.path)
    named = [found for found in symbols if found.path == known.symbol and found.start_line < end]
    symbol = max(
        (found for found in named if start < found.end_line),
        key=lambda found: (bool(found.doc), found.end_line - found.start_line),  # as it was chosen, of overloads
        default=None,
    )
    hit = Hit(known.path, known.start_line, end, known.score, known.language, known.symbol, known.kind, "", known.why)
    piece = evidence_of(hit, Span(start, end, symbol), FileText(lines, symbols), known.score)
    return msgspec.structs.replace(piece, n=known.n)
