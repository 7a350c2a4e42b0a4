"""What Scholiast's own methods and commands take, as JSON has it. Must not know what they do.

docs/protocol.md describes each method; a test holds it against this module.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec
from pygls.exceptions import JsonRpcInvalidParams

from scholiast_server.feedback import Verdict
from scholiast_server.feedback.limits import EDIT_CHARACTERS_MAX
from scholiast_server.lsp.limits import QUESTION_CHARACTERS_MAX, SEARCH_HITS_MAX
from scholiast_server.models.protocol import Task

Params = TypeVar("Params")


class Position(msgspec.Struct, frozen=True):
    """In the negotiated encoding."""

    line: int
    character: int


class Range(msgspec.Struct, frozen=True):
    start: Position
    end: Position


class Document(msgspec.Struct, frozen=True):
    """A text document by its URI."""

    uri: str


class StatusParams(msgspec.Struct, frozen=True, rename="camel"):
    """Of `scholiast/status`."""

    text_document: Document | None = None
    """Narrows the answer to the folder of this document."""


class SearchParams(msgspec.Struct, frozen=True, rename="camel"):
    """Of `scholiast/search`."""

    query: str
    limit: int | None = None
    paths: list[str] = []
    """gitignore patterns: a hit's path must match one."""
    languages: list[str] = []
    kinds: list[str] = []
    tests: Literal["any", "none", "only"] = "any"
    text_document: Document | None = None
    """Narrows the search to the folder of this document; without one all folders are searched."""


class AskParams(msgspec.Struct, frozen=True, rename="camel"):
    """Of `scholiast/ask`."""

    question: str
    id: str | None = None
    """What `scholiast/answerDelta` will call this answer; made up when there is none."""
    text_document: Document | None = None
    range: Range | None = None
    """The selection; empty, it is the cursor."""
    conversation: str | None = None
    """Questions with the same one know of each other."""
    adapter: str | None = None
    strict: bool | None = None
    """Whether the answer holds only what was verified; without it, as the settings say."""
    open_documents: list[str] = []
    """URIs of what else is in view, best first; what is open is known without it."""
    work_done_token: str | int | None = None


class AdaptersParams(msgspec.Struct, frozen=True, rename="camel"):
    """Of `scholiast/adapters`."""

    text_document: Document | None = None
    """Names the folder whose settings decide; without one it is the first."""


class SelectAdapterParams(msgspec.Struct, frozen=True, rename="camel"):
    """Of `scholiast/selectAdapter`."""

    name: str | None
    """`house-style`, `house-style:0.7`, several with commas between; null or `none` is the model as it is."""
    task: Task | None = None
    """What it is for; without one everything that it serves."""


class FeedbackParams(msgspec.Struct, frozen=True, rename="camel"):
    """Of `scholiast/feedback`."""

    id: str
    """Of the answer."""
    verdict: Verdict | None
    """Of the answer as it was written; null takes back what was said of it."""
    edit: str | None = None
    """The text as the user would have had it."""


class At(msgspec.Struct, frozen=True, rename="camel"):
    """A place, as commands take it in one piece too."""

    text_document: Document
    range: Range


class AskArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.ask`."""

    question: str
    uri: str | None = None
    range: Range | None = None
    conversation: str | None = None


class PlaceArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.explain`, `scholiast.document` and `scholiast.related`."""

    uri: str
    range: Range


class ReferencesArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.references`."""

    uri: str
    """Of a document in the folder that is looked through."""
    range: Range
    """Where the name is defined."""
    name: str


class SelectionArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.askSelection`."""

    question: str
    uri: str
    range: Range


class CommentArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.answerComment`."""

    uri: str
    line: int


class SearchArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.search`."""

    query: str
    limit: int | None = None


class ReindexOptions(msgspec.Struct, frozen=True):
    """How to index again."""

    reset: bool = False
    """Whether the index is deleted and built anew."""


class ReindexArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.reindex`."""

    uri: str | None = None
    options: ReindexOptions | None = None


class FeedbackArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.feedback`."""

    id: str
    verdict: Verdict | None
    edit: str | None = None


class ForgetFeedbackArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.forgetFeedback`."""

    answers: list[str] | None = None
    """As `scholiast.listFeedback` calls them; without them all verdicts are meant."""


class FolderArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.commitMessage`."""

    uri: str | None = None


class NoArguments(msgspec.Struct, frozen=True, array_like=True):
    """Of `scholiast.status`, `scholiast.openLog` and `scholiast.listFeedback`."""


def taken(params: Any, kind: type[Params]) -> Params:
    """Params as their method takes them; unknown keys are left aside, as clients send more with time.

    Raises:
        JsonRpcInvalidParams: They do not fit.
    """
    try:
        return msgspec.convert({} if params is None else params, kind)
    except msgspec.ValidationError as error:
        raise JsonRpcInvalidParams(message=str(error)) from error


def checked_question(question: str) -> str:
    """A question worth answering.

    Raises:
        JsonRpcInvalidParams: It is empty or far too long.
    """
    question = question.strip()
    if not question:
        raise JsonRpcInvalidParams(message="the question is empty: write what you want to know")
    if len(question) > QUESTION_CHARACTERS_MAX:
        raise JsonRpcInvalidParams(
            message=f"the question has {len(question):,} characters; {QUESTION_CHARACTERS_MAX:,} are the limit"
        )
    return question


def checked_edit(edit: str | None) -> str | None:
    """The user's version of an answer.

    Raises:
        JsonRpcInvalidParams: It is empty or far too long.
    """
    if edit is not None and not edit.strip():
        raise JsonRpcInvalidParams(message="the edit is empty: leave it out, or write what the answer should have been")
    if edit is not None and len(edit) > EDIT_CHARACTERS_MAX:
        raise JsonRpcInvalidParams(
            message=f"the edit has {len(edit):,} characters; {EDIT_CHARACTERS_MAX:,} are the limit"
        )
    return edit


def checked_limit(limit: int | None, default: int) -> int:
    """How many hits are wanted.

    Raises:
        JsonRpcInvalidParams: None, or more than there can be.
    """
    if limit is None:
        return default
    if not 1 <= limit <= SEARCH_HITS_MAX:
        raise JsonRpcInvalidParams(message=f"limit is a number from 1 to {SEARCH_HITS_MAX}")
    return limit
