"""Which part of a workspace a scan is asked for; pure, must not know the file system."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Selection(NamedTuple):
    """Paths asked for, each with all that lies below it; `everything` when none is named."""

    paths: frozenset[bytes] = frozenset()
    above: frozenset[bytes] = frozenset()
    """The folders on the way to them."""
    everything: bool = True

    def covers(self, path: bytes) -> bool:
        """Whether `path` and all below it is asked for."""
        if self.everything or path in self.paths:
            return True
        return any(path[:at] in self.paths for at, byte in enumerate(path) if byte == ord("/"))

    def touches(self, path: bytes) -> bool:
        """Whether `path` is asked for, or lies on the way to something that is."""
        return self.everything or path in self.above or self.covers(path)

    def below(self, folder: bytes) -> tuple[bytes, ...]:
        """The paths asked for inside `folder`, relative to it; none when all of it is."""
        if self.covers(folder) or not folder:
            return () if self.covers(folder) else tuple(sorted(self.paths))
        start = folder + b"/"
        return tuple(sorted(path[len(start) :] for path in self.paths if path.startswith(start)))


def select(paths: Iterable[str] | None) -> Selection:
    """A selection of these paths (a folder may end in a slash); None selects everything."""
    if paths is None:
        return Selection()
    encoded = {path.rstrip("/").encode("utf-8", "surrogateescape") for path in paths}
    if encoded & {b"", b"."}:
        return Selection()
    above = {path[:at] for path in encoded for at, byte in enumerate(path) if byte == ord("/")}
    return Selection(frozenset(encoded), frozenset(above), everything=False)
