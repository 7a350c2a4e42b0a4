"""A small workspace in three languages, indexed once for all search tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scholiast_indexer.index import Index

FILES = {
    "src/shop/cart.py": '''
"""Shopping carts."""


class Cart:
    """Items a customer is about to buy."""

    def add_item(self, item, quantity=1):
        """Put an item into the cart; the same item twice adds up."""
        self.items[item] = self.items.get(item, 0) + quantity

    def total_price(self):
        """Sum of all prices with discounts applied."""
        return sum(price_of(item) * n for item, n in self.items.items())
''',
    "src/shop/retry.py": '''
"""Retrying of failed requests with exponential backoff."""

import time


def retry_request(send, attempts=3):
    """Call `send` again when it fails, waiting twice as long each time."""
    for attempt in range(attempts):
        try:
            return send()
        except ConnectionError:
            time.sleep(2**attempt)
    raise ConnectionError("gave up")
''',
    "src/shop/__init__.py": "from shop.cart import Cart\n",
    "web/cart.ts": """
/** Draws the shopping cart in the page. */
export class CartView {
  /** Renders every item as a table row. */
  renderItems(items: Item[]): string {
    return items.map((item) => `<tr>${item.name}</tr>`).join("");
  }
}
""",
    "tests/test_cart.py": '''
from shop.cart import Cart


def test_add_item_twice_adds_up():
    """Items put into the cart twice add up in the shopping cart."""
    cart = Cart()
    cart.add_item("tea")
    cart.add_item("tea")
    assert cart.items["tea"] == 2
''',
    "README.md": "# Shop\n\nA shopping cart with retry of failed requests.\n\n## Install\n\nRun `pip install shop`.\n",
    "src/shop/copy_of_retry.txt": "nothing to see\n",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    root = tmp_path_factory.mktemp("shop")
    write_files(root)
    with Index.open(root, directory=tmp_path_factory.mktemp("index")) as index:
        index.update()
        yield index


def write_files(root: Path) -> None:
    for path, text in FILES.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
