"""A question that stands in the code it asks about: its own lines are no evidence. Must not know editors or engines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from scholiast_indexer.types import Hit, Symbol
from scholiast_server.answering.types import EvidenceSource
from scholiast_server.models.extractive.question import read_question, stems_in, subject_stems


class Aside(msgspec.Struct, frozen=True):
    """Lines of a file that hold the question, 1-based and inclusive."""

    path: str
    start_line: int
    end_line: int

    def blanked(self, path: str, data: bytes | None) -> bytes | None:
        """The file without what stands in these lines; their ends stay, so that all others keep their numbers."""
        if data is None or path != self.path:
            return data
        lines = data.split(b"\n")
        for place in range(max(0, self.start_line - 1), min(self.end_line, len(lines))):
            lines[place] = lines[place][-1:] if lines[place].endswith(b"\r") else b""
        return b"\n".join(lines)

    def reader(self, read: Callable[[str], bytes | None]) -> Callable[[str], bytes | None]:
        """Reads files without these lines."""
        return lambda path: self.blanked(path, read(path))


class WithoutAside:
    """An index that does not see the question."""

    def __init__(self, source: EvidenceSource, aside: Aside) -> None:
        self._source = source
        self._aside = aside

    def symbols(self, path: str) -> Sequence[Symbol]:
        return self._source.symbols(path)

    def read(self, path: str) -> bytes | None:
        return self._aside.blanked(path, self._source.read(path))

    def document_frequency(self, word: str) -> int:
        """The question's own words count once less: those that it alone holds occur nowhere."""
        return max(0, self._source.document_frequency(word) - 1)


def without_aside(question: str, hits: Sequence[Hit], aside: Aside) -> list[Hit]:
    """The hits as they would be without the question's own lines, best first.

    A hit that holds these lines holds all words of the question: it counts by the share that stands elsewhere in it.
    """
    wanted = subject_stems(read_question(question))
    found = [_lessened(hit, wanted, aside) for hit in hits]
    return sorted((hit for hit in found if hit.score > 0), key=lambda hit: -hit.score)


def _lessened(hit: Hit, wanted: frozenset[str], aside: Aside) -> Hit:
    if hit.path != aside.path or hit.end_line < aside.start_line or aside.end_line < hit.start_line:
        return hit
    lines = hit.text.split("\n")
    for place in range(max(0, aside.start_line - hit.start_line), min(len(lines), aside.end_line - hit.start_line + 1)):
        lines[place] = ""
    text = "\n".join(lines)
    share = len(wanted & stems_in(f"{hit.symbol} {text}")) / max(1, len(wanted))
    return msgspec.structs.replace(hit, text=text, score=hit.score * share, why={})
