"""Every error that the indexer raises on purpose.

    ScholiastError              what went wrong, why, and what to do next, in one message
    ├── WorkspaceError          the folder to index is missing, not a folder, or unreadable
    │   └── TooManyFilesError   it holds more than anybody wants indexed, as far as was asked
    ├── IndexVersionError       written by a newer version; left untouched
    ├── IndexBusyError          another process is writing this index
    ├── IndexClosedError        asked of an index that was closed, perhaps meanwhile
    ├── IndexDamagedError       the database failed its checks; callers rebuild
    ├── StorageError            the disk is full or refuses to be written
    └── EmbedderError           an embedder gave vectors that can't be used

Broken source code is not an error: it comes back as a list of problems beside its chunks.
"""

from __future__ import annotations


class ScholiastError(Exception):
    """What went wrong, why, and what to do; the message is shown to the user as it stands."""


class WorkspaceError(ScholiastError):
    """The folder to index can't be used."""


class TooManyFilesError(WorkspaceError):
    """The folder holds more files than are indexed unless it is asked for."""


class IndexVersionError(ScholiastError):
    """The index was written by a newer version; it is left as it is."""


class IndexBusyError(ScholiastError):
    """Another process is writing this index."""


class IndexClosedError(ScholiastError):
    """The index was closed, perhaps by another thread while it was asked."""


class IndexDamagedError(ScholiastError):
    """The database failed a check; nothing is lost that the files can't give back."""


class StorageError(ScholiastError):
    """The disk is full, or the index can't be written where it lies."""


class EmbedderError(ScholiastError):
    """An embedder gave vectors of the wrong shape or with values that are not numbers."""
