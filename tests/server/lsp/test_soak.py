"""A long session leaves nothing behind but a right index. SCHOLIAST_SOAK_S for a longer one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.server.lsp.large import make_large
from tests.server.lsp.soak import PROFILES, prepare, soak

SECONDS = float(os.environ.get("SCHOLIAST_SOAK_S", "20")) / len(PROFILES)


@pytest.mark.parametrize("encoding", PROFILES)
async def test_a_long_session_leaves_a_right_index_and_no_memory_behind(encoding: str, tmp_path: Path) -> None:
    root = make_large(tmp_path / "soak", 60)
    prepare(root, 1)
    account = await soak(root, SECONDS, 1, encoding, tmp_path)
    assert account.unanswered == []
    assert account.shown == []
    assert account.exit_code == 0
    assert account.equals_rebuild
    assert account.is_flat, account.megabytes
    assert set(account.errors) <= {name for name in account.errors if name.endswith("-32800")}, account.errors
