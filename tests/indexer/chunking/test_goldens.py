"""The chunks of files as people write them, kept as readable text beside this test.

Refresh with `pytest tests/indexer/chunking --update-goldens` and read the difference.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.languages import detect
from scholiast_indexer.types import Chunk

HERE = Path(__file__).parent
SAMPLES = sorted((HERE / "samples").iterdir())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_cut_as_its_golden_says(sample: Path, request: pytest.FixtureRequest) -> None:
    golden = HERE / "goldens" / f"{sample.name}.txt"
    shown = show(sample.read_bytes(), detect(sample.name))
    if request.config.getoption("--update-goldens"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_every_golden_has_its_sample() -> None:
    names = {sample.name for sample in SAMPLES}
    assert names, "no samples found"
    assert {golden.stem for golden in (HERE / "goldens").iterdir()} == names


def show(data: bytes, language: str | None) -> str:
    """Chunks and symbols as text: 1-based inclusive lines, as in an editor."""
    chunked = chunk_file(data, language)
    parts = [show_chunk(chunk, data) for chunk in chunked.chunks]
    symbols = [f"{symbol.start_line + 1}-{symbol.end_line} {symbol.kind} {symbol.path}\n" for symbol in chunked.symbols]
    problems = [f"problem: {problem}\n" for problem in chunked.problems]
    return "\n".join([*parts, "".join(["symbols\n", *symbols, *problems])])


def show_chunk(chunk: Chunk, data: bytes) -> str:
    lines = data[chunk.start_byte : chunk.end_byte].decode().splitlines()
    inked = [line for line in lines if line.strip()]
    rows = [
        f"{chunk.start_line + 1}-{chunk.end_line} {chunk.kind} {chunk.symbol}".rstrip(),
        *(f"  {name}: {value}" for name, value in fields(chunk) if value),
        *(f"  | {line}".rstrip() for line in chunk.header.splitlines()),
        f"  > {inked[0].strip()}",
        f"  < {inked[-1].strip()}",
    ]
    return "\n".join(clipped(row) for row in rows) + "\n"


def fields(chunk: Chunk) -> list[tuple[str, str]]:
    return [
        ("signature", chunk.signature),
        ("defines", " ".join(name.replace(" ", "_") for name in chunk.defines)),
        ("references", " ".join(chunk.references)),
    ]


def clipped(row: str) -> str:
    return row if len(row) <= 110 else f"{row[:109]}…"
