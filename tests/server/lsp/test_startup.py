"""What the server loads before it answers the first request."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("hnswlib", "numpy", "rich", "sqlite3", "tantivy", "tree_sitter", "watchdog")
PROGRAM = f"""
import sys
from scholiast_server.lsp.features import register
from scholiast_server.lsp.server import Server
register(Server())
print(*sorted(set(sys.modules) & {set(HEAVY)}))
"""


def test_nothing_heavy_is_loaded_before_the_first_answer() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
