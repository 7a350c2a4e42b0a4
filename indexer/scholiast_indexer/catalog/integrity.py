"""Questions that only a check of the whole catalog asks. Must not know what a right answer means for searching."""

from __future__ import annotations

from collections.abc import Iterator

from scholiast_indexer.catalog.checksums import vector_checksum
from scholiast_indexer.catalog.session import Session

_RELATIONS = (
    ("a path points at a blob that is not there",
     "SELECT 1 FROM path WHERE blob_id IS NOT NULL AND blob_id NOT IN (SELECT id FROM blob)"),
    ("a path has neither a blob nor a reason, or both",
     "SELECT 1 FROM path WHERE (blob_id IS NULL) = (reason IS NULL)"),
    ("a blob counts as unused though a path points at it, or the other way round",
     "SELECT 1 FROM blob WHERE (orphaned_at IS NULL) != EXISTS (SELECT 1 FROM path WHERE path.blob_id = blob.id)"),
    ("a blob has not as many chunks as it should",
     "SELECT 1 FROM blob WHERE chunk_count != (SELECT count(*) FROM chunk WHERE chunk.blob_id = blob.id)"),
    ("a chunk belongs to no blob", "SELECT 1 FROM chunk WHERE blob_id NOT IN (SELECT id FROM blob)"),
    ("bytes belong to no blob", "SELECT 1 FROM content WHERE blob_id NOT IN (SELECT id FROM blob)"),
    ("an outline belongs to no blob", "SELECT 1 FROM outline WHERE blob_id NOT IN (SELECT id FROM blob)"),
    ("a symbol belongs to no chunk of its blob",
     "SELECT 1 FROM symbol s LEFT JOIN chunk c ON c.id = s.chunk_id WHERE c.blob_id IS NOT s.blob_id"),
    ("a vector belongs to no model", "SELECT 1 FROM vector WHERE model_id NOT IN (SELECT id FROM model)"),
)  # fmt: skip
"""What is wrong, and a query that gives a row when it is."""


class Integrity(Session):
    """Checks by SQLite, and checks across tables."""

    def structure_problems(self) -> Iterator[str]:
        """What SQLite finds wrong with its pages and indexes."""
        for (said,) in self._all("PRAGMA integrity_check(1)"):
            if said != "ok":
                yield f"the database is damaged: {said}"

    def relation_problems(self) -> Iterator[str]:
        """Rows that don't fit each other."""
        for problem, query in _RELATIONS:
            if self._one(f"{query} LIMIT 1") is not None:
                yield problem

    def all_blobs(self) -> list[int]:
        """Blobs in use or not."""
        return [row[0] for row in self._all("SELECT id FROM blob ORDER BY id")]

    def all_path_words(self) -> dict[int, set[tuple[str, int]]]:
        """`(word, place)` by path id."""
        found: dict[int, set[tuple[str, int]]] = {}
        for path_id, word, place in self._all("SELECT path_id, word, place FROM path_word"):
            found.setdefault(path_id, set()).add((word, place))
        return found

    def check_vectors(self) -> None:
        """Raises IndexDamagedError when a vector is not what was stored."""
        with self._words():
            for text_hash, model_id, checksum, data in self._connection.execute(
                "SELECT text_hash, model_id, checksum, data FROM vector"
            ):
                if vector_checksum(text_hash, model_id, data) != checksum:
                    raise self._damaged(f"a vector of model {model_id} has changed")
