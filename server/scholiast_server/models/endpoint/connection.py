"""A server as the library reaches it: the one module that opens connections. Must not know threads or what is said.

The library serves as a transport that reads streams of events. What it would take from the environment (keys,
addresses, headers, proxies) is left out, it follows no redirect, and it retries nothing by itself.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import AsyncGenerator, Iterator
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from scholiast_server.models.endpoint.faults import Fault, fault_of_status
from scholiast_server.models.endpoint.key import Key
from scholiast_server.models.endpoint.limits import CONNECT_S_MAX, RESPONSE_BYTES_MAX
from scholiast_server.models.endpoint.retry import retry_after_s
from scholiast_server.models.endpoint.wire import Body, error_words

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_HEADERS = frozenset({"host", "accept", "connection", "content-type", "content-length", "transfer-encoding"})
"""All that is sent, beside the key and our name: neither the machine's description nor what the environment holds."""
_LOGGERS = ("openai", "httpx", "httpx2", "httpcore", "httpcore2")
"""They would write requests, and so pieces of code, into a log of everything."""
_NO_STREAM = frozenset({"text/html", "application/json"})
_FAILED = 500


class Response(Protocol):
    """What is looked at of a response while it comes in."""

    @property
    def num_bytes_downloaded(self) -> int: ...


class Watch(Protocol):
    """Who looks at a request while it is under way."""

    response: Response | None

    def begun(self, response: Response) -> None:
        """Its headers are there."""
        ...


_WATCH: ContextVar[Watch] = ContextVar("watch")


class Connection:
    """One server, for the coroutines of one event loop."""

    def __init__(self, url: str) -> None:
        """`url` is as `address.base_url` gives it; it is contacted by requests alone."""
        self._url = url
        self.key: Key | None = None
        """Sent with each request."""

    def load(self) -> None:
        """Load the library, which takes up to seconds.

        Raises:
            Fault: It is not installed.
        """
        try:
            _ = self._library
        except ImportError:
            raise Fault("library") from None

    async def get(self, path: str, watch: Watch) -> object:
        """What a path holds, as JSON if it is JSON, else as text. Raises Fault."""
        _WATCH.set(watch)
        with self._in_words():
            return await self._library.get(path, cast_to=object)

    async def post(self, path: str, body: Body, watch: Watch) -> object:
        """The answer to a body, as `get`."""
        _WATCH.set(watch)
        with self._in_words():
            return await self._library.post(path, cast_to=object, body=body)

    async def events(self, path: str, body: Body, watch: Watch) -> AsyncGenerator[object]:
        """The data of each event of a stream; close it, which closes the connection. Raises Fault."""
        from openai import AsyncStream

        _WATCH.set(watch)
        with self._in_words():
            stream = await self._library.post(
                path, cast_to=object, body=body, stream=True, stream_cls=AsyncStream[object]
            )
            try:
                kind = stream.response.headers.get("content-type", "").partition(";")[0].strip().lower()
                if kind in _NO_STREAM:
                    raise Fault("garbled", f"{kind} instead of a stream of events")
                async for data in stream:
                    yield data
            finally:
                await stream.close()

    async def close(self) -> None:
        """Close what is open; the next request opens it again."""
        library = self.__dict__.pop("_library", None)
        if library is not None:
            await library.close()

    @cached_property
    def _library(self) -> AsyncOpenAI:
        import openai

        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.WARNING)
        timeout = openai.Timeout(None, connect=CONNECT_S_MAX)  # silence is measured by who waits
        http_client = openai.DefaultAsyncHttpxClient(
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            event_hooks={"request": [self._to_send], "response": [self._received]},
        )
        return openai.AsyncOpenAI(
            base_url=self._url,
            api_key="unused",  # `_to_send` puts the real one in
            max_retries=0,
            timeout=timeout,
            http_client=http_client,
        )

    async def _to_send(self, request: Any) -> None:
        """Nothing but what was meant to be sent."""
        for name in list(request.headers):
            if name.lower() not in _HEADERS:
                del request.headers[name]
        request.headers["User-Agent"] = "scholiast"
        request.headers["Accept-Encoding"] = "identity"
        if self.key is not None:
            request.headers["Authorization"] = f"Bearer {self.key.reveal()}"

    async def _received(self, response: Any) -> None:
        """Headers are there: what follows must be readable, and has to end."""
        _WATCH.get().begun(response)
        length = response.headers.get("content-length", "")
        if length.isdigit() and int(length) > RESPONSE_BYTES_MAX:
            raise Fault("too_large", f"{int(length):,} bytes")
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise Fault("garbled", "compressed, which was not asked for")

    @contextlib.contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001  the library lets errors of the layers below it through, by version
            raise self._fault(error) from None

    def _fault(self, error: Exception) -> Fault:
        """What an error of the library means. Its own words may repeat headers, so they go no further."""
        import openai

        if isinstance(error, Fault):
            return error
        if isinstance(error.__cause__, Fault):  # from `_received`, which versions before 3 wrap
            return error.__cause__
        if isinstance(error, openai.APIStatusError):
            headers = error.response.headers
            location = urlsplit(headers.get("location", "")).netloc.rpartition("@")[2] or "another path"
            return fault_of_status(
                error.status_code,
                self._said(error.body),
                wait_s=retry_after_s(headers.get("retry-after")),
                location=location,
            )
        if isinstance(error, openai.APITimeoutError):
            return Fault("unreachable", f"no connection within {CONNECT_S_MAX:g} s")
        if isinstance(error, openai.APIError) and error.body is not None:  # an event of the stream
            code = error.body.get("code") if isinstance(error.body, dict) else None
            return fault_of_status(code if isinstance(code, int) and code >= 400 else _FAILED, self._said(error.body))
        if isinstance(error, ValueError | RecursionError):
            return Fault("garbled", "no JSON")
        return Fault("cut" if _WATCH.get().response is not None else "unreachable", self._hidden(_root(error)))

    def _said(self, body: object) -> str:
        return self._hidden(error_words(body))

    def _hidden(self, text: str) -> str:
        """A server may repeat the key that it refuses."""
        return self.key.hidden_in(text) if self.key else text


def _root(error: BaseException) -> str:
    """The reason behind a chain of errors, in the system's words where it has some."""
    while (cause := error.__cause__ or error.__context__ or _first(error)) is not None:
        error = cause
    if isinstance(error, OSError) and (type(error) is OSError or isinstance(error, ConnectionError)) and error.errno:
        return os.strerror(error.errno)  # asyncio has words of its own in their place
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__


def _first(error: BaseException) -> BaseException | None:
    """Of a group, as a name with several addresses makes it."""
    several = getattr(error, "exceptions", ())
    return several[0] if several else None
