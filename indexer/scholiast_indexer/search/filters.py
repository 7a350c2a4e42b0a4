"""Narrowing a search by path, language, kind and tests. Must not know ranking."""

from __future__ import annotations

import re
import warnings
from typing import Literal

import msgspec

from scholiast_indexer.search.places import is_test_path

STARS_MAX = 4
"""Wildcards `*` or `**` of one pattern: its expression goes back and forth between them, and 30 take it for ever."""
_STARS = re.compile(r"(?:\*\*/)+|\*+")


class Filters(msgspec.Struct, frozen=True):
    """What a search is narrowed to; one without values lets all pass."""

    paths: tuple[str, ...] = ()
    """gitignore patterns; a hit's path must match one (`src/`, `*.py`, `/docs/**`)."""
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tests: Literal["any", "none", "only"] = "any"

    @property
    def by_path(self) -> bool:
        """Whether it asks anything of a chunk's path."""
        return bool(self.paths) or self.tests != "any"


class PathFilter:
    """The path part of a filter, compiled once a search.

    Raises:
        ValueError: A pattern can't be read, or has too many wildcards.
    """

    def __init__(self, filters: Filters) -> None:
        self._tests = filters.tests
        self._patterns = [_compiled(pattern) for pattern in filters.paths]

    def allows(self, path: str) -> bool:
        if self._tests != "any" and is_test_path(path) != (self._tests == "only"):
            return False
        return not self._patterns or any(pattern.match(path) for pattern in self._patterns)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of `[[:alpha:]]`, which pathspec passes on as it is
            return re.compile(_expression(pattern))
    except re.error as error:  # of `[z-a]`, the same
        raise ValueError(f"{pattern[:100]!r} can't be read ({error.msg})") from error


def _expression(pattern: str) -> str:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # most searches have no filter

    if len(_STARS.findall(pattern)) > STARS_MAX:
        raise ValueError(f"a pattern has {STARS_MAX} wildcards * at most, {pattern[:100]!r} more")
    expression, _ = GitIgnoreSpecPattern.pattern_to_regex(pattern.removeprefix("./"))
    return expression or r"(?!)"
