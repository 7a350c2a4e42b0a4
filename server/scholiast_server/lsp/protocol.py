"""JSON-RPC as pygls speaks it, with an answer to everything. Must not know features.

pygls 2.1 leaves requests without an answer in four cases, and shows users errors that are not theirs in two; each
override here says which. They touch private names of pygls, so its version is pinned and each has its test.
"""

# pyright: reportIncompatibleMethodOverride=false
# (pygls' own handlers are generators; a plain function or a coroutine is taken as well)

from __future__ import annotations

import asyncio
import functools
import json
import logging
import typing
from collections.abc import Callable
from typing import Any

import msgspec
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, default_converter, lsp_method
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage, RPCMessage

log = logging.getLogger(__name__)

_LOGGED_CHARACTERS_MAX = 500
_SENT_BEFORE_INITIALIZE = (types.INITIALIZE, types.EXIT)
Command = Callable[[Any, list[Any]], typing.Awaitable[Any]]


def converter() -> Any:
    """pygls' converter, but params of methods that LSP does not define stay what JSON made of them."""
    made = default_converter()  # type: ignore[no-untyped-call]  # pygls leaves it without types
    for message_type in (JsonRPCRequestMessage, JsonRPCResponseMessage, JsonRPCNotification):
        made.register_structure_hook(message_type, _unchanged)
    return made


def _unchanged(data: dict[str, Any], message_type: type[Any]) -> Any:
    known = {name: data.get(name) for name in message_type.__annotations__}
    return message_type(**known)


class Pending(dict[Any, Any]):
    """What is still being answered, by id; may change while it is gone through.

    pygls cancels one after the other at `shutdown`: some are forgotten by that, and threads add requests of their own.
    """

    def items(self) -> Any:
        return [*super().items()]


class Protocol(LanguageServerProtocol):
    """One connection."""

    _result_types: dict[Any, Any]
    _request_futures: dict[Any, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request_futures = Pending(self._request_futures)

    # -- receiving ----------------------------------------------------------------------------------------------

    def receive(self, body: bytes) -> None:
        """Act on the body of one message. Whatever is wrong with it is answered, where it can be."""
        try:
            data = _decoded(body)
        except (ValueError, RecursionError) as error:
            log.warning("what was received is no JSON: %s", error)
            self._refuse(None, JsonRpcParseError(message=f"this is no JSON: {error}"))
            return
        self.handle_data(data)

    def handle_data(self, data: Any) -> None:
        """Act on one message as JSON made it."""
        if not isinstance(data, dict) or data.get("jsonrpc") != self.VERSION:
            self._refuse(None, JsonRpcInvalidRequest(message='a message is an object with "jsonrpc": "2.0"'))
            return
        has_id = "id" in data
        message_id = data.get("id")
        if has_id and (isinstance(message_id, bool) or not isinstance(message_id, int | str)):
            if "method" in data:  # an answer to nothing we asked needs no answer
                self._refuse(None, JsonRpcInvalidRequest(message="an id is a number or a string"))
            return
        if "method" not in data:
            self._take_response(data)
        elif not isinstance(data["method"], str):
            if has_id:
                self._refuse(message_id, JsonRpcInvalidRequest(message="a method is a string"))
        elif has_id:
            self._take_request(data)
        else:
            self._take_notification(data)

    def _take_request(self, data: dict[str, Any]) -> None:
        """Params that do not fit are answered (pygls drops such a request, and the client waits for ever)."""
        message_id, method = data["id"], data["method"]
        try:
            self._check_order(message_id, method)
            message = self._structured(data, JsonRPCRequestMessage)
        except JsonRpcException as error:
            self._refuse(message_id, error)
            return
        self.handle_message(message)

    def _check_order(self, message_id: Any, method: str) -> None:
        if self._workspace is None and method not in _SENT_BEFORE_INITIALIZE:
            raise JsonRpcServerNotInitialized(message="the first request is `initialize`")
        if self._workspace is not None and method == types.INITIALIZE:
            raise JsonRpcInvalidRequest(message="`initialize` is sent once")
        if self._shutdown:
            raise JsonRpcInvalidRequest(message="the server is shutting down")
        if message_id in self._request_futures:
            raise JsonRpcInvalidRequest(message="a request with this id is still being answered")

    def _take_notification(self, data: dict[str, Any]) -> None:
        if self._workspace is None and data["method"] not in _SENT_BEFORE_INITIALIZE:
            return
        try:
            message = self._structured(data, JsonRPCNotification)
        except JsonRpcException as error:
            log.warning("notification %s left aside: %s", data["method"], error)
            return
        self.handle_message(message)

    def _take_response(self, data: dict[str, Any]) -> None:
        if "id" not in data:
            self._refuse(None, JsonRpcInvalidRequest(message="a message has a method or an id"))
            return
        error = data.get("error")
        if error is not None:
            told = error if isinstance(error, dict) else {}
            code = told.get("code")
            failure = types.ResponseError(
                code=code if isinstance(code, int) else JsonRpcInternalError.CODE,
                message=str(told.get("message", error)),
            )
            self._handle_response(data["id"], None, failure)
            return
        result_type = self._result_types.pop(data["id"], None) or JsonRPCResponseMessage
        try:
            result = self._converter.structure(data | {"result": data.get("result")}, result_type).result
        except Exception as problem:  # noqa: BLE001  cattrs raises what the client's data makes it raise
            wrong = types.ResponseError(JsonRpcInternalError.CODE, f"the client's reply can't be understood: {problem}")
            self._handle_response(data["id"], None, wrong)
            return
        self._handle_response(data["id"], result)

    def _structured(self, data: dict[str, Any], fallback: type[Any]) -> RPCMessage:
        """The message with params of the type that its method has.

        This is done once a message: as a hook of the JSON parser, as pygls has it, it runs on every object in it, and
        params that hold a "jsonrpc" key somewhere are never answered.
        """
        message_type = self.get_message_type(data["method"]) or fallback
        try:
            message: RPCMessage = self._converter.structure({"params": None, **data}, message_type)
        except Exception as error:  # cattrs raises what the client's data makes it raise
            log.warning("params of %s do not fit: %s", data["method"], _first_reason(error))
            raise JsonRpcInvalidParams(message=f"params of {data['method']}: {_first_reason(error)}") from error
        return message

    def _refuse(self, message_id: Any, error: JsonRpcException) -> None:
        """An answer without an id has null in its place (pygls leaves the key out)."""
        told = error.to_response_error()
        if message_id is None:
            self._send_data({"jsonrpc": self.VERSION, "id": None, "error": told})
        else:
            self._send_response(message_id, None, told)

    # -- what pygls does otherwise ------------------------------------------------------------------------------

    def _handle_response(self, msg_id: Any, result: Any = None, error: types.ResponseError | None = None) -> None:
        """A reply that nobody waits for any more is dropped (pygls shows the user an error), and so is one with the id
        of a request of the client's own (pygls takes it for that request's)."""
        future = self._request_futures.get(msg_id)
        if future is None or isinstance(future, asyncio.Future):
            return
        if future.done():
            del self._request_futures[msg_id]
            return
        super()._handle_response(msg_id, result, error)

    def _execute_handler(self, msg_id: Any, handler: Any, callback: Any, args: Any = None, kwargs: Any = None) -> None:
        """What has run is forgotten (pygls keeps the future of every notification for ever)."""
        super()._execute_handler(msg_id, handler, callback, args, kwargs)
        future = self._request_futures.get(msg_id)
        if future is not None:
            future.add_done_callback(functools.partial(self._forget, msg_id))

    def _forget(self, msg_id: Any, future: Any) -> None:
        if self._request_futures.get(msg_id) is future:
            del self._request_futures[msg_id]

    def _handle_cancel_notification(self, msg_id: Any) -> None:
        """To cancel what is already answered is no error; one of our own requests is not the client's to cancel."""
        future = self._request_futures.get(msg_id) if isinstance(msg_id, int | str) else None
        if isinstance(future, asyncio.Future):
            super()._handle_cancel_notification(msg_id)

    def _handle_request(self, msg_id: Any, method_name: str, params: Any) -> None:
        """An unknown method is answered without a word in the log: clients try what servers might have."""
        try:
            self._get_handler(method_name)
        except JsonRpcMethodNotFound as error:
            self._refuse(msg_id, error)
            return
        super()._handle_request(msg_id, method_name, params)

    def _send_handler_result(self, future: Any, *, msg_id: Any) -> None:
        """What a handler raises on purpose is an answer, not a defect: no trace in the log."""
        failure = None if future.cancelled() else future.exception()
        if isinstance(failure, JsonRpcException):
            self._request_futures.pop(msg_id, None)
            self._refuse(msg_id, failure)
            return
        super()._send_handler_result(future, msg_id=msg_id)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    async def lsp_workspace__execute_command(  # type: ignore[override]  # a coroutine: see below
        self, params: types.ExecuteCommandParams
    ) -> Any:
        """A coroutine of its own, so that cancelling the request cancels the command (in pygls it runs on)."""
        command: Command | None = self.commands.get(params.command)
        if command is None:
            raise JsonRpcInvalidParams(message=f"there is no command {params.command!r}")
        return await command(self._server, list(params.arguments or []))

    @property
    def commands(self) -> dict[str, Command]:
        found: dict[str, Command] = self.fm.commands
        return found

    def add_command(self, name: str, command: Command) -> None:
        """Commands take their arguments as one list: checking them is theirs."""
        self.fm.commands[name] = command

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: Any) -> None:  # type: ignore[override]  # nothing to wait for
        """Ends the conversation; `transport` tells the process with which code (pygls raises SystemExit here)."""
        self.exited.set()

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Documents are kept by `documents`, once, whose positions hold at the end of a last line too."""
        self._told(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        self._told(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self._told(types.TEXT_DOCUMENT_DID_CLOSE, params)

    def _told(self, method: str, params: Any) -> None:
        """At once and in order, so that the next request sees the change."""
        self.fm.features[method](params)

    # -- sending ------------------------------------------------------------------------------------------------

    @property
    def exited(self) -> asyncio.Event:
        """Set by `exit`."""
        event: asyncio.Event | None = getattr(self, "_exited", None)
        if event is None:
            event = self._exited = asyncio.Event()
        return event

    @property
    def is_shut_down(self) -> bool:
        return bool(self._shutdown)

    def _send_data(self, data: Any) -> None:
        """As pygls does it, without the whole message in the log: messages hold the user's code."""
        if self.writer is None:
            return
        try:
            body = json.dumps(data, default=self._serialize_message, separators=(",", ":")).encode("ascii")
        except (TypeError, ValueError, RecursionError):
            log.exception("a message can't be written as JSON")
            if isinstance(data, JsonRPCResponseMessage):
                failed = JsonRpcInternalError(message="the result can't be written as JSON").to_response_error()
                self._send_response(data.id, None, failed)
            return
        self.writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)


def _decoded(body: bytes) -> Any:
    """msgspec is several times as fast; Python's own parser takes lone surrogates, which editors send."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return json.loads(body)


def _first_reason(error: BaseException) -> str:
    """cattrs nests the reasons of a failure; the innermost first one says it."""
    while isinstance(nested := getattr(error, "exceptions", None), tuple | list) and nested:
        error = nested[0]
    notes = [note for note in getattr(error, "__notes__", ()) if isinstance(note, str)]
    return f"{type(error).__name__}: {error} {' '.join(notes)}"[:_LOGGED_CHARACTERS_MAX].strip()
