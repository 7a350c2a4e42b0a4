"""Citations of code in comments and documents (`src/app.py:10-20`): found, and held against the code as it is now.

Must not know LSP, terminals or how an index is stored; asks an index through `Source`.
"""

from scholiast_server.citing.checking import check_text
from scholiast_server.citing.finding import find_citations
from scholiast_server.citing.mending import mended, place
from scholiast_server.citing.types import Checked, Finding, Source, Written

__all__ = ["Checked", "Finding", "Source", "Written", "check_text", "find_citations", "mended", "place"]
