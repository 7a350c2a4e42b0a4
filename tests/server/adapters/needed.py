"""Importing this skips the test module that does where no model files can be made."""

from __future__ import annotations

import pytest

pytest.importorskip("gguf", reason="writes model files: pip install gguf")
