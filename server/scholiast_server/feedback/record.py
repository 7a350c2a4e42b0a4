"""One verdict on one answer: a value, and its line in the file. Must not know where it is kept."""

from __future__ import annotations

import msgspec

from scholiast_server.answering.encodable import encodable
from scholiast_server.answering.types import Answer
from scholiast_server.feedback import Verdict
from scholiast_server.models.protocol import Task

FORMAT = 1
"""Of a line. 1: the first."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a user said of an answer, with all that is needed to write it again or to learn from it.

    Of the code it holds what the answer quotes, and of each piece of evidence the path, the lines and a hash.
    """

    format: int = FORMAT
    answer_id: str
    """Like no other: made by this machine for each answer."""
    client_id: str
    """What the editor calls the answer."""
    time: str
    """Of the verdict: ISO 8601, UTC, whole seconds."""
    verdict: Verdict
    edit: str | None
    """What the user would have had written; None where nothing was changed."""
    folder: str
    """The workspace that was asked."""
    task: Task
    answer: Answer
    """Question, text, citations with their status, and the provenance: engine, model, adapters, evidence, history."""


def encoded(record: Record) -> bytes:
    """Its line, with the line's end."""
    return msgspec.json.encode(encodable(msgspec.to_builtins(record))) + b"\n"


def decoded(line: bytes) -> Record:
    """A verdict from its line.

    Raises:
        ValueError: It is none, or of a newer version.
    """
    try:
        head = msgspec.json.decode(line, type=_Head)
        if head.format > FORMAT:
            raise ValueError(f"was written by a newer version (format {head.format}; this one reads {FORMAT})")
        return msgspec.json.decode(line, type=Record)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ValueError(f"is damaged: {error}") from error


class _Head(msgspec.Struct):
    format: int
