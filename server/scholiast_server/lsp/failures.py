"""Failures that are the user's to mend, as answers to requests. Must not know features."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcException


def failed(message: str) -> JsonRpcException:
    """What to raise when a request can't be carried out: one line that says what to do."""
    return JsonRpcException(message=" ".join(message.split()), code=types.LSPErrorCodes.RequestFailed.value)


NO_FOLDER = "no folder is open: open the folder of the code that you ask about"


def outside(uri: str) -> JsonRpcException:
    """The document belongs to no folder."""
    return failed(f"{uri} is in no open folder: open the folder that it belongs to")
