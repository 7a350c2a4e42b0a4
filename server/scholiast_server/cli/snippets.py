"""Lines of code with their numbers, in colours on a terminal. Must not know where they come from."""

from __future__ import annotations

import re
import textwrap

from scholiast_server.cli.console import Surface
from scholiast_server.cli.words import counted, shortened

MORE = "⋮"
LINE_CHARACTERS_MAX = 400
"""A longer line is cut even where there is no width to keep to: it is data or minified."""

_LINE_END = re.compile(r"\r\n?|\n")  # `str.splitlines` ends lines at form feeds too, which is not how files count


def snippet(
    text: str, start_line: int, path: str, surface: Surface, *, lines_max: int, end_line: int | None = None
) -> list[str]:
    """The first lines of a piece of code, each behind its number.

    Args:
        text: The code.
        start_line: Number of its first line, from 1.
        path: Tells which language to colour it as.
        surface: Where it is going to be written.
        lines_max: Further lines are left out, and a last line says how many.
        end_line: Where the piece ends when `text` is only its beginning.
    """
    lines = _LINE_END.split(text.expandtabs(4))
    last = max((number for number, line in enumerate(lines, 1) if line.strip()), default=0)
    shown = textwrap.dedent("\n".join(lines[: min(lines_max, last)])).split("\n") if last else []
    digits = max(3, len(str(start_line + len(shown))))
    room = surface.width - digits - 5 if surface.is_terminal else LINE_CHARACTERS_MAX
    cut = [surface.visible(shortened(line, room)) for line in shown]
    code = highlighted(cut, path) if surface.color else cut
    numbered = [
        f"  {surface.paint(f'{number:>{digits}} │', 'dim')} {line}".rstrip()
        for number, line in enumerate(code, start_line)
    ]
    left = (last if end_line is None else end_line - start_line + 1) - len(shown)
    if left > 0:
        more = f"{MORE:>{digits}}   {counted(left, 'more line')}"
        numbered.append(f"  {surface.paint(more, 'dim')}")
    return numbered


def highlighted(lines: list[str], path: str) -> list[str]:
    """The lines with colours by the syntax that the file's name tells; as they are when it tells none."""
    import io

    from rich.console import Console as Screen
    from rich.syntax import Syntax

    code = "\n".join(lines)
    syntax = Syntax("", Syntax.guess_lexer(path), theme="ansi_dark")
    text = syntax.highlight(code)
    text.rstrip()
    screen = Screen(
        file=io.StringIO(),
        force_terminal=True,
        color_system="standard",
        width=10_000,
        legacy_windows=False,
        no_color=False,
    )
    with screen.capture() as captured:
        for line in text.split("\n", allow_blank=True):
            screen.print(line, end="\n", soft_wrap=True, highlight=False)
    colored = captured.get().split("\n")[:-1]
    return colored if len(colored) == len(lines) else lines
