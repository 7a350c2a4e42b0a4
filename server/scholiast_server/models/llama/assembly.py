"""Bytes of tokens put together to text: whole characters, and nothing that may be the beginning of an end. Pure.

llama-cpp-python does it by turning the prompt and all that was written back into text for each token, which at 4,000
tokens takes longer than a small model, and cuts tokens of more than 32 bytes, such as indents.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class Assembly:
    """One text, as it is written."""

    def __init__(self, stop: Sequence[str]) -> None:
        """
        Args:
            stop: Texts that end it, and are not part of it.
        """
        self._stop = [text for text in stop if text]
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._held = ""
        self.is_over = False
        """Whether one of the texts that end it came."""

    def add(self, data: bytes) -> str:
        """What can be shown of it now that these bytes follow."""
        self._held += self._decoder.decode(data)
        ends = [at for text in self._stop if (at := self._held.find(text)) >= 0]
        if ends:
            self.is_over = True
            shown, self._held = self._held[: min(ends)], ""
            return shown
        kept = max((_overlap(self._held, text) for text in self._stop), default=0)
        shown = self._held[: len(self._held) - kept]
        self._held = self._held[len(shown) :]
        return shown

    def rest(self) -> str:
        """What was held back, now that nothing follows; half a character is left out."""
        shown, self._held = self._held, ""
        return "" if self.is_over else shown


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of a text begin another one."""
    return next((size for size in range(min(len(text), len(stop) - 1), 0, -1) if stop.startswith(text[-size:])), 0)
