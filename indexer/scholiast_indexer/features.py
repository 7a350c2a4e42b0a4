"""What decides how files are cut: versions of our code and of the grammars. Must not know storage."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from scholiast_indexer.catalog.schema import FEATURE_VERSION


@lru_cache(maxsize=1)
def current_features() -> str:
    """Short text that differs when an index should be chunked anew."""
    grammars = grammar_distributions(sys.path)
    return f"{FEATURE_VERSION}:{hashlib.blake2b(chr(10).join(grammars).encode(), digest_size=6).hexdigest()}"


def grammar_distributions(folders: Sequence[str]) -> list[str]:
    """Names with versions of the installed tree-sitter packages, sorted: `tree_sitter_go-0.25.0`.

    They are read off the names of folders: importlib.metadata opens and parses a file of every installed package,
    0.1 s of each command.
    """
    found: set[str] = set()
    for folder in folders:
        try:
            names = [entry.name for entry in Path(folder or ".").iterdir()]
        except OSError:  # an entry of sys.path may be a zip, or be gone
            continue
        found.update(
            name.removesuffix(".dist-info")
            for name in names
            if name.startswith(("tree_sitter", "tree-sitter")) and name.endswith(".dist-info")
        )
    return sorted(found)
