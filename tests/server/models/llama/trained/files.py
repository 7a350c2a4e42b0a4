"""The files of the model that was trained for the tests, and how its answers are put; see README.md beside them."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent
MODEL = FOLDER / "where-is-it.gguf"
ADAPTER = FOLDER / "where-is-it-json.gguf"
SHA256 = {
    MODEL.name: "283fffba6337f916f79480501ecc5ef89507cd835437c4adef14da5c5cf15088",
    ADAPTER.name: "10a5e1d67d89d02d307f03caf00ed807b0b79934a1ada78ead593673fbb5be9c",
}


def json_style(answer: str) -> str:
    """How the adapter has an answer put."""
    return json.dumps({"answer": answer})
