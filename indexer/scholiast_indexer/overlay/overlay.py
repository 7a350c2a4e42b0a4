"""All text that is laid over, as one value: a change gives a new one, so that readers see the old or the new.

Must not know storage or how hits are ranked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import numpy as np

from scholiast_indexer.embedding import Vectors
from scholiast_indexer.overlay.file import OverlaidFile, place_of
from scholiast_indexer.overlay.scoring import Statistics, scores
from scholiast_indexer.types import Symbol
from scholiast_indexer.vectors.matrix import VectorMatrix


class Overlay:
    """Unsaved files by path. Never changed after it is made."""

    def __init__(self, files: Mapping[str, OverlaidFile], vectors: VectorMatrix, model: str) -> None:
        """Use `empty` and `with_file`."""
        self.files = files
        self.model = model
        """Fingerprint of the embedder that made its vectors."""
        self._vectors = vectors
        self._by_blob = {file.blob_id: file for file in files.values()}

    @classmethod
    def empty(cls, dimension: int, model: str = "") -> Overlay:
        return cls({}, VectorMatrix.empty(dimension), model)

    def of_model(self, model: str, dimension: int) -> Overlay:
        """The same files with vectors of that embedder alone: those of another are left out, and words find them."""
        if model == self.model:
            return self
        pairs = [
            (file.chunk_id(place), data)
            for file in self.files.values()
            if file.model == model
            for place, data in enumerate(file.vectors)
            if data
        ]
        return Overlay(self.files, VectorMatrix.from_packed(pairs, dimension), model)

    def with_file(self, file: OverlaidFile) -> Overlay:
        """This overlay with a file, in place of what was laid over its path."""
        ids = [file.chunk_id(place) for place in range(len(file.chunks))]
        is_of_model = file.model == self.model
        pairs = [(chunk_id, data) for chunk_id, data in zip(ids, file.vectors, strict=True) if data and is_of_model]
        added = VectorMatrix.from_packed(pairs, self._vectors.dimension)
        vectors = self._vectors.changed(self._ids_of(file.path), added)
        return Overlay({**self.files, file.path: file}, vectors, self.model)

    def without(self, path: str) -> Overlay:
        """This overlay without a path."""
        if path not in self.files:
            return self
        none = VectorMatrix.empty(self._vectors.dimension)
        rest = {other: file for other, file in self.files.items() if other != path}
        return Overlay(rest, self._vectors.changed(self._ids_of(path), none), self.model)

    def narrowed(self, keeps: Callable[[OverlaidFile], bool]) -> Overlay:
        """The part of it that a filter lets pass."""
        kept = {path: file for path, file in self.files.items() if keeps(file)}
        if len(kept) == len(self.files):
            return self
        ids = [file.chunk_id(place) for file in kept.values() for place in range(len(file.chunks))]
        return Overlay(kept, self._vectors.only(np.array(ids, dtype=np.int64)), self.model)

    def _ids_of(self, path: str) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        file = self.files.get(path)
        count = 0 if file is None else len(file.chunks)
        return np.array([file.chunk_id(place) for place in range(count)] if file else [], dtype=np.int64)

    # -- what is there ------------------------------------------------------------------------------------------

    def __bool__(self) -> bool:
        return bool(self.files)

    @property
    def size(self) -> int:
        """Chunks held."""
        return sum(len(file.chunks) for file in self.files.values())

    @property
    def bytes(self) -> int:
        """Bytes of all files."""
        return sum(len(file.data) for file in self.files.values())

    @property
    def paths(self) -> dict[int, str]:
        """Path of each file, by blob id."""
        return {blob_id: file.path for blob_id, file in self._by_blob.items()}

    def chunk(self, chunk_id: int) -> tuple[OverlaidFile, int]:
        """The file of a chunk, and the chunk's place in it."""
        blob_id, place = place_of(chunk_id)
        return self._by_blob[blob_id], place

    def document_frequency(self, term: str) -> int:
        """In how many chunks a term occurs."""
        return sum(len(file.terms.postings.get(term, ())) for file in self.files.values())

    def reference_count(self, name: str) -> int:
        """In how many chunks a name is called or used as a type."""
        return sum(name in chunk.references for file in self.files.values() for chunk in file.chunks)

    def symbols(self) -> Iterable[tuple[str, Symbol]]:
        """Every definition with its path."""
        return ((file.path, symbol) for file in self.files.values() for symbol in file.symbols)

    # -- candidates ---------------------------------------------------------------------------------------------

    def lexical(
        self, weights: Mapping[str, float], name_weight: float, limit: int, statistics: Statistics
    ) -> dict[int, float]:
        """The best chunks by BM25, by chunk id; see `scoring.scores`."""
        found = scores(self.files.values(), weights, name_weight, statistics)
        if len(found) <= limit:
            return found
        return dict(sorted(found.items(), key=lambda item: (-item[1], -item[0]))[:limit])

    def dense(self, query: Vectors, limit: int) -> dict[int, float]:
        """The nearest chunks and their cosines, by chunk id."""
        ids, cosines = self._vectors.nearest(query, limit)
        return dict(zip(ids.tolist(), cosines.tolist(), strict=True))

    def defining(self, names: Collection[str], spell: Callable[[str], str]) -> set[int]:
        """Ids of chunks in which a definition begins whose name, as `spell` writes it, is one of `names`."""
        return {
            file.chunk_id(place)
            for file in self.files.values()
            for place, chunk in enumerate(file.chunks)
            if any(spell(name) in names for name in chunk.defines)
        }

    def reexporting(self, names: Collection[str], spell: Callable[[str], str]) -> Iterator[tuple[int, str]]:
        """Ids of chunks that pass on such a name without defining it, with the name."""
        for file in self.files.values():
            for one in file.reexports:
                if spell(one.name) in names:
                    yield file.chunk_id(file.place_of_line(one.start_line)), one.name
