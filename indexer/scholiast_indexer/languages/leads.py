"""The comments and attributes that stand directly above a definition; must not know languages or syntax trees."""

from __future__ import annotations

from bisect import bisect_left

from scholiast_indexer.languages import comments

_SPACE = b" \t\r\n\f"


class Leads:
    """Comments and attributes of one file, by position."""

    def __init__(self, data: bytes, pieces: list[tuple[int, int, bool]]) -> None:
        """`pieces` are (start, end, is a comment), in any order; one that lies inside another is left out."""
        self._data = data
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._are_comments: list[bool] = []
        covered = 0
        for start, end, is_comment in sorted(pieces):
            if start >= covered:
                covered = end
                self._starts.append(start)
                self._ends.append(end)
                self._are_comments.append(is_comment)

    def skip(self, start: int, end: int) -> int:
        """Where the definition itself begins: after the attributes and comments that its node begins with."""
        at = bisect_left(self._starts, start)
        while at < len(self._starts) and self._starts[at] == start and self._ends[at] < end:
            start = self._ends[at]
            while start < end and self._data[start] in _SPACE:
                start += 1
            at += 1
        return start

    def climb(self, start: int) -> int:
        """Where the run of comments and attributes begins that ends at `start`, without an empty line between."""
        at = bisect_left(self._starts, start) - 1
        while at >= 0 and self._touches(at, start):
            start = self._starts[at]
            at -= 1
        return start

    def source(self, start: int, end: int) -> bytes:
        """The source between two positions."""
        return self._data[start:end]

    def line_end(self, start: int, end: int) -> int:
        """Where the line of a position ends, at most `end`."""
        found = self._data.find(b"\n", start, end)
        return found if found >= 0 else end

    def between(self, start: int, end: int) -> list[int]:
        """Where the comments and attributes between two positions begin."""
        return self._starts[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def doc(self, start: int, end: int) -> str:
        """Plain text of the comments between two positions."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        texts = [
            self._data[self._starts[at] : self._ends[at]] for at in range(first, last) if self._documents(at, start)
        ]
        return comments.plain_comment(texts, opens_file=start == 0) if texts else ""

    def _documents(self, at: int, start: int) -> bool:
        """Whether piece `at` is a comment, and none behind an attribute on its line (`@JvmField // for Java`)."""
        begin = self._starts[at]
        if not self._are_comments[at]:
            return False
        ends_line = self._data[self._ends[at] - 1 : self._ends[at] + 1].find(b"\n") >= 0
        before = self._data[max(start, self._data.rfind(b"\n", 0, begin) + 1) : begin]
        return not (ends_line and before.strip(_SPACE))

    def without(self, start: int, end: int) -> bytes:
        """The source between two positions, comments and attributes left out."""
        at = bisect_left(self._starts, start)
        if at == len(self._starts) or self._starts[at] >= end:
            return self._data[start:end]
        kept = []
        while at < len(self._starts) and self._starts[at] < end:
            kept.append(self._data[start : self._starts[at]])
            start = self._ends[at]
            at += 1
        kept.append(self._data[start:end])
        return b" ".join(kept)

    def _touches(self, at: int, start: int) -> bool:
        """Whether piece `at` is directly above, and not the tail of a line of code."""
        begin, end = self._starts[at], self._ends[at]
        if end > start:
            return False
        # A line comment of some grammars holds its own line break, so the gap is measured from its last word.
        last = end
        while last > begin and self._data[last - 1] in _SPACE:
            last -= 1
        gap = self._data[last:start]
        breaks_max = 2 if self._data.startswith(b"/**", begin) else 1  # JSDoc keeps its meaning over an empty line
        if gap.strip(_SPACE) or gap.count(b"\n") > breaks_max:
            return False
        if not self._are_comments[at]:
            return True
        line = self._data.rfind(b"\n", 0, begin) + 1
        return not self._data[line:begin].strip(_SPACE + b"\xef\xbb\xbf")
