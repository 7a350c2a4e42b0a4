"""Vectors by the text they were made of and the model that made them. Must not know how they are compared."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from scholiast_indexer.catalog.checksums import vector_checksum
from scholiast_indexer.catalog.session import Session

ModelId = int

_NOTED_EVERY_S = 24 * 3600.0
"""How exactly it is known when a model was used last."""


class Coverage(NamedTuple):
    """For how many live chunks a model has made vectors."""

    done: int
    total: int

    @property
    def is_complete(self) -> bool:
        return self.done == self.total


_MISSING = (
    "FROM {among} JOIN blob b ON b.id = c.blob_id WHERE b.orphaned_at IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM vector v WHERE v.text_hash = c.text_hash AND v.model_id = ?)"
)


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

    def coverage(self, fingerprint: str) -> Coverage:
        """How far a model is. Counts all chunks unless the model is known to be complete: 0.1 s at 100,000."""
        found = self._one("SELECT coalesce(sum(chunk_count), 0) FROM blob WHERE orphaned_at IS NULL")
        total = int(found[0]) if found else 0
        model_id = self.model_id(fingerprint)
        if model_id is None or self.is_complete(fingerprint):
            return Coverage(0 if model_id is None else total, total)
        missing = self._one(f"SELECT count(*) {_MISSING.format(among='chunk c')}", (model_id,))
        return Coverage(total - (int(missing[0]) if missing else 0), total)

    def was_complete(self, fingerprint: str) -> bool:
        """Whether a model has once had vectors of all chunks here."""
        return self.meta(f"served:{fingerprint}") is not None

    def note_served(self, fingerprint: str) -> None:
        """Remember that it has, and has been searched with."""
        if not self.was_complete(fingerprint):
            self.set_meta(f"served:{fingerprint}", 1)

    def tend_models(self, used: Collection[str], now: float, grace_s: float) -> list[str]:
        """Note which models are in use, and drop the vectors of those that have not been for so long; returns these."""
        dropped = []
        for model_id, fingerprint in self._all("SELECT id, fingerprint FROM model"):
            key = f"used:{fingerprint}"
            last = self.meta(key)
            if not isinstance(last, float) or (fingerprint in used and now - last > _NOTED_EVERY_S):
                self.set_meta(key, now)
            elif fingerprint not in used and now - last > grace_s:
                self._drop_model(model_id, fingerprint)
                dropped.append(fingerprint)
        return dropped

    def _drop_model(self, model_id: ModelId, fingerprint: str) -> None:
        with self.transaction(of_workspace=False):
            self._connection.execute("DELETE FROM vector WHERE model_id = ?", (model_id,))
            self._connection.execute("DELETE FROM model WHERE id = ?", (model_id,))
            keys = [f"{what}:{fingerprint}" for what in ("used", "served", "embedded")]
            self._connection.executemany("DELETE FROM meta WHERE key = ?", [(key,) for key in keys])

    def add_vectors(self, model_id: ModelId, rows: Iterable[tuple[bytes, bytes]]) -> int:
        """Store `(text hash, packed vector)`; returns how many were new."""
        before = self._connection.total_changes
        self._connection.executemany(
            "INSERT OR IGNORE INTO vector VALUES (?, ?, ?, ?)",
            [(text_hash, model_id, vector_checksum(text_hash, model_id, data), data) for text_hash, data in rows],
        )
        return self._connection.total_changes - before

    def vectors(self, chunk_ids: Collection[int], model_id: ModelId) -> Iterator[tuple[int, bytes]]:
        """`(chunk id, packed vector)` of those chunks that have a vector of this model.

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

    def vectors_of_texts(self, text_hashes: Collection[bytes], model_id: ModelId) -> dict[bytes, bytes]:
        """Packed vectors by text hash, of those texts that have a vector of this model.

        Raises:
            IndexDamagedError: A vector is not what was stored.
        """
        found: dict[bytes, bytes] = {}
        for text_hash in text_hashes:
            row = self._one(
                "SELECT checksum, data FROM vector WHERE text_hash = ? AND model_id = ?", (text_hash, model_id)
            )
            if row is not None:
                if vector_checksum(text_hash, model_id, row[1]) != row[0]:
                    raise self._damaged("the vector of a text has changed")
                found[text_hash] = row[1]
        return found

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
            f"SELECT c.blob_id, c.id {_MISSING.format(among=among)} ORDER BY c.id",
            (model_id,) if only is None else (json.dumps(list(only)), model_id),
        )
        found: dict[int, list[int]] = {}
        for blob_id, chunk_id in rows:
            found.setdefault(blob_id, []).append(chunk_id)
        return found
