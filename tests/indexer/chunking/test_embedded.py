"""Code inside other files is found where it lies: scripts in markup, cells in notebooks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.types import Chunk, ChunkedFile

SCRIPT = "function greet(name) {\n  return `hello ${name}`;\n}\n"


def lines_of(data: bytes, symbol: str, chunked: ChunkedFile) -> str:
    """The text of a symbol's lines."""
    found = next(one for one in chunked.symbols if one.path == symbol)
    return b"".join(data.splitlines(keepends=True)[found.start_line : found.end_line]).decode()


@pytest.mark.parametrize(
    ("language", "tag", "text", "expected"),
    [
        ("html", "<script>", SCRIPT, ["greet"]),
        ("html", '<script type="module">', SCRIPT, ["greet"]),
        ("html", '<script type="text/x-template">', SCRIPT, []),
        ("html", '<script type="application/json">', '{"greet": 1}\n', ["greet"]),
        ("vue", '<script setup lang="ts">', "function greet(name: string): void {}\n", ["greet"]),
        ("vue", "<script lang='tsx'>", "const greet = (a: A): B => <b>{a}</b>\n", ["greet"]),
        ("svelte", "<script>", f"export let name;\n{SCRIPT}", ["greet"]),
    ],
)
def test_scripts_are_read_in_their_own_language(language: str, tag: str, text: str, expected: list[str]) -> None:
    data = f"<p>Grüße</p>\n\n{tag}\n{text}</script>\n<p>end</p>\n".encode()
    chunked = chunk_file(data, language)
    assert [name for name in expected if name not in {one.path for one in chunked.symbols}] == []
    assert expected or not chunked.symbols
    for name in expected:
        assert name in lines_of(data, name, chunked)


def test_a_long_script_is_cut_between_its_functions_and_names_them() -> None:
    functions = "".join(f"function step{number}() {{\n{'  work();' * 130}\n}}\n" for number in range(6))
    data = f"<div></div>\n<script>\n{functions}</script>\n".encode()
    chunks = [chunk for chunk in chunk_file(data, "html").chunks if chunk.kind == "function"]
    assert [chunk.symbol for chunk in chunks] == [f"step{number}" for number in range(6)]
    assert all(chunk.header.startswith("<script>") for chunk in chunks[1:])


def test_two_scripts_of_one_page_keep_their_own_places() -> None:
    data = b"<script>\nfunction a() {}\n</script>\n<p>b</p>\n<script>\nfunction c() {}\n</script>\n"
    symbols = chunk_file(data, "html").symbols
    assert [(one.path, one.start_line) for one in symbols] == [("a", 1), ("c", 5)]


def test_an_unclosed_script_is_cut_all_the_same() -> None:
    data = b"<script>\nfunction a() {\n" + b"  work();\n" * 500
    chunks = chunk_file(data, "vue").chunks
    assert b"".join(data[chunk.start_byte : chunk.end_byte] for chunk in chunks) == data


def cell(kind: str, *source: str, outputs: Any = None) -> dict[str, Any]:
    code = {"outputs": outputs or [], "execution_count": 1} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": list(source), **code}


def notebook(*cells: dict[str, Any], language: str = "python", indent: int | None = 1) -> bytes:
    metadata = {"language_info": {"name": language}}
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4}, indent=indent).encode()


def cells_of(data: bytes) -> list[Chunk]:
    return [chunk for chunk in chunk_file(data, "notebook").chunks if chunk.kind == "cell"]


def test_a_code_cell_is_searched_as_plain_code() -> None:
    source = ["def load(path):\n", '    """Reads \\"it\\"."""\n', "    return path"]
    (chunk,) = cells_of(notebook(cell("markdown", "# Data"), cell("code", *source)))
    assert "".join(source) in chunk.header
    assert chunk.defines == ("load",)


def test_symbols_of_a_cell_lie_on_the_lines_of_its_json() -> None:
    data = notebook(cell("code", "import os\n", "def load(path):\n", "    return path\n"), cell("code", "x = 1"))
    chunked = chunk_file(data, "notebook")
    assert lines_of(data, "load", chunked).split() == ['"def', 'load(path):\\n",', '"', "return", 'path\\n"']


def test_prose_stays_with_the_cell_below_and_its_heading_names_it() -> None:
    data = notebook(
        cell("markdown", "# Data\n", "\n", "Where it is from."),
        cell("code", "print(1)"),
        cell("markdown", "## Plot"),
        cell("code", "print(2)"),
        cell("code", "print(3)"),
    )
    assert [chunk.symbol for chunk in cells_of(data)] == ["Data", "Data > Plot", "Data > Plot"]
    assert [chunk.header.splitlines()[0] for chunk in cells_of(data)] == ["# Data", "Data", "Data > Plot"]


def test_heavy_outputs_are_chunks_without_retrieval_text() -> None:
    picture = {"output_type": "display_data", "data": {"image/png": "iVBOR" * 4_000}, "metadata": {}}
    data = notebook(cell("code", "draw()", outputs=[picture]), cell("code", "done()"))
    chunked = chunk_file(data, "notebook")
    for chunk in chunked.chunks:
        holds_picture = b"iVBORiVBOR" in data[chunk.start_byte : chunk.end_byte]
        assert (chunk.kind == "text" and chunk.header == "") if holds_picture else True
    assert any("draw()" in chunk.header for chunk in chunked.chunks)
    assert any("done()" in chunk.header for chunk in chunked.chunks)


@pytest.mark.parametrize(
    "data",
    [
        notebook(cell("code", "x = 1"), indent=None),
        notebook(cell("code", "x = '\\ud800'\n", "%magic\n", "!ls\n")),
        notebook(cell("code", "library(x)\n", "f <- function(a) a\n"), language="R"),
        notebook(cell("code", "what?"), language="no such language"),
        b'{"cells": [{"cell_type": "code", "source": "x = 1\\ny = 2"}]}',
        b'{"cells": [{"cell_type": "code", "source": ["broken\n',
        b'{"cells": {"cell_type": 3, "source": [1, null]}, "metadata": []}',
        b'[1, 2, "no notebook"]',
        b"not even JSON",
        b"",
    ],
)
def test_odd_notebooks_are_tiled(data: bytes) -> None:
    chunks = chunk_file(data, "notebook").chunks
    assert b"".join(data[chunk.start_byte : chunk.end_byte] for chunk in chunks) == data
    assert all(chunk.header.encode() is not None for chunk in chunks)
