"""Which adapters a text is written under: what was asked for, else what settings say, else what was chosen last.

Must not know how anything is written. An adapter that can't be used is no error here: the model as it is writes, and
the note says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from scholiast_server.adapters.checking import verdict
from scholiast_server.adapters.manifest import Manifest
from scholiast_server.adapters.registry import Registry
from scholiast_server.adapters.selection import ANY, Selection, read_selection
from scholiast_server.adapters.wanted import Wanted, parsed
from scholiast_server.errors import AdapterError
from scholiast_server.models.protocol import AdapterUse, Task, without_adapters
from scholiast_server.settings import Settings

Origin = Literal["asked", "settings", "chosen", "nothing"]


class Choice(msgspec.Struct, frozen=True):
    """What to write under."""

    uses: tuple[AdapterUse, ...] = ()
    note: str = ""
    """What the user should know: that an adapter can't be used, and why."""


class Named(msgspec.Struct, frozen=True):
    """What is wanted for a task, by name."""

    text: str = ""
    """As people write it; empty where nothing is wanted."""
    origin: Origin = "nothing"
    is_general: bool = False
    """Whether it was chosen for every task: then it holds for those that the adapter serves."""


class Context(msgspec.Struct, frozen=True):
    """Where adapters are looked for, and what decides among them."""

    settings: Settings
    """Of the workspace."""
    registry: Registry
    """Of the user, beside which lies what was chosen last."""
    root: Path | None = None
    """The workspace; None where there is none."""
    held: Selection = Selection()
    """What was chosen for as long as an editor is connected; it holds over settings."""


def named_for(task: Task, context: Context, asked: str | None = None, *, with_stored: bool = True) -> Named:
    """What is wanted for a task.

    Args:
        task: What is to be written.
        context: What decides.
        asked: What the request itself says, which holds over everything.
        with_stored: Whether what was chosen last by a command counts.

    Raises:
        AdapterError: What was chosen last can't be read.
    """
    if asked:
        return Named(asked, "asked")
    settings = context.settings
    chosen = context.held.chosen(context.root, task)
    if chosen is None and (own := getattr(settings.adapters, task)):
        return Named(str(own), "settings")
    if chosen is None and settings.model.adapter:
        return Named(settings.model.adapter, "settings", is_general=True)
    if chosen is None and with_stored:
        chosen = read_selection(context.registry.folder).chosen(context.root, task)
    if chosen is None:
        return Named()
    text, place = chosen
    return Named(text, "chosen", is_general=place == ANY)


def choose_of_server(task: Task, context: Context, asked: str | None = None) -> Choice:
    """What a server is asked to write under, by name: it alone knows which adapters it has.

    What was chosen by `scholiast adapters use` was chosen among ours, and is left aside.
    """
    try:
        named = named_for(task, context, asked, with_stored=False)
        wanted = parsed(named.text, of_server=True) if named.text else ()
        return Choice(tuple(AdapterUse(each.name, "", 1.0 if each.scale is None else each.scale) for each in wanted))
    except AdapterError as error:
        return Choice(note=without_adapters([asked or "that is set"], str(error)))


def choose(task: Task, context: Context, *, model: str, asked: str | None = None) -> Choice:
    """What to write under: all that is wanted, or the model as it is and a note that says why.

    Args:
        task: What is to be written.
        context: What decides.
        model: The file of the model that writes; empty where none of ours does.
        asked: What the request itself says.
    """
    registry = context.registry
    try:
        named = named_for(task, context, asked)
    except AdapterError as error:
        return Choice(note=without_adapters(["that was chosen"], str(error)))
    if not named.text or (not model and named.origin != "asked"):
        return Choice()
    names = [named.text]
    try:
        wanted = parsed(named.text)
        names = [each.name for each in wanted]
        if wanted and not model:
            raise AdapterError("no model of llama.cpp writes here")
        found = [(each, registry.get(each.name)) for each in wanted]
        if named.is_general:
            found = [(each, manifest) for each, manifest in found if task in manifest.tasks]
        return Choice(tuple(_use(each, manifest, model) for each, manifest in found))
    except AdapterError as error:
        return Choice(note=without_adapters(names, str(error)))


def _use(wanted: Wanted, manifest: Manifest, model: str) -> AdapterUse:
    found = verdict(manifest, model)
    if found.state == "problem":
        raise AdapterError(found.problem)
    scale = manifest.scale if wanted.scale is None else wanted.scale
    return AdapterUse(manifest.name, manifest.file, scale, manifest.sha256)
