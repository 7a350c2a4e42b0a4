"""Vectors by the text they were made of and the model that made them. Must not know how they are compared."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator

from scholiast_indexer.catalog.checksums import vector_checksum
from scholiast_indexer.catalog.session import Session

ModelId = int


class VectorTables(Session):
    """The tables `model` and `vector`."""

    def model_id(self, fingerprint: str) -> ModelId | None:
        """The number of a model; None when it has embedded nothing here."""
        row = self._one("SELECT id FROM model WHERE fingerprint = ?", (fingerprint,))
        return None if row is None else int(row[0])

    def register_model(self, fingerprint: str, dimension: int) -> ModelId:
        """The number of a model, given when it is first seen."""
        known = self.model_id(fingerprint)
        if known is not None:
            return known
        with self._words():
            self._connection.execute(
                "INSERT OR IGNORE INTO model (fingerprint, dimension) VALUES (?, ?)", (fingerprint, dimension)
            )
        return self.register_model(fingerprint, dimension)

    def is_complete(self, fingerprint: str) -> bool:
        """Whether every live chunk has a vector of this model, as far as `note_complete` was told."""
        return bool(self.meta(f"embedded:{fingerprint}") == self.generation)

    def note_complete(self, fingerprint: str) -> None:
        """Remember that every live chunk has a vector of this model in the present generation."""
        if not self.is_complete(fingerprint):
            self.set_meta(f"embedded:{fingerprint}", self.generation)

    def add_vectors(self, model_id: ModelId, rows: Iterable[tuple[bytes, bytes]]) -> int:
        """Store `(text hash, float16 bytes)`; returns how many were new."""
        before = self._connection.total_changes
        self._connection.executemany(
            "INSERT OR IGNORE INTO vector VALUES (?, ?, ?, ?)",
            [(text_hash, model_id, vector_checksum(text_hash, model_id, data), data) for text_hash, data in rows],
        )
        return self._connection.total_changes - before

    def vectors(self, chunk_ids: Collection[int], model_id: ModelId) -> Iterator[tuple[int, bytes]]:
        """`(chunk id, float16 bytes)` of those chunks that have a vector of this model.

        Raises:
            IndexDamagedError: A vector is not what was stored.
        """
        with self._words():
            for chunk_id, text_hash, checksum, data in self._connection.execute(
                "SELECT c.id, v.text_hash, v.checksum, v.data FROM json_each(?) j JOIN chunk c ON c.id = j.value"
                " JOIN vector v ON v.text_hash = c.text_hash AND v.model_id = ?",
                (json.dumps(list(chunk_ids)), model_id),
            ):
                if vector_checksum(text_hash, model_id, data) != checksum:
                    raise self._damaged(f"the vector of chunk {chunk_id} has changed")
                yield chunk_id, data

    def text_hashes_of_blob(self, blob_id: int, model_id: ModelId) -> list[bytes]:
        """Retrieval texts of a blob that have a vector of this model."""
        rows = self._all(
            "SELECT c.text_hash FROM chunk c JOIN vector v ON v.text_hash = c.text_hash AND v.model_id = ?"
            " WHERE c.blob_id = ?",
            (model_id, blob_id),
        )
        return [row[0] for row in rows]

    def chunks_without_vector(self, model_id: ModelId, only: Collection[int] | None = None) -> dict[int, list[int]]:
        """Live chunks, of `only` these, that this model has not embedded, by blob."""
        among = "chunk c" if only is None else "json_each(?) j JOIN chunk c ON c.id = j.value"
        rows = self._all(
            f"SELECT c.blob_id, c.id FROM {among} JOIN blob b ON b.id = c.blob_id WHERE b.orphaned_at IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM vector v WHERE v.text_hash = c.text_hash AND v.model_id = ?)"
            " ORDER BY c.id",
            (model_id,) if only is None else (json.dumps(list(only)), model_id),
        )
        found: dict[int, list[int]] = {}
        for blob_id, chunk_id in rows:
            found.setdefault(blob_id, []).append(chunk_id)
        return found
