"""What is looked up in another thread is what is looked up in this one."""

from __future__ import annotations

import threading

import pytest

from scholiast_indexer.index import Index, shipped_embedder
from scholiast_indexer.search import Searcher
from scholiast_indexer.search.beside import begun


def test_it_runs_in_another_thread_and_gives_what_was_made() -> None:
    assert begun(threading.get_ident)() != threading.get_ident()
    assert [wait() for wait in [begun(lambda: 1), begun(lambda: 2)]] == [1, 2]


def test_what_is_raised_there_is_raised_here() -> None:
    wait = begun(lambda: int("missing"))
    with pytest.raises(ValueError, match="missing"):
        wait()


@pytest.mark.parametrize("query", ["retry_request", "shopping cart total", "src/shop/retry.py", "zeppelin"])
def test_hits_are_the_same_with_and_without(shop: Index, query: str) -> None:
    found = []
    with shop._keeper.searching() as stores:
        for chunks_min in (0, 10**9):
            searcher = Searcher(
                stores.reader, stores.lexical, stores.vectors, shipped_embedder(), beside_min=chunks_min
            )
            found.append(searcher.search(query, 10))
    assert found[0] == found[1]
