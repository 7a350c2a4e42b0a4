"""What else is worth a look beside a definition: what it calls, what shares its name, what it belongs to.

Must not know the cursor; a few small questions to the index, no search.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from scholiast_indexer.languages import detect
from scholiast_indexer.search.places import is_test_path
from scholiast_indexer.types import Symbol
from scholiast_server.lookup import families
from scholiast_server.lookup.candidates import Found
from scholiast_server.lookup.definitions import definitions_for
from scholiast_server.lookup.limits import (
    CALLED_BUDGET_S,
    CALLED_DEFINITIONS_MAX,
    CALLED_LINES_MAX,
    CALLED_NAMES_MAX,
    RELATED_MAX,
)
from scholiast_server.lookup.mentions import mention_at
from scholiast_server.lookup.scopes import Scope, parent_path
from scholiast_server.lookup.types import Place, SymbolSource
from scholiast_server.models.extractive.source import bases, calls, code_only


def called_places(source: SymbolSource, symbol: Symbol, scope: Scope, clock: Callable[[], float]) -> list[Place]:
    """Definitions of the workspace that the definition's text calls, those that fewest call first.

    Args:
        source: The index.
        symbol: The definition.
        scope: Of its first line.
        clock: Seconds; past a budget no further name is looked up.
    """
    end = clock() + CALLED_BUDGET_S
    lines = scope.text.split("\n")[symbol.start_line : min(symbol.end_line, symbol.start_line + CALLED_LINES_MAX)]
    text = "\n".join(lines)
    bare = code_only(text, scope.language)
    found: list[tuple[int, Place]] = []
    for name in _worth_asking(symbol, calls(text, scope.language)):
        if clock() > end:
            break
        place = _resolved(source, name, bare, symbol.start_line, scope)
        if place is not None and place.symbol != symbol.path:
            found.append((source.reference_count(name), place))
    return [place for _, place in sorted(found, key=lambda pair: pair[0])]


def _worth_asking(symbol: Symbol, names: Sequence[str]) -> list[str]:
    return [name for name in names if name != symbol.name][:CALLED_NAMES_MAX]


def _resolved(source: SymbolSource, name: str, bare: str, first_line: int, scope: Scope) -> Place | None:
    """What the first call of the name goes to; None when the text does not tie it to one definition."""
    match = re.search(rf"(?<![\w$]){re.escape(name)}\s*(?:::<[^<>()]*>)?\(", bare)
    if match is None:
        return None
    line_start = bare.rfind("\n", 0, match.start()) + 1
    line = bare[line_start:].partition("\n")[0]
    column = len(line[: match.start() - line_start].encode("utf-8", "surrogatepass"))
    mention = mention_at(line, column, scope.language)
    if mention is None:
        return None
    home = scope.at(first_line + bare.count("\n", 0, match.start()))
    ranked, _ = definitions_for(source, mention, home, line, limit=CALLED_DEFINITIONS_MAX)
    if not ranked or ranked[0].relation <= 0:
        return None
    return Place(ranked[0].symbol.path, ranked[0].path, ranked[0].symbol.start_line)


def related_places(
    source: SymbolSource, found: Found, called: Sequence[Place], namesakes: Sequence[Found]
) -> tuple[Place, ...]:
    """A few places beside a definition, the most telling first.

    Args:
        source: The index.
        found: The definition.
        called: What it calls.
        namesakes: All definitions that share its name.
    """
    path, symbol = found
    order = [*_base_places(source, found), *called[:2], *_overrides(found, namesakes), *called[2:]]
    order += _enclosing(source, found)
    seen = {(path, symbol.path): None}
    chosen: list[Place] = []
    for place in order:
        if (place.path, place.symbol) not in seen and len(chosen) < RELATED_MAX:
            seen[place.path, place.symbol] = None
            chosen.append(place)
    return tuple(chosen)


def _base_places(source: SymbolSource, found: Found) -> Iterator[Place]:
    path, symbol = found
    if symbol.kind not in families.CLASS_KINDS:
        return
    for base in bases(symbol.signature)[:2]:
        for other, definition in source.definitions(base.replace("::", ".").rpartition(".")[2], RELATED_MAX):
            if definition.kind in families.CLASS_KINDS and _are_alike(path, other):
                yield Place(definition.path, other, definition.start_line)
                break


def _overrides(found: Found, namesakes: Sequence[Found]) -> list[Place]:
    """The same member of another class, in the nearest file; names that many share say nothing."""
    path, symbol = found
    others = [
        (other, definition)
        for other, definition in namesakes
        if symbol.kind == definition.kind == "method" and definition.path != symbol.path and _are_alike(path, other)
    ]
    if len(others) > 4 or symbol.name.startswith("__"):
        return []
    others.sort(key=lambda pair: -_shared_steps(path, pair[0]))
    return [Place(definition.path, other, definition.start_line) for other, definition in others[:1]]


def _enclosing(source: SymbolSource, found: Found) -> list[Place]:
    path, symbol = found
    outer = parent_path(symbol)
    if not outer:
        return []
    return [Place(other.path, path, other.start_line) for other in source.symbols(path) if other.path == outer][:1]


def _are_alike(path: str, other: str) -> bool:
    one, two = detect(path), detect(other)
    is_related = one is not None and two is not None and families.are_related(one, two)
    return is_related and (is_test_path(path) or not is_test_path(other))


def _shared_steps(path: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(path.split("/"), other.split("/"), strict=False)) if a != b), 99)
