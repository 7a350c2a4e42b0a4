"""Takes in text that is not saved yet: whether its path belongs, analysis in a worker of its own, the overlay.

Must not know storage, search, or who the text comes from. All of it lives in memory and ends with the process: nothing
is written, so nothing waits for a writer.
"""

from __future__ import annotations

from scholiast_indexer.unsaved.unsaved import Held, Unsaved

__all__ = ["Held", "Unsaved"]
