"""What every verb begins with: the workspace, its settings, a console, its index. Must not know what verbs do."""

from __future__ import annotations

import contextlib
import os
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from scholiast_server.cli.console import Console, open_console
from scholiast_server.errors import UsageError
from scholiast_server.settings import Settings, load_settings

if TYPE_CHECKING:
    from scholiast_indexer.index import Index


class Session(msgspec.Struct, frozen=True):
    """One command at work."""

    root: Path
    settings: Settings
    console: Console

    @property
    def name(self) -> str:
        """What the workspace is called."""
        return self.root.name or str(self.root)

    @contextlib.contextmanager
    def index(self, *, is_to_be_built: bool = False) -> Iterator[Index]:
        """The open index; what had to be mended is told when the work is done.

        Args:
            is_to_be_built: Where there is none, the workers that build it load while this process does.
        """
        with contextlib.ExitStack() as opened:
            pool = None
            if is_to_be_built and self.existing_index() is None:
                from scholiast_indexer.workers.ahead import workers_ahead

                pool = opened.enter_context(workers_ahead())
            from scholiast_server.compose import open_workspace
            from scholiast_server.engines import Models

            models = opened.enter_context(contextlib.closing(Models()))
            index = opened.enter_context(open_workspace(self.root, self.settings, models=models, pool=pool))
            try:
                yield index
            finally:
                for note in dict.fromkeys(index.notes):
                    self.console.note(note)

    def existing_index(self) -> Path | None:
        """Where the index lies; None when there is none. Makes nothing."""
        from scholiast_indexer.location import existing_index_directory

        return existing_index_directory(self.root)

    def shown(self, path: str) -> str:
        """A path of the workspace as it is clicked and typed: relative to the current folder when that is inside."""
        return _relative_to_current(self.root, path)

    def file(self, path: str) -> Path:
        return self.root / path


def start(options: Namespace) -> Session:
    """Find the workspace, read its settings.

    Raises:
        UsageError: The folder can't be a workspace.
        SettingsError: A setting can't be what it is.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # starting its threads takes longer than one search saves
    root = find_workspace(options)
    said = {
        "terminal.color": options.color,
        "index.vectors": getattr(options, "vectors", None),
        "search.limit": getattr(options, "limit", None),
        "search.refresh": getattr(options, "refresh", None),
        "answer.strict": getattr(options, "strict", None),
        "endpoint.offline": getattr(options, "offline", None),
    }
    if model := getattr(options, "model", None):
        said |= {"model.path": os.path.abspath(model), "answer.engine": "llama"}  # noqa: PTH100
    settings = load_settings(root, options=said)
    shown = settings.terminal
    console = open_console(shown.color, shown.links, quiet=options.quiet, verbose=options.verbose)
    return Session(root, settings, console)


def find_workspace(options: Namespace) -> Path:
    """The folder that --root or ROOT names, else the git repository around the current folder, else that folder.

    Raises:
        UsageError: There is no such folder, or two are named.
    """
    named = [folder for folder in (options.root, getattr(options, "folder", None)) if folder is not None]
    if len(named) > 1:
        raise UsageError("the workspace is named twice, by ROOT and by --root.\n  Leave one of them out.")
    if not named:
        return _workspace_here()
    folder = Path(os.path.realpath(named[0]))
    if not named[0] or not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise UsageError(f"{named[0] or 'the folder named'} {what}.\n  Name the folder of the code: --root DIR")
    return folder


def _workspace_here() -> Path:
    from scholiast_indexer.workspace.repository import find_root

    try:
        return find_root(Path.cwd())
    except FileNotFoundError as error:
        raise UsageError("the current folder is gone.\n  Go to another, or name one: --root DIR") from error


def _relative_to_current(root: Path, path: str) -> str:
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return path
    return os.path.relpath(root / path, here) if root in here.parents else path
