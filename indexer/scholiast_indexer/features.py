"""What decides how files are cut: versions of our code and of the grammars. Must not know storage."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from scholiast_indexer.catalog.schema import FEATURE_VERSION


@lru_cache(maxsize=1)
def current_features() -> str:
    """Short text that differs when an index should be chunked anew."""
    from importlib.metadata import distributions

    grammars = sorted(
        f"{name} {distribution.version}"
        for distribution in distributions()
        if (name := distribution.metadata["Name"] or "").startswith("tree-sitter")
    )
    return f"{FEATURE_VERSION}:{hashlib.blake2b(chr(10).join(grammars).encode(), digest_size=6).hexdigest()}"
