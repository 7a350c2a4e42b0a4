"""What a failing feature costs: itself, with a line in the log."""

from __future__ import annotations

import asyncio
import logging

import pytest
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from scholiast_server.lsp.fences import quietly


@quietly(list)
async def raises(error: BaseException | None) -> list[int]:
    if error is not None:
        raise error
    return [1]


async def test_a_failure_is_logged_and_gives_the_fallback(caplog: pytest.LogCaptureFixture) -> None:
    assert await raises(None) == [1]
    assert caplog.records == []
    for error in (ValueError("a defect"), OSError("a disk"), RuntimeError("a closed index")):
        assert await raises(error) == []
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "raises failed")
    ] * 3


async def test_what_is_an_answer_or_an_end_passes() -> None:
    for error in (JsonRpcInvalidParams(), JsonRpcException(message="no folder is open", code=-32803)):
        with pytest.raises(JsonRpcException):
            await raises(error)
    with pytest.raises(asyncio.CancelledError):
        await raises(asyncio.CancelledError())
