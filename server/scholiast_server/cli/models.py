"""Models and their files on a terminal. Must not know how anything is found out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from scholiast_server.cli.console import Surface
from scholiast_server.cli.words import size

if TYPE_CHECKING:
    from scholiast_server.modelfiles.checking import Checked
    from scholiast_server.modelfiles.facts import Facts
    from scholiast_server.modelfiles.listing import Listed
    from scholiast_server.modelfiles.recommending import Recommended, Role, Row, Table

DOES = {"writing": "writes answers", "completing": "completes code", "embedding": "makes vectors"}
"""What a model of a role does."""
_WIDTH = 12
_CONTENTS = {
    "as recorded": "as recorded",
    "changed": "the file has changed since: scholiast models check",
    "not recorded": "not recorded yet: scholiast models check",
}
_GOOD, _BAD = "✓", "✗"


def facts_text(facts: Facts, size_bytes: int) -> str:
    """`qwen2 · Q4_K_M · 1.5 B weights · 32,768 tokens · 1.1 GB`."""
    parts = [facts.architecture, facts.quantization, _counted(facts.parameters)]
    if facts.context_tokens:
        parts.append(f"{facts.context_tokens:,} tokens")
    return " · ".join(part for part in [*parts, size(size_bytes)] if part)


def listed_lines(models: Sequence[Listed], out: Surface) -> Iterator[str]:
    """Each model with what its file says, where it lies and how it stands to its record."""
    for model in models:
        role = model.role or "downloaded"
        mark = out.paint(_BAD, "bad") if model.problem else out.paint(_GOOD, "good")
        name = model.facts.name if model.facts else PurePath(model.path).name
        facts = f"   {facts_text(model.facts, model.size_bytes)}" if model.facts else ""
        yield f"{role:<{_WIDTH}}{mark} {out.paint(out.visible(name), 'bold')}{out.visible(facts)}"
        yield f"{'':<{_WIDTH}}  {out.paint(out.visible(model.path), 'path')}"
        if model.problem:
            yield f"{'':<{_WIDTH}}  {out.paint(out.visible(model.problem), 'bad')}"
            continue
        digest = f"{model.sha256[:12]}…, " if model.sha256 else ""
        style = "warning" if model.content == "changed" else "dim"
        yield f"{'':<{_WIDTH}}  {out.paint(f'SHA-256 {digest}{_CONTENTS[model.content]}', style)}"


def checked_line(checked: Checked, out: Surface) -> str:
    """`✓ model.gguf   SHA-256 ab…, as recorded`, or what is wrong."""
    name = out.visible(PurePath(checked.path).name)
    if checked.problem:
        return f"{out.paint(_BAD, 'bad')} {name}   {out.visible(checked.problem)}"
    return f"{out.paint(_GOOD, 'good')} {name}   sound; SHA-256 {checked.sha256}, {checked.content}"


def recommended_lines(table: Table, chosen: Row, memory_bytes: int | None, out: Surface) -> Iterator[str]:
    """All rows with the one for this machine marked, then how to get its models."""
    from scholiast_server.modelfiles.recommending import ROLES, SETTINGS

    has = f"; this machine has {memory_bytes / 1e9:.0f} GB" if memory_bytes else ""
    yield f"Models by memory, as of {table.date:%Y-%m-%d}{has}"
    for row in table.rows:
        yield ""
        memory = f"{'→' if row is chosen else ' '} {row.memory_gb:>2} GB"
        for place, role in enumerate(ROLES):
            model = row.of(role)
            line = f"{memory if not place else '':<9}{DOES[role]:<17}{PurePath(model.file).stem:<36}{_size(model)}"
            yield out.paint(line, "bold") if row is chosen else line
    yield ""
    yield "To get one, and then to set it:"
    for role in ROLES:
        model = chosen.of(role)
        yield f"  scholiast models download {model.repo} {model.file}"
        yield out.paint(f"      {DOES[role]}, {_size(model)}, {model.licence}: {SETTINGS[role]}", "dim")


def to_use_it(role: Role | None, path: str) -> str:
    """What to write into one's settings."""
    from scholiast_server.modelfiles.recommending import SETTINGS

    section, _, name = SETTINGS[role or "writing"].partition(".")
    return f"[{section}] {name} = {_quoted(path)}"


def _quoted(path: str) -> str:
    return f"'{path}'" if "'" not in path else '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _size(model: Recommended) -> str:
    return size(model.size_mb * 1_000_000)


def _counted(number: int) -> str:
    """`1.5 B weights`, `109 M weights`."""
    for unit, name in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= unit:
            return (
                f"{number / unit:.1f} {name} weights" if number < 10 * unit else f"{number / unit:.0f} {name} weights"
            )
    return f"{number} weights"
