"""A person at an editor, at random and in a hurry: types, saves, asks, cancels, checks out."""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.server.lsp.client import Client, ServerError

ANSWER_WAIT_S = 60.0
"""Past it a request counts as unanswered."""
REQUESTS_AT_ONCE_MAX = 12
OPEN_MAX = 8
QUERIES = ("how are errors handled", "register", "where is the configuration read", "Session", "src/app.py")
_FUNCTION = "def soak_{n}(a):\n    return a\n\n\n"
_SNIPPETS = ("x", "\n", "  ", "é", "😀", "\r\n", _FUNCTION, "class Soak{n}:\n    pass\n", "# why?\n", "(")
_SUFFIXES = (".py", ".md", ".toml", ".go", ".ts")


class Document:
    """An open document as the client knows it."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text
        self.version = 1


class Person:
    """Does things at random, the same for the same seed as far as time allows."""

    def __init__(self, client: Client, root: Path, encoding: str, seed: int) -> None:
        self._client = client
        self._root = root
        self._encoding = encoding
        self._chance = random.Random(seed)
        self._documents: dict[str, Document] = {}
        self._running: dict[int, tuple[str, float, asyncio.Future[Any]]] = {}
        self._made = 0
        self.actions: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.slowest_ms: dict[str, float] = {}
        self.unanswered: list[str] = []

    async def act(self) -> None:
        """One thing."""
        acts = (
            (self._edit, 40), (self._ask_something, 30), (self._save, 6), (self._close, 3), (self._cancel, 8),
            (self._write_outside, 6), (self._remove_outside, 2), (self._checkout, 1),
        )  # fmt: skip
        act = self._chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        self.actions[act.__name__.strip("_")] += 1
        await act()
        await self.collect()

    async def collect(self, *, rest: bool = False) -> None:
        """Take in the answers; with `rest`, all that are still to come."""
        if rest or len(self._running) >= REQUESTS_AT_ONCE_MAX:
            futures = [future for _, _, future in self._running.values()]
            when = asyncio.ALL_COMPLETED if rest else asyncio.FIRST_COMPLETED
            if futures:
                await asyncio.wait(futures, timeout=ANSWER_WAIT_S, return_when=when)
        now_s = time.monotonic()
        for message_id, (method, began_s, future) in list(self._running.items()):
            if future.done():
                self._note(method, now_s - began_s, future.exception())
            elif now_s - began_s > ANSWER_WAIT_S or rest:
                self.unanswered.append(method)
            else:
                continue
            del self._running[message_id]

    def close_all(self) -> None:
        for uri in list(self._documents):
            self._client.tell("didClose", uri)
        self._documents.clear()

    def _note(self, method: str, took_s: float, error: BaseException | None) -> None:
        self.slowest_ms[method] = max(self.slowest_ms.get(method, 0.0), round(1000 * took_s, 1))
        if error is not None:
            self.errors[f"{method} {error.code}" if isinstance(error, ServerError) else f"{method} {error!r}"] += 1

    # -- documents ----------------------------------------------------------------------------------------------

    async def _edit(self) -> None:
        document = self._chance.choice(list(self._documents.values())) if self._documents else None
        if document is None or (len(self._documents) < OPEN_MAX and self._chance.random() < 0.1):
            document = self._open()
        if document is None:
            return
        changes = [self._change(document) for _ in range(self._chance.choice((1, 1, 1, 2, 5)))]
        document.version += 1
        self._client.change(document.path.as_uri(), document.version, *changes)

    def _open(self) -> Document | None:
        path = self._chance.choice(self._files())
        try:
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return None
        document = self._documents[path.as_uri()] = Document(path, text)
        self._client.open(path, text)
        return document

    def _change(self, document: Document) -> dict[str, Any]:
        """A change at places of the text, and the same done to our own copy."""
        text = document.text
        start = self._chance.randint(0, len(text))
        end = min(len(text), start + self._chance.choice((0, 0, 0, 1, 10, 200)))
        start, end = (self._beside_line_end(text, place) for place in (start, end))
        self._made += 1
        new = self._chance.choice(_SNIPPETS).replace("{n}", str(self._made))
        document.text = text[:start] + new + text[end:]
        changed = {"start": self._position(text, start), "end": self._position(text, end)}
        return {"range": changed, "text": new}

    def _beside_line_end(self, text: str, place: int) -> int:
        """No position is between the two characters of a line end."""
        return place - 1 if text[place - 1 : place + 1] == "\r\n" else place

    def _position(self, text: str, place: int) -> dict[str, int]:
        lines = text[:place].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        character = len(lines[-1].encode(f"{self._encoding}-le" if self._encoding != "utf-8" else "utf-8"))
        return {"line": len(lines) - 1, "character": character if self._encoding == "utf-8" else character // 2}

    async def _save(self) -> None:
        if not self._documents:
            return
        uri, document = self._chance.choice(list(self._documents.items()))
        document.path.parent.mkdir(parents=True, exist_ok=True)
        document.path.write_bytes(document.text.encode())
        self._client.tell("didSave", uri)

    async def _close(self) -> None:
        if self._documents:
            uri = self._chance.choice(list(self._documents))
            del self._documents[uri]
            self._client.tell("didClose", uri)

    # -- requests -----------------------------------------------------------------------------------------------

    async def _ask_something(self) -> None:
        document = self._chance.choice(list(self._documents.values())) if self._documents else None
        path = document.path if document else self._chance.choice(self._files())
        place = {
            "textDocument": {"uri": path.as_uri()},
            "position": {"line": self._chance.randint(0, 120), "character": self._chance.randint(0, 40)},
        }
        query = self._chance.choice(QUERIES)
        method, params = self._chance.choice(
            (
                ("textDocument/hover", place),
                ("textDocument/hover", place),
                ("workspace/symbol", {"query": query}),
                ("scholiast/search", {"query": query, "limit": 10}),
                ("scholiast/status", {}),
                ("scholiast/ask", {"question": query, **({"textDocument": place["textDocument"]} if document else {})}),
            )
        )
        message_id, future = self._client.start(method, params)
        self._running[message_id] = (method, time.monotonic(), future)

    async def _cancel(self) -> None:
        if self._running:
            self._client.cancel(self._chance.choice(list(self._running)))

    # -- files --------------------------------------------------------------------------------------------------

    def _files(self) -> list[Path]:
        command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=self._root, capture_output=True, text=True, check=True).stdout
        found = [self._root / line for line in listed.splitlines() if line.endswith(_SUFFIXES)]
        return found or [self._root / "none.py"]

    async def _write_outside(self) -> None:
        path = self._chance.choice(self._files())
        if self._chance.random() < 0.4:
            path = self._root / f"made_{self._chance.randint(0, 9)}" / f"file_{self._chance.randint(0, 30)}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._made += 1
        path.write_text(f"def made_outside_{self._made}(x):\n    return x\n" * self._chance.randint(1, 40))

    async def _remove_outside(self) -> None:
        with contextlib.suppress(OSError):
            path = self._chance.choice(self._files())
            if self._chance.random() < 0.5:
                path.unlink()
            else:
                path.rename(path.with_name(f"moved_{path.name}"))

    async def _checkout(self) -> None:
        branch = self._chance.choice(("soak-one", "soak-two"))
        git = await asyncio.create_subprocess_exec(
            "git", "checkout", "--quiet", "--force", branch, cwd=self._root, stderr=asyncio.subprocess.DEVNULL
        )
        await git.wait()
