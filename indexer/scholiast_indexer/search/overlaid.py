"""Finds and hits from text that is laid over paths. Must not know the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scholiast_indexer.catalog import ChunkRow
from scholiast_indexer.embedding import Vectors
from scholiast_indexer.overlay import Overlay
from scholiast_indexer.search.filters import Filters, PathFilter
from scholiast_indexer.search.query import Query, folded
from scholiast_indexer.search.ranking import Described, Find, names_by_chunk
from scholiast_indexer.search.signals import path_matches


def narrowed(overlay: Overlay, filters: Filters) -> Overlay:
    """The files whose path and language a filter lets pass."""
    if not overlay or not (filters.by_path or filters.languages):
        return overlay
    path_filter = PathFilter(filters)
    return overlay.narrowed(
        lambda file: (not filters.languages or file.language in filters.languages) and path_filter.allows(file.path)
    )


def overlaid_nearest(overlay: Overlay, vector: Vectors, limit: int, stored: Mapping[int, float]) -> dict[int, float]:
    """Cosines of those chunks that would be among the `limit` nearest, had they been stored with the others."""
    least = min(stored.values()) if len(stored) >= limit else float("-inf")
    return {chunk_id: cosine for chunk_id, cosine in overlay.dense(vector, limit).items() if cosine >= least}


def overlaid_finds(
    query: Query,
    overlay: Overlay,
    lexical: Mapping[int, float],
    dense: Mapping[int, float],
    *,
    dense_alone_min: float,
    kinds: Sequence[str],
) -> list[Find]:
    """The overlay's chunks that may answer, with what was found of them."""
    named = overlay.defining(query.identifiers, folded) if query.identifiers else set()
    reexports = names_by_chunk(overlay.reexporting(query.identifiers, folded)) if query.shape == "symbol" else {}
    near = (chunk_id for chunk_id, cosine in dense.items() if cosine >= dense_alone_min)
    by_path = path_matches(query, overlay.files, [1.0] * len(query.terms))
    found = []
    for chunk_id in dict.fromkeys((*lexical, *near, *named, *reexports)):
        file, place = overlay.chunk(chunk_id)
        if not kinds or file.chunks[place].kind in kinds:
            passed_on = reexports.get(chunk_id, "")
            by_name = chunk_id in named or bool(passed_on) or by_path[file.path] > 0
            scores = (lexical.get(chunk_id, 0.0), dense.get(chunk_id, 0.0))
            found.append(Find(chunk_id, file.blob_id, *scores, by_name, passed_on))
    return found


def overlaid_descriptions(overlay: Overlay, chunk_ids: Sequence[int]) -> dict[int, Described]:
    """What ranking needs of the overlay's chunks among these."""
    places = ((chunk_id, overlay.chunk(chunk_id)) for chunk_id in chunk_ids if chunk_id < 0)
    chunks = ((chunk_id, file.chunks[place]) for chunk_id, (file, place) in places)
    return {chunk_id: Described(chunk.start_line, "\n".join(chunk.defines)) for chunk_id, chunk in chunks}


def overlaid_texts(overlay: Overlay, chunk_ids: Sequence[int]) -> dict[int, tuple[ChunkRow, str]]:
    """Row and text of the overlay's chunks among these."""
    places = {chunk_id: overlay.chunk(chunk_id) for chunk_id in chunk_ids if chunk_id < 0}
    return {chunk_id: (file.chunk_row(place), file.text(place)) for chunk_id, (file, place) in places.items()}
