"""The script that fetches a workbench says in one line what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).with_name("fetch_workbench.py")


def test_where_it_cannot_work_one_line_says_what_is_missing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "workbench"], env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("fetch_workbench: g++, make, ") and done.stderr.count("\n") == 1
    assert "chromium" in done.stderr
