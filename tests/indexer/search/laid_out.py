"""An index of files that a test names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from scholiast_indexer.index import Index


@contextlib.contextmanager
def indexed(folder: Path, files: Mapping[str, str]) -> Iterator[Index]:
    """The index of these files, by path, written below `folder`; it is up to date."""
    root = folder / "work"
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    with Index.open(root, directory=folder / "index") as opened:
        opened.update()
        yield opened
