"""What a worker is asked to do. Must not know how it is done, so that workers can be started before that has loaded."""

from __future__ import annotations

import msgspec


class Job(msgspec.Struct, frozen=True, array_like=True):
    """One file to analyze."""

    number: int
    data: bytes
    language: str
    known_texts: tuple[bytes, ...] = ()
    """Hashes of retrieval texts that need no vector."""
    parse: bool = True
    """False cuts by lines: for a file that has killed a worker."""
