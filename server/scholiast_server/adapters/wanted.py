"""Which adapters are wanted, as people write it: `house-style`, `house-style:0.7,terse:0.3`, `none`.

Must not know what an adapter is made of.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scholiast_server.adapters.limits import SCALE_MAX, TOGETHER_MAX
from scholiast_server.adapters.manifest import NONE, is_name, is_scale
from scholiast_server.adapters.registry import Registry
from scholiast_server.errors import AdapterError

HOW = "Write NAME, NAME:SCALE or several with commas between, such as house-style:0.7,terse:0.3; or none."


class Wanted(msgspec.Struct, frozen=True):
    """An adapter by its name."""

    name: str
    scale: float | None = None
    """None is the one it was trained for."""

    def __str__(self) -> str:
        return self.name if self.scale is None else f"{self.name}:{self.scale:g}"


def parsed(text: str, *, of_server: bool = False) -> tuple[Wanted, ...]:
    """The adapters that a text names; none for `none`.

    Args:
        text: As people write it.
        of_server: Whether they are a server's, which may call them as it likes.

    Raises:
        AdapterError: It names them in no way that is understood.
    """
    items = [item.strip() for item in text.split(",")]
    if items == [NONE]:
        return ()
    wanted = tuple(_item(item, text, of_server=of_server) for item in items)
    names = [item.name for item in wanted]
    if len(set(names)) < len(names):
        raise AdapterError(f"{text!r} names an adapter twice.\n  Name it once, with one scale.")
    if len(wanted) > TOGETHER_MAX:
        raise AdapterError(f"{len(wanted)} adapters at once are too many; {TOGETHER_MAX} are the limit.")
    return wanted


def checked_wanted(text: str, registry: Registry, tasks: Sequence[str] = ()) -> tuple[Wanted, ...]:
    """The adapters that a text names, all of which there are and serve these tasks.

    Raises:
        AdapterError: One is not there, does not serve one of them, or the text can't be understood.
    """
    wanted = parsed(text)
    for each in wanted:
        served = registry.get(each.name).tasks
        if missing := [task for task in tasks if task not in served]:
            raise AdapterError(
                f"{each.name} does not serve {', '.join(missing)}; it serves {', '.join(served)}.\n"
                "  Add it again with other tasks: scholiast adapters add FILE --replace --task TASK"
            )
    return wanted


def written(wanted: Sequence[Wanted]) -> str:
    """The text that `parsed` reads."""
    return ",".join(map(str, wanted)) or NONE


def _item(item: str, whole: str, *, of_server: bool) -> Wanted:
    name, colon, scale = (part.strip() for part in item.partition(":"))
    if not (is_name(name) or (of_server and name and name.isprintable())):
        raise AdapterError(f"{whole!r} names no adapter.\n  {HOW}")
    if not colon:
        return Wanted(name)
    try:
        number = float(scale)
    except ValueError:
        number = -1.0
    if not is_scale(number):
        raise AdapterError(f"{scale!r} is no scale for {name}: a number from 0 to {SCALE_MAX:g}.\n  {HOW}")
    return Wanted(name, number)
