"""What an event's path is a hint at;
pure but for the rules it is given, must not know where events come from."""

from __future__ import annotations

from typing import NamedTuple

from scholiast_indexer.workspace.watchable import Watchable

_RULE_FILES = frozenset({".gitignore", ".gitattributes", ".scholiastignore"})
_GIT_FILES = {"HEAD": "git HEAD changed", "index": "git index changed"}


class Hint(NamedTuple):
    """Look at a path again, or at everything."""

    path: str = ""
    everything: str = ""
    """The reason to look at everything; empty when `path` will do."""
    rewatch: bool = False
    """Which folders are watched may have to change too."""


class Places(NamedTuple):
    """Where a workspace and its git folder are, without a slash at the end."""

    root: str
    git: str
    """Empty outside git. May lie outside the workspace, as for a linked worktree."""


def hint_of(path: str, places: Places, watchable: Watchable, *, folder: bool) -> Hint | None:
    """The hint in an event at the absolute `path`; None when the event does not matter."""
    if places.git and path.startswith(places.git + "/"):
        reason = _GIT_FILES.get(path[len(places.git) + 1 :])
        return Hint(everything=reason) if reason else None
    if path == places.root:
        return Hint(everything="the folder itself changed", rewatch=True)
    if not path.startswith(places.root + "/"):
        return None
    return hint_below(path[len(places.root) + 1 :], watchable, folder=folder)


def hint_below(path: str, watchable: Watchable, *, folder: bool) -> Hint | None:
    """The same for a path relative to the workspace."""
    if path == ".git":
        return Hint(everything="the git repository appeared or went away", rewatch=True)
    whole = path + "/" if folder else path
    if watchable.leaves_out(whole.encode("utf-8", "surrogateescape")):
        return None
    if path.rpartition("/")[2] in _RULE_FILES:
        return Hint(everything="the rules for ignoring files changed", rewatch=True)
    return Hint(whole)
