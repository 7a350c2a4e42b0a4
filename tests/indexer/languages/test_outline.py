"""An outline keeps its promises on any input, broken or whole."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from scholiast_indexer.languages import grammars
from scholiast_indexer.languages.extract import outline
from scholiast_indexer.languages.outline import Outline
from scholiast_indexer.limits import DOC_CHARS_MAX, SIGNATURE_CHARS_MAX

SAMPLES = Path(__file__).parent / "samples"
SOURCES = {
    path.name.split(".")[0]: path.read_bytes() for path in SAMPLES.iterdir() if not path.name.endswith(".expected.json")
}
PARSED = sorted(language for language in SOURCES if grammars.provider(language).kind == "wheel")
MARKS = [b"{", b"}", b'"""', b"/*", b"(", b"\r", b"\n\n", b"\xff", b"'"]


def read(language: str, data: bytes) -> Outline:
    tree = grammars.parse(language, data, budget_s=10)
    assert tree is not None
    return outline(tree, data, language)


def check_promises(found: Outline, data: bytes) -> None:
    for position, one in enumerate(found.definitions):
        assert 0 <= one.lead_byte <= one.start_byte <= one.body_byte <= one.end_byte <= len(data)
        assert -1 <= one.parent < position
        assert one.name
        assert one.path.endswith(one.name)
        assert len(one.signature) <= SIGNATURE_CHARS_MAX
        assert "\n" not in one.signature
        assert len(one.doc) <= DOC_CHARS_MAX
        if one.parent >= 0:
            parent = found.definitions[one.parent]
            assert parent.start_byte <= one.start_byte < parent.end_byte
    uses = [reference.start_byte for reference in found.references]
    assert uses == sorted(set(uses))


@pytest.mark.parametrize("language", sorted(SOURCES))
def test_a_whole_file_keeps_the_promises(language: str) -> None:
    if grammars.parser(language) is None:
        pytest.skip("; ".join(grammars.provider(language).problems))
    check_promises(read(language, SOURCES[language]), SOURCES[language])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    language=st.sampled_from(PARSED),
    cut=st.integers(0, 3_000),
    length=st.integers(0, 60),
    noise=st.binary(max_size=12) | st.sampled_from(MARKS),
)
def test_a_broken_file_keeps_the_promises(language: str, cut: int, length: int, noise: bytes) -> None:
    source = SOURCES[language]
    data = source[:cut] + noise + source[cut + length :]
    tree = grammars.parse(language, data, budget_s=1)
    if tree is None:  # Kotlin's grammar takes more than a minute for its sample with a NUL at byte 730
        reject()
    check_promises(outline(tree, data, language), data)


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\x00" * 200, b"\xff\xfe", b"x" * 10_000, b"def " * 500, b"(" * 3_000, b"\xef\xbb\xbfx = 1"],
)
def test_odd_bytes_raise_nothing(data: bytes) -> None:
    check_promises(read("python", data), data)


def test_definitions_survive_an_error_beside_them() -> None:
    source = b"def first():\n    return 1\n\n)))(((\n\nclass Second:\n    def third(self):\n        pass\n"
    found = read("python", source)
    assert [one.path for one in found.definitions] == ["first", "Second", "Second.third"]


def test_deep_nesting_is_no_recursion() -> None:
    depth = 500
    data = b"".join(b" " * level + b"def f(): \n" for level in range(depth)) + b" " * depth + b"pass\n"
    assert len(read("python", data).definitions) == depth


def test_carriage_returns_before_line_feeds_change_nothing_but_offsets() -> None:
    source = SOURCES["go"]
    unix, dos = read("go", source), read("go", source.replace(b"\n", b"\r\n"))
    assert [(one.path, one.kind, one.signature, one.doc) for one in dos.definitions] == [
        (one.path, one.kind, one.signature, one.doc) for one in unix.definitions
    ]


def test_a_comment_after_code_belongs_to_that_code() -> None:
    found = read("python", b"x = 1  # the first\ndef f(): pass\n")
    assert found.definitions[-1].doc == ""
    assert found.definitions[-1].lead_byte == found.definitions[-1].start_byte


def test_an_empty_line_parts_a_comment_from_a_definition() -> None:
    assert read("python", b"# About something.\n\ndef f(): pass\n").definitions[0].doc == ""
    assert read("javascript", b"/** About f. */\n\nfunction f() {}\n").definitions[0].doc == "About f."


def test_a_language_without_grammar_or_query_gives_an_empty_outline() -> None:
    tree = grammars.parse("python", b"def f(): pass", budget_s=5)
    assert tree is not None
    assert outline(tree, b"def f(): pass", "proto") == Outline((), ())


def test_debris_of_a_hundred_thousand_tokens_has_no_outline_and_takes_no_time() -> None:
    data = b"def f(): pass\n" + b"(" * 100_000
    began = time.monotonic()
    assert read("javascript", data) == Outline((), ())
    assert time.monotonic() - began < 10
