"""Answers from the evidence alone, with no model: definitions, doc comments and what the text shows they do.

Must not know workspaces, indexes or how citations are checked.
"""

from scholiast_server.models.extractive.engine import ExtractiveEngine

__all__ = ["ExtractiveEngine"]
