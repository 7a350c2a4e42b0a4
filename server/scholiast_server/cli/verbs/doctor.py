"""`scholiast doctor`: checks in two columns, what needs doing below them. Must not know what a check looks at."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from scholiast_server.cli.checkup import Finding, examine
from scholiast_server.cli.console import Console, Surface
from scholiast_server.cli.probes import Grammars
from scholiast_server.cli.session import find_workspace

_MARKS = {"fine": ("✓", "good"), "hint": ("!", "warning"), "broken": ("✗", "bad")}


def run(options: Namespace, console: Console) -> int:
    """0 when nothing is broken, 1 when something is."""
    findings, grammars = examine(find_workspace(options))
    is_fine = all(finding.level != "broken" for finding in findings)
    if options.json:
        document: dict[str, Any] = {"ok": is_fine, "checks": msgspec.to_builtins(findings)}
        document |= {"grammars": msgspec.to_builtins(grammars.languages)} if options.verbose and grammars else {}
        console.document(document)
    else:
        for line in finding_lines(findings, console.out):
            console.line(line)
        if options.verbose and grammars:
            for line in grammar_lines(grammars):
                console.line(line)
    return 0 if is_fine else 1


def finding_lines(findings: Sequence[Finding], surface: Surface) -> Iterator[str]:
    """Findings that are fine side by side where there is room, the others with what to do."""
    fine = [finding for finding in findings if finding.level == "fine"]
    width = max((len(finding.text) for finding in fine), default=0) + 6
    columns = 2 if surface.is_terminal and 2 * width <= surface.width else 1
    for place in range(0, len(fine), columns):
        row = fine[place : place + columns]
        yield "".join(_marked(finding, surface, width) for finding in row).rstrip()
    others = [finding for finding in findings if finding.level != "fine"]
    for finding in sorted(others, key=lambda finding: finding.level):
        yield f"{_marked(finding, surface, 0)}\n    → {surface.visible(finding.advice)}"


def _marked(finding: Finding, surface: Surface, width: int) -> str:
    mark, style = _MARKS[finding.level]
    return f"{surface.paint(mark, style)} {surface.visible(finding.text):<{max(0, width - 2)}}"


def grammar_lines(grammars: Grammars) -> Iterator[str]:
    """Each language with where its grammar comes from."""
    yield ""
    for grammar in grammars.languages:
        source = f"{grammar.package} {grammar.version}, ABI {grammar.abi}" if grammar.kind != "none" else "by lines"
        yield f"  {grammar.language:<20} {source}" + (f"   ({'; '.join(grammar.problems)})" if grammar.problems else "")
