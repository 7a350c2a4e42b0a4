"""Every limit of citations in text, by name, with what happens past it."""

from __future__ import annotations

TEXT_BYTES_MAX = 1_000_000
"""In a larger text no citations are looked for: it is generated."""

CITATIONS_MAX = 1_000
"""Citations of one text that are looked at; the rest are left unread."""

NAMES_MAX = 8
"""Names beside a citation that are held against its lines."""
