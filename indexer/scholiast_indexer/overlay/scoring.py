"""BM25 over the overlay, on the scale of the lexical index. Pure; must not know where its statistics come from."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

from scholiast_indexer.overlay.file import Field, OverlaidFile

FieldName = Literal["terms", "names"]

K1 = 1.2
B = 0.75
"""tantivy's parameters. Source: tantivy 0.25, src/query/bm25.rs."""

MEAN_LENGTHS: dict[FieldName, float] = {"terms": 184.0, "names": 11.0}
"""Terms of a chunk. Source: medians of the indexes of 18 repositories in 11 languages (axum, flask, libuv, zod and
others), from 142 to 216 and from 6 to 15; of one of 100,000 chunks, 180 and 10.8."""

_EXACT_LENGTHS = 24
_SIGNIFICANT_BITS = 4


class Statistics(Protocol):
    """What BM25 asks of the main index."""

    @property
    def size(self) -> int:
        """Chunks held."""
        ...

    def document_frequency(self, term: str, field: FieldName = "terms") -> int:
        """In how many chunks a term occurs."""
        ...


def scores(
    files: Iterable[OverlaidFile], weights: Mapping[str, float], name_weight: float, statistics: Statistics
) -> dict[int, float]:
    """BM25 of each chunk that holds a term, by chunk id.

    Args:
        files: Whose chunks.
        weights: Weight of each query term.
        name_weight: Weight of the field of defined names beside the text's 1.
        statistics: Of the main index, so that a rare word weighs as much here as there.
    """
    fields: tuple[tuple[FieldName, float], ...] = (("terms", 1.0), ("names", name_weight))
    idfs: list[tuple[FieldName, str, float]] = [
        (field, term, weight * share * idf(statistics.size, statistics.document_frequency(term, field)))
        for field, share in fields
        for term, weight in weights.items()
    ]
    found: dict[int, float] = {}
    for file in files:
        for field, term, weight in idfs:
            values = file.terms if field == "terms" else file.names
            for place, value in _of_term(values, term, MEAN_LENGTHS[field]):
                chunk_id = file.chunk_id(place)
                found[chunk_id] = found.get(chunk_id, 0.0) + weight * value
    return found


def idf(size: int, frequency: int) -> float:
    """How much a term tells that occurs in `frequency` of `size` chunks."""
    return math.log(1 + (max(size, frequency) - frequency + 0.5) / (frequency + 0.5))


def _of_term(field: Field, term: str, mean_length: float) -> list[tuple[int, float]]:
    """`(place, share)` of the chunks that hold a term: its frequency, saturated, for their length."""
    return [
        (place, (K1 + 1) * count / (count + K1 * (1 - B + B * rounded_length(field.lengths[place]) / mean_length)))
        for place, count in field.postings.get(term, ())
    ]


def rounded_length(length: int) -> int:
    """A length as tantivy keeps it, in one byte: exact below 40, then with four significant bits.

    Source: tantivy 0.25, src/fieldnorm/code.rs (Lucene's SmallFloat).
    """
    if length < _EXACT_LENGTHS:
        return length
    rest = length - _EXACT_LENGTHS
    shift = max(0, rest.bit_length() - _SIGNIFICANT_BITS)
    return _EXACT_LENGTHS + (rest >> shift << shift)
