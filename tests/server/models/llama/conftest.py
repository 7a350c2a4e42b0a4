"""Small models made for the tests: random weights, which write nonsense, always the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scholiast_server.models.llama.client import LlamaProcess
from scholiast_server.models.llama.wire import Load


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A llama of 100,000 weights with a chat template, marks for filling in the middle and 2,048 tokens of context."""
    from tests.server.models.llama.tiny_models import write_model

    return write_model(tmp_path_factory.mktemp("models") / "tiny.gguf", context=2_048)


@pytest.fixture(scope="session")
def tiny_adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter for it that changes what it writes."""
    from tests.server.models.llama.tiny_models import write_adapter

    return write_adapter(tmp_path_factory.mktemp("adapters") / "style.gguf")


@pytest.fixture
def process(tiny_model: Path) -> Iterator[LlamaProcess]:
    """The model in a process of its own."""
    running = LlamaProcess(Load(0, str(tiny_model), threads=1))
    yield running
    running.close()
