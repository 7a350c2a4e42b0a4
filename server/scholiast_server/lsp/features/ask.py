"""`scholiast/ask`: a question answered, its text streamed as `scholiast/answerDelta`."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from scholiast_server.lsp.server import Server
from scholiast_server.lsp.wire import AskParams, taken
from scholiast_server.lsp.work import shown_work

DELTA = "scholiast/answerDelta"


def register(server: Server) -> None:
    @server.feature("scholiast/ask")
    async def ask(params: Any) -> dict[str, Any]:
        asked = taken(params, AskParams)
        asked = msgspec.structs.replace(asked, id=asked.id or uuid.uuid4().hex)
        sent = 0
        with shown_work(server, "Asking", asked.work_done_token) as report:

            def tell(text: str) -> None:
                nonlocal sent
                report("writing")
                server.protocol.notify(DELTA, {"id": asked.id, "seq": sent, "text": text})
                sent += 1

            report("reading the code")
            await server.until_begun()
            return (await server.asker.ask(asked, tell)).document
