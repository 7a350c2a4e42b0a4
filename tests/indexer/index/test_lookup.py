"""Definitions by name, places that refer to one, and symbols by what is typed, saved text and unsaved alike."""

from __future__ import annotations

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator

import pytest
from tests.indexer.index.conftest import World

from scholiast_indexer.index import Index

CART = "class Cart:\n    def add_item(self, item):\n        return price(item)\n\n\ndef price(item):\n    return 1\n"
FILES = {
    "src/cart.py": CART,
    "src/copy.py": CART,
    "src/view.py": "from cart import price\n\n\ndef CART(item):\n    return price(item)\n",
    "tests/test_cart.py": "class Cart:\n    pass\n\n\ndef test_price():\n    assert price(1) == 1\n",
    "web/cart.ts": "export class CartView {\n  addItem(item: Item) { return price(item) }\n}\n",
}

ADD_ITEM = [("src/cart.py", "Cart.add_item"), ("src/copy.py", "Cart.add_item")]
VIEW_ADD_ITEM = ("web/cart.ts", "CartView.addItem")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index that every test leaves as it found it."""
    with Index.open(World(tmp_path_factory.mktemp("lookup") / "work", FILES).root) as opened:
        opened.update()
        yield opened


@pytest.fixture
def calm(shared: Index) -> Iterator[Index]:
    yield shared
    for path in shared.overlaid():
        shared.lift(path)


def defined(index: Index, name: str, limit: int = 10) -> list[tuple[str, str, int]]:
    return [(path, symbol.path, symbol.start_line) for path, symbol in index.definitions(name, limit)]


def typed(index: Index, text: str, limit: int = 50) -> list[tuple[str, str]]:
    return [(path, symbol.path) for path, symbol in index.symbols_like(text, limit)]


# -- definitions ---------------------------------------------------------------------------------------------------


def test_definitions_come_in_the_case_that_was_asked_for_and_from_source_first(calm: Index) -> None:
    expected = [("src/cart.py", "Cart", 0), ("src/copy.py", "Cart", 0), ("tests/test_cart.py", "Cart", 0)]
    assert defined(calm, "Cart") == [*expected, ("src/view.py", "CART", 3)]
    assert defined(calm, "CART")[0] == ("src/view.py", "CART", 3)
    assert defined(calm, "cart", 2) == [("src/cart.py", "Cart", 0), ("src/copy.py", "Cart", 0)]


@pytest.mark.parametrize(("name", "limit"), [("nowhere", 10), ("", 10), ("Cart", 0), ("Cart.add_item", 10), ("\0", 10)])
def test_what_is_no_name_of_a_definition_has_none(calm: Index, name: str, limit: int) -> None:
    assert defined(calm, name, limit) == []


def test_unsaved_definitions_take_the_place_of_the_saved_ones(calm: Index) -> None:
    assert calm.lay_over("src/cart.py", b"\n\n\nclass Cart:\n    def weigh(self):\n        return 1\n")
    assert defined(calm, "Cart", 2) == [("src/cart.py", "Cart", 3), ("src/copy.py", "Cart", 0)]
    assert defined(calm, "weigh") == [("src/cart.py", "Cart.weigh", 4)]
    assert [path for path, _, _ in defined(calm, "price")] == ["src/copy.py"]
    calm.lift("src/cart.py")
    assert defined(calm, "weigh") == []
    assert [path for path, _, _ in defined(calm, "price")] == ["src/cart.py", "src/copy.py"]


def test_a_definition_that_was_changed_on_disk_is_not_shown(world: World) -> None:
    with Index.open(world.root) as index:
        index.update()
    with contextlib.closing(sqlite3.connect(world.database)) as connection:
        for blob_id, data in connection.execute("SELECT blob_id, data FROM outline").fetchall():
            forged = zlib.compress(zlib.decompress(data).replace(b"retry_request(send,", b"retry_request(sent,"))
            connection.execute("UPDATE outline SET data = ? WHERE blob_id = ?", (forged, blob_id))
        connection.commit()
    with Index.open(world.root) as index:
        (found,) = index.definitions("retry_request")
        assert found[1].signature == "def retry_request(send, attempts=3)"
        assert any("damaged" in note for note in index.notes)


# -- references ----------------------------------------------------------------------------------------------------


def test_places_that_refer_to_a_name_are_counted(calm: Index) -> None:
    assert calm.reference_count("price") == 4  # cart.py and copy.py hold the same bytes
    assert calm.reference_count("Price") == 0
    assert calm.reference_count("") == 0


def test_unsaved_references_take_the_place_of_the_saved_ones(calm: Index) -> None:
    assert calm.lay_over("src/view.py", b"def show(item):\n    return item\n")
    assert calm.reference_count("price") == 3
    assert calm.lay_over("src/view.py", b"def show(item):\n    return price(item) + tax(item)\n")
    assert (calm.reference_count("price"), calm.reference_count("tax")) == (4, 1)
    assert calm.lay_over("src/cart.py", b"cart = None\n")
    assert calm.reference_count("price") == 4, "src/copy.py still refers to it"


def test_saving_a_file_again_and_again_counts_its_references_once(world: World) -> None:
    with Index.open(world.root) as index:
        for number in range(4):
            world.write("src/retry.py", f"def again(send):\n    return send({number})\n")
            index.update()
            assert index.reference_count("send") == 1


# -- symbols by what is typed --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("add_item", [*ADD_ITEM, VIEW_ADD_ITEM]),
        ("ai", [VIEW_ADD_ITEM, *ADD_ITEM]),
        ("CartView.add", [VIEW_ADD_ITEM]),
        ("CartView::addItem", [VIEW_ADD_ITEM]),
        ("view", [("web/cart.ts", "CartView")]),
        ("test pri", [("tests/test_cart.py", "test_price")]),
        ("Nothing.add_item", []),
        ("", []),
        ("   ", []),
        ("...", []),
    ],
)
def test_symbols_are_found_by_what_is_typed(calm: Index, text: str, expected: list[tuple[str, str]]) -> None:
    assert typed(calm, text) == expected


def test_one_name_leaves_room_for_others_until_it_is_typed_whole(calm: Index) -> None:
    assert [symbol for _, symbol in typed(calm, "Car", 3)] == ["Cart", "CartView", "CART"]
    assert [symbol for _, symbol in typed(calm, "Cart", 3)] == ["Cart", "Cart", "Cart"]
    assert typed(calm, "Cart", 0) == []


def test_symbols_follow_saved_and_unsaved_text(world: World) -> None:
    with Index.open(world.root) as index:
        assert typed(index, "zebra") == []
        assert index.lay_over("src/stable.py", b"def feed_zebra():\n    pass\n")
        assert typed(index, "zebra") == [("src/stable.py", "feed_zebra")]
        index.update()
        index.lift("src/stable.py")
        assert typed(index, "zebra") == []
        world.write("src/stable.py", "def groom_zebra():\n    pass\n")
        index.update()
        assert typed(index, "zebra") == [("src/stable.py", "groom_zebra")]
        world.remove("src/stable.py")
        index.update()
        assert typed(index, "zebra") == []
