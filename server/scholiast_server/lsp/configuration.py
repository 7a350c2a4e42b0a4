"""Settings as an editor sends them, laid over those of files and environment. Must not know what settings bring about.

Editors write names in camel case or as they stand in the tree, nested or with dots; what is no setting of the
server's (an extension keeps its own there) is left aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scholiast_server.settings import Settings, all_settings, load_settings

SECTION = "scholiast"
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


def settings_from(root: Path | None, layers: list[Any]) -> Settings:
    """The settings of a folder: what the editor says, over its files and the environment.

    Args:
        root: The folder.
        layers: What the editor sent, a later one over an earlier; anything but an object says nothing.

    Raises:
        SettingsError: A value can't be.
    """
    known = {setting.key for setting in all_settings()}
    options: dict[str, object] = {}
    for layer in layers:
        options.update({key: value for key, value in _flattened(_own(layer)) if key in known and value is not None})
    return load_settings(root, options=options, options_origin="the editor's settings")


def _own(layer: Any) -> Any:
    """Only what is under our name, where anything is: an editor that tells all it has may have an `editor.hover`."""
    if not isinstance(layer, Mapping):
        return None
    named = {name: value for name, value in layer.items() if str(name).partition(".")[0] == SECTION}
    return named or layer


def _flattened(values: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    if not isinstance(values, Mapping):
        return
    for name, value in values.items():
        if not isinstance(name, str):
            continue
        key = f"{above}{_HUMP.sub(lambda hump: f'_{hump[1]}', name).lower()}".removeprefix(f"{SECTION}.")
        if isinstance(value, Mapping):
            yield from _flattened(value, "" if key == SECTION else f"{key}.")
        else:
            yield key, value
