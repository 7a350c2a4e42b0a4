"""Ignore files and which of their patterns decides; must not know git or how a tree is walked."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from scholiast_indexer.limits import IGNORE_FILE_BYTES_MAX, IGNORE_WILDCARDS_MAX
from scholiast_indexer.workspace.stars import Steps, is_quick
from scholiast_indexer.workspace.wildmatch import Pattern, parse_lines

Expression = re.Pattern[bytes] | Steps
Screen = re.Pattern[bytes] | None


class Rules(NamedTuple):
    """The patterns of one ignore file, with what tells quickly that none of them concerns an entry."""

    patterns: tuple[tuple[Pattern, Expression], ...]
    """Last one first: the first that matches decides."""
    names: frozenset[bytes]
    name_screen: Screen
    path_screen: Screen
    unscreened: tuple[tuple[Pattern, Steps], ...]
    """Patterns that have too many stars to be part of a screen."""
    skip: int
    """Bytes to take off the front of a path, the folder of the ignore file..."""
    lead: bytes
    """...or to put before it, when the ignore file lies above the workspace."""

    def decide(self, path: bytes, name: bytes, *, folder: bool) -> Pattern | None:
        """The pattern that decides about `path`, whose last part is `name`; None when none speaks of it."""
        below = self.lead + path[self.skip :]
        may_match = (
            name in self.names
            or (self.name_screen is not None and self.name_screen.fullmatch(name))
            or (self.path_screen is not None and self.path_screen.fullmatch(below))
            or any(steps.fullmatch(below if pattern.anchored else name) for pattern, steps in self.unscreened)
        )
        if not may_match:
            return None
        for pattern, expression in self.patterns:
            if pattern.folders_only and not folder:
                continue
            if expression.fullmatch(below if pattern.anchored else name):
                return pattern
        return None


def decide(stack: Sequence[Rules], path: bytes, name: bytes, *, folder: bool) -> Pattern | None:
    """The deciding pattern of a stack of ignore files, the nearest one first."""
    for rules in stack:
        pattern = rules.decide(path, name, folder=folder)
        if pattern is not None:
            return pattern
    return None


def make_rules(patterns: Iterable[Pattern], *, skip: int = 0, lead: bytes = b"") -> Rules | None:
    """Rules of these patterns, in the order of the file; None when there are none."""
    ordered = tuple(_bounded(patterns))
    if not ordered:
        return None
    quick = [p for p in ordered if is_quick(p.parts)]
    wild_names = [p.expression for p in quick if not p.anchored and p.literal is None]
    expressed = tuple((p, _compile(p.expression) if is_quick(p.parts) else Steps(p.parts)) for p in reversed(ordered))
    return Rules(
        patterns=expressed,
        names=frozenset(p.literal for p in ordered if not p.anchored and p.literal is not None),
        name_screen=_any_of(wild_names),
        path_screen=_any_of([p.expression for p in quick if p.anchored]),
        unscreened=tuple((p, steps) for p, steps in expressed if isinstance(steps, Steps)),
        skip=skip,
        lead=lead,
    )


def read_rules(file: bytes | Path, *, skip: int = 0, lead: bytes = b"") -> Rules | None:
    """Rules of an ignore file; None when it is missing, empty, or not a plain readable file."""
    text = read_small(file)
    return make_rules(parse_lines(text), skip=skip, lead=lead) if text else None


def read_small(file: bytes | Path) -> bytes | None:
    """A small plain file's bytes, else None. Follows no link, like git, and never blocks on a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(file, flags)
    except OSError:
        return None
    try:
        described = os.fstat(descriptor)
        if not stat.S_ISREG(described.st_mode) or described.st_size > IGNORE_FILE_BYTES_MAX:
            return None
        return os.read(descriptor, IGNORE_FILE_BYTES_MAX)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _bounded(patterns: Iterable[Pattern]) -> Iterator[Pattern]:
    """Not more patterns with wildcards than can be held against each name."""
    wildcards = 0
    for pattern in patterns:
        wildcards += pattern.literal is None
        if pattern.literal is not None or wildcards <= IGNORE_WILDCARDS_MAX:
            yield pattern


def _any_of(expressions: Sequence[bytes]) -> Screen:
    return _compile(b"|".join(expressions)) if expressions else None


def _compile(expression: bytes) -> re.Pattern[bytes]:
    return re.compile(expression, re.DOTALL)
