"""A hit in words: its line, and why it ranks where it does. Must not know how hits are found or ranked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scholiast_server.cli.words import ordinal, share, shortened

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_indexer.types import Hit
    from scholiast_server.cli.session import Session

FIRST_LINE_CHARACTERS_MAX = 100
"""Of a hit outside any definition, its first line stands for the symbol, up to so many characters."""
_SAID_APART = ("lexical", "dense", "terms", "coverage")
_FACTORS = ("demotion", "saturation")


def hit_line(hit: Hit, line: int, session: Session) -> str:
    """`path:line: symbol`, the place a link and in colours where they show."""
    out = session.console.out
    path = out.paint(out.visible_name(session.shown(hit.path)), "path")
    place = out.link(f"{path}:{out.paint(str(line), 'line')}", session.file(hit.path), line)
    return f"{place}: {out.paint(out.visible_name(hit.symbol), 'name') or out.visible(first_line(hit.text))}"


def first_line(text: str) -> str:
    """The first line that says something."""
    lines = (line.strip() for line in text.splitlines())
    return shortened(next((line for line in lines if any(map(str.isalnum, line))), ""), FIRST_LINE_CHARACTERS_MAX)


def explanation(hit: Hit, query: str, index: Index, place_in_file: int) -> Iterator[str]:
    """Why a hit ranks where it does: words that matched and how rare they are, and each signal's share.

    Args:
        hit: The hit.
        query: What was searched for.
        index: Knows how often a word occurs.
        place_in_file: 1 for the best hit of its file, 2 for the next.
    """
    from scholiast_indexer.search.query import analyze_query

    asked = analyze_query(query)
    chunks = index.counts()[1]
    told = ", ".join(_word(word, index.document_frequency(word), chunks) for word in hit.why.get("terms", ()))
    absent = [word for word in asked.words if word not in hit.why.get("terms", ())]
    told += f"   without: {', '.join(absent)}" if absent else ""
    yield f"lexical  {_signal(hit, 'lexical')}   {told}".rstrip()
    yield f"dense    {_signal(hit, 'dense')}   meaning, as for a {asked.shape}"
    shares = [f"{name} {_signal(hit, name)}" for name in hit.why if name not in (*_SAID_APART, *_FACTORS)]
    yield "   ".join([*shares, *_factors(hit, place_in_file)])


def _word(word: str, count: int, chunks: int) -> str:
    """A word with the rarity that search weighs it by."""
    rarity = math.log(1 + (chunks + 0.5) / (count + 0.5))
    return f"{word} (idf {rarity:.1f})"


def _signal(hit: Hit, name: str) -> str:
    return share(float(hit.why.get(name, 0.0)))


def _factors(hit: Hit, place_in_file: int) -> Iterator[str]:
    from scholiast_indexer.search.places import place_of

    if "demotion" in hit.why:
        place = place_of(hit.path)
        is_older = place == "source" and float(hit.why["demotion"]) < 1
        yield f"{'older version' if is_older else place} ×{_signal(hit, 'demotion')}"
    if "saturation" in hit.why:
        yield f"{ordinal(place_in_file)} chunk of this file ×{_signal(hit, 'saturation')}"
