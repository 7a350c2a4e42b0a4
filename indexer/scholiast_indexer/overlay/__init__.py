"""Text that is not saved yet, laid over the paths it belongs to: values and their scoring, in memory alone.

Must not know storage, where the text came from, or how hits are ranked.
"""

from __future__ import annotations

from scholiast_indexer.overlay.file import OverlaidFile, overlaid_file
from scholiast_indexer.overlay.overlay import Overlay

__all__ = ["OverlaidFile", "Overlay", "overlaid_file"]
