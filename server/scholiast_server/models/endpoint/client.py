"""Asks a server on behalf of threads: with its key, again where that may help, until it is told to stop.

Must not know what the answers are for, nor how connections are opened.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from scholiast_server.models.endpoint.address import Access, base_url, host_of, leaves_this_machine
from scholiast_server.models.endpoint.connection import Connection
from scholiast_server.models.endpoint.exchange import Exchange
from scholiast_server.models.endpoint.faults import WORTH_RETRYING, Fault, explained
from scholiast_server.models.endpoint.key import origin_of, read_key
from scholiast_server.models.endpoint.limits import CLOSE_S_MAX, QUERY_S_MAX
from scholiast_server.models.endpoint.loop import Loop
from scholiast_server.models.endpoint.retry import ONCE, Patience, delay_s
from scholiast_server.models.endpoint.wire import (
    Body,
    Piece,
    ServedModel,
    embedding_body,
    models_of,
    piece_of,
    refused_field,
    vectors_of,
    without,
)
from scholiast_server.models.protocol import never

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

log = logging.getLogger(__name__)

T = TypeVar("T")


class Client:
    """One server. For any thread; several requests may be under way at once."""

    def __init__(
        self,
        access: Access,
        *,
        patience: Patience = Patience(),  # noqa: B008  (frozen)
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            access: How the server is reached.
            patience: How often it is asked before it is given up.
            environment: Where the key's variable is looked up; that of this process by default.

        Raises:
            ModelError: `access.url` is no address.
        """
        self.host = host_of(access.url)
        """Host and port, for messages."""
        self._access = access
        self._patience = patience
        self._environment = environment
        self._loop = Loop()
        self._connection = Connection(base_url(access.url))
        self._refused: frozenset[str] = frozenset()

    def chat(self, body: Body, cancelled: Callable[[], bool] = never) -> Generator[Piece]:
        """The pieces of an answer as they come; close it to end it.

        Args:
            body: As `wire.chat_body` makes it; what this server refuses of it is left out.
            cancelled: Asked between pieces and while there is none.

        Raises:
            Stopped: `cancelled` said so.
            Fault: The server can't be reached, fails, or sends what can't be read.
            ModelError: The command for the key fails.
        """
        return self._talk(lambda exchange: self._chat(body, exchange), cancelled)

    def embed(self, model: str, texts: Sequence[str], *, is_urgent: bool = False) -> npt.NDArray[np.float32]:
        """Vectors `(len(texts), dimension)`, float32, as the model made them; urgent ones soon or not at all. Raises
        as `chat` does.
        """
        body = embedding_body(model, texts)

        async def attempt(exchange: Exchange[npt.NDArray[np.float32]]) -> None:
            exchange.arrived(vectors_of(await self._connection.post("/embeddings", body, exchange), len(texts)))

        return self._one(attempt, never, is_urgent=is_urgent)

    def models(self, cancelled: Callable[[], bool] = never) -> tuple[ServedModel, ...]:
        """What the server lists. Raises as `chat` does."""

        async def attempt(exchange: Exchange[tuple[ServedModel, ...]]) -> None:
            exchange.arrived(await self._listed(exchange))

        return self._one(attempt, cancelled)

    def explained(self, fault: Fault, model: str = "") -> str:
        """What went wrong, for the user."""
        place = origin_of(self._access.key_variable, self._access.key_command)
        return explained(fault, self.host, model=model, key_place=place)

    def start(self) -> None:
        """Begin to load the library, without waiting and without contacting anything."""
        if not self._access.offline:
            self._loop.run(self._loaded())

    def close(self) -> None:
        """End whatever is under way. It may be used again."""
        if self._loop.is_running:
            with contextlib.suppress(Exception):  # what can't be closed properly is dropped with the thread
                self._loop.run(self._connection.close()).result(CLOSE_S_MAX)
            self._loop.close()

    # -- in the caller's thread ---------------------------------------------------------------------------------------

    def _one(
        self,
        attempt: Callable[[Exchange[T]], Awaitable[None]],
        cancelled: Callable[[], bool],
        *,
        is_urgent: bool = False,
    ) -> T:
        patience = ONCE if is_urgent else self._patience
        timeout_s = min(QUERY_S_MAX, self._access.timeout_s) if is_urgent else self._access.timeout_s

        async def work(exchange: Exchange[T]) -> None:
            await self._patiently(attempt, exchange, patience)

        items: list[T] = list(self._talk(work, cancelled, timeout_s))
        return items[0]

    def _talk(
        self,
        work: Callable[[Exchange[T]], Coroutine[object, object, None]],
        cancelled: Callable[[], bool],
        timeout_s: float | None = None,
    ) -> Generator[T]:
        if self._access.offline:
            raise Fault("offline")
        exchange: Exchange[T] = Exchange(timeout_s or self._access.timeout_s)
        future = self._loop.run(self._prepared(work, exchange))
        future.add_done_callback(exchange.ended)
        try:
            yield from exchange.items(cancelled)
        finally:
            future.cancel()  # which closes the connection, wherever it is at

    # -- in the loop's thread -----------------------------------------------------------------------------------------

    async def _prepared(
        self, work: Callable[[Exchange[T]], Coroutine[object, object, None]], exchange: Exchange[T]
    ) -> None:
        await self._loaded()
        await self._unlocked()
        await work(exchange)

    async def _loaded(self) -> None:
        self._connection.load()

    async def _unlocked(self) -> None:
        """Look for the key, once."""
        if self._connection.key is not None:
            return
        access = self._access
        key = await asyncio.to_thread(read_key, access.key_variable, access.key_command, self._environment)
        if key is not None and leaves_this_machine(access.url) and access.url.lower().startswith("http:"):
            log.warning("the key for %s goes there unencrypted: endpoint.url begins with http:", self.host)
        self._connection.key = key

    async def _chat(self, body: Body, exchange: Exchange[Piece]) -> None:
        while True:
            refused = self._refused
            sent = without(body, refused)

            async def attempt(exchange: Exchange[Piece], sent: Body = sent) -> None:
                await self._stream(sent, exchange)

            try:
                return await self._patiently(attempt, exchange, self._patience)
            except Fault as fault:
                field = refused_field(fault.said, body, refused) if fault.kind == "rejected" else None
                if field is None:
                    raise
                log.info("%s does not take %s; it is left out from now on", self.host, field)
                self._refused |= {field}

    async def _stream(self, body: Body, exchange: Exchange[Piece]) -> None:
        async with contextlib.aclosing(self._connection.events("/chat/completions", body, exchange)) as events:
            async for data in events:
                piece = piece_of(data)
                if not piece.is_empty:
                    exchange.arrived(piece)

    async def _listed(self, exchange: Exchange[Any]) -> tuple[ServedModel, ...]:
        return models_of(await self._connection.get("/models", exchange))

    async def _patiently(
        self, attempt: Callable[[Exchange[T]], Awaitable[None]], exchange: Exchange[T], patience: Patience
    ) -> None:
        """Try until it works, or until trying again would be of no use; never after something was handed on."""
        attempts, wait_s = 0, 0.0
        while True:
            attempts += 1
            exchange.asked(wait_s)
            await asyncio.sleep(wait_s)
            try:
                return await attempt(exchange)
            except Fault as error:
                fault = error
            delay = (
                delay_s(patience, attempts, fault.wait_s, random.random()) if _is_worth_it(fault, exchange) else None
            )
            if delay is None:
                raise await self._completed(fault, exchange)
            log.info("%s: %s; asked again in %.1f s", self.host, fault.kind, delay)
            wait_s = delay

    async def _completed(self, fault: Fault, exchange: Exchange[Any]) -> Fault:
        """With what the user needs to know beside it."""
        if fault.kind == "key" and self._connection.key is not None:
            fault.sent_key = self._connection.key.origin
            self._connection.key = None  # the next question reads it anew: it may have been replaced
        if fault.kind == "missing":
            with contextlib.suppress(Fault):  # it has no list: the first fault says enough
                fault.models = [model.id for model in await self._listed(exchange)]
        return fault


def _is_worth_it(fault: Fault, exchange: Exchange[Any]) -> bool:
    return fault.kind in WORTH_RETRYING and not exchange.has_arrivals
