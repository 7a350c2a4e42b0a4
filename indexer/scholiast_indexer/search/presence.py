"""Which words of a query occur in a text, without splitting and stemming all of it. Must not know where it is from.

A stem begins as the words do that have it, but for its last one or two letters: so a term whose beginning is nowhere
in a text does not occur there, and the words that hold the beginning tell whether it does.
"""

from __future__ import annotations

from collections.abc import Sequence

from scholiast_indexer.text import WORD, text_terms

_WORDS_LOOKED_AT = 8
"""Words that begin like a term without having it; after so many of them all words of the text are taken."""


class WordFinder:
    """Finds the words of one query in texts."""

    def __init__(self, words: Sequence[Sequence[str]]) -> None:
        """`words` are the terms of each word, as `text.word_terms` gives them: of several parts, all joined first."""
        self._words = [(terms[0] if len(terms) > 1 else None, terms) for terms in words]
        self._is_ascii = all(term.isascii() for terms in words for term in terms)

    def found(self, text: str) -> list[bool]:
        """For each word whether one of its terms is a term of the text."""
        looked_at = _Text(text)
        if self._is_ascii and text.isascii():
            return [
                any(looked_at.has_stem(term) for term in terms if term is not joined)
                or (joined is not None and looked_at.has_joined(joined))
                for joined, terms in self._words
            ]
        return [any(looked_at.has(term) for term in terms) for _, terms in self._words]


class _Text:
    """One text, looked at as far as is needed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lowered = text.lower()
        self._terms: str | None = None

    def has(self, term: str) -> bool:
        if self._terms is None:
            self._terms = f" {text_terms(self._text)} "
        return f" {term} " in self._terms

    def has_joined(self, term: str) -> bool:
        """The parts may be apart in the text: `add_url` is a word of `addurl`."""
        return beginning(term) in self._lowered.replace("_", "") and self.has(term)

    def has_stem(self, term: str) -> bool:
        begins = beginning(term)
        place = self._lowered.find(begins)
        for _ in range(_WORDS_LOOKED_AT):
            if place < 0:
                return False
            start, end = self._word_around(place)
            if f" {term} " in f" {text_terms(self._text[start:end])} ":
                return True
            place = self._lowered.find(begins, end)
        return place >= 0 and self.has(term)

    def _word_around(self, place: int) -> tuple[int, int]:
        text, start = self._text, place
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        word = WORD.match(text, start)
        return start, max(place + 1, word.end() if word else 0)


def beginning(term: str) -> str:
    """What every word of ASCII letters begins with that has this stem.

    Source: the English stemmer of Snowball, whose rules change at most the last letter of what they leave (`happy`,
    `happi`), but for `ability`, `able` and `dying`, `die`.
    """
    if len(term) > 5 or (len(term) == 3 and term.endswith("ie")):
        return term[:-2]
    return term[:-1] or term
