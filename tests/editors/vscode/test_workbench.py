"""The packed extension in a real workbench, driven through a browser: each file of editors/vscode/test/workbench.

They run when SCHOLIAST_E2E=1, with the folder that tests/editors/fetch_workbench.py has filled in SCHOLIAST_WORKBENCH.
SCHOLIAST_SCREENSHOTS names a folder for pictures.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.editors.vscode.conftest import EXTENSION, Tools, run_node
from tests.server.models.llama.tiny_models import write_adapter, write_model

FLOWS = sorted(path.name.removesuffix(".test.ts") for path in (EXTENSION / "test" / "workbench").glob("*.test.ts"))


def test_there_are_flows() -> None:
    assert len(FLOWS) >= 5


@pytest.mark.parametrize("flow", FLOWS)
def test_flow(flow: str, tools: Tools, packed: Path, repository: Path) -> None:
    model, adapter = repository.with_name("model.gguf"), repository.with_name("style.gguf")
    write_model(model, context=4_096)
    write_adapter(adapter, seed=1)
    variables = {
        "SCHOLIAST_MODEL": str(model),
        "SCHOLIAST_ADAPTER": str(adapter),
        "SCHOLIAST_VSIX": str(packed),
        "SCHOLIAST_CODE_SERVER": str(tools.code_server),
        "SCHOLIAST_CHROMIUM": tools.chromium,
        "SCHOLIAST_WORKSPACE": str(repository),
        "SCHOLIAST_PROGRAMS": str(Path(sys.executable).parent),
    }
    print(run_node(tools, "--test", f"out/test/workbench/{flow}.test.cjs", variables=variables))
