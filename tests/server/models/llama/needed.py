"""Importing this skips the test module that does where a model can't be run or made.

It does not import llama.cpp, which belongs to worker processes.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest

NEEDED = {"llama_cpp": 'runs llama.cpp: pip install "scholiast[llama]"', "gguf": "writes model files: pip install gguf"}

for _name, _reason in NEEDED.items():
    if find_spec(_name) is None:
        pytest.skip(_reason, allow_module_level=True)
