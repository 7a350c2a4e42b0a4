"""Texts that editors show as documents, as files in a folder of this process alone. Must not know what they say."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
from collections import deque
from pathlib import Path
from threading import Lock

from scholiast_server.lsp.limits import ANSWER_PAGES_MAX
from scholiast_server.lsp.uris import uri_of

_NO_NAME = re.compile(r"[^a-z0-9]+")
_NAME_CHARACTERS_MAX = 40
_PREFIX = "scholiast-"


class Pages:
    """A private folder of Markdown files, made with the first one. For any thread."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._written: deque[Path] = deque()
        self._count = 0
        self._lock = Lock()

    def write(self, title: str, text: str) -> str:
        """The URI of a new page; the oldest gives way to it when there are too many.

        Raises:
            OSError: It can't be written.
        """
        name = _NO_NAME.sub("-", title.lower())[:_NAME_CHARACTERS_MAX].strip("-") or "answer"
        with self._lock:
            if self._folder is None:
                _delete_orphans(Path(tempfile.gettempdir()))
                self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))  # this user's alone: mode 0700
            self._count += 1
            path = self._folder / f"{name}-{self._count}.md"
            path.write_text(text, encoding="utf-8", errors="replace")
            self._written.append(path)
            if len(self._written) > ANSWER_PAGES_MAX:
                self._written.popleft().unlink(missing_ok=True)
        return uri_of(str(path))

    def close(self) -> None:
        """Delete all pages."""
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None


def _delete_orphans(folder: Path) -> None:
    """Delete what servers of this user have left behind that were killed."""
    if os.name == "nt":  # there is no harmless way to ask whether a process is alive
        return
    for path in folder.glob(f"{_PREFIX}*-*"):
        number = path.name.removeprefix(_PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            is_ours = path.lstat().st_uid == os.getuid() and stat.S_ISDIR(path.lstat().st_mode)
            if number.isdecimal() and is_ours and not _is_alive(int(number)):
                shutil.rmtree(path)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
