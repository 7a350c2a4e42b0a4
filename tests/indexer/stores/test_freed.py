"""Freed memory goes back to the system, or stays where there is no way."""

from __future__ import annotations

from scholiast_indexer.stores.freed import give_back_memory


def test_memory_is_given_back_at_any_time() -> None:
    blocks = [bytearray(3_000) for _ in range(10_000)]
    give_back_memory()
    blocks.clear()
    give_back_memory()
    give_back_memory()
