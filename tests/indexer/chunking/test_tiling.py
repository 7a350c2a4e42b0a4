"""Whatever the bytes, chunks tile them in order, and lines and bytes agree."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.chunking.borders import OVERFLOW_WEIGHT_MAX
from scholiast_indexer.chunking.packing import TINY_WEIGHT_MAX
from scholiast_indexer.languages import LANGUAGES
from scholiast_indexer.limits import CHUNK_BUDGET, CHUNK_LINE_BYTES_MAX, CHUNKS_PER_FILE_MAX
from scholiast_indexer.types import ChunkedFile

SAMPLES = Path(__file__).parent / "samples"
PARSED = [
    "python",
    "javascript",
    "typescript",
    "c",
    "go",
    "rust",
    "html",
    "vue",
    "json",
    "yaml",
    "css",
    "bash",
]
READ_BY_LINE = ["markdown", "rst", "notebook", "text", "no such language"]

relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
languages = st.sampled_from([None, *PARSED, *READ_BY_LINE])


def check(data: bytes, language: str | None) -> ChunkedFile:
    """Cuts the bytes and holds the result against everything that is true of any file."""
    chunked = chunk_file(data, language)
    chunks = chunked.chunks
    assert b"".join(data[chunk.start_byte : chunk.end_byte] for chunk in chunks) == data
    assert all(chunk.start_byte < chunk.end_byte for chunk in chunks)
    assert all(one.end_byte == two.start_byte for one, two in pairwise(chunks))
    assert not chunks or (chunks[0].start_byte, chunks[-1].end_byte) == (0, len(data))
    assert len(chunks) <= CHUNKS_PER_FILE_MAX
    starts = line_starts(data)
    for chunk in chunks:
        assert starts[chunk.start_line] <= chunk.start_byte < starts[chunk.start_line + 1]
        assert starts[chunk.end_line - 1] < chunk.end_byte <= starts[chunk.end_line]
        is_cut_inside = chunk.start_byte != starts[chunk.start_line]
        line_bytes = starts[chunk.start_line + 1] - starts[chunk.start_line]
        assert not is_cut_inside or line_bytes > CHUNK_LINE_BYTES_MAX
    assert all(0 <= one.start_line < one.end_line < len(starts) for one in chunked.symbols)
    return chunked


def line_starts(data: bytes) -> list[int]:
    """Offsets of lines by definition, the file's length last."""
    mark = b"\r" if b"\n" not in data else b"\n"
    starts = [0]
    for line in data.split(mark):
        starts.append(starts[-1] + len(line) + 1)
    return [start for start in starts if start < len(data)] + [len(data)]


@relaxed
@given(st.binary(max_size=4_000), languages)
def test_any_bytes_are_tiled(data: bytes, language: str | None) -> None:
    check(data, language)


@relaxed
@given(
    st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"\x0c", b"\0", b"\t", b"x = 1", b"# T", b"```", "é".encode()]))
)
def test_any_mixture_of_line_ends_is_tiled(parts: list[bytes]) -> None:
    for language in ("python", "markdown", "rst", None):
        check(b"".join(parts), language)


LANGUAGE_OF = {
    ".py": "python", ".js": "javascript", ".c": "c", ".go": "go", ".vue": "vue", ".md": "markdown", ".rst": "rst",
    ".ipynb": "notebook", ".yaml": "yaml",
}  # fmt: skip
MUTATIONS: list[Callable[[bytes], bytes]] = [
    lambda piece: b"",
    lambda piece: piece * 2,
    lambda piece: piece[::-1],
    lambda piece: piece.replace(b"\n", b" "),
    lambda piece: piece.replace(b"\n", b"\r\n"),
    lambda piece: b"(" * len(piece),
    lambda piece: b'"""' + piece,
    lambda piece: b"/*" + piece,
    lambda piece: b"\0" + piece,
    lambda piece: b"\xff\xfe" + piece,
    lambda piece: piece.replace(b"e", "é".encode()),
]


@st.composite
def broken_code(draw: st.DrawFn) -> tuple[bytes, str]:
    """A sample with pieces taken out, doubled, turned round or overwritten."""
    sample = draw(st.sampled_from(sorted(SAMPLES.iterdir())))
    data = sample.read_bytes() * draw(st.integers(1, 3))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 400)))
        data = data[:start] + draw(st.sampled_from(MUTATIONS))(data[start:end]) + data[end:]
    return data, LANGUAGE_OF[sample.suffix]


@relaxed
@given(broken_code())
def test_broken_code_is_tiled_and_cut_the_same_each_time(case: tuple[bytes, str]) -> None:
    data, language = case
    assert check(data, language) == chunk_file(data, language)


@relaxed
@given(st.text(min_size=1), st.integers(1, 3 * CHUNK_LINE_BYTES_MAX), languages)
def test_no_border_lies_inside_a_character(text: str, bytes_min: int, language: str | None) -> None:
    data = text.encode() * (1 + bytes_min // len(text.encode()))
    for chunk in check(data, language).chunks:
        data[chunk.start_byte : chunk.end_byte].decode()


@relaxed
@given(broken_code())
def test_a_chunk_of_several_lines_keeps_to_the_budget(case: tuple[bytes, str]) -> None:
    data, language = case
    for chunk in check(data, language).chunks:
        text = data[chunk.start_byte : chunk.end_byte]
        heaviest_line = max(len(line.translate(None, b" \t\r\f\v")) for line in text.split(b"\n"))
        weight = len(text.translate(None, b" \t\r\n\f\v"))
        assert weight <= max(CHUNK_BUDGET + OVERFLOW_WEIGHT_MAX, heaviest_line) + 4 * TINY_WEIGHT_MAX


@pytest.mark.parametrize("language", [*LANGUAGES, None])
def test_every_language_takes_any_file(language: str | None) -> None:
    for data in (
        b"",
        b"\n",
        b"\xef\xbb\xbf",
        b"x",
        b"# One\r\rdef two(): pass\r",
        b"\0" * 50,
        b"{" * 300 + b"\n",
    ):
        check(data, language)
