"""Every limit of answering, by name, with what happens past it."""

from __future__ import annotations

HITS_READ_MAX = 20
"""Hits past it are not looked at for evidence."""

EVIDENCE_MAX = 6
"""Pieces of evidence of one answer; further hits are left out. More pieces make prompts long and answers
vague.
"""

EVIDENCE_PER_FILE_MAX = 3
"""Pieces from one file, so that an answer does not rest on one place alone."""

EVIDENCE_LINES_MAX = 60
"""Lines of one piece: a longer definition is cited by the part that the hit found."""

LEAD_LINES_MAX = 150
"""Lines of doc comment and decorators above a definition that are cited with it; a longer one is left out."""

ANSWER_CHARACTERS_MAX = 64_000
"""An engine that writes more is stopped, and the provenance says so."""

QUOTE_LINES_MAX = 12
"""Lines of the cited text that travel with a citation; an editor opens the file for the rest."""

CLOSEST_MAX = 3
"""Places listed when nothing in the code answers."""

CALLED_MAX = 2
"""Pieces taken from the hits only because the best piece calls them."""
