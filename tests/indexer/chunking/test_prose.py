"""Documents are cut where their authors divided them."""

from __future__ import annotations

import pytest

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.limits import CHUNK_BUDGET

WORDS = "Some words of a paragraph that tells what one has to know. " * 4 + "\n"
LONG = "\n".join([WORDS] * (CHUNK_BUDGET // 180))


def check(text: str, language: str, *expected: str) -> None:
    """The section paths of a document, in order."""
    assert [symbol.path for symbol in chunk_file(text.encode(), language).symbols] == list(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# One\n## Two\n# Three\n", ["One", "One > Two", "Three"]),
        ("One\n===\nTwo\n---\ntext\n", ["One", "One > Two"]),
        ("# One\n```\n# no heading\n```\n## Two\n", ["One", "One > Two"]),
        ("# One\n~~~~\n```\n# no\n~~~\n# no\n~~~~\n## Two\n", ["One", "One > Two"]),
        ("# One\n    # indented code\n#nospace\n####### seven\n", ["One"]),
        ("---\ntitle: front\n---\n# One\n", ["One"]),
        ("---\n# not closed\n", ["not closed"]),
        ("# One ##\n### `Three` [link](url) ![badge](x) <br/>\n", ["One", "One > Three link"]),
        ("<!--\n# hidden\n-->\n# One\n", ["One"]),
        ("# One {#anchor}\r\n\r\n## Two\r\n", ["One", "One > Two"]),
        ("- item\n---\n\n> quote\n---\n| a |\n---\n", []),
        ("\ufeff# One\n", ["One"]),
        ("#\n##  \n", []),
        ("### Deep\n# One\n", ["Deep", "One"]),
    ],
)
def test_markdown_headings_make_sections(text: str, expected: list[str]) -> None:
    check(text, "markdown", *expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=====\nTitle\n=====\n\nPart\n====\n\nSmall\n-----\n\nPart 2\n======\n",
         ["Title", "Title > Part", "Title > Part > Small", "Title > Part 2"]),
        ("Using :class:`~a.B` and ``c``\n=============================\n", ["Using a.B and c"]),
        ("Short\n---\n\ntext\n", []),
        ("a\n==\n", []),
        ("===== =====\nA     B\n===== =====\n", []),
    ],
)  # fmt: skip
def test_restructured_text_headings_make_sections(text: str, expected: list[str]) -> None:
    check(text, "rst", *expected)


def test_each_section_is_a_chunk_of_its_own_when_the_next_does_not_fit() -> None:
    text = f"# Guide\n\n{WORDS * 3}\n## First\n\n{LONG}\n## Second\n\n{LONG}"
    chunks = [chunk for chunk in chunk_file(text.encode(), "markdown").chunks if chunk.symbol != "Guide"]
    assert [(chunk.symbol, chunk.kind) for chunk in chunks] == [
        ("Guide > First", "section"),
        ("Guide > Second", "section"),
    ]
    assert [chunk.header for chunk in chunks] == ["# Guide", "# Guide"]
    assert [chunk.signature for chunk in chunks] == ["## First", "## Second"]


def test_a_long_section_is_split_at_paragraphs_and_each_part_names_it() -> None:
    data = f"# Guide\n\n## Long\n\n{LONG}{LONG}{LONG}".encode()
    first, *rest = chunk_file(data, "markdown").chunks
    assert first.defines == ("Guide", "Long")
    for chunk in rest:
        assert chunk.symbol == "Guide > Long"
        assert chunk.header == "# Guide\n## Long"
        assert data[chunk.start_byte :].startswith(b"Some words")


def test_a_heading_is_not_parted_from_its_first_paragraph() -> None:
    for size in range(1, 12):
        text = f"{LONG[: 200 * size]}\n\n## Here\n\n{LONG}\n"
        data = text.encode()
        for chunk in chunk_file(data, "markdown").chunks:
            assert not data[chunk.start_byte : chunk.end_byte].rstrip().endswith(b"## Here")


def test_code_blocks_are_cut_last() -> None:
    code = "```python\n" + "x = 'a line of an example'\n\n" * 30 + "```\n"
    data = f"# Guide\n\n{WORDS}\n{WORDS}\n{WORDS}\n{code}\n{WORDS}\n".encode()
    for chunk in chunk_file(data, "markdown").chunks:
        assert data[chunk.start_byte : chunk.end_byte].count(b"```") in (0, 2)
