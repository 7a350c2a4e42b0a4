"""Asks git which files belong to a work tree; must not know what is done with them.

A folder is opened before anyone has read it, so nothing in its `.git/config` may run a program, and no
variable of the caller's environment may point git elsewhere. Whatever goes wrong, the answer is None and the
caller walks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

_SAFE_CONFIG = (
    ("core.fsmonitor", "false"),  # may name a command
    ("core.hooksPath", os.devnull),
    ("safe.bareRepository", "explicit"),
    ("protocol.allow", "never"),  # a partial clone would fetch what it lacks, by a command of its choice
)
_KEPT = frozenset({"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"})
"""They name the user's settings and git's own parts; GIT_DIR and its like would name another repository."""
_PATHSPEC_BYTES_MAX = 100_000
"""Longer lists of paths are not handed to git, which then lists everything."""


def list_files(
    folder: Path, *, timeout_s: float, untracked: bool = True, only: Iterable[bytes] = ()
) -> list[bytes] | None:
    """Paths relative to `folder` that git counts as the work tree's own, ignored files left out.

    A nested repository comes as a path ending in a slash, a submodule as its folder's path.

    Args:
        folder: A work tree or a folder in one.
        timeout_s: How long git may take.
        untracked: Whether files that were never added count.
        only: Paths outside of which nothing needs to be listed; more may come.
    """
    paths = list(only)
    if sum(map(len, paths)) > _PATHSPEC_BYTES_MAX:
        paths = []
    kinds = ("-c", "-o", "--exclude-standard") if untracked else ("-c",)
    output = _run(folder, ("ls-files", *kinds, "-z", "--", *paths), timeout_s=timeout_s)
    if output is None:
        return None
    return [path for path in dict.fromkeys(output.split(b"\0")) if path and not _leads_out(path)]


def staged_changes(folder: Path, *, timeout_s: float) -> bytes | None:
    """What the next commit is to hold of `folder`, as a unified diff whose paths begin there.

    Args:
        folder: A work tree or a folder in one.
        timeout_s: How long git may take.
    """
    safe = ("--no-ext-diff", "--no-textconv", "--ignore-submodules")  # the first two run programs that a folder names
    form = ("--cached", "--relative", "--no-color", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/", "-U4")
    return _run(folder, ("-c", "core.quotePath=false", "diff", *safe, *form), timeout_s=timeout_s)


def global_excludes(folder: Path, *, timeout_s: float) -> Path:
    """The user's own ignore file, which holds in every repository."""
    output = _run(folder, ("config", "--type=path", "--get", "core.excludesFile"), timeout_s=timeout_s)
    named = os.fsdecode(output.strip()) if output else ""
    return Path(named) if named else default_excludes()


def default_excludes() -> Path:
    """Where git looks for the user's ignore file unless told otherwise."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111  Path.expanduser raises without a home
    return Path(base) / "git" / "ignore"


def _run(folder: Path, arguments: Iterable[str | bytes], *, timeout_s: float) -> bytes | None:
    program = git_program(folder)
    if program is None:
        return None
    settings = [part for key, value in _SAFE_CONFIG for part in ("-c", f"{key}={value}")]
    try:
        done = subprocess.run(
            [program, "--no-pager", "--literal-pathspecs", *settings, *arguments],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def git_program(folder: Path) -> str | None:
    """git from PATH, but not from `.` and not from within `folder`: a workspace must not bring its own."""
    entries = [entry for entry in os.environ.get("PATH", "").split(os.pathsep) if Path(entry).is_absolute()]
    found = shutil.which("git", path=os.pathsep.join(entries)) if entries else None
    if found is None or Path(found).resolve().is_relative_to(folder.resolve()):
        return None
    return found


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name in _KEPT}
    return kept | {
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
    }


def _leads_out(path: bytes) -> bool:
    return path.startswith((b"/", b"../")) or b"/../" in path
