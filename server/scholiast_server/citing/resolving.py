"""Holds one citation against the code as it is now. Must not know where in a text it stands, or who is told.

In doubt it says nothing: a note about a citation that is right does more harm than one that is missing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from scholiast_indexer.languages import detect
from scholiast_indexer.types import Symbol
from scholiast_server.citing.types import Finding, Name, Source, Written


def judge(citation: Written, near: str, source: Source) -> Finding | None:
    """What is wrong with a citation; None when it holds, or when nobody can tell.

    Args:
        citation: As found in a text.
        near: Path of the file with that text: paths may be relative to its folder.
        source: The index.
    """
    for path in _direct_paths(citation.path, near):
        lines = source.lines(path)
        if lines is not None:
            return _in_file(citation, path, lines, source, shown_path=citation.path)
        if source.exists(path):
            return None  # not indexed: nothing is known of its lines
    return _elsewhere(citation, source)


def _direct_paths(path: str, near: str) -> list[str]:
    """Where the path leads from the workspace's folder, and from that of the text."""
    joined = (posixpath.normpath(path), posixpath.normpath(posixpath.join(posixpath.dirname(near), path)))
    return [found for found in dict.fromkeys(joined) if not found.startswith("..")]


def _elsewhere(citation: Written, source: Source) -> Finding | None:
    """There is no such file: its path may be shortened, or it was moved, or it is gone."""
    wanted = re.sub(r"^(?:\.\./)+", "", posixpath.normpath(citation.path))
    name = posixpath.basename(wanted)
    namesakes = source.namesakes(name)
    ends = [path for path in namesakes if path.endswith(f"/{wanted}")]
    if len(ends) == 1:
        lines = source.lines(ends[0])
        return None if lines is None else _in_file(citation, ends[0], lines, source, shown_path=citation.path)
    is_certain = "/" in wanted and detect(name) is not None  # `host.py:80` names no file for certain
    if ends or not is_certain:
        return None
    for path in namesakes if len(namesakes) == 1 else ():
        lines = source.lines(path)
        found = None if lines is None else _in_file(citation, path, lines, source, shown_path=path)
        if lines is not None and (found is None or found.status == "moved"):
            start, end = (found.start_line, found.end_line) if found else (citation.start_line, citation.end_line)
            return Finding(citation, "moved", f"{citation.path} is {path} now", path, start, end)
    return Finding(citation, "broken", f"{citation.path} is gone")


def _in_file(
    citation: Written, path: str, lines: Sequence[bytes], source: Source, *, shown_path: str
) -> Finding | None:
    exists = citation.end_line <= max(1, len(lines))
    if exists and not citation.names:
        return None
    defined = {name: source.definitions(path, name.last) for name in citation.names}
    if exists and _hold(defined, citation, lines):
        return None
    for name, symbols in defined.items():
        symbol = _definition(name, symbols)
        if symbol is not None:
            return _moved(citation, name, symbol, shown_path)
    if not exists:
        return Finding(citation, "broken", f"{shown_path} has {len(lines):,} {'line' if len(lines) == 1 else 'lines'}")
    quoted = [f"`{name.text}`" for name in citation.names if name.is_quoted]
    if not quoted:
        return None
    what = f"lines {citation.start_line}-{citation.end_line}" if _spans(citation) else f"line {citation.start_line}"
    verb = "mention none of" if len(quoted) > 1 else "do not mention" if _spans(citation) else "does not mention"
    if len(quoted) > 1 and not _spans(citation):
        verb = "mentions none of"
    return Finding(citation, "broken", f"{what} of {shown_path} {verb} {', '.join(quoted)}")


def _hold(defined: Mapping[Name, Sequence[Symbol]], citation: Written, lines: Sequence[bytes]) -> bool:
    """Whether the lines mention one of the names, or lie in a definition of it."""
    first, end = citation.start_line - 1, citation.end_line
    if any(symbol.start_line < end and first < symbol.end_line for symbols in defined.values() for symbol in symbols):
        return True
    text = b"\n".join(lines[first:end]).decode("utf-8", "replace")
    return any(_stands_in(text, name.last) for name in defined)


def _stands_in(text: str, name: str) -> bool:
    """Whether a name stands in a text by itself; most texts without it are told at once."""
    return name in text and re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text) is not None


def _definition(name: Name, symbols: Sequence[Symbol]) -> Symbol | None:
    """The one definition that the name can mean; of several only one that its whole path tells from the others."""
    if len(symbols) > 1:
        tail = ".".join(name.steps)
        symbols = [symbol for symbol in symbols if symbol.path == tail or symbol.path.endswith(f".{tail}")]
    return symbols[0] if len(symbols) == 1 else None


def _moved(citation: Written, name: Name, symbol: Symbol, path: str) -> Finding:
    """To the definition's lines, or to its first where one line was cited."""
    start = symbol.start_line + 1
    end = symbol.end_line if _spans(citation) else start
    where = f"at lines {start}-{end}" if end > start else f"at line {start}"
    return Finding(citation, "moved", f"`{name.text}` is {where} now", path, start, end)


def _spans(citation: Written) -> bool:
    return citation.end_line > citation.start_line
