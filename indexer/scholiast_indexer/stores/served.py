"""The vectors that are searched, out of those that the catalog holds of each embedder. Must not know who compares them.

An embedder that is made of others has none of its own there: a model's vectors, which took long to make, outlive a new
table beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import TypeVar

from scholiast_indexer.catalog import Catalog
from scholiast_indexer.catalog.vectors import ModelId
from scholiast_indexer.embedding import Embedder
from scholiast_indexer.embedding.joined import JoinedEmbedder, joined
from scholiast_indexer.vectors.packing import packed_vectors, unpacked_vectors

Key = TypeVar("Key")
Read = Callable[[ModelId], Mapping[Key, bytes]]
"""Reads packed vectors that a model has made."""
_READ_AT_ONCE = 1024


def vectors_served(catalog: Catalog, embedder: Embedder, chunk_ids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    """`(chunk id, packed vector)` of those chunks of which each part of the embedder has made one.

    Raises:
        IndexDamagedError: A vector is not what was stored.
    """
    for start in range(0, len(chunk_ids), _READ_AT_ONCE):
        some = chunk_ids[start : start + _READ_AT_ONCE]
        yield from _served(catalog, embedder, partial(_of_chunks, catalog, some)).items()


def vectors_served_of_texts(
    catalog: Catalog, embedder: Embedder, text_hashes: Collection[bytes]
) -> Mapping[bytes, bytes]:
    """The same by text hash. Raises as `vectors_served` does."""
    return _served(catalog, embedder, partial(catalog.vectors_of_texts, text_hashes))


def _of_chunks(catalog: Catalog, chunk_ids: Sequence[int], model_id: ModelId) -> dict[int, bytes]:
    return dict(catalog.vectors(chunk_ids, model_id))


def _served(catalog: Catalog, embedder: Embedder, read: Read[Key]) -> Mapping[Key, bytes]:
    if not isinstance(embedder, JoinedEmbedder):
        return _made_by(catalog, embedder, read)
    made = [_made_by(catalog, part, read) for part in embedder.parts]
    keys = [key for key in made[0] if all(key in by_part for by_part in made)]
    if not keys:
        return {}
    model, table = (
        unpacked_vectors([by_part[key] for key in keys], part.dimension)
        for by_part, part in zip(made, embedder.parts, strict=True)
    )
    return dict(zip(keys, packed_vectors(joined(model, table)), strict=True))


def _made_by(catalog: Catalog, embedder: Embedder, read: Read[Key]) -> Mapping[Key, bytes]:
    model_id = catalog.model_id(embedder.fingerprint)
    return {} if model_id is None else read(model_id)
