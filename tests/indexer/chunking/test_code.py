"""What a reader of search results expects of chunks of code."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.limits import CHUNK_BUDGET, CHUNK_LINE_BYTES_MAX, CHUNKS_PER_FILE_MAX
from scholiast_indexer.types import Chunk


def weight(text: bytes) -> int:
    return len(text.translate(None, b" \t\r\n\f\v"))


def texts(data: bytes, language: str | None) -> list[str]:
    return [data[chunk.start_byte : chunk.end_byte].decode() for chunk in chunk_file(data, language).chunks]


def chunk_with(data: bytes, language: str, text: str) -> Chunk:
    """The one chunk in which the text begins."""
    at = data.index(text.encode())
    return next(chunk for chunk in chunk_file(data, language).chunks if chunk.start_byte <= at < chunk.end_byte)


@st.composite
def functions(draw: st.DrawFn) -> list[bytes]:
    """Python functions of all sizes, decorated, commented, nested in classes or not."""
    found = []
    for number in range(draw(st.integers(1, 14))):
        indent = "    " * draw(st.integers(0, 1))
        width, lines = draw(st.integers(1, 60)), draw(st.integers(1, 40))
        body = "".join(f"{indent}    name_{line} = call({'x' * width})\n" for line in range(lines))
        lead = draw(st.sampled_from(["", f"{indent}@wrapped\n", f"{indent}# Why it is so.\n{indent}@wrapped(1)\n"]))
        found.append(f"{lead}{indent}def function_{number}(a, b):\n{body}".encode())
    return found


@settings(max_examples=80, deadline=None)
@given(functions(), st.sampled_from([b"\n", b"\n\n\n", b"\nvalue = 1\n\n"]))
def test_a_function_within_the_budget_stays_whole(parts: list[bytes], between: bytes) -> None:
    source = b"import os\n\n"
    previous_indented = False
    places = []
    for part in parts:
        is_indented = part.startswith(b" ")
        if is_indented and not previous_indented:
            source += between + b"class Holder:\n"
        source += b"\n" if is_indented else between
        places.append((len(source), len(source) + len(part)))
        source += part
        previous_indented = is_indented
    borders = {chunk.start_byte for chunk in chunk_file(source, "python").chunks}
    for part, (start, end) in zip(parts, places, strict=True):
        if weight(part) <= CHUNK_BUDGET:
            assert not any(start < border < end for border in borders), part.decode()


def test_the_first_member_of_a_class_hardly_over_the_budget_keeps_its_comment() -> None:
    members = [
        f"    # Why it is so.\n    @wrapped(1)\n    def function_{number}(a, b):\n"
        + "".join(f"        name_{line} = call({'x' * width})\n" for line in range(lines))
        for number, (lines, width) in enumerate([(12, 49), (8, 59)])
    ]
    source = ("import os\n\n\nclass Holder:\n\n" + "\n".join(members)).encode()
    assert weight(source) == CHUNK_BUDGET + 24, "its body alone is within the budget"
    for member in members:
        assert any(member in text for text in texts(source, "python"))


def long_function(name: str, *, lines: int = 60) -> str:
    return f"def {name}(first, second):\n" + "".join(
        f"    step_{number} = compute_something(first, second, {number})\n" for number in range(lines)
    )


def test_a_long_function_is_cut_at_statements_and_each_part_has_its_head() -> None:
    data = ("class Mill:\n" + "".join(f"    {line}\n" for line in long_function("grind").splitlines())).encode()
    chunks = chunk_file(data, "python").chunks
    assert len(chunks) >= 2
    assert {chunk.symbol for chunk in chunks} == {"Mill.grind"} or chunks[0].symbol == "Mill"
    for chunk in chunks[1:]:
        assert chunk.symbol == "Mill.grind"
        assert chunk.header.startswith("class Mill\ndef grind(first, second)")
        assert data[chunk.start_byte : chunk.end_byte].lstrip().startswith(b"step_")


def test_the_tail_of_a_long_function_shares_no_chunk_with_the_next() -> None:
    data = f"{long_function('first')}\n\ndef second():\n    return 1\n".encode()
    chunk = chunk_with(data, "python", "def second")
    assert data[chunk.start_byte :].startswith(b"def second")
    assert chunk.header == ""


def test_the_doc_comment_goes_into_the_header_of_later_parts() -> None:
    data = long_function("grind").replace(":\n", ':\n    """Grinds the corn."""\n', 1).encode()
    first, *rest = chunk_file(data, "python").chunks
    assert first.header == ""
    assert rest and all("Grinds the corn." in chunk.header for chunk in rest)


LEADS = {
    "python": ("# Why.\n@decorated\n", "def target():\n    return 1\n"),
    "javascript": ("/**\n * Why.\n */\n\n", "function target() {\n  return 1;\n}\n"),
    "go": ("// Target is why.\n", "func target() int {\n\treturn 1\n}\n"),
    "c": ("/* Why. */\n", "int target(void) {\n  return 1;\n}\n"),
    "rust": ("/// Why.\n#[inline]\n", "fn target() -> u8 {\n    1\n}\n"),
    "java": ("/** Why. */\n@Deprecated\n", "class Target {\n    int one() { return 1; }\n}\n"),
}


@pytest.mark.parametrize("language", LEADS)
def test_leading_comments_and_decorators_stay_with_their_definition(language: str) -> None:
    lead, definition = LEADS[language]
    for size in range(20, 36):  # the budget ends at another statement each time
        filler = {"python": "x_{n} = 'filling the chunk'\n", "go": 'var x{n} = "filling the chunk"\n'}.get(
            language, "int x_{n} = 1000000 + 2000000;\n"
        )
        before = "".join(filler.format(n=number) for number in range(2 * size))
        data = f"{before}\n{lead}{definition}".encode()
        borders = {chunk.start_byte for chunk in chunk_file(data, language).chunks}
        start = len(data) - len(f"{lead}{definition}".encode())
        assert not any(start < border for border in borders), texts(data, language)[-1]


@pytest.mark.parametrize(
    "data",
    [
        b"(" * 100_000 + b")" * 100_000,
        b"[\n" * 20_000,
        b"x" * 1_000_000,
        b"a b;" * 60_000 + b"\n" + b"y = 1\n",
        b'text = """' + b"never ended\n" * 5_000,
        b"function(){return{a:1,b:[2,3]}}," * 8_000,
        b"\n" * 200_000,
        b"if x:\n" + b" " * 200 + b"y = 1\n" * 2_000,
    ],
    ids=["parentheses", "lists", "one line", "long line", "open string", "minified", "blank", "indented"],
)
@pytest.mark.parametrize("language", ["python", "javascript", "markdown", None])
def test_hostile_files_are_cut_within_the_limits(data: bytes, language: str | None) -> None:
    chunks = chunk_file(data, language).chunks
    assert b"".join(data[chunk.start_byte : chunk.end_byte] for chunk in chunks) == data
    assert len(chunks) <= CHUNKS_PER_FILE_MAX
    assert all(chunk.end_byte - chunk.start_byte <= 4 * CHUNK_LINE_BYTES_MAX for chunk in chunks)


def test_a_file_of_too_many_chunks_ends_in_larger_ones() -> None:
    data = long_function("grind").encode() * 4_000
    chunks = chunk_file(data, None).chunks
    sizes = [chunk.end_byte - chunk.start_byte for chunk in chunks]
    assert len(chunks) <= CHUNKS_PER_FILE_MAX
    assert max(sizes[: CHUNKS_PER_FILE_MAX // 2]) < min(sizes[CHUNKS_PER_FILE_MAX // 2 + 1 : -1])


def test_past_the_parse_budget_a_file_is_cut_by_lines_and_says_so() -> None:
    data = b"x = [" + b"f(1, 2),\n" * 60_000
    started = time.process_time()
    chunked = chunk_file(data, "python", parse_budget_s=0.0)
    assert time.process_time() - started < 5
    assert chunked.problems == ("parse took over 0 s: cut by lines",)
    assert {chunk.kind for chunk in chunked.chunks} == {"text"}


@pytest.mark.parametrize(
    ("language", "data"),
    [("javascript", b"``````````\n" * 20_000), ("python", b"x = " + b"\\\n".join([b"a.b"] * 20_000))],
)
def test_a_tree_that_is_deep_without_brackets_is_gone_through_in_time(language: str, data: bytes) -> None:
    started = time.process_time()
    chunk_file(data, language)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "data",
    [
        b"".join(b" " * depth + b"a:\n" for depth in range(300)),
        b"- " * 300 + b"a\n",
        b"- ? " * 150 + b"a\n",
        b"".join(b" " * depth + b"a:\n" + b" " * depth + b"- b:\n" for depth in range(0, 400, 2)),
    ],
    ids=["keys", "lists", "mixed", "lists under keys"],
)
def test_blocks_that_would_overflow_a_scanner_are_not_parsed(data: bytes) -> None:
    """tree-sitter-yaml crashes over them, and this process with it."""
    chunked = chunk_file(data, "yaml")
    assert chunked.problems == ("blocks in over 100 columns: cut by lines",)
    assert b"".join(data[chunk.start_byte : chunk.end_byte] for chunk in chunked.chunks) == data


def test_blocks_of_a_usual_depth_are_parsed() -> None:
    data = b"".join(b" " * (2 * depth) + b"key: - a - b\n" for depth in range(40)) + b"a: b\n" * 3_000
    assert chunk_file(data, "yaml").problems == ()


def test_a_language_without_a_grammar_is_no_problem() -> None:
    chunked = chunk_file(b"words\n\nmore words\n", "text")
    assert chunked.problems == ()
    assert [chunk.kind for chunk in chunked.chunks] == ["text"]


def test_windows_end_at_blank_lines() -> None:
    paragraph = "Some words of a paragraph that goes on for a while.\n" * 7
    for text in texts("\n".join([paragraph] * 12).encode(), None)[:-1]:
        assert text.endswith("\n\n")


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_give_the_same_chunks(end: str) -> None:
    text = f"{long_function('first')}\n\n{long_function('second')}"
    usual = chunk_file(text.encode(), "python")
    other = chunk_file(text.replace("\n", end).encode(), "python")
    assert [(one.start_line, one.end_line, one.symbol, one.defines) for one in other.chunks] == [
        (one.start_line, one.end_line, one.symbol, one.defines) for one in usual.chunks
    ]


def test_code_outside_definitions_is_a_block() -> None:
    data = "".join(f"print('line {number} of a script without functions')\n" for number in range(80)).encode()
    assert {(chunk.kind, chunk.symbol) for chunk in chunk_file(data, "python").chunks} == {("block", "")}


def test_several_methods_are_named_after_their_class_and_one_large_one_after_itself() -> None:
    small = "".join(f"    def get_{name}(self):\n        return self.{name}\n\n" for name in "abcdefghijkl")
    large = "    def build(self):\n" + "        self.parts.append(self.make('a part of some length'))\n" * 20
    filler = "".join(f"    FIELD_{number} = 'a constant of the class'\n" for number in range(45))
    data = f"class Box:\n{filler}\n{small}\n{large}".encode()
    assert chunk_with(data, "python", "def get_f").symbol == "Box"
    assert chunk_with(data, "python", "def build").symbol == "Box.build"
    assert chunk_with(data, "python", "def get_f").header.startswith("class Box")
