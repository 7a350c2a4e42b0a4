"""Bytes of tokens become whole characters in order, up to what ends the text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.models.llama.assembly import Assembly


def assembled(pieces: list[bytes], stop: list[str]) -> tuple[list[str], bool]:
    """What is shown after each piece, then the rest, and whether a stop came."""
    assembly = Assembly(stop)
    shown = []
    for piece in pieces:
        shown.append(assembly.add(piece))
        if assembly.is_over:
            break
    return [*shown, assembly.rest()], assembly.is_over


@pytest.mark.parametrize(
    ("pieces", "stop", "shown", "is_over"),
    [
        ([b"a", b"b"], [], ["a", "b", ""], False),
        (["é".encode()[:1], "é".encode()[1:]], [], ["", "é", ""], False),
        (["😀".encode()[:3]], [], ["", ""], False),
        ([b"a\xff", b"\xfe", b"b"], [], ["a", "", "b", ""], False),
        ([b"one EN", b"D two"], ["END"], ["one ", "", ""], True),
        ([b"one EN", b"TRY"], ["END"], ["one ", "ENTRY", ""], False),
        ([b"one EN"], ["END"], ["one ", "EN"], False),
        ([b"aXbYc"], ["Y", "X"], ["a", ""], True),
        ([b"aa", b"ab"], ["aab"], ["", "a", ""], True),
        ([b"x"], ["", "y"], ["x", ""], False),
        ([b" " * 200], ["\n"], [" " * 200, ""], False),
    ],
)
def test_text_is_shown_as_soon_as_it_can_be(
    pieces: list[bytes], stop: list[str], shown: list[str], is_over: bool
) -> None:
    assert assembled(pieces, stop) == (shown, is_over)


@given(st.text("abcé😀", max_size=40), st.text("abé", min_size=1, max_size=3), st.integers(1, 5))
def test_however_it_is_cut_it_is_the_text_before_the_first_stop(text: str, stop: str, size: int) -> None:
    data = text.encode()
    shown, is_over = assembled([data[at : at + size] for at in range(0, len(data), size)], [stop])
    assert ("".join(shown), is_over) == (text.partition(stop)[0], stop in text)
