"""The overlay's BM25 is the lexical index's: same formula, same rounding, same scale."""

from __future__ import annotations

import random

import pytest

from scholiast_indexer.lexical import LexicalChunk, LexicalIndex
from scholiast_indexer.overlay import OverlaidFile, overlaid_file
from scholiast_indexer.overlay.file import place_of
from scholiast_indexer.overlay.scoring import MEAN_LENGTHS, rounded_length, scores
from scholiast_indexer.types import AnalyzedChunk, AnalyzedFile, Chunk

WORDS = [f"w{number}" for number in range(40)]


def chunk(terms: str, names: str) -> AnalyzedChunk:
    return AnalyzedChunk(Chunk(0, 0, 0, 1, "function", "", "", "", (), ()), b"", terms, names, b"")


def texts(field: str, count: int, seed: int) -> list[str]:
    """Texts of all lengths, whose mean is exactly the one that the overlay takes for granted."""
    chance = random.Random(seed)
    mean = int(MEAN_LENGTHS["terms" if field == "terms" else "names"])
    lengths = [chance.randint(1, 2 * mean - 1) for _ in range(count // 2)]
    lengths += [2 * mean - length for length in lengths]
    return [" ".join(chance.choices(WORDS, range(1, 41), k=length)) for length in lengths]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[LexicalIndex, OverlaidFile]:
    """The same chunks in a lexical index and in the overlay."""
    pairs = list(zip(texts("terms", 200, 1), texts("names", 200, 2), strict=True))
    lexical = LexicalIndex.create(tmp_path_factory.mktemp("lexical"))
    lexical.add(LexicalChunk(place, 1, terms, names, "") for place, (terms, names) in enumerate(pairs))
    lexical.commit("test", 1)
    lexical.finish("test", 1)
    analyzed = AnalyzedFile(tuple(chunk(*pair) for pair in pairs), (), (), b"")
    return lexical, overlaid_file("a.py", "python", b"", 7, analyzed)


@pytest.mark.parametrize("words", [["w0"], ["w39"], ["w1", "w20", "w38"], WORDS, ["nowhere"], []])
@pytest.mark.parametrize("name_weight", [0.3, 1.0])
def test_scores_equal_those_of_the_lexical_index(
    both: tuple[LexicalIndex, OverlaidFile], words: list[str], name_weight: float
) -> None:
    lexical, file = both
    weights = dict.fromkeys(words, 1.0)
    expected = dict(lexical.search(weights, name_weight, 1000))
    found = {place_of(chunk_id)[1]: score for chunk_id, score in scores([file], weights, name_weight, lexical).items()}
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("length", "rounded"),
    [
        (0, 0),
        (1, 1),
        (23, 23),
        (24, 24),
        (39, 39),
        (40, 40),
        (41, 40),
        (42, 42),
        (55, 54),
        (56, 56),
        (59, 56),
        (1000, 984),
    ],
)
def test_lengths_are_rounded_as_tantivy_keeps_them_in_a_byte(length: int, rounded: int) -> None:
    assert rounded_length(length) == rounded


def test_ids_say_which_file_and_chunk_they_are_of() -> None:
    analyzed = AnalyzedFile(tuple(chunk("a", "b") for _ in range(3)), (), (), b"")
    for number in (1, 2, 1_000_000):
        file = overlaid_file("a.py", "python", b"", number, analyzed)
        ids = [file.chunk_id(place) for place in range(3)]
        assert all(chunk_id < 0 for chunk_id in ids)
        assert [place_of(chunk_id) for chunk_id in ids] == [(file.blob_id, place) for place in range(3)]
