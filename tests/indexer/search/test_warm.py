"""A process that has searched often finds what one that just began finds, whoever writes the index."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.indexer.search.conftest import write_files

from scholiast_indexer.index import Index
from scholiast_indexer.types import Hit

QUERIES = ("retry_request", "shopping cart total", "add_item", "src/shop/cart.py", "draw items", "zeppelin", "wait")


def found(index: Index) -> list[list[Hit]]:
    return [index.search(query) for query in QUERIES]


def rewrite(root: Path) -> None:
    (root / "src/shop/retry.py").write_text("def retry_request(wait):\n    return wait\n", "utf-8")


def rename(root: Path) -> None:
    (root / "src/shop/cart.py").rename(root / "src/shop/zeppelin.py")


def duplicate(root: Path) -> None:
    shutil.copy(root / "web/cart.ts", root / "src/cart_copy.ts")


def remove(root: Path) -> None:
    (root / "web/cart.ts").unlink()


def put_back(root: Path) -> None:
    write_files(root)


@pytest.mark.parametrize("written_by", ["itself", "another"])
def test_a_warm_index_finds_what_a_fresh_one_finds(tmp_path: Path, written_by: str) -> None:
    root, directory = tmp_path / "code", tmp_path / "index"
    root.mkdir()
    write_files(root)
    with Index.open(root, directory=directory) as warm, Index.open(root, directory=directory) as other:
        writer = warm if written_by == "itself" else other
        writer.update()
        warm.warm()
        changes: tuple[Callable[[Path], None], ...] = (rewrite, rename, duplicate, remove, put_back)
        for change in changes:
            before = found(warm)
            change(root)
            writer.update()
            with Index.open(root, directory=directory) as fresh:
                assert found(warm) == found(fresh)
            assert found(warm) == found(warm) != before
