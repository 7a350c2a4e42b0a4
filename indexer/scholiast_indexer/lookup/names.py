"""Finds names by what someone types of them: whole, their beginning, words, initials or a part. Pure.

Must not know where the names come from. All names lie in a few long strings, in which Python's own search finds
50,000 names in a millisecond.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice

from scholiast_indexer.search.query import folded
from scholiast_indexer.text import identifier_parts

MATCHES_MAX = 500
"""Names taken of each way of matching, the shortest: of a single letter there are more than anyone will read."""


Match = tuple[int, bool, int, str]
"""What orders names that fit, the best first; the last is the name itself."""


class NameTable:
    """An immutable set of names."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(set(names), key=lambda name: (len(name), name))
        parts = [identifier_parts(name) for name in self.names]
        self._folded = _Lines([folded(name) for name in self.names])
        self._words = _Lines([" ".join(words) for words in parts])
        self._initials = _Lines(["".join(word[0] for word in words) if len(words) > 1 else "" for words in parts])

    def matches(self, typed: str) -> list[Match]:
        """Names that fit, best first: whole, by their beginning, by words in order, by initials, by a part.

        Within these, those in the case that was typed come first, and short ones.
        """
        key = folded(typed)
        if not key or "\n" in key:
            return []
        ranks: dict[int, int] = {}
        for rank, places in enumerate(self._ways(key, identifier_parts(typed))):
            if len(ranks) < MATCHES_MAX:
                for place in islice(places, MATCHES_MAX):
                    ranks.setdefault(place, rank)
        fitting = ((rank, self.names[place]) for place, rank in ranks.items())
        return sorted((rank, typed not in name, len(name), name) for rank, name in fitting)

    def _ways(self, key: str, words: Sequence[str]) -> Iterator[Iterator[int]]:
        """Places of names by each way of matching, the best way first."""
        yield self._folded.beginning(f"{key}\n")
        yield self._folded.beginning(key)
        yield self._words.in_order(words) if words else iter(())
        yield self._initials.beginning(key) if len(key) > 1 else iter(())
        yield self._folded.holding(key)


class _Lines:
    """Texts in one string, one a line."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = "\n" + "".join(f"{line}\n" for line in lines)
        self._starts = array("q", accumulate((len(line) + 1 for line in lines), initial=1))

    def beginning(self, start: str) -> Iterator[int]:
        """Numbers of the lines that begin so."""
        return self._places(f"\n{start}", 1)

    def holding(self, part: str) -> Iterator[int]:
        """Numbers of the lines that hold it."""
        return self._places(part, 0)

    def in_order(self, words: Sequence[str]) -> Iterator[int]:
        """Numbers of the lines that have words which begin so, in this order; one word, past the first of a line."""
        if len(words) == 1:
            yield from self._places(f" {words[0]}", 1)
            return
        for start in ("\n", " "):  # each a plain text to look for, which is faster than either of two
            pattern = start + r"(?:[^\n]*? )??".join(rf"{re.escape(word)}[^\n ]*?" for word in words)
            for found in re.finditer(pattern, self._text):
                yield bisect_right(self._starts, found.start() + 1) - 1

    def _places(self, wanted: str, offset: int) -> Iterator[int]:
        at = self._text.find(wanted)
        while at >= 0:
            place = bisect_right(self._starts, at + offset) - 1
            yield place
            at = self._text.find(wanted, self._starts[place + 1] - 1)
