"""Changes of text: tables of cases, a model that counts characters one by one, and changes that do not fit."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.lsp.edits import BLOCK_BYTES, Blocks, Change, apply_changes, blocks_of
from scholiast_server.lsp.positions import ENCODINGS, Encoding, Lines, Position, Range, encode_text

WIDTHS: dict[Encoding, tuple[str, int]] = {
    "utf-8": ("utf-8", 1),
    "utf-16": ("utf-16-le", 2),
    "utf-32": ("utf-32-le", 4),
}
TEXTS = st.text(st.sampled_from("ab \n\r\f\u2028é€🙂"), max_size=20)
ANY_TEXTS = TEXTS | st.text(st.characters(exclude_categories=()), max_size=20)
POSITIONS = st.builds(Position, st.integers(0, 8), st.integers(0, 12))
ANY_POSITIONS = st.builds(Position, st.integers(-2, 8) | st.just(2**32), st.integers(-2, 12) | st.just(2**32))
ENCODED = st.sampled_from(ENCODINGS)


def at(*numbers: int) -> Range:
    return Range(Position(*numbers[:2]), Position(*numbers[2:]))


def applied(text: str, changes: list[Change], encoding: Encoding) -> str:
    """In blocks as small as can be too: texts of tests are short."""
    whole = [b"".join(after(text, changes, encoding, block_bytes).parts) for block_bytes in (1, 3, BLOCK_BYTES)]
    assert len({*whole}) == 1
    return whole[0].decode()


def after(text: str, changes: list[Change], encoding: Encoding, block_bytes: int) -> Blocks:
    return apply_changes(blocks_of(encode_text(text), block_bytes), changes, encoding, block_bytes)


def modelled(text: str, change: Change, encoding: Encoding) -> str:
    """What LSP says, with lists of characters and nothing clever."""
    if change.range is None:
        return change.text
    lines: list[list[str]] = [[]]
    ends: list[str] = []
    rest = text
    while rest:
        end = next((end for end in ("\r\n", "\r", "\n") if rest.startswith(end)), None)
        if end is None:
            lines[-1].append(rest[0])
        else:
            ends.append(end)
            lines.append([])
        rest = rest[len(end or rest[0]) :]
    ends.append("")
    codec, width = WIDTHS[encoding]

    def index(position: Position) -> int:
        if position.line >= len(lines):
            return len(text)
        before = sum(len(line) + len(end) for line, end in zip(lines[: position.line], ends, strict=False))
        units = 0
        for character in lines[position.line]:
            units += len(character.encode(codec)) // width
            if units > position.character:
                break
            before += 1
        return before

    start, end_index = sorted((index(change.range.start), index(change.range.end)))
    return text[:start] + change.text + text[end_index:]


def check(text: str, where: Range | None, new: str, expected: str, encoding: Encoding = "utf-16") -> None:
    change = Change(new, where)
    assert applied(text, [change], encoding) == expected == modelled(text, change, encoding)


@pytest.mark.parametrize(
    ("text", "where", "new", "expected"),
    [
        ("abc", None, "x", "x"),
        ("abc", None, "", ""),
        ("", at(0, 0, 0, 0), "x", "x"),
        ("abc", at(0, 1, 0, 2), "X", "aXc"),
        ("abc", at(0, 3, 0, 3), "d", "abcd"),
        ("ab\ncd", at(0, 1, 1, 1), "X", "aXd"),
        ("ab\ncd", at(1, 2, 1, 2), "e", "ab\ncde"),  # at the end of an unterminated last line
        ("ab\ncd", at(1, 3, 1, 9), "e", "ab\ncde"),  # past it
        ("ab\ncd", at(2, 0, 2, 0), "e", "ab\ncde"),
        ("ab\ncd\n", at(2, 0, 2, 0), "e", "ab\ncd\ne"),
        ("ab\ncd", at(0, 9, 0, 9), "X", "abX\ncd"),
        ("ab\r\ncd", at(0, 9, 0, 9), "X", "abX\r\ncd"),
        ("ab\r\ncd", at(0, 2, 1, 0), "", "abcd"),
        ("ab\rcd", at(0, 2, 1, 0), "\n", "ab\ncd"),
        ("ab\ncd\nef", at(1, 0, 2, 0), "", "ab\nef"),
        ("ab\ncd", at(0, 0, 99, 99), "x\ny", "x\ny"),
        ("ab\ncd", at(1, 1, 0, 1), "X", "aXd"),  # backwards
        ("a🙂b", at(0, 1, 0, 3), "é", "aéb"),
        ("a🙂b", at(0, 2, 0, 3), "", "ab"),  # from inside a pair
        ("🙂\n🙂", at(1, 2, 1, 2), "x", "🙂\n🙂x"),
    ],
)
def test_a_change_is_applied_where_it_says(text: str, where: Range | None, new: str, expected: str) -> None:
    check(text, where, new, expected)


@pytest.mark.parametrize(
    ("encoding", "where"), [("utf-8", at(0, 5, 0, 7)), ("utf-16", at(0, 3, 0, 4)), ("utf-32", at(0, 2, 0, 3))]
)
def test_each_encoding_speaks_of_the_same_characters(encoding: Encoding, where: Range) -> None:
    check("a🙂éb", where, "X", "a🙂Xb", encoding)


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("ab", [Change("x", at(0, 0, 0, 0)), Change("y", at(0, 1, 0, 1))], "xyab"),
        ("ab", [Change("x\n", at(0, 0, 0, 0)), Change("y", at(1, 0, 1, 2))], "x\ny"),
        ("ab", [Change("x\ny"), Change("z", at(1, 0, 1, 1))], "x\nz"),
        ("a\nb", [Change("", at(0, 1, 1, 0)), Change("!", at(0, 2, 0, 2))], "ab!"),
        # Line ends that come to lie beside each other are one, and the next change counts them so.
        ("a\rb\nc", [Change("", at(1, 0, 1, 1)), Change("X", at(1, 0, 1, 0))], "a\r\nXc"),
        ("a\rb", [Change("\n", at(1, 0, 1, 0)), Change("X", at(1, 0, 1, 0))], "a\r\nXb"),
        ("a\nb", [Change("\r", at(0, 1, 0, 1)), Change("X", at(1, 0, 1, 0))], "a\r\nXb"),
        ("a\r\nb", [Change("X", at(0, 1, 0, 1)), Change("Y", at(1, 1, 1, 1))], "aX\r\nbY"),
    ],
)
def test_each_change_speaks_of_what_the_one_before_it_left(text: str, changes: list[Change], expected: str) -> None:
    assert applied(text, changes, "utf-16") == expected


@given(
    TEXTS, st.lists(st.builds(Change, TEXTS, st.none() | st.builds(Range, POSITIONS, POSITIONS)), max_size=5), ENCODED
)
def test_any_changes_equal_the_model(text: str, changes: list[Change], encoding: Encoding) -> None:
    expected = text
    for change in changes:
        expected = modelled(expected, change, encoding)
    assert applied(text, changes, encoding) == expected


@given(
    ANY_TEXTS,
    st.lists(st.builds(Change, ANY_TEXTS, st.none() | st.builds(Range, ANY_POSITIONS, ANY_POSITIONS)), max_size=5),
    ENCODED,
)
def test_no_change_raises_and_the_text_stays_text(text: str, changes: list[Change], encoding: Encoding) -> None:
    applied(text, changes, encoding)


def test_a_text_is_cut_behind_line_ends() -> None:
    assert blocks_of(b"a\nb\r\nc\rd", 1).parts == [b"a\n", b"b\r\n", b"c\r", b"d"]


@given(TEXTS, st.lists(st.builds(Change, TEXTS, st.builds(Range, POSITIONS, POSITIONS)), max_size=5), st.integers(1, 9))
def test_blocks_hold_whole_lines_and_know_how_many(text: str, changes: list[Change], block_bytes: int) -> None:
    parts, counts = after(text, changes, "utf-8", block_bytes)
    lines = [part.splitlines(keepends=True) for part in parts]
    assert [line for part in lines for line in part] == b"".join(parts).splitlines(keepends=True)
    assert counts == [sum(line.endswith((b"\n", b"\r")) for line in part) for part in lines]
    assert b"" not in parts or parts == [b""]
    assert all(part.endswith((b"\n", b"\r")) for part in parts[:-1])


@given(TEXTS, TEXTS, st.data())
def test_the_encodings_agree_on_the_same_edit(text: str, new: str, data: st.DataObject) -> None:
    start, end = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    lines = Lines.of_text(text)
    found = {
        applied(
            text,
            [Change(new, lines.range_of_bytes(len(text[:start].encode()), len(text[:end].encode()), encoding))],
            encoding,
        )
        for encoding in ENCODINGS
    }
    assert len(found) == 1


def test_a_word_replaced_in_thousands_of_places_is_quick() -> None:
    text = "    return value_of(é, other)\n" * 20_000
    changes = [Change("amount_of", at(line, 11, line, 19)) for line in range(0, 20_000, 4)]
    started = time.process_time()
    changed = b"".join(after(text, changes, "utf-16", BLOCK_BYTES).parts)
    took = time.process_time() - started
    assert (changed.count(b"amount_of"), changed.count(b"value_of")) == (5_000, 15_000)
    assert took < 1.0, took  # 0.1 s on an idle core; a second copy of the text for each change takes 7 s


def test_a_change_of_a_huge_text_costs_what_one_of_a_small_text_does() -> None:
    started = time.process_time()
    text = blocks_of(b"x = 1\n" * 4_000_000)
    for line in range(0, 4_000_000, 80_000):
        text = apply_changes(text, [Change("y", at(line, 0, line, 1))], "utf-16")
    took = time.process_time() - started
    assert b"".join(text.parts).count(b"y = 1\n") == 50
    assert took < 1.0, took  # 0.05 s on an idle core; cut into all its lines it takes 25 s
