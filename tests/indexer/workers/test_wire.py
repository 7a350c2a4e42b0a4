"""Messages go over a pipe whole or not at all."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.workers.wire import MESSAGE_BYTES_MAX, read_message, write_message


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(0, 20))
def test_messages_arrive_as_sent_and_a_cut_one_not_at_all(messages: list[bytes], missing: int) -> None:
    pipe = BytesIO()
    for message in messages:
        write_message(pipe, message)
    data = pipe.getvalue()
    source = BytesIO(data[: len(data) - missing] if missing else data)
    arrived = list(iter(lambda: read_message(source), None))
    assert arrived == messages[: len(arrived)]
    assert (arrived == messages) == (missing == 0 or not messages)


@pytest.mark.parametrize(
    "data", [b"", b"\0\0", b"Hello, I print to stdout", (MESSAGE_BYTES_MAX + 1).to_bytes(4, "big")]
)
def test_what_is_no_message_ends_the_stream(data: bytes) -> None:
    assert read_message(BytesIO(data)) is None
