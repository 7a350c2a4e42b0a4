"""Asks a folder's index on behalf of an editor: what it points at, what is open, what was said before.

Must not know methods, commands or how an answer is shown.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from scholiast_server.lsp.adapting import Adapting
from scholiast_server.lsp.answers import answer_document
from scholiast_server.lsp.background import Background
from scholiast_server.lsp.documents import Documents
from scholiast_server.lsp.failures import NO_FOLDER, failed
from scholiast_server.lsp.live import LiveText
from scholiast_server.lsp.locations import Locator
from scholiast_server.lsp.pointing import focus_in
from scholiast_server.lsp.positions import Lines
from scholiast_server.lsp.sessions import Place, Session, Sessions
from scholiast_server.lsp.wire import AskParams, checked_question

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_server.answering.aside import Aside
    from scholiast_server.answering.conversation import Conversations
    from scholiast_server.answering.drafting import Delta, Tell
    from scholiast_server.answering.focus import Focus
    from scholiast_server.answering.inquiry import Context
    from scholiast_server.answering.types import Answer
    from scholiast_server.models.protocol import Task, Turn

log = logging.getLogger(__name__)

Read = Callable[[str], "bytes | None"]


class Reply(NamedTuple):
    """An answer, where it comes from, and how it goes over the wire."""

    session: Session
    answer: Answer
    document: dict[str, Any]


class _Job(NamedTuple):
    """All that a thread needs to answer, as it was when the question came."""

    question: str
    answer_id: str
    conversation: str | None
    sessions: list[Session]
    place: Place | None
    pointed: Any
    history: tuple[Turn, ...]
    in_view: Mapping[Session, dict[str, str]]
    """URIs of open documents by their path, best first."""
    aside: Aside | None
    strict: bool | None
    task: Task
    adapter: str | None
    """What the request itself says to be written under."""


class Asker:
    """Of one connection; for the event loop, but for what says otherwise."""

    def __init__(
        self,
        documents: Documents,
        sessions: Sessions,
        live: LiveText,
        background: Background,
        adapting: Adapting,
        on_answer: Callable[[str, Session, Answer], None],
    ) -> None:
        """
        Args:
            documents: Those that are open.
            sessions: The folders.
            live: What of the documents is laid over their indexes.
            background: Where answers are made.
            adapting: What they are written under.
            on_answer: Told of each: what the client calls it, the folder that was asked, the answer.
        """
        self._documents = documents
        self._sessions = sessions
        self._live = live
        self._background = background
        self._adapting = adapting
        self._on_answer = on_answer
        self._conversations: Conversations | None = None

    async def ask(
        self,
        asked: AskParams,
        on_delta: Tell | None = None,
        *,
        task: Task = "ask",
        aside: Aside | None = None,
    ) -> Reply:
        """The checked answer to a question.

        Args:
            asked: What the client wants to know.
            on_delta: Told what there is to show, in order, on the event loop, never after the answer.
            task: What is wanted of a model, for which adapters are chosen.
            aside: The lines in which the question itself stands.

        Raises:
            JsonRpcException: The question can't be asked; the message says what to do.
        """
        question = checked_question(asked.question)
        place = self._sessions.place(asked.text_document.uri) if asked.text_document else None
        sessions = [place.session] if place else list(self._sessions)
        if not sessions:
            raise failed(NO_FOLDER)
        await self._background.run(lambda _: None)  # what is imported below is loaded then, and not by the event loop
        if asked.text_document is not None and place is not None:
            await self._live.settle(asked.text_document.uri)
        job = _Job(
            question=question,
            answer_id=asked.id or uuid.uuid4().hex,
            conversation=asked.conversation,
            sessions=sessions,
            place=place,
            pointed=asked.range if place else None,
            history=self._remembered().history(asked.conversation),
            in_view=self._in_view(asked),
            aside=aside,
            strict=asked.strict,
            task=task,
            adapter=asked.adapter,
        )
        deltas = _Deltas(on_delta)
        try:
            reply = await self._background.run(lambda cancelled: self._answer(job, deltas.take, cancelled))
        finally:
            deltas.close()
        self._remember(asked.conversation, reply.answer)
        self._on_answer(job.answer_id, reply.session, reply.answer)
        return reply

    def _remembered(self) -> Conversations:
        from scholiast_server.answering.conversation import Conversations

        if self._conversations is None:
            self._conversations = Conversations()
        return self._conversations

    def _remember(self, conversation: str | None, answer: Answer) -> None:
        from scholiast_server.answering.sifting import said
        from scholiast_server.models.protocol import Turn

        self._remembered().remember(conversation, Turn(answer.provenance.asked, said(answer)))

    def _in_view(self, asked: AskParams) -> dict[Session, dict[str, str]]:
        """What the client names first, then all else that is open."""
        named = [asked.text_document.uri] if asked.text_document else []
        found: dict[Session, dict[str, str]] = {}
        for uri in [*named, *asked.open_documents, *self._documents.uris()]:
            place = self._sessions.place(uri)
            if place is not None:
                found.setdefault(place.session, {}).setdefault(place.path, uri)
        return found

    # -- in a thread --------------------------------------------------------------------------------------------

    def _answer(self, job: _Job, on_delta: Tell, cancelled: Callable[[], bool]) -> Reply:
        from scholiast_indexer.errors import ScholiastError
        from scholiast_server.compose import answer_options, ask
        from scholiast_server.errors import ServerError

        session, index = self._chosen(job)
        context = self._context(job, session, index)
        choice = self._adapting.choice(job.task, session, job.adapter)
        try:
            answer = ask(
                index,
                session.engine,
                job.question,
                context=context,
                options=answer_options(session.settings, strict=job.strict, task=job.task, adapters=choice.uses),
                note=choice.note,
                read=self.reader(session, index, job.in_view.get(session, {})),
                on_delta=on_delta,
                cancelled=cancelled,
            )
        except (ScholiastError, ServerError) as error:
            raise failed(str(error)) from error
        except Exception as error:  # an engine's defect: the user can only ask again, or choose another
            log.exception("a question can't be answered")
            raise failed(f"the engine {session.engine.name} has failed; the log says why") from error
        document = answer_document(
            answer,
            session,
            Locator(self._documents, self._documents.encoding),
            self._documents.encoding,
            answer_id=job.answer_id,
            conversation=job.conversation,
        )
        return Reply(session, answer, document)

    def _chosen(self, job: _Job) -> tuple[Session, Index]:
        """The folder to ask: of several the one that can say most."""
        from scholiast_server.compose import fitness

        opened = [(session, index) for session in job.sessions if (index := session.opened_index()) is not None]
        if not opened:
            reasons = [session.condition.message for session in job.sessions if session.condition.message]
            raise failed(reasons[0] if reasons else f"the index of {job.sessions[0].name} is not open yet: ask again")
        if len(opened) == 1:
            return opened[0]
        return max(opened, key=lambda item: fitness(item[1], job.question, self._context(job, item[0], item[1])))

    def _context(self, job: _Job, session: Session, index: Index) -> Context:
        from scholiast_server.answering.inquiry import Context

        in_view = job.in_view.get(session, {})
        focus = self._focus(job, index, in_view) if job.place and job.place.session is session else None
        return Context(focus, tuple(in_view), job.history, job.aside)

    def _focus(self, job: _Job, index: Index, in_view: Mapping[str, str]) -> Focus | None:
        assert job.place is not None, "what is pointed at has a place"
        if job.pointed is None:
            return None
        data = self.reader(job.place.session, index, in_view)(job.place.path)
        if data is None:
            return None
        return focus_in(job.place.path, self.lines(job.place, data, in_view), job.pointed, self._documents.encoding)

    def lines(self, place: Place, data: bytes, in_view: Mapping[str, str]) -> Lines:
        """Lines of an open document as it is now, else of these bytes. For any thread."""
        document = self._documents.get(in_view.get(place.path, ""))
        return document.lines if document is not None else Lines.of_file(data)

    def reader(self, session: Session, index: Index, in_view: Mapping[str, str]) -> Read:
        """Reads what is open as the editor has it, and all else from disk. For any thread."""
        from scholiast_server.compose import disk_reader

        on_disk = disk_reader(index.root)

        def read(path: str) -> bytes | None:
            document = self._documents.get(in_view.get(path) or session.uri_of(path))
            return document.lines.data if document is not None else on_disk(path)

        return read


class _Deltas:
    """Carries what there is to show from a thread to the event loop; once closed, no more."""

    def __init__(self, told: Tell | None) -> None:
        self._told = told
        self._loop = asyncio.get_running_loop()

    def take(self, delta: Delta) -> None:
        """From any thread."""
        if self._told is not None and (delta.text or delta.resets or delta.repairs):
            self._loop.call_soon_threadsafe(self._tell, delta)

    def _tell(self, delta: Delta) -> None:
        if self._told is not None:
            self._told(delta)

    def close(self) -> None:
        self._told = None
