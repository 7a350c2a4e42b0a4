"""The script that fetches a workbench says in one line what can't be had, and leaves nothing running."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.editors.fetch_workbench import UnavailableError, run, write_program
from tests.editors.processes import END_S, MARK, processes, wait_for_process

SCRIPT = Path(__file__).with_name("fetch_workbench.py")


def test_where_it_cannot_work_one_line_says_what_is_missing(tmp_path: Path) -> None:
    without_packages = [sys.executable, "-I", "-S", str(SCRIPT), str(tmp_path / "workbench")]
    done = subprocess.run(without_packages, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "fetch_workbench: no Node.js: pip install -e '.[lint]' brings one\n"


def test_what_fails_is_told_in_one_line(tmp_path: Path) -> None:
    write_program(tmp_path / "npm", "echo 'not to be had:\n  no network' >&2; exit 3")
    with pytest.raises(UnavailableError, match=r"npm install failed: …not to be had: no network$"):
        run(tmp_path, "npm", "install", folder=tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc")
def test_what_hangs_is_ended_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MARK, str(tmp_path))
    write_program(tmp_path / "npm", "sleep 60 & sleep 60")
    with pytest.raises(UnavailableError, match="npm install takes longer than 1 s"):
        run(tmp_path, "npm", "install", folder=tmp_path, timeout_s=1)
    for process_id in processes(str(tmp_path)):  # they are being ended
        wait_for_process(process_id, END_S)
    assert processes(str(tmp_path)) == {}
