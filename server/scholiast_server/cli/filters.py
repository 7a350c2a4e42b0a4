"""Reads the options that narrow a search. Must not know how a search is narrowed."""

from __future__ import annotations

import difflib
from argparse import Namespace
from typing import TYPE_CHECKING

from scholiast_server.errors import UsageError

if TYPE_CHECKING:
    from scholiast_indexer.search import Filters


def read_filters(options: Namespace) -> Filters:
    """The filter that the options ask for.

    Raises:
        UsageError: A language is unknown, or a pattern is none.
    """
    from scholiast_indexer.search.filters import Filters, PathFilter

    filters = Filters(
        paths=tuple(options.path),
        languages=tuple(dict.fromkeys(language_named(name) for name in options.lang)),
        kinds=tuple(dict.fromkeys(options.kind)),
        tests=options.tests,
    )
    try:
        PathFilter(filters)
    except ValueError as error:  # of pathspec, when a pattern can't be read
        raise UsageError(f"--path: {error}.\n  Patterns are those of .gitignore: src/, '*.py', '/docs/**'") from error
    return filters


def language_named(name: str) -> str:
    """The language of a name (`python`) or an extension (`py`, `.tsx`), in any case.

    Raises:
        UsageError: There is no such language.
    """
    from scholiast_indexer.languages import LANGUAGES, detect

    lowered = name.lower()
    found = lowered if lowered in LANGUAGES else detect(f"file.{lowered.lstrip('.')}")
    if found is not None:
        return found
    close = difflib.get_close_matches(lowered, LANGUAGES, 3)
    hint = f"Did you mean {' or '.join(close)}?" if close else "Give a name such as python, or an extension such as py."
    raise UsageError(f"--lang: no language is called {name!r}.\n  {hint}")
