"""Parts without a server: windows of texts, waits, words of errors."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.models.endpoint.faults import one_line
from scholiast_server.models.endpoint.limits import SAID_CHARACTERS_MAX
from scholiast_server.models.endpoint.retry import Patience, delay_s, retry_after_s
from scholiast_server.models.endpoint.windows import windows
from scholiast_server.models.endpoint.wire import error_words, refused_field, sendable, without

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=timezone.utc)


@given(st.text(), st.integers(1, 40))
def test_windows_hold_all_of_a_text_and_no_more_than_fits(text: str, room: int) -> None:
    made = windows(text, room)
    assert "".join(made) == text and all(len(window) <= room for window in made)
    assert len(made) == 1 or all(made)


def test_windows_end_with_lines_where_they_can() -> None:
    assert windows("first line\nsecond ln.\nthird line\n", 12) == ["first line\n", "second ln.\n", "third line\n"]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0), (" 120 ", 120.0), ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0), ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("", None), (None, None), ("soon", None), ("-1", None), ("1.5", None), ("9" * 400, 999_999_999.0), ("²", None),
    ],
)  # fmt: skip
def test_a_wait_that_is_asked_for_is_read(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds


def test_waits_grow_and_end() -> None:
    patience = Patience(attempts=5, first_s=1, longest_s=4, asked_s_max=10)
    assert [delay_s(patience, attempts, None, 1.0) for attempts in range(1, 6)] == [1, 2, 4, 4, None]
    assert delay_s(patience, 1, None, 0.0) == 0.5, "chance spreads clients over half of the wait"
    assert delay_s(patience, 1, 7.0, 0.0) == 7.0 and delay_s(patience, 1, 11.0, 0.0) is None


@given(st.text())
def test_any_words_are_shown_in_one_line(text: str) -> None:
    shown = one_line(text)
    assert (shown.isprintable() or not shown) and len(shown) <= SAID_CHARACTERS_MAX


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "no", "type": "x"}}, "no"),
        ({"error": "no"}, "no"),
        ({"detail": "no"}, "no"),
        ({"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs", "type": "extra"}]}, "body.seed: Extra inputs"),
        ({"object": "error", "message": "no", "code": 40303}, "no"),
        ([{"error": {"message": "no"}}], "no"),
        ("plain words", "plain words"),
        (" <html>a page</html>", ""),
        (None, ""), ({}, ""), ([], ""), (7, ""), ({"error": None}, ""),
    ],
)  # fmt: skip
def test_words_of_an_error_are_found_in_whatever_shape(body: Any, words: str) -> None:
    assert error_words(body) == words


def test_only_what_an_answer_can_do_without_is_left_out() -> None:
    body = {"model": "m", "max_tokens": 5, "seed": 0}
    assert refused_field("Unknown parameter: 'seed'", body, ()) == "seed"
    assert refused_field("Unknown parameter: 'seed'", body, ("seed",)) is None
    assert refused_field("Unknown parameter: 'model'", body, ()) is None
    assert refused_field("the seed is fine, the model is not", body, ()) is None
    assert without(body, ("seed", "max_tokens")) == {"model": "m", "max_completion_tokens": 5}


@given(st.text(alphabet=st.characters()))
def test_any_text_can_be_sent(text: str) -> None:
    sendable(text).encode()
