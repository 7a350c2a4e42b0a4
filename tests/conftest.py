"""What every test may use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write what the code gives into the golden files; read the diff before you commit it",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compares text with a golden file, or writes the file under --update-goldens."""
    updates = bool(request.config.getoption("--update-goldens"))

    def check(path: Path, actual: str) -> None:
        if updates:
            path.write_text(actual, encoding="utf-8")
            return
        assert path.is_file(), f"{path} is missing: run pytest with --update-goldens and read what it wrote"
        assert actual == path.read_text(encoding="utf-8"), f"{path.name} differs: --update-goldens shows how"

    return check
