"""Which adapters a user has chosen by `scholiast adapters use`: for everything, a workspace, a task.

Must not know what an adapter is.

It is a state, not a settings file: programs write it, and settings hold over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from scholiast_server.adapters.limits import MANIFEST_BYTES_MAX
from scholiast_server.adapters.storage import changing
from scholiast_server.errors import AdapterError
from scholiast_server.models.protocol import Task
from scholiast_server.userdata import write_whole

FORMAT = 1
"""Of the file. 1: the first."""
FILE = "selection.json"
FILE_BYTES_MAX = 16 * MANIFEST_BYTES_MAX
ANY: Literal["any"] = "any"
"""For every task that has none of its own."""

Place = Task | Literal["any"]
Choices = Mapping[Place, str]
"""What was chosen, as people write it, by task."""


class _DamagedError(AdapterError):
    """The file can't be read as what it should be."""


class Selection(msgspec.Struct, frozen=True):
    """All that was chosen."""

    everywhere: Choices = {}
    workspaces: Mapping[str, Choices] = {}
    """By the folder of the workspace."""
    format: int = FORMAT

    def chosen(self, root: Path | None, task: Task) -> tuple[str, Place] | None:
        """What was chosen for a task, and whether for it alone; what is nearest holds."""
        for choices in (self.workspaces.get(str(root), {}), self.everywhere):
            for place in (task, ANY):
                if place in choices:
                    return choices[place], place
        return None

    def names(self, name: str) -> bool:
        """Whether an adapter is chosen anywhere."""
        every = [self.everywhere, *self.workspaces.values()]
        return any(_names(text, name) for choices in every for text in choices.values())


def read_selection(folder: Path | None) -> Selection:
    """What is chosen now.

    Raises:
        AdapterError: The file is damaged; the message says what to do.
    """
    if folder is None:
        return Selection()
    path = folder / FILE
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
        found = msgspec.json.decode(data, type=Selection)
    except FileNotFoundError:
        return Selection()
    except OSError as error:
        raise AdapterError(f"{path} can't be read: {error.strerror or error}.\n  Check its permissions.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _DamagedError(
            f"{path}, which says what adapter is in use, is damaged: {error}.\n"
            "  Choose again, which sets it aside: scholiast adapters use NAME"
        ) from error
    if found.format > FORMAT:
        raise AdapterError(f"{path} was written by a newer version of Scholiast.\n  Upgrade this one.")
    return found


def change_selection(folder: Path | None, text: str | None, *, places: tuple[Place, ...], root: Path | None) -> None:
    """Choose something, or with None take a choice back.

    Args:
        folder: The user's data folder.
        text: As people write it, `none` for the model as it is.
        places: What it is for.
        root: The workspace it is for; None is every one.

    Raises:
        AdapterError: Nothing can be written.
    """
    with changing(folder) as found:
        _write(found, with_choice(_kept(found), text, places, root))


def forget(folder: Path | None, name: str) -> bool:
    """Take back every choice of an adapter that is gone; whether there was one."""
    with changing(folder) as found:
        selection = _kept(found)
        if not selection.names(name):
            return False
        workspaces = {root: _without(choices, name) for root, choices in selection.workspaces.items()}
        kept = {root: choices for root, choices in workspaces.items() if choices}
        _write(found, Selection(_without(selection.everywhere, name), kept))
        return True


def with_choice(selection: Selection, text: str | None, places: tuple[Place, ...], root: Path | None) -> Selection:
    """A selection with something chosen, or with None taken back."""
    choices = dict(selection.everywhere if root is None else selection.workspaces.get(str(root), {}))
    for place in places:
        if place == ANY and text is not None:
            choices.clear()  # what holds for everything holds for each
        choices.pop(place, None)
        if text is not None:
            choices[place] = text
    if root is None:
        return msgspec.structs.replace(selection, everywhere=choices)
    workspaces = {**selection.workspaces, str(root): choices}
    return msgspec.structs.replace(selection, workspaces={key: each for key, each in workspaces.items() if each})


def _kept(folder: Path) -> Selection:
    """What is chosen; a damaged file is set aside."""
    try:
        return read_selection(folder)
    except _DamagedError:
        path = folder / FILE
        path.replace(path.with_suffix(".damaged.json"))
        return Selection()


def _write(folder: Path, selection: Selection) -> None:
    write_whole(folder / FILE, msgspec.json.format(msgspec.json.encode(selection), indent=2) + b"\n")


def _names(text: str, name: str) -> bool:
    return any(item.partition(":")[0] == name for item in text.split(","))


def _without(choices: Choices, name: str) -> Choices:
    """Of several that are chosen together the others stay."""
    left: dict[Place, str] = {
        place: ",".join(item for item in text.split(",") if not _names(item, name)) for place, text in choices.items()
    }
    return {place: text for place, text in left.items() if text}
