"""Lists a folder by its ignore files alone, with git's answer; must not know why else files are skipped.

Folders that are ignored or left out whole are not entered. One difference to git remains: a file that is
tracked although it is ignored is not found.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scholiast_indexer.workspace.folders import Folders, leads_to_reinclude
from scholiast_indexer.workspace.git import default_excludes
from scholiast_indexer.workspace.ignore import Rules, decide, read_rules
from scholiast_indexer.workspace.paths import Selection
from scholiast_indexer.workspace.repository import common_folder, git_folder, repository_above

IGNORE_NAME = b".gitignore"


class Place(NamedTuple):
    """A folder on the way, with the git rules that hold in it."""

    path: bytes
    """Relative to the workspace; empty for the root."""
    ignores: tuple[Rules, ...]
    shut: bool = False
    """Ignored, and entered only because a `!pattern` of `.scholiastignore` speaks of something below."""
    selected: bool = False
    """Everything below is selected."""


def walk(
    root: Path, start: bytes, folders: Folders, selection: Selection, excludes: Path | None = None
) -> Iterator[bytes]:
    """Paths relative to `root` of what belongs to the folder `start`.

    Nested repositories and folders left out whole are not entered and come with a slash at the end.

    Args:
        root: The workspace.
        start: The folder in it to walk, empty for all; a git work tree's root unless it is `root` itself.
        folders: What else holds for folders.
        selection: Which part is wanted.
        excludes: The user's own ignore file; git's default place for it when None.
    """
    root_bytes = os.fsencode(root)
    ignores = _rules_at_start(root, start, excludes or default_excludes())
    waiting = [Place(start, ignores, selected=selection.covers(start))]
    while waiting:
        place = waiting.pop()
        for entry in _entries(root_bytes, place.path):
            path = place.path + b"/" + entry.name if place.path else entry.name
            if not (place.selected or selection.touches(path)):
                continue
            if not entry.is_dir(follow_symlinks=False):
                if _belongs(entry, path, place, folders):
                    yield path
                continue
            inner = _inner(path, entry.name, place, folders)
            if inner is None:
                continue
            if folders.get(path).left_out is not None or git_folder(root / os.fsdecode(path)) is not None:
                yield path + b"/"
            else:
                waiting.append(_with_own_rules(root_bytes, inner, selection))


def is_ignored_folder(root: Path, path: bytes, ignores: dict[bytes, tuple[Rules, ...]]) -> bool:
    """Whether git's rules leave out a folder whose parents they let in; `ignores` keeps what was read."""
    return _is_ignored_by_git(root, path, ignores, folder=True)


def lets_in(root: Path, path: bytes, folders: Folders) -> bool:
    """Whether a file at `path` would be listed, as far as ignore files tell; it need not be there."""
    ignores: dict[bytes, tuple[Rules, ...]] = {}
    shut = False
    for folder in (path[:at] for at, byte in enumerate(path) if byte == ord("/")):
        parent, _, name = folder.rpartition(b"/")
        own = folders.get(parent).own
        asked = decide(own, folder, name, folder=True) if own else None
        shut = asked is None and (shut or _is_ignored_by_git(root, folder, ignores, folder=True))
        if shut and not leads_to_reinclude(own, folder):
            return False
    parent, _, name = path.rpartition(b"/")
    own = folders.get(parent).own
    asked = decide(own, path, name, folder=False) if own else None
    if asked is not None:
        return asked.negated
    return not shut and not _is_ignored_by_git(root, path, ignores, folder=False)


def _is_ignored_by_git(root: Path, path: bytes, ignores: dict[bytes, tuple[Rules, ...]], *, folder: bool) -> bool:
    parent, _, name = path.rpartition(b"/")
    if b"" not in ignores:
        ignores[b""] = _rules_at_start(root, b"", default_excludes())
    pattern = decide(_rules_of(root, parent, ignores), path, name, folder=folder)
    return pattern is not None and not pattern.negated


def _rules_of(root: Path, path: bytes, ignores: dict[bytes, tuple[Rules, ...]]) -> tuple[Rules, ...]:
    known = ignores.get(path)
    if known is None and git_folder(root / os.fsdecode(path)) is not None:
        known = ignores[path] = _rules_at_start(root, path, default_excludes())
    if known is None:
        above = _rules_of(root, path.rpartition(b"/")[0], ignores)
        rules = read_rules(os.fsencode(root) + b"/" + path + b"/" + IGNORE_NAME, skip=len(path) + 1)
        known = (rules, *above) if rules else above
        ignores[path] = known
    return known


def _inner(path: bytes, name: bytes, place: Place, folders: Folders) -> Place | None:
    """The folder as a place to walk; None when it is not to be entered."""
    folder = folders.get(path)
    if folder.left_out == "":
        return None
    own = folders.get(place.path).own
    asked = decide(own, path, name, folder=True) if own else None
    if asked is not None:  # and negated: else the folder would be left out
        return Place(path, place.ignores, selected=place.selected)
    shut = place.shut or _is_ignored(path, name, place, folder=True)
    if shut and (folder.left_out or not leads_to_reinclude(own, path)):
        return None
    return Place(path, place.ignores, shut, place.selected)


def _belongs(entry: os.DirEntry[bytes], path: bytes, place: Place, folders: Folders) -> bool:
    own = folders.get(place.path).own
    asked = decide(own, path, entry.name, folder=False) if own else None
    if asked is not None:
        return asked.negated
    return not place.shut and not _is_ignored(path, entry.name, place, folder=False)


def _is_ignored(path: bytes, name: bytes, place: Place, *, folder: bool) -> bool:
    pattern = decide(place.ignores, path, name, folder=folder) if place.ignores else None
    return pattern is not None and not pattern.negated


def _with_own_rules(root: bytes, place: Place, selection: Selection) -> Place:
    rules = read_rules(root + b"/" + place.path + b"/" + IGNORE_NAME, skip=len(place.path) + 1)
    ignores = (rules, *place.ignores) if rules else place.ignores
    return place._replace(ignores=ignores, selected=place.selected or selection.covers(place.path))


def _rules_at_start(root: Path, start: bytes, excludes: Path) -> tuple[Rules, ...]:
    """The rules that hold where a walk begins: the user's, the repository's, the folder's and above."""
    folder = root / os.fsdecode(start)
    top = repository_above(folder)
    within = len(start) + 1 if start else 0
    if top is None:
        return _stack(read_rules(folder / ".gitignore", skip=within))
    lead = b"".join(os.fsencode(part) + b"/" for part in folder.relative_to(top).parts)
    if not lead:
        common = common_folder(folder)
        exclude_file = common / "info" / "exclude" if common else folder
        own = read_rules(folder / ".gitignore", skip=within)
        return _stack(own, read_rules(exclude_file, skip=within), read_rules(excludes, skip=within))
    from_above = _rules_from_above(top, lead, excludes)
    return _stack(read_rules(folder / ".gitignore"), *from_above)


def _rules_from_above(top: Path, lead: bytes, excludes: Path) -> tuple[Rules, ...]:
    """The rules of a work tree for a workspace that is one of its folders; none when they ignore that folder.

    Whoever asks for an ignored folder wants it. (So does a project in a home folder that git keeps with `*`.)
    """
    common = common_folder(top)
    exclude_file = common / "info" / "exclude" if common else top
    stack = _stack(*(read_rules(file) for file in (top / ".gitignore", exclude_file, excludes)))
    parts = lead.rstrip(b"/").split(b"/")
    for depth in range(1, len(parts) + 1):
        path = b"/".join(parts[:depth])
        pattern = decide(stack, path, parts[depth - 1], folder=True)
        if pattern is not None and not pattern.negated:
            return ()
        if depth < len(parts):
            stack = _stack(read_rules(top / os.fsdecode(path) / ".gitignore", skip=len(path) + 1), *stack)
    # Paths will come relative to the workspace: what was to be skipped at the front is not there any more.
    return tuple(rules._replace(skip=0, lead=lead[rules.skip :]) for rules in stack)


def _stack(*rules: Rules | None) -> tuple[Rules, ...]:
    return tuple(found for found in rules if found is not None)


def _entries(root: bytes, path: bytes) -> list[os.DirEntry[bytes]]:
    try:
        with os.scandir(root + b"/" + path) as entries:
            return [entry for entry in entries if entry.name != b".git"]
    except OSError:
        return []
