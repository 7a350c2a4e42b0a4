"""What holds for each folder of a workspace beside git's own rules; must not know how paths were found.

`.scholiastignore` decides before anything else, then the folder's kind. Answers are kept, so that a folder's
rule files are read once a scan.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection
from hashlib import blake2b
from typing import NamedTuple

from scholiast_indexer.workspace.attributes import Marks, add_attributes
from scholiast_indexer.workspace.ignore import Rules, decide, make_rules, read_small
from scholiast_indexer.workspace.values import Reinclude
from scholiast_indexer.workspace.vendored import OWN_FOLDERS, reason_for_folder
from scholiast_indexer.workspace.wildmatch import Pattern, parse_lines

IGNORE_NAME = b".scholiastignore"
ATTRIBUTES_NAME = b".gitattributes"


class Folder(NamedTuple):
    """One folder and what it passes on to what lies in it."""

    left_out: str | None = None
    """None: its files may belong. Empty: it does not belong. Otherwise the reason to report."""
    left_out_path: bytes = b""
    """The outermost folder that is left out, with a slash."""
    reinclude: Reinclude = "no"
    own: tuple[Rules, ...] = ()
    """`.scholiastignore` of this folder and those above it, the nearest first."""
    marks: Marks = Marks()


class Folders:
    """The folders of one workspace during one scan."""

    def __init__(self, root: bytes, supposed: Collection[bytes] = ()) -> None:
        """`supposed` are paths of folders that count as there although they are not yet."""
        self._root = root
        self._supposed = frozenset(supposed)
        self._known: dict[bytes, Folder] = {}
        self._texts: list[bytes] = []
        self.reincludes: list[Pattern] = []
        """Every `!pattern` seen so far: where there is one, git's listing alone is not enough."""
        self._known[b""] = self._with_rules(b"", Folder())

    def get(self, path: bytes) -> Folder:
        """The folder at `path` (relative, no slash at the end; empty for the root)."""
        known = self._known.get(path)
        if known is None:
            parent, _, name = path.rpartition(b"/")
            above = self.get(parent)
            if above.left_out is None and not self._is_real(path):
                return Folder("", path + b"/")  # not kept: it may be there at the next question
            known = self._known[path] = self._enter(path, name, above)
        return known

    def digest(self) -> bytes:
        """A digest of every rule file read so far, whatever the order."""
        return blake2b(b"\0".join(sorted(self._texts)), digest_size=16).digest()

    def _enter(self, path: bytes, name: bytes, parent: Folder) -> Folder:
        if parent.left_out is not None:
            return parent
        if name in OWN_FOLDERS:
            return Folder("", path + b"/")
        pattern = decide(parent.own, path, name, folder=True) if parent.own else None
        if pattern is not None and not pattern.negated:
            return Folder("", path + b"/")
        reason = reason_for_folder(self._root, path) if pattern is None else None
        if reason is not None:
            return Folder(reason, path + b"/")
        return self._with_rules(path, parent if pattern is None else parent._replace(reinclude="pattern"))

    def _is_real(self, path: bytes) -> bool:
        """Whether it is a folder and no link: git lists what it tracked below a path that became a link."""
        if path in self._supposed:
            return True
        try:
            return stat.S_ISDIR(os.lstat(self._root + b"/" + path).st_mode)
        except OSError:
            return False

    def _with_rules(self, path: bytes, inherited: Folder) -> Folder:
        below = path + b"/" if path else b""
        place = self._root + b"/" + below
        own_text, attributes = read_small(place + IGNORE_NAME), read_small(place + ATTRIBUTES_NAME)
        own, marks = inherited.own, inherited.marks
        if own_text:
            patterns = parse_lines(own_text)
            self.reincludes += [pattern for pattern in patterns if pattern.negated]
            rules = make_rules(patterns, skip=len(below))
            own = (rules, *own) if rules else own
        if attributes and b"linguist-" in attributes:
            marks = add_attributes(marks, attributes, skip=len(below))
        self._texts += [below + b"\0" + text for text in (own_text, attributes) if text]
        return inherited._replace(own=own, marks=marks)


def leads_to_reinclude(stack: tuple[Rules, ...], path: bytes) -> bool:
    """Whether an anchored `!pattern` speaks of something below the folder `path`, ignored though it is."""
    for rules in stack:
        below = rules.lead + path[rules.skip :] + b"/"
        if any(p.negated and (p.stem + b"/").startswith(below) for p, _ in rules.patterns if p.anchored):
            return True
    return False
