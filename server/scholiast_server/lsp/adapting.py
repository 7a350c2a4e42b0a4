"""The adapters that the texts of one connection are written under. Must not know methods or how anything is written.

What is chosen in the editor holds for all its folders, over what settings say, and is there again the next time.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scholiast_server.engines import engine_kind, model_name
from scholiast_server.lsp.failures import failed

if TYPE_CHECKING:
    from scholiast_server.adapters.choosing import Choice
    from scholiast_server.adapters.listing import Row
    from scholiast_server.adapters.selection import Selection
    from scholiast_server.lsp.sessions import Session
    from scholiast_server.models.protocol import Task


class Adapting:
    """Of one connection; for any thread but that of the event loop, but for what says otherwise."""

    def __init__(self) -> None:
        self._held: Selection | None = None

    def forget(self) -> None:
        """Go by settings again. For the event loop too."""
        self._held = None

    def choice(self, task: Task, session: Session, asked: str | None = None) -> Choice:
        """What a text of a folder is written under."""
        from scholiast_server.compose import adapters_for

        return adapters_for(task, session.settings, Path(session.root.real), asked, held=self._held)

    def select(self, text: str | None, task: Task | None, session: Session) -> None:
        """Choose what texts are written under from now on.

        Args:
            text: As people write it; None is the model as it is.
            task: What it is for; None is everything that it serves.
            session: The folder whose model has to take it.

        Raises:
            JsonRpcException: It can't be used; the message says why and what to do.
        """
        from scholiast_server.adapters.manifest import NONE
        from scholiast_server.adapters.registry import Registry
        from scholiast_server.adapters.selection import ANY, Selection, change_selection, with_choice
        from scholiast_server.adapters.wanted import checked_wanted, parsed, written
        from scholiast_server.errors import AdapterError

        places = (task or ANY,)
        registry = Registry()
        try:
            if engine_kind(session.settings) == "endpoint":  # which adapters there are the server knows
                wanted = parsed(text or NONE, of_server=True)
                self._held = with_choice(self._held or Selection(), written(wanted), places, None)
                return
            wanted = checked_wanted(text or NONE, registry, [task] if task else [])
            names = {each.name for each in wanted}
            for row in self._rows(session):
                if row.name in names and row.problem:
                    raise AdapterError(row.problem)
            change_selection(registry.folder, written(wanted), places=places, root=None)
        except AdapterError as error:
            raise failed(str(error)) from error
        self._held = with_choice(self._held or Selection(), written(wanted), places, None)

    def document(self, session: Session) -> dict[str, Any]:
        """All adapters, and the one that answers of a folder are written under.

        Raises:
            JsonRpcException: They can't be read; the message says what to do.
        """
        from scholiast_server.errors import AdapterError

        try:
            rows = self._rows(session)
        except AdapterError as error:
            raise failed(str(error)) from error
        return {
            "adapters": [_document(row) for row in rows],
            "selected": self.names(session),
            "engine": engine_kind(session.settings),
            "model": model_name(session.settings) or None,
        }

    def names(self, session: Session) -> str | None:
        """Of the adapters that answers of a folder are written under."""
        return ", ".join(use.name for use in self.choice("ask", session).uses) or None

    def _rows(self, session: Session) -> list[Row]:
        from scholiast_server.compose import adapter_rows

        return adapter_rows(session.settings, Path(session.root.real), held=self._held)


def _document(row: Row) -> dict[str, Any]:
    problem, _, advice = (row.problem or "").partition("\n")
    return {
        "name": row.name,
        "file": row.file,
        "architecture": row.architecture,
        "rank": row.rank,
        "alpha": row.alpha,
        "scale": row.scale,
        "tasks": row.tasks,
        "base": row.base.name if row.base else None,
        "fits": row.fits,
        "problem": problem or None,
        "advice": "\n".join(line.strip() for line in advice.splitlines()) or None,
        "remark": row.remark,
        "selected": "ask" in row.in_use,
        "in_use": row.in_use,
    }
