"""Workspaces to index, what an index holds as one comparable value, and embedders of the test's own."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

from scholiast_indexer.blocks import unpacked
from scholiast_indexer.embedding.static import StaticEmbedder
from scholiast_indexer.index import Index

Vectors = npt.NDArray[np.float32]

FILES = {
    "src/cart.py": '''
"""Shopping carts."""


class Cart:
    """Items a customer is about to buy."""

    def add_item(self, item, quantity=1):
        """Put an item into the cart."""
        self.items[item] = self.items.get(item, 0) + quantity

    def total_price(self):
        """Sum of all prices with discounts applied."""
        return sum(price_of(item) * n for item, n in self.items.items())
''',
    "src/retry.py": '''
def retry_request(send, attempts=3):
    """Call `send` again when it fails."""
    for attempt in range(attempts):
        try:
            return send()
        except ConnectionError:
            continue
''',
    "web/session.js": """
export function openSession(user) {
  // a cookie that lives for a day
  return { user, cookie: sign(user.name) };
}
""",
    "docs/guide.md": "# Guide\n\nHow to pay.\n\n## Refunds\n\nMoney goes back to the card.\n",
}

QUERIES = ("price of the cart", "retry_request", "session cookie", "refunds", "src/cart.py", "value number")


class Content(NamedTuple):
    """All that an index holds, in terms that do not depend on how it came about."""

    paths: dict[str, Any]
    """Blob hash, language, chunks and symbols of each path, or why it is not indexed."""
    vectors: dict[bytes, bytes]
    """By text hash, of chunks in use."""
    found: dict[str, list[tuple[str, int, int]]]
    """By query, path and lines of all hits."""


class World:
    """A folder with files, and its index."""

    def __init__(self, root: Path, files: Mapping[str, str | bytes] = FILES) -> None:
        self.root = root
        self.root.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            self.write(path, content)

    @property
    def directory(self) -> Path:
        return self.root / ".scholiast"

    @property
    def database(self) -> Path:
        return self.directory / "index.db"

    def write(self, path: str, content: str | bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def rename(self, path: str, to: str) -> None:
        (self.root / to).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).rename(self.root / to)

    def remove(self, path: str) -> None:
        (self.root / path).unlink()

    def rebuilt(self, place: Path, queries: Sequence[str] = QUERIES) -> Content:
        """What a clean index of the files as they are holds."""
        with Index.open(self.root, directory=place) as index:
            index.update()
            return content_of(index, queries)


def content_of(index: Index, queries: Sequence[str] = QUERIES) -> Content:
    """What an open index holds; first that its parts agree with each other."""
    with contextlib.closing(sqlite3.connect(index.directory / "index.db")) as connection:
        rows = connection.execute("SELECT path, reason, blob_id FROM path").fetchall()
        paths = {os.fsdecode(path): reason or _blob(connection, blob_id) for path, reason, blob_id in rows}
        live = connection.execute(
            "SELECT c.id, v.text_hash, v.data FROM chunk c JOIN blob b ON b.id = c.blob_id AND b.orphaned_at IS NULL"
            " JOIN vector v ON v.text_hash = c.text_hash JOIN model m ON m.id = v.model_id AND m.fingerprint = ?",
            (index.status().embedder,),
        ).fetchall()
        chunk_count = connection.execute(
            "SELECT count(*) FROM chunk c JOIN blob b ON b.id = c.blob_id WHERE b.orphaned_at IS NULL"
        ).fetchone()[0]
    found = {query: sorted((h.path, h.start_line, h.end_line) for h in index.search(query, 5_000)) for query in queries}
    assert len(live) == chunk_count == index.counts()[1], "every chunk in use has a vector"
    assert lexical_ids(index.directory) == sorted(row[0] for row in live), "each is in the lexical index once"
    assert index.check() is None
    return Content(paths, {row[1]: row[2] for row in live}, found)


def _blob(connection: sqlite3.Connection, blob_id: int) -> Any:
    content_hash, language, size, data = connection.execute(
        "SELECT hash, language, size, data FROM blob JOIN content ON blob_id = id WHERE id = ?", (blob_id,)
    ).fetchone()
    chunks = connection.execute(
        "SELECT start_byte, end_byte, start_line, end_line, kind, symbol, defines, text_hash FROM chunk"
        " WHERE blob_id = ? ORDER BY start_byte",
        (blob_id,),
    ).fetchall()
    symbols = connection.execute(
        "SELECT place, folded, name, start_line FROM symbol WHERE blob_id = ? ORDER BY place", (blob_id,)
    ).fetchall()
    exported, outline = connection.execute(
        "SELECT exported, data FROM outline WHERE blob_id = ?", (blob_id,)
    ).fetchone()
    return content_hash, language, size, unpacked(data, size), chunks, symbols, exported, zlib.decompress(outline)


def lexical_ids(directory: Path) -> list[int]:
    """Chunk ids in the lexical index, each as often as it is there."""
    import tantivy

    searcher = tantivy.Index.open(str(directory / "lexical")).searcher()
    hits = searcher.search(tantivy.Query.all_query(), limit=1_000_000).hits
    return sorted(int(value or 0) for value in searcher.fast_field_values("chunk", [address for _, address in hits]))


class CountingEmbedder:
    """An embedder that only this process has (no worker can make it), and that remembers what it was asked."""

    is_trained = False

    def __init__(self, name: str = "counting", dimension: int = 256) -> None:
        self._inner = StaticEmbedder()
        self._name = name
        self._dimension = dimension
        self.texts: list[str] = []

    @property
    def fingerprint(self) -> str:
        return f"{self._name}-{self._dimension}"

    @property
    def dimension(self) -> int:
        return self._dimension

    def documents(self, texts: Sequence[str]) -> Vectors:
        self.texts.extend(texts)
        return self._cut(self._inner.documents(texts))

    def query(self, text: str) -> Vectors:
        vector: Vectors = self._cut(self._inner.documents([text]))[0]
        return vector

    def _cut(self, vectors: Vectors) -> Vectors:
        cut = vectors[:, : self._dimension]
        lengths = np.linalg.norm(cut, axis=1, keepdims=True)
        return (cut / np.where(lengths > 0, lengths, 1)).astype(np.float32)


Run = Callable[..., str]


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A small workspace that is not indexed yet."""
    return World(tmp_path / "work")


@pytest.fixture
def index(world: World) -> Iterator[Index]:
    """Its index, up to date."""
    with Index.open(world.root) as opened:
        opened.update()
        yield opened


@pytest.fixture(autouse=True)
def _own_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No folder of the user's is used, and no git settings."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("SCHOLIAST_INDEX_DIR", raising=False)


@pytest.fixture
def git() -> Run:
    """Runs git in a folder; what it prints."""

    def run(folder: Path, *arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
        done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
        return done.stdout

    return run
