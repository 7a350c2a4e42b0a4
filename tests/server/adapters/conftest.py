"""A user's data folder, a small model and adapters for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scholiast_server.adapters.checking import examined
from scholiast_server.adapters.manifest import TASKS, Manifest
from scholiast_server.adapters.registry import Registry
from scholiast_server.models.protocol import Task


class Shelf:
    """A registry and what can be put into it."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.folder = folder
        self.model = str(model)
        self.registry = Registry(folder / "data")

    def file(self, name: str, **options: object) -> Path:
        """A new adapter's file."""
        from tests.server.models.llama.tiny_models import write_adapter

        return write_adapter(self.folder / f"{name}.gguf", **options)  # type: ignore[arg-type]

    def add(self, name: str, *, scale: float = 1.0, tasks: tuple[Task, ...] = TASKS, seed: int = 1) -> Manifest:
        """Register one that fits."""
        made = examined(str(self.file(name, seed=seed)), name, self.model, scale=scale, tasks=tasks)
        self.registry.add(made)
        return made


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.server.models.llama.tiny_models import write_model

    return write_model(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture
def shelf(tmp_path: Path, model: Path) -> Shelf:
    """An empty one."""
    return Shelf(tmp_path, model)
