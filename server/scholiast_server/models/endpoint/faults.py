"""What can go wrong with a server, and how the user is told. Pure; must not know connections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from scholiast_server.models.endpoint.limits import MODELS_NAMED_MAX, SAID_CHARACTERS_MAX

Kind = Literal[
    "offline",  # the user wants no network
    "library",  # the client library is not installed
    "unreachable",  # no connection
    "silent",  # a connection, and no word
    "cut",  # it broke off
    "garbled",  # what it sent can't be read
    "too_large",  # it sent more than anybody wants
    "endless",  # it was at it for longer than anybody waits
    "redirect",  # it sends elsewhere
    "key",  # it refuses the key, or wants one
    "missing",  # it has no such model, or no such path
    "too_long",  # the text is longer than the model takes
    "busy",  # it asks to wait
    "failed",  # it has an error of its own
    "rejected",  # it does not take the request
    "empty",  # it wrote nothing
    "mute",  # it ended before it had begun, which some servers do where the text is too long
]
WORTH_RETRYING: frozenset[Kind] = frozenset({"unreachable", "cut", "busy", "failed"})

_TOO_LONG = re.compile(
    r"context[ _-]?(length|size|window)|maximum context|(prompt|input|sequence) is too (long|large)|too many tokens"
    r"|exceed\w*[^.]{0,60}\b(tokens|context)|less than \d+ tokens|physical batch size|maximum allowed batch size",
    re.IGNORECASE,
)
_TOO_LONG_STATUS = frozenset({400, 413, 422, 500})


class Fault(Exception):  # noqa: N818  (an error once it is put in words, by `explained`)
    """Something went wrong with a server."""

    def __init__(
        self,
        kind: Kind,
        said: str = "",
        *,
        status: int | None = None,
        wait_s: float | None = None,
        models: Sequence[str] | None = None,
    ) -> None:
        """
        Args:
            kind: What went wrong.
            said: The server's own words, or the system's.
            status: Of HTTP, where there was one.
            wait_s: How long the server asks to wait.
            models: The models that it has, where that matters and is known.
        """
        super().__init__(f"{kind}: {said}" if said else kind)
        self.kind: Kind = kind
        self.said = said
        self.status = status
        self.wait_s = wait_s
        self.models = models
        self.sent_key: str | None = None
        """Where the key came from that was sent, in words; None where none was."""


def fault_of_status(status: int, said: str, *, wait_s: float | None = None, location: str = "") -> Fault:
    """What an answer with a status other than success means.

    Args:
        status: Of HTTP.
        said: The server's own words.
        wait_s: How long it asks to wait.
        location: The host it sends to.
    """
    if status < 400:
        return Fault("redirect", location, status=status)
    if status in _TOO_LONG_STATUS and _TOO_LONG.search(said):
        return Fault("too_long", said, status=status)
    kind: Kind = "failed" if status >= 500 and status != 501 else "rejected"
    special: dict[int, Kind] = {401: "key", 403: "key", 404: "missing", 429: "busy"}
    return Fault(special.get(status, kind), said, status=status, wait_s=wait_s)


def explained(fault: Fault, host: str, *, model: str = "", key_place: str = "") -> str:
    """What went wrong, and what to do about it, for the user.

    Args:
        fault: What went wrong.
        host: Of the server; all that is told of its address.
        model: That was asked for.
        key_place: Where a key is looked for, in words; empty where nowhere.
    """
    if fault.kind == "key":
        return _explained_key(fault, host, key_place)
    if fault.kind == "missing":
        return _explained_missing(fault, host, model)
    if fault.kind == "busy":
        wait = f" and asks to wait {fault.wait_s:,.0f} s" if fault.wait_s else ""
        return f"{host} has too much to do (status {fault.status}){wait}{_quoted(fault.said)}.\n  Ask again later."
    words = one_line(fault.said)
    return _PLAIN[fault.kind].format(host=host, said=_quoted(fault.said), words=words, status=fault.status)


def one_line(text: str) -> str:
    """Words of a server as they can be shown: one line, no control characters, not too many."""
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return plain if len(plain) <= SAID_CHARACTERS_MAX else plain[: SAID_CHARACTERS_MAX - 1] + "…"


_PLAIN: dict[Kind, str] = {
    "offline": "{host} was not asked: endpoint.offline is set.\n"
    "  Unset it to allow connections, or set answer.engine to llama or extractive.",
    "library": 'What talks to {host} is not installed.\n  pip install "scholiast[endpoint]"',
    "unreachable": "{host} can't be reached{said}.\n  Start the server, or check endpoint.url.",
    "silent": "{host} gave no word within {words}.\n"
    "  It may be loading a model, or be busy: look at its log, or raise endpoint.timeout_s.",
    "cut": "{host} broke off in the middle{said}.\n  See whether the server still runs, and ask again.",
    "garbled": "{host} sent what is no answer in OpenAI's protocol{said}.\n"
    "  Check endpoint.url: it usually ends in /v1.",
    "too_large": "{host} sent more than anybody can want{said}; the connection was closed.\n"
    "  Check endpoint.url, and the server's log.",
    "endless": "{host} was not done within {words}; the connection was closed.\n  Look at the server's log.",
    "redirect": "{host} sends elsewhere ({words}), which is not followed: code and key would go there.\n"
    "  Set endpoint.url to where the server really is.",
    "too_long": "{host} finds the text longer than its model takes{said}.\n"
    "  Set endpoint.context_tokens to the context the server was started with.",
    "failed": "{host} failed with status {status}{said}.\n  Look at the server's log.",
    "mute": "{host} ended the answer before anything came of it.\n"
    "  Its log may say why. Where its context is smaller than endpoint.context_tokens, set that to what it is.",
    "empty": "{host} wrote nothing{said}.\n  Ask again, or raise answer.max_tokens.",
    "rejected": "{host} does not take the request (status {status}){said}.\n"
    "  Check endpoint.model, and what the server supports.",
}


def _explained_key(fault: Fault, host: str, key_place: str) -> str:
    said = f"(status {fault.status}{_quoted(fault.said)})"
    if fault.sent_key:
        return f"{host} refuses the key from {fault.sent_key} {said}.\n  Put one there that is valid for this server."
    if key_place:
        return f"{host} wants a key {said}; there is none.\n  Put it where it is looked for: {key_place}."
    return f"{host} wants a key {said}.\n  Name where it is: endpoint.key_variable or endpoint.key_command."


def _explained_missing(fault: Fault, host: str, model: str) -> str:
    if fault.models is None:
        said = _quoted(fault.said)
        return f"{host} does not have what was asked for{said}.\n  Check endpoint.url: it usually ends in /v1."
    named = ", ".join(one_line(name) for name in fault.models[:MODELS_NAMED_MAX]) or "none"
    more = len(fault.models) - MODELS_NAMED_MAX
    rest = f" and {more} more" if more > 0 else ""
    return (
        f"{host} has no model {model or 'without a name'}.\n  It has: {named}{rest}. Set endpoint.model to one of them."
    )


def _quoted(said: str) -> str:
    return f": {one_line(said).rstrip('.')}" if said.strip() else ""
