"""What tests of models need that is not everywhere. Must not import it: llama.cpp belongs to worker processes."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

NEEDED = {"llama_cpp": 'runs llama.cpp: pip install "scholiast[llama]"', "gguf": "writes model files: pip install gguf"}


def need_llama() -> None:
    """Skip the module that says so where a model can't be run or made."""
    for name, reason in NEEDED.items():
        if find_spec(name) is None:
            pytest.skip(reason, allow_module_level=True)
