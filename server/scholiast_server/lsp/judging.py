"""What users say of the answers of one connection, and keeping it. Must not know methods or where it is kept.

An answer can be judged while it is remembered, and later only where it was judged before: then it is in the file.
"""

from __future__ import annotations

import asyncio
import datetime
import uuid
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from scholiast_server.lsp.failures import failed
from scholiast_server.lsp.limits import JUDGED_ANSWERS_MAX

if TYPE_CHECKING:
    from scholiast_server.answering.types import Answer
    from scholiast_server.feedback import Verdict
    from scholiast_server.feedback.record import Record
    from scholiast_server.feedback.store import Kept, Store
    from scholiast_server.lsp.sessions import Session


class _Given(NamedTuple):
    """An answer that was given."""

    answer_id: str
    session: Session
    answer: Answer


class Judging:
    """Of one connection; for any thread."""

    def __init__(self) -> None:
        self.order = asyncio.Lock()
        """Of verdicts, for the event loop: the one that comes last is the one that holds."""
        self._given: OrderedDict[str, _Given] = OrderedDict()
        self._lock = Lock()

    def remember(self, client_id: str, session: Session, answer: Answer) -> None:
        """That an answer was given; of two that the client calls the same the later one counts."""
        with self._lock:
            self._given.pop(client_id, None)
            self._given[client_id] = _Given(uuid.uuid4().hex, session, answer)
            if len(self._given) > JUDGED_ANSWERS_MAX:
                self._given.popitem(last=False)

    def judge(self, client_id: str, verdict: Verdict | None, edit: str | None) -> str | None:
        """Keep a verdict in the place of an earlier one; None takes it back. Gives the file.

        Raises:
            JsonRpcException: The answer is not known, verdicts are not to be kept, or they can't be.
        """
        from scholiast_server.errors import FeedbackError
        from scholiast_server.feedback.store import Store

        store = Store()
        try:
            known = self._known(client_id, store)
            if verdict is None:
                store.forget(lambda record: record.answer_id == known.answer_id)
            else:
                told = None if edit == known.answer.answer else edit
                now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
                store.keep(msgspec.structs.replace(known, time=now, verdict=verdict, edit=told))
        except FeedbackError as error:
            raise failed(str(error)) from error
        return str(store.path) if store.path else None

    def kept(self) -> tuple[str | None, Kept]:
        """The file, and what is in it.

        Raises:
            JsonRpcException: It can't be read; the message says what to do.
        """
        from scholiast_server.errors import FeedbackError
        from scholiast_server.feedback.store import Store

        store = Store()
        try:
            return str(store.path) if store.path else None, store.kept()
        except FeedbackError as error:
            raise failed(str(error)) from error

    def forget(self, answers: list[str] | None) -> int:
        """Delete the verdicts on some answers, or all. Gives how many.

        Raises:
            JsonRpcException: They can't be deleted; the message says what to do.
        """
        from scholiast_server.errors import FeedbackError
        from scholiast_server.feedback.store import Store

        try:
            return Store().forget(None if answers is None else lambda record: record.answer_id in answers)
        except FeedbackError as error:
            raise failed(str(error)) from error

    def _known(self, client_id: str, store: Store) -> Record:
        """The answer as it would be judged; what is said of it is put in by who asks."""
        from scholiast_server.feedback.record import Record

        given = self._given.get(client_id)
        if given is None:
            judged = next((each for each in reversed(store.kept().records) if each.client_id == client_id), None)
            if judged is None:
                raise failed(
                    f"no answer {client_id!r} is known: the latest {JUDGED_ANSWERS_MAX} can be judged until the server "
                    "ends. Ask again."
                )
            return judged
        if not given.session.settings.answer.feedback:
            raise failed("verdicts are not to be kept: set answer.feedback (scholiast.answer.feedback) to true.")
        return Record(
            answer_id=given.answer_id,
            client_id=client_id,
            time="",
            verdict="good",
            edit=None,
            folder=given.session.root.real,
            task=given.answer.provenance.task,
            answer=given.answer,
        )
