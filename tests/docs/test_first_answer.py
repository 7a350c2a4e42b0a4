"""The answer that README.md's first command prints about this very repository."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]

Copy = Callable[[Path], Path]


def question() -> str:
    found = re.search(r'^python3 -m venv .*/scholiast ask "([^"]+)"$', (PROJECT / "README.md").read_text("utf-8"), re.M)
    assert found is not None
    return found[1]


def test_the_first_answer_cites_lines_that_open_at_the_right_place(copy_project: Copy, tmp_path: Path) -> None:
    folder = copy_project(tmp_path / "clone")
    command = [sys.executable, "-m", "scholiast_server", "ask", question(), "--json"]
    ran = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    assert ran.returncode == 0
    answer: dict[str, Any] = json.loads(ran.stdout)
    citations = answer["citations"]
    assert len(citations) >= 2
    assert {citation["status"] for citation in citations} == {"verified"}
    assert any(citation["path"].startswith("indexer/") for citation in citations)
    for citation in citations:
        assert f"[{citation['n']}]" in answer["answer"]
        lines = (folder / citation["path"]).read_text("utf-8").split("\n")
        cited = lines[citation["start_line"] - 1 : citation["end_line"]]
        assert citation["quote"].split("\n") == cited[: citation["quote"].count("\n") + 1]
