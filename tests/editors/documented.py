"""The settings of docs/editors.md, as the tests of the editors take them. Must not know what any of them means."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "editors.md"


def settings(editor: str, language: str) -> str:
    """The block of code of a section of the page."""
    section = re.search(rf"^## {editor}\n(.*?)(?=^## |\Z)", PAGE.read_text("utf-8"), re.M | re.S)
    assert section is not None, f"{PAGE.name} has no section {editor}"
    block = re.search(rf"^```{language}\n(.*?)^```", section[1], re.M | re.S)
    assert block is not None, f"the section {editor} of {PAGE.name} has no {language}"
    return block[1]


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's environment, with a home of its own and the installed server first on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCHOLIAST_", "XDG_"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {**kept, "HOME": str(home), "PATH": path, **more}
