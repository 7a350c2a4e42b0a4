"""Whatever functions of the server import is loaded before several threads could import it at once."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
NOT_THREADS = ("cli/", "lsp/main.py", "lsp/features/__init__.py", "lsp/configuration.py", "models/llama/")
"""What runs before there are threads, or elsewhere."""
PROGRAM = """
import sys
import scholiast_server.lsp.server
from scholiast_server.lsp.loading import load
load()
print(*sorted(name for name in sys.modules if name.startswith("scholiast_")))
"""


def imports_in_functions() -> Iterator[tuple[str, str]]:
    """Each file, and each module of the project that a function in it imports."""
    for top in (ROOT / "indexer" / "scholiast_indexer", ROOT / "server" / "scholiast_server"):
        for path in sorted(top.rglob("*.py")):
            name = path.relative_to(top).as_posix()
            if name.startswith(NOT_THREADS):
                continue
            functions = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.FunctionDef)]
            for node in (node for function in functions for node in ast.walk(function)):
                if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("scholiast_"):
                    yield name, node.module
                elif isinstance(node, ast.Import):
                    yield from ((name, alias.name) for alias in node.names if alias.name.startswith("scholiast_"))


def test_what_functions_import_is_loaded_at_once() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    loaded = {*ran.stdout.split()}
    found = set(imports_in_functions())
    assert len(found) > 20
    assert {(name, module) for name, module in found if module not in loaded} == set()
