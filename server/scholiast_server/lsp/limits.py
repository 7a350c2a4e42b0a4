"""Every limit of the language server, by name, with what happens past it."""

from __future__ import annotations

DOCUMENT_BYTES_MAX = 10_000_000
"""A larger open document keeps its positions right and is otherwise left alone: it counts as too large."""
