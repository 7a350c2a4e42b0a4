"""Skips what imports it where the client library is not installed."""

from __future__ import annotations

import pytest

pytest.importorskip("openai", reason='talks to servers: pip install "scholiast[endpoint]"')
