"""The documents that are open in the client, as it last told them. Must not know indexes, files or the wire.

Any thread may read: a document is a value that is never changed, only replaced by the next one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Lock

import msgspec

from scholiast_server.lsp.edits import AnyChange, Blocks, apply_changes, blocks_of
from scholiast_server.lsp.limits import DOCUMENT_BYTES_MAX
from scholiast_server.lsp.positions import Encoding, Lines
from scholiast_server.lsp.uris import THIS_SYSTEM, Flavour, uri_key

log = logging.getLogger(__name__)


class Document(msgspec.Struct, frozen=True):
    """An open document at one of its versions."""

    uri: str
    """As the client spelled it when it opened the document."""
    language_id: str
    version: int
    lines: Lines
    unsaved: bool = False
    """Whether it was changed since it was opened or saved. One just opened may differ from its file all the same."""
    blocks: Blocks | None = None
    """The same text as the next change wants it, once there was one."""

    @property
    def text(self) -> str:
        return self.lines.data.decode()

    @property
    def too_large(self) -> bool:
        """Whether it is kept for positions alone."""
        return self.lines.size > DOCUMENT_BYTES_MAX


class Documents:
    """Open documents by URI, in whichever spelling.

    What the client should not have sent (a change of a document that is not open, an older version) is left out with
    a line in the log.
    """

    def __init__(self, encoding: Encoding = "utf-16", flavour: Flavour = THIS_SYSTEM) -> None:
        self.encoding: Encoding = encoding
        """What the ranges of changes count in: to be set before the first document is opened."""
        self._flavour: Flavour = flavour
        self._by_key: dict[str, Document] = {}
        self._writing = Lock()

    def get(self, uri: str) -> Document | None:
        """The document as it is now; None when it is not open."""
        return self._by_key.get(uri_key(uri, self._flavour))

    def uris(self) -> list[str]:
        """All open documents, in the order in which they were opened."""
        return [document.uri for document in self._by_key.values()]

    def open(self, uri: str, language_id: str, version: int, text: str) -> Document:
        """A document as the client sends it whole; one that is open already begins anew."""
        with self._writing:
            if self.get(uri) is not None:
                log.warning("%s is opened again: what was known of it is dropped", uri)
            return self._put(Document(uri, language_id, version, Lines.of_text(text)))

    def change(self, uri: str, version: int | None, changes: Iterable[AnyChange]) -> Document | None:
        """The document after the changes, in turn; None when there was nothing to change."""
        with self._writing:
            document = self._opened(uri, "changed")
            if document is None:
                return None
            if version is None:
                version = document.version
            if version < document.version:
                log.warning("%s: version %d comes after %d and is left out", uri, version, document.version)
                return None
            blocks = apply_changes(document.blocks or blocks_of(document.lines.data), changes, self.encoding)
            lines = Lines(*blocks.parts)
            changed = msgspec.structs.replace(document, version=version, lines=lines, unsaved=True, blocks=blocks)
            return self._put(changed)

    def save(self, uri: str, text: str | None = None) -> Document | None:
        """The document as it now is in its file; `text`, where the client sends it, is what was saved."""
        with self._writing:
            document = self._opened(uri, "saved")
            if document is None:
                return None
            document = msgspec.structs.replace(document, unsaved=False)
            if text is not None and (saved := Lines.of_text(text)).data != document.lines.data:
                log.warning("%s: what was saved is not what was told; it is taken as saved", uri)
                document = msgspec.structs.replace(document, lines=saved, blocks=None)
            return self._put(document)

    def close(self, uri: str) -> Document | None:
        """The document as it was when the client closed it; None when it was not open."""
        with self._writing:
            document = self._opened(uri, "closed")
            if document is not None:
                key = uri_key(uri, self._flavour)
                self._by_key = {other: kept for other, kept in self._by_key.items() if other != key}
            return document

    def _opened(self, uri: str, what: str) -> Document | None:
        document = self.get(uri)
        if document is None:
            log.warning("%s is %s without having been opened", uri, what)
        return document

    def _put(self, document: Document) -> Document:
        # A new dictionary, so that a thread that is going through the old one is not disturbed.
        self._by_key = {**self._by_key, uri_key(document.uri, self._flavour): document}
        return document
