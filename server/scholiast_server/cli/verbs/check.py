"""`scholiast check`: citations in files held against the code. Must not know how they are found or judged."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from scholiast_server.cli.console import Console
from scholiast_server.cli.refresh import make_current, require_index
from scholiast_server.cli.session import Session, start
from scholiast_server.cli.words import counted
from scholiast_server.errors import MendingError, UsageError

if TYPE_CHECKING:
    from scholiast_indexer.index import Index
    from scholiast_server.citing import Finding

FIX_HINT = "(--fix)"
GAP = "   "


class Found(NamedTuple):
    """A citation that needs attention, in its file."""

    path: str
    line: int
    column: int
    finding: Finding
    is_fixed: bool

    @property
    def cited(self) -> str:
        """With its lines, `src/app.py:10-20`, though it be written with another dash or a column."""
        cited = self.finding.citation
        lines = f"{cited.start_line}" + (f"-{cited.end_line}" if cited.end_line > cited.start_line else "")
        return f"{cited.path}:{lines}"


class Checkup(NamedTuple):
    """All that was looked through."""

    files: int
    citations: int
    found: Sequence[Found]

    @property
    def left(self) -> list[Found]:
        """What still needs attention."""
        return [item for item in self.found if not item.is_fixed]


def run(options: Namespace, _console: Console) -> int:
    """0 when every citation holds or was put right, 1 when not."""
    session = start(options)
    require_index(session)
    named = [_relative(session, given) for given in options.files]
    with session.index() as index:
        make_current(index, session, "never" if options.refresh == "never" else "always")
        checkup = _check(_chosen(named, index), index, session, fixes=options.fix)
    if options.sarif:
        from scholiast_server.cli.sarif import sarif

        session.console.document(sarif([item[:4] for item in checkup.left]))
    elif options.json:
        session.console.document(_document(session, checkup))
    else:
        for line in _lines(session, checkup):
            session.console.line(line)
    return 1 if checkup.left else 0


def _check(paths: Sequence[str], index: Index, session: Session, *, fixes: bool) -> Checkup:
    from scholiast_server.citing import check_text, place
    from scholiast_server.citing.source import IndexSource

    source = IndexSource(index)
    citations, found = 0, []
    for path in paths:
        data = index.read(path)
        data = _not_indexed(session.file(path)) if data is None else data
        checked = check_text(data, path, source)
        moved = [finding for finding in checked.findings if finding.replacement]
        is_fixed = fixes and bool(moved) and _fix(session, path, data, moved)
        citations += checked.total
        found += [
            Found(path, *place(data, finding.citation), finding, is_fixed and bool(finding.replacement))
            for finding in checked.findings
        ]
    return Checkup(len(paths), citations, found)


# -- which files --------------------------------------------------------------------------------------------------


def _relative(session: Session, given: str) -> str:
    """A path that was named, as the index calls it; empty for the workspace itself.

    Raises:
        UsageError: There is no such file or folder in the workspace.
    """
    named = Path(os.path.realpath(given))
    root = Path(os.path.realpath(session.root))
    if not given or not named.exists():
        raise UsageError(f"{given or 'a path'} does not exist.\n  Name documents, files of code or folders.")
    if not named.is_file() and not named.is_dir():
        raise UsageError(f"{given} is neither a file nor a folder.\n  Leave it out.")
    if named != root and root not in named.parents:
        raise UsageError(f"{given} is outside of {root}.\n  Name the folder of its code: --root DIR")
    return "" if named == root else named.relative_to(root).as_posix()


def _chosen(named: Sequence[str], index: Index) -> list[str]:
    """The files to look through: those named and those in folders named, or else all documents but those of tests."""
    from scholiast_indexer.languages import detect
    from scholiast_indexer.search.places import place_of
    from scholiast_server.models.extractive.source import PROSE

    paths = index.paths()
    if not named:
        return [path for path in paths if place_of(path) == "document" and detect(path) in PROSE]
    indexed = set(paths)
    chosen: dict[str, None] = {}
    for name in named:
        within = paths if not name else [path for path in paths if path.startswith(f"{name}/")]
        is_file = name in indexed or (index.root / name).is_file()
        chosen.update(dict.fromkeys([name] if is_file else within))
    return list(chosen)


def _not_indexed(file: Path) -> bytes:
    """A file that was named though it is not indexed, or that went since; what can't be read cites nothing."""
    from scholiast_server.citing.limits import TEXT_BYTES_MAX

    try:
        with file.open("rb") as opened:
            return opened.read(TEXT_BYTES_MAX + 1)
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.\n  Leave it out, or make it readable.") from error


# -- mending ------------------------------------------------------------------------------------------------------


def _fix(session: Session, path: str, data: bytes, moved: Sequence[Finding]) -> bool:
    """Whether citations of moved code were put right in their file; not where it is another text than was checked.

    Raises:
        MendingError: It can't be written; it is as it was.
    """
    from scholiast_server.citing import mended
    from scholiast_server.userdata import write_whole

    file = session.file(path)
    try:
        if file.is_symlink() or file.read_bytes() != data:
            session.console.note(f"{session.shown(path)} is no plain UTF-8, or was changed meanwhile: left as it is")
            return False
        write_whole(file, mended(data, moved), file.stat().st_mode & 0o7777)
    except OSError as error:
        raise MendingError(
            f"{file} can't be written: {error.strerror}.\n  Make it writable, or leave out --fix."
        ) from error
    return True


# -- output -------------------------------------------------------------------------------------------------------


def _document(session: Session, checkup: Checkup) -> dict[str, Any]:
    return {
        "root": str(session.root),
        "files": checkup.files,
        "citations": checkup.citations,
        "findings": [
            {
                "path": item.path,
                "line": item.line,
                "column": item.column,
                "citation": item.cited,
                "status": item.finding.status,
                "reason": item.finding.reason,
                "replacement": item.finding.replacement or None,
                "fixed": item.is_fixed,
            }
            for item in checkup.found
        ],
    }


def _lines(session: Session, checkup: Checkup) -> Iterator[str]:
    """Each citation with its place and what is wrong with it, in columns; then how many there are."""
    out = session.console.out
    places = [f"{out.visible_name(session.shown(item.path))}:{item.line}" for item in checkup.found]
    cited = [out.visible_name(item.cited) for item in checkup.found]
    widths = max(map(len, places), default=0), max(map(len, cited), default=0)
    for item, at, text in zip(checkup.found, places, cited, strict=True):
        where = out.link(out.paint(at, "path"), session.file(item.path), item.line) + " " * (widths[0] - len(at))
        yield GAP.join([where, f"{text:<{widths[1]}}", _told(item, session)])
    left = len(checkup.left)
    if not checkup.citations:
        yield f"no citations in {counted(checkup.files, 'file')}"
    elif left:
        verb = "needs" if left == 1 else "need"
        yield out.paint(f"{left:,} of {counted(checkup.citations, 'citation')} {verb} attention", "warning")
    else:
        yield out.paint(
            f"{counted(checkup.citations, 'citation')} {'holds' if checkup.citations == 1 else 'hold'}", "good"
        )


def _told(item: Found, session: Session) -> str:
    """`moved → :262   (--fix)`, `broken: src/app.py is gone`."""
    out, finding = session.console.out, item.finding
    if not finding.replacement:
        return f"{out.paint('broken', 'bad')}: {out.visible_name(finding.reason)}"
    is_same = finding.path == finding.citation.path
    to = out.visible_name(finding.replacement.removeprefix(finding.path if is_same else ""))
    hint = out.paint("fixed", "good") if item.is_fixed else out.paint(FIX_HINT, "dim")
    return f"{out.paint('moved', 'warning')} → {to}{GAP}{hint}"
