"""Which lexical store: SQLite's FTS5 or tantivy, with the same terms and the same questions.

    python benchmarks/lexical.py --corpus DIR --queries dev.jsonl [--chunks 100000]

Both hold terms that were split and stemmed before. FTS5 is an external content table with one transaction for each
4,000 chunks (about as a cold index writes); tantivy is `LexicalIndex` as it ships, stamps and checksums included. An
update replaces the eight chunks of one file and makes them durable and searchable.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from documents import documents, query_terms, read_queries
from measuring import note, option_parser, percentile, quantiles, show, times_ms

from scholiast_indexer.lexical import LexicalChunk, LexicalIndex
from scholiast_indexer.search.searcher import LEXICAL_CANDIDATES

BATCH = 4_000
QUERIES_MAX = 300
UPDATES = 40
NAME_WEIGHT = 1.0


class Store(Protocol):
    """What is compared."""

    def add(self, chunks: Sequence[LexicalChunk]) -> None:
        """Take in chunks and make them durable."""

    def replace(self, chunks: Sequence[LexicalChunk]) -> None:
        """Put these in the place of all chunks of their blob."""

    def finish(self) -> None:
        """End of the build."""

    def search(self, terms: Sequence[str]) -> list[int]:
        """Ids of the best chunks."""
        ...


class Tantivy:
    """The index that ships."""

    def __init__(self, folder: Path) -> None:
        self._index = LexicalIndex.create(folder)
        self._generation = 0

    def add(self, chunks: Sequence[LexicalChunk]) -> None:
        self._generation += 1
        self._index.add(chunks)
        self._index.commit("benchmark", self._generation)

    def replace(self, chunks: Sequence[LexicalChunk]) -> None:
        self._index.remove_blobs([chunks[0].blob_id])
        self.add(chunks)

    def finish(self) -> None:
        self._index.finish("benchmark", self._generation)

    def search(self, terms: Sequence[str]) -> list[int]:
        hits = self._index.search(dict.fromkeys(terms, 1.0), NAME_WEIGHT, LEXICAL_CANDIDATES)
        return [chunk_id for chunk_id, _ in hits]


class Fts5:
    """SQLite's full-text search over a table of terms."""

    _TABLES = (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = NORMAL",
        "PRAGMA cache_size = -65536",
        "CREATE TABLE chunk (id INTEGER PRIMARY KEY, blob_id INTEGER, terms TEXT, names TEXT)",
        "CREATE INDEX chunk_blob ON chunk (blob_id)",
        "CREATE VIRTUAL TABLE words USING fts5(terms, names, content='chunk', content_rowid='id',"
        " tokenize=\"unicode61 remove_diacritics 0\")",
        "CREATE TRIGGER chunk_deleted AFTER DELETE ON chunk BEGIN INSERT INTO words (words, rowid, terms, names)"
        " VALUES ('delete', old.id, old.terms, old.names); END",
        "CREATE TRIGGER chunk_added AFTER INSERT ON chunk BEGIN INSERT INTO words (rowid, terms, names)"
        " VALUES (new.id, new.terms, new.names); END",
    )  # fmt: skip

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._database = sqlite3.connect(folder / "words.db", isolation_level=None)
        for statement in self._TABLES:
            self._database.execute(statement)

    def add(self, chunks: Sequence[LexicalChunk]) -> None:
        self._write(chunks, replaced=None)

    def replace(self, chunks: Sequence[LexicalChunk]) -> None:
        self._write(chunks, replaced=chunks[0].blob_id)

    def _write(self, chunks: Sequence[LexicalChunk], *, replaced: int | None) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        if replaced is not None:
            self._database.execute("DELETE FROM chunk WHERE blob_id = ?", (replaced,))
        self._database.executemany(
            "INSERT INTO chunk VALUES (?, ?, ?, ?)", [(c.chunk_id, c.blob_id, c.terms, c.names) for c in chunks]
        )
        self._database.execute("COMMIT")

    def finish(self) -> None:
        self._database.execute("INSERT INTO words (words) VALUES ('optimize')")
        self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def search(self, terms: Sequence[str]) -> list[int]:
        asked = " OR ".join(f'"{term}"' for term in terms)
        rows = self._database.execute(
            f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, 1.0, {NAME_WEIGHT})"
            f" LIMIT {LEXICAL_CANDIDATES}",
            (asked,),
        )
        return [row[0] for row in rows]


def measure(store: Store, folder: Path, chunks: Iterator[LexicalChunk], questions: list[list[str]]) -> dict[str, Any]:
    """Build, ask and update one store."""
    build_s = build_cpu_s = 0.0
    kept: list[LexicalChunk] = []
    while batch := list(islice(chunks, BATCH)):
        kept.extend(chunk for chunk in batch if chunk.blob_id <= UPDATES)
        started, started_cpu = time.perf_counter(), time.process_time()
        store.add(batch)
        build_s += time.perf_counter() - started
        build_cpu_s += time.process_time() - started_cpu
    started, started_cpu = time.perf_counter(), time.process_time()
    store.finish()
    build_s += time.perf_counter() - started
    build_cpu_s += time.process_time() - started_cpu
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    times_ms(store.search, questions[:20])
    asked = times_ms(store.search, questions)
    blobs = [[chunk for chunk in kept if chunk.blob_id == number + 1] for number in range(UPDATES)]
    updates = times_ms(store.replace, blobs)
    return {
        "build_s": build_s,
        "build_cpu_s": build_cpu_s,
        "query_ms": quantiles(asked),
        "update_ms": {"p50": percentile(updates, 0.5), "max": max(updates)},
        "size_mb": size / 1e6,
        "found": sum(len(store.search(terms)) for terms in questions[:20]),
    }


def _table(found: dict[str, Any]) -> str:
    lines = [f"{found['chunks']} chunks",
             f"{'':8} {'build s':>8} {'cpu s':>6} {'query p50 ms':>13} {'p99 ms':>8} {'update p50 ms':>14} "
             f"{'most':>6} {'MB':>6}"]  # fmt: skip
    for name, row in found["stores"].items():
        lines.append(f"{name:8} {row['build_s']:8.1f} {row['build_cpu_s']:6.1f} {row['query_ms']['p50']:13.2f} "
                     f"{row['query_ms']['p99']:8.2f} {row['update_ms']['p50']:14.1f} {row['update_ms']['max']:6.0f} "
                     f"{row['size_mb']:6.0f}")  # fmt: skip
    return "\n".join(lines)


def main() -> int:
    parser = option_parser(__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--chunks", type=int, default=100_000)
    arguments = parser.parse_args()
    asked = [terms for query in read_queries(arguments.queries) if (terms := query_terms(query))]
    questions = asked[:: max(1, len(asked) // QUERIES_MAX)][:QUERIES_MAX]
    stores: dict[str, Any] = {}
    for name, make in (("tantivy", Tantivy), ("FTS5", Fts5)):
        note(f"measuring {name}")
        folder = Path(tempfile.mkdtemp()) / "store"
        stores[name] = measure(make(folder), folder, documents(arguments.corpus, arguments.chunks), questions)
        shutil.rmtree(folder.parent)
    show({"chunks": arguments.chunks, "stores": stores}, _table, as_json=arguments.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
