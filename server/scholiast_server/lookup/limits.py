"""Every limit of looking up, by name, with what happens past it."""

from __future__ import annotations

LINE_CHARACTERS_MAX = 5_000
"""In a longer line nothing is looked up: it is data or minified."""

SCANNED_BYTES_MAX = 200_000
"""Of a larger file only the line itself tells code from comments and strings (a scan takes 1 ms for 50 KB)."""

NAME_CHARACTERS_MIN = 2
"""Shorter names are looked up by nobody."""

DEFINITIONS_MAX = 50
"""Definitions of one name that are weighed; past it the card says `more than`."""

GUESSES_MAX = 3
"""Definitions that nothing but their name connects with the cursor, past which none of them is shown."""

BASES_MAX = 8
"""Classes looked through for an inherited member."""

CALLED_BUDGET_S = 0.006
"""Seconds after which no further called name of a definition is looked up; the card shows those found by then."""

CALLED_DEFINITIONS_MAX = 8
"""Definitions of a called name that are weighed."""

RELATED_MAX = 3
"""Related places on a card."""

CALLED_NAMES_MAX = 8
"""Called names of a definition that are looked up; each costs two small queries."""

CALLED_LINES_MAX = 200
"""Lines of a definition that are read for what it calls."""

DOC_CHARACTERS_MAX = 400
"""Of a longer first paragraph only the first sentences are shown."""

SIGNATURE_CHARACTERS_MAX = 300
"""A longer signature is cut."""

QUESTION_LINES_MAX = 50
"""Comment lines that may make up one question."""

WIDTH = 100
"""Columns that an answer in a comment is wrapped at."""

WIDTH_MIN = 40
"""Columns of text it keeps where the indentation leaves less."""

ANSWER_CHARACTERS_MAX = 8_000
"""A longer answer is cut before it goes into a comment."""

MEMBERS_NAMED_MAX = 4
"""Calls or members that a drafted doc comment names in its first sentence."""

SENTENCES_MAX = 4
"""Sentences of an answer that a drafted doc comment begins with; the rest is left out."""
