"""A small index in memory for citations, made by the real chunker."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.languages import detect
from scholiast_indexer.types import Symbol
from scholiast_server.citing.source import IndexSource

FILES = {
    "src/kiln/cookies.py": '''\
"""Cookies of users."""


class CookieSigner:
    def __init__(self, secret_key: str) -> None:
        self.secret_key = secret_key

    def sign_payload(self, payload: bytes) -> str:
        return self.secret_key + str(payload)


def retry_request(send):
    return send()
''',
    "src/kiln/views.py": "def show_page():\n    return render()\n\n\ndef close():\n    pass\n",
    "src/kiln/routes.py": (
        "class Router:\n    def close(self):\n        pass\n\n\nclass Table:\n    def close(self):\n        pass\n"
    ),
    "web/page.ts": "export function startPage(): string {\n  return render();\n}\n",
    "web/index.ts": "export {};\n",
    "src/index.ts": "export {};\n",
    "docs/guide.md": "# Guide\n\nRun it.\n",
}


class MemoryIndex:
    """Files given as text."""

    root = Path()

    def __init__(self, files: Mapping[str, str]) -> None:
        self._data = {path: text.encode() for path, text in files.items()}

    def read(self, path: str) -> bytes | None:
        return self._data.get(path)

    def symbols(self, path: str) -> tuple[Symbol, ...]:
        data = self._data.get(path)
        return () if data is None else chunk_file(data, detect(path, data)).symbols

    def paths(self) -> list[str]:
        return sorted(self._data)


class MemorySource(IndexSource):
    """What citations ask of an index, over files given as text, and files that are there without being indexed."""

    def __init__(self, files: Mapping[str, str], *unindexed: str) -> None:
        super().__init__(MemoryIndex(files))
        self._there = {*files, *unindexed}

    def exists(self, path: str) -> bool:
        return path in self._there


@pytest.fixture(scope="session")
def source() -> MemorySource:
    """A workspace; `assets/logo.svg` and `build/out.py` are there, but not indexed."""
    return MemorySource(FILES, "assets/logo.svg", "build/out.py")
