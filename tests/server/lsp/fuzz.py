"""Conversations that no client would hold: real messages, mutated, cut short, doubled and out of order, from a seed."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.server.lsp.client import Client, until

ANSWER_WAIT_S = 60.0
"""Past it a request counts as unanswered."""
_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**31, 2**63, 10**30, "", "x", "\ud800", "\0", "😀" * 50, [], [[]], {}, {"jsonrpc": "2.0"},
    {"line": -1, "character": 2**40}, {"uri": "file:///"}, "file:///%ff%00/..", "file://c:/x", ["a"] * 200,
)  # fmt: skip


class Fuzzer:
    """Makes messages; the same ones for the same seed and folder."""

    def __init__(self, folder: Path, files: list[Path], seed: int) -> None:
        self.chance = random.Random(seed)
        self._folder = folder
        self._files = files
        self._ids = 0
        self._sent: list[Any] = []

    def messages(self) -> Iterator[bytes]:
        """Bodies of messages without end. Most are whole ones of which a part is odd."""
        while True:
            message = self._message()
            for _ in range(self.chance.choice((0, 0, 1, 1, 2, 5))):
                self._mutate(message)
            body = json.dumps(message).encode()
            if self.chance.random() < 0.05:
                body = self._broken(body)
            yield body
            if self.chance.random() < 0.02:
                yield body

    def requests_in(self, body: bytes) -> Any:
        """The id under which this body has to be answered; None where there is none."""
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0" or "method" not in message:
            return None
        message_id = message.get("id")
        is_number = isinstance(message_id, int) and not isinstance(message_id, bool) and abs(message_id) < 2**63
        return message_id if is_number or isinstance(message_id, str) else None

    # -- whole messages -----------------------------------------------------------------------------------------

    def _message(self) -> dict[str, Any]:
        make = self.chance.choice(self._makers())
        method, params, is_request = make()
        message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
        if is_request:
            self._ids += 1
            message["id"] = f"fuzz-{self._ids}" if self.chance.random() < 0.5 else 10_000 + self._ids
            self._sent.append(message["id"])
        return message

    def _makers(self) -> list[Callable[[], tuple[str, Any, bool]]]:
        return [
            self._document_request, self._document_request, self._document_notification, self._document_notification,
            self._own_request, self._own_request, self._workspace_message, self._cancel, self._answer,
        ]  # fmt: skip

    def _document(self) -> dict[str, Any]:
        path = self.chance.choice(self._files)
        uri = self.chance.choice((path.as_uri(), path.as_uri(), path.as_uri().replace("/", "%2F", 5), "untitled:x"))
        return {"uri": uri, "version": self.chance.randint(-1, 50), "languageId": "python", "text": self._text()}

    def _text(self) -> str:
        pieces = (
            "def name():\n",
            "    pass\r\n",
            "😀",
            "class A:\n",
            "\r",
            "é",
            '"""',
            "\ud83d",
            " " * 99,
            "#?\n",
            "(",
        )
        return "".join(self.chance.choice(pieces) for _ in range(self.chance.randint(0, 30)))

    def _position(self) -> dict[str, int]:
        return {"line": self.chance.randint(0, 40), "character": self.chance.randint(0, 90)}

    def _range(self) -> dict[str, Any]:
        return {"start": self._position(), "end": self._position()}

    def _document_request(self) -> tuple[str, Any, bool]:
        methods = ("hover", "codeAction", "codeLens", "definition", "references", "completion", "semanticTokens/full")
        method = self.chance.choice(methods)
        params = {
            "textDocument": self._document(),
            "position": self._position(),
            "range": self._range(),
            "context": {"diagnostics": []},
        }
        return f"textDocument/{method}", params, True

    def _document_notification(self) -> tuple[str, Any, bool]:
        what = self.chance.choice(("didOpen", "didChange", "didChange", "didChange", "didSave", "didClose"))
        changes = [
            {"text": self._text(), **({"range": self._range()} if self.chance.random() < 0.8 else {})}
            for _ in range(self.chance.randint(0, 3))
        ]
        return f"textDocument/{what}", {"textDocument": self._document(), "contentChanges": changes}, False

    def _own_request(self) -> tuple[str, Any, bool]:
        query = self.chance.choice(("how are cookies signed", "CookieSigner", "src/kiln", "", self._text()))
        limit, document = self.chance.randint(0, 20), self._document()
        params = {"query": query, "question": query, "limit": limit, "textDocument": document}
        method = self.chance.choice(("search", "search", "ask", "status", "adapters", "feedback", "noSuch"))
        return f"scholiast/{method}", params, True

    def _workspace_message(self) -> tuple[str, Any, bool]:
        folder = {"uri": (self._folder.parent / self.chance.choice(("none", ".."))).as_uri(), "name": "x"}
        uri = self.chance.choice(self._files).as_uri()
        command = self.chance.choice(("scholiast.ask", "scholiast.explain", "scholiast.reindex", "x"))
        choices: list[tuple[str, Any, bool]] = [
            ("workspace/didChangeConfiguration", {"settings": {"scholiast": {"search": {"limit": 3}}}}, False),
            ("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri, "type": 2}]}, False),
            ("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}}, False),
            ("workspace/executeCommand", {"command": command, "arguments": [{}]}, True),
            ("workspace/symbol", {"query": self.chance.choice(("Cookie", "where are retries handled", ""))}, True),
            ("initialized", {}, False),
            ("initialize", {"processId": None, "rootUri": None, "capabilities": {}}, True),
            ("$/setTrace", {"value": "verbose"}, False),
            ("window/workDoneProgress/cancel", {"token": "x"}, False),
        ]
        return self.chance.choice(choices)

    def _cancel(self) -> tuple[str, Any, bool]:
        return "$/cancelRequest", {"id": self.chance.choice(self._sent[-20:] or ["none"])}, False

    def _answer(self) -> tuple[str, Any, bool]:
        return self.chance.choice(("$/progress", "$/logTrace", "exit/not")), {"token": 1, "value": {}}, False

    # -- what is odd --------------------------------------------------------------------------------------------

    def _mutate(self, message: dict[str, Any]) -> None:
        """Change one place in it: another value, one fewer, one from elsewhere. Its end is not to come yet."""
        at: Any = message
        while True:
            keys: list[Any] = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                return
            key = self.chance.choice(keys)
            if isinstance(at[key], dict | list) and at[key] and self.chance.random() < 0.7:
                at = at[key]
                continue
            if self.chance.random() < 0.25:
                del at[key]
            else:
                at[key] = copy.deepcopy(self.chance.choice((*_ODD, at[key], message.get("params"))))
            break
        if message.get("method") in ("shutdown", "exit"):
            message["method"] = "x"

    def _broken(self, body: bytes) -> bytes:
        """No JSON any more, most likely."""
        place = self.chance.randrange(len(body))
        cut = body[:place]
        return self.chance.choice((cut, cut + b"\xff" + body[place:], body[place:], body + body, cut + b"[" * 2_000))


async def fuzz(client: Client, fuzzer: Fuzzer, is_over: Callable[[int], bool]) -> dict[str, int]:
    """Hold such a conversation; what was sent and how often each request was answered is held against each other."""
    expected: dict[str, int] = {}
    sent = 0
    for body in fuzzer.messages():
        if is_over(sent):
            break
        message_id = fuzzer.requests_in(body)
        if message_id is not None:
            key = json.dumps(message_id)
            expected[key] = expected.get(key, 0) + 1
        client.send_bytes(body)
        sent += 1
        if sent % 50 == 0:
            assert client.process.returncode is None, f"the server ended after {sent} messages"
            assert client.process.stdin is not None
            await client.process.stdin.drain()
            await client.request("scholiast/status", {})

    def answered() -> dict[str, int]:
        found: dict[str, int] = {}
        for message in client.received:
            if "method" not in message:
                key = json.dumps(message.get("id"))
                found[key] = found.get(key, 0) + 1
        return {key: found.get(key, 0) for key in expected}

    await until(lambda: answered() == expected, "each request is answered as often as it was sent", ANSWER_WAIT_S)
    await client.request("scholiast/status", {})
    return {"messages": sent, "requests": sum(expected.values())}
