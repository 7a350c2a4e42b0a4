"""Positions in three encodings: tables of cases, a plain model to compare with, and whatever else a client may send."""

from __future__ import annotations

import re
import time
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.lsp.positions import ENCODINGS, Encoding, Lines, Position, Range, encode_text, negotiated

CODECS: dict[Encoding, tuple[str, int]] = {
    "utf-8": ("utf-8", 1),
    "utf-16": ("utf-16-le", 2),
    "utf-32": ("utf-32-le", 4),
}
TEXTS = st.text(st.sampled_from("ab \t\n\r\f\u2028é€𝄞🙂\ufeff\u0301\0"), max_size=40) | st.text(max_size=40)
ANY_TEXTS = st.text(st.characters(exclude_categories=()), max_size=40)  # with halves of surrogate pairs, as in JSON
NUMBERS = st.integers(-2, 50) | st.sampled_from([2**31 - 1, 2**32])
ENCODED = st.sampled_from(ENCODINGS)


class Kind(str, Enum):
    """As protocol libraries spell it."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"


def units(text: str, encoding: Encoding) -> int:
    codec, width = CODECS[encoding]
    return len(text.encode(codec)) // width


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (None, "utf-16"),
        ([], "utf-16"),
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-16", "utf-8"], "utf-16"),
        (["utf-7", "utf-32", "utf-8"], "utf-32"),
        (["UTF-8"], "utf-16"),
        (["latin-1"], "utf-16"),
        ([Kind.UTF8, Kind.UTF16], "utf-8"),
        ([Kind.UTF16], "utf-16"),
    ],
)
def test_the_first_encoding_that_exists_is_taken(offered: list[str] | None, expected: str) -> None:
    encoding = negotiated(offered)
    assert (encoding, type(encoding)) == (expected, str)


@pytest.mark.parametrize("encoding", [Kind.UTF8, "utf-8"])
def test_encodings_are_compared_by_value(encoding: Encoding) -> None:
    assert Lines.of_text("é|").position(2, encoding) == Position(0, 2)
    assert Lines.of_text("é|").offset(0, 2, encoding) == 2


def check(text: str, line: int, characters: dict[Encoding, int] | int, offset: int) -> None:
    """Each encoding finds the byte, and from the byte the way back."""
    lines = Lines.of_text(text)
    for encoding in ENCODINGS:
        character = characters if isinstance(characters, int) else characters[encoding]
        assert lines.offset(line, character, encoding) == offset, encoding
        assert lines.position(offset, encoding) == Position(line, character), encoding


@pytest.mark.parametrize(
    ("text", "line", "characters", "offset"),
    [
        ("", 0, 0, 0),
        ("abc", 0, 2, 2),
        ("abc\ndef", 1, 1, 5),
        ("a\r\nb\rc\nd", 1, 0, 3),
        ("a\r\nb\rc\nd", 2, 0, 5),
        ("a\r\nb\rc\nd", 3, 1, 8),
        ("a\n", 1, 0, 2),
        ("a\r\n\r\n", 1, 0, 3),
        ("a\n\rb", 2, 1, 4),
        ("a\x0bb\x0cc\x1c\x85\u2028\u2029d", 0, {"utf-8": 14, "utf-16": 9, "utf-32": 9}, 14),
        ("é|", 0, {"utf-8": 2, "utf-16": 1, "utf-32": 1}, 2),
        ("€|", 0, {"utf-8": 3, "utf-16": 1, "utf-32": 1}, 3),
        ("🙂|", 0, {"utf-8": 4, "utf-16": 2, "utf-32": 1}, 4),
        ("x\n🙂é🙂|", 1, {"utf-8": 10, "utf-16": 5, "utf-32": 3}, 12),
        ("e\u0301|", 0, {"utf-8": 3, "utf-16": 2, "utf-32": 2}, 3),
        ("\ufeff|", 0, {"utf-8": 3, "utf-16": 1, "utf-32": 1}, 3),
        ("\0|", 0, 1, 1),
    ],
)
def test_a_position_is_a_byte_and_back(
    text: str, line: int, characters: dict[Encoding, int] | int, offset: int
) -> None:
    check(text, line, characters, offset)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("text", "line", "character", "offset"),
    [
        ("abc\ndef", 0, 4, 3),  # past the line's end: before its terminator
        ("abc\r\ndef", 0, 99, 3),
        ("abc\rdef", 0, 99, 3),
        ("abc\ndef", 1, 4, 7),  # past the end of an unterminated last line
        ("abc\ndef", 1, 2**32, 7),
        ("abc\ndef", 2, 0, 7),  # past the last line: the text's end
        ("abc\ndef\n", 2, 5, 8),
        ("abc", 2**32, 2**32, 3),
        ("", 5, 5, 0),
        ("abc\ndef", -1, 2, 0),
        ("abc\ndef", 1, -2, 4),
        ("é\nb", 0, 9, 2),
        ("🙂\nb", 0, 9, 4),
    ],
)
def test_a_position_that_does_not_exist_is_the_nearest_one(
    text: str, line: int, character: int, offset: int, encoding: Encoding
) -> None:
    assert Lines.of_text(text).offset(line, character, encoding) == offset


@pytest.mark.parametrize(
    ("text", "character", "encoding", "offset"),
    [
        ("a🙂b", 2, "utf-16", 1),
        ("a🙂b", 3, "utf-16", 5),
        ("🙂🙂", 3, "utf-16", 4),
        ("aéb", 2, "utf-8", 1),
        ("a🙂b", 2, "utf-8", 1),
        ("a🙂b", 4, "utf-8", 1),
        ("a🙂", 3, "utf-8", 1),
        ("a🙂b", 5, "utf-8", 5),
    ],
)
def test_inside_a_character_is_its_start(text: str, character: int, encoding: Encoding, offset: int) -> None:
    assert Lines.of_text(text).offset(0, character, encoding) == offset


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("a\r\nb", 1, Position(0, 1)),
        ("a\r\nb", 2, Position(0, 1)),  # between \r and \n
        ("a\r\nb", 3, Position(1, 0)),
        ("a\nb", 99, Position(1, 1)),
        ("a\nb", -1, Position(0, 0)),
        ("🙂b", 3, Position(0, 0)),
        ("🙂b", 4, Position(0, 2)),
    ],
)
def test_any_byte_has_a_position(text: str, offset: int, expected: Position) -> None:
    assert Lines.of_text(text).position(offset, "utf-16") == expected


def test_a_byte_that_is_not_utf8_is_one_character() -> None:
    lines = Lines(b"caf\xe9 = 1\n\xf0\x9f\x99| \xe2\x82\xac")
    for encoding in ENCODINGS:
        assert lines.position(4, encoding) == Position(0, 4)
        assert lines.offset(0, 6, encoding) == 6
        assert lines.position(12, encoding) == Position(1, 3)
        assert lines.offset(1, 3, encoding) == 12
    assert lines.position(17, "utf-16") == Position(1, 6)


def test_a_byte_order_mark_is_hidden_in_a_file_and_shown_in_a_document() -> None:
    in_file, in_document = Lines.of_file(b"\xef\xbb\xbfab\nc"), Lines.of_text("\ufeffab\nc")
    assert (in_file.offset(0, 1, "utf-16"), in_document.offset(0, 1, "utf-16")) == (4, 3)
    assert (in_file.position(4, "utf-16"), in_document.position(4, "utf-16")) == (Position(0, 1), Position(0, 2))
    assert (in_file.offset(-1, 0, "utf-8"), in_file.position(0, "utf-8")) == (3, Position(0, 0))
    assert in_file.range_of_lines(0, 1, "utf-8") == Range(Position(0, 0), Position(0, 2))
    assert in_file.offset(1, 0, "utf-32") == in_document.offset(1, 0, "utf-32") == 6
    assert Lines.of_file(b"\xef\xbb\xbf").position(3, "utf-8") == Position(0, 0)


@pytest.mark.parametrize(
    ("text", "start", "end", "expected"),
    [
        ("ab\r\ncd\r\n", 0, 1, (0, 0, 0, 2)),
        ("ab\r\ncd\r\n", 0, 2, (0, 0, 1, 2)),
        ("ab\ncd", 1, 2, (1, 0, 1, 2)),
        ("ab\n🙂", 0, 2, (0, 0, 1, 2)),
        ("ab\ncd", 0, 99, (0, 0, 1, 2)),
        ("ab\ncd", -3, 1, (0, 0, 0, 2)),
        ("ab\ncd", 1, 1, (1, 0, 1, 0)),
        ("ab\ncd", 7, 9, (1, 2, 1, 2)),
        ("ab\ncd", 1, 0, (1, 0, 1, 0)),
        ("ab\ncd", 0, 0, (0, 0, 0, 0)),
        ("", 0, 1, (0, 0, 0, 0)),
    ],
)
def test_whole_lines_make_a_range(text: str, start: int, end: int, expected: tuple[int, int, int, int]) -> None:
    found = Lines.of_text(text).range_of_lines(start, end, "utf-16")
    assert (found.start.line, found.start.character, found.end.line, found.end.character) == expected


def test_a_range_given_backwards_is_the_same_range() -> None:
    lines = Lines.of_text("ab\ncd")
    backwards = Range(Position(1, 1), Position(0, 1))
    assert lines.offsets(backwards, "utf-16") == (1, 4)
    assert lines.range_of_bytes(1, 4, "utf-16") == Range(Position(0, 1), Position(1, 1))


@given(TEXTS, ENCODED)
def test_every_character_of_any_text_round_trips(text: str, encoding: Encoding) -> None:
    lines = Lines.of_text(text)
    ends = [match.end() for match in re.finditer("\r\n|\r|\n", text)]
    assert lines.count == len(ends) + 1
    starts = [0, *ends]
    for line, (start, end) in enumerate(zip(starts, [*ends, len(text)], strict=True)):
        content = re.sub("[\r\n]+$", "", text[start:end])
        for at in range(len(content) + 1):
            position = Position(line, units(content[:at], encoding))
            offset = len(text[: start + at].encode())
            assert lines.offset(position.line, position.character, encoding) == offset
            assert lines.position(offset, encoding) == position


@given(ANY_TEXTS, NUMBERS, NUMBERS, ENCODED)
def test_any_position_is_a_byte_at_which_a_character_begins(
    text: str, line: int, character: int, encoding: Encoding
) -> None:
    lines = Lines.of_text(text)
    offset = lines.offset(line, character, encoding)
    lines.data[:offset].decode()
    lines.data[offset:].decode()
    again = lines.position(offset, encoding)
    assert lines.offset(again.line, again.character, encoding) == offset


@given(st.binary(max_size=40), NUMBERS, NUMBERS, ENCODED)
def test_any_bytes_have_positions(data: bytes, line: int, character: int, encoding: Encoding) -> None:
    for lines in (Lines(data), Lines.of_file(data)):
        offset = lines.offset(line, character, encoding)
        assert 0 <= offset <= len(data)
        position = lines.position(offset, encoding)
        assert lines.offset(position.line, position.character, encoding) == offset
        for byte in range(-1, len(data) + 2):
            position = lines.position(byte, encoding)
            assert 0 <= position.line < lines.count
            assert position.character <= units(data.decode("latin-1"), encoding) * 2


@given(ANY_TEXTS)
def test_half_a_surrogate_pair_counts_as_the_client_counts_it(text: str) -> None:
    data = encode_text(text)
    client_units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    assert len(data.decode().encode("utf-16-le")) // 2 == client_units


def test_ten_megabytes_are_quick() -> None:
    text = "    return value_of(other) + 'é🙂'\n" * 280_000
    data = encode_text(text)
    started = time.process_time()
    lines = Lines(data)
    assert lines.count == 280_001
    found = time.process_time() - started
    for line in range(0, 280_000, 100):
        offset = lines.offset(line, 31, "utf-16")
        assert lines.position(offset, "utf-16").line == line
    asked = time.process_time() - started - found
    assert (found < 0.5, asked < 0.5) == (True, True), (found, asked)  # 0.03 s and 0.02 s on an idle core
