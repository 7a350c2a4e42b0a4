"""What a user said of answers as a Markdown document. Must not know the wire, or how it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scholiast_server.lookup.markdown import code, label, prose

if TYPE_CHECKING:
    from scholiast_server.feedback.record import Record
    from scholiast_server.feedback.store import Kept

HOW_TO_DELETE = "scholiast feedback forget"
_EDIT_CHARACTERS_MAX = 300


def verdicts_page(kept: Kept, file: str | None) -> str:
    """All of them, the latest first, where they lie, and how to delete them."""
    told = [f"{_counted(len(kept.records))} on answers, on this machine alone: {code(file)}." if file else ""]
    if kept.records:
        told.append(
            f"Delete all of them with {code(f'{HOW_TO_DELETE} --all')}, some with {code(f'{HOW_TO_DELETE} ID')}. "
            f"The setting {code('answer.feedback')} says whether any are kept."
        )
    told += [prose(f"Can't be read: {problem}") for problem in kept.damaged]
    rows = [_row(record) for record in reversed(kept.records)]
    return "\n\n".join(["# What you said of answers", *filter(None, told), *rows]) + "\n"


def gist(kept: Kept, file: str | None) -> str:
    """The same in a line."""
    return f"{_counted(len(kept.records))} on answers, on this machine alone: {file}"


def _row(record: Record) -> str:
    place = f"{Path(record.folder).name} · {record.time[:10]} · {code(record.answer_id[:8])}"
    said = f"- **{record.verdict}** {label(record.answer.question)}  \n  {place}"
    if record.edit is None:
        return said
    edit = record.edit if len(record.edit) <= _EDIT_CHARACTERS_MAX else f"{record.edit[:_EDIT_CHARACTERS_MAX]}…"
    return f"{said}  \n  Your version: {prose(edit)}"


def _counted(number: int) -> str:
    return f"{number:,} verdict" + ("" if number == 1 else "s")
