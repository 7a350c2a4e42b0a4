"""`scholiast/ask`: a question answered, its text streamed as `scholiast/answerDelta`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import msgspec

from scholiast_server.lsp.server import Server
from scholiast_server.lsp.wire import AskParams, taken
from scholiast_server.lsp.work import shown_work

if TYPE_CHECKING:
    from scholiast_server.answering.drafting import Delta

DELTA = "scholiast/answerDelta"


def register(server: Server) -> None:
    @server.feature("scholiast/ask")
    async def ask(params: Any) -> dict[str, Any]:
        asked = taken(params, AskParams)
        asked = msgspec.structs.replace(asked, id=asked.id or uuid.uuid4().hex)
        sent = 0
        with shown_work(server, "Asking", asked.work_done_token) as report:

            def tell(delta: Delta) -> None:
                nonlocal sent
                report("checking its citations, writing again" if delta.repairs else "writing")
                if delta.repairs:
                    return
                told = {"id": asked.id, "seq": sent, "text": delta.text}
                server.protocol.notify(DELTA, {**told, "reset": True} if delta.resets else told)
                sent += 1

            report("reading the code")
            await server.until_begun()
            reply = await server.asker.ask(asked, tell)
        server.spawn(server.refresh_adapter())
        return reply.document
