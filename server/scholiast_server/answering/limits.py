"""Every limit of answering, by name, with what happens past it."""

from __future__ import annotations

HITS_READ_MAX = 20
"""Hits past it are not looked at for evidence."""

MANIFESTS_READ_MAX = 30
"""Files that say what a project is built with, of which the version of a language is read; the rest is left out."""

MANIFEST_BYTES_MAX = 200_000
"""A larger one is no manifest that a person wrote."""

MENTIONS_READ_MAX = 200
"""Hits of a name that are looked through for what uses it; further ones are left out."""

NAMES_LOOKED_UP_MAX = 2
"""Names of one question whose definitions are looked for by themselves."""

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

ANSWER_PIECES_MAX = 100_000
"""The same for one that writes in very small pieces, or none."""

FAULTS_MAX = 8
"""Sentences that a model is told do not hold; it writes the whole answer again anyway."""

FAULT_CHARACTERS_MAX = 240
"""Of such a sentence, as it is told; the rest is left out."""

QUOTE_LINES_MAX = 12
"""Lines of the cited text that travel with a citation; an editor opens the file for the rest."""

CLOSEST_MAX = 3
"""Places listed when nothing in the code answers."""

CALLED_MAX = 2
"""Pieces taken from the hits only because the best piece calls them."""

CONVERSATIONS_MAX = 50
"""Conversations that are remembered; the one that was quiet longest is forgotten first."""

CONVERSATION_NAME_CHARACTERS_MAX = 200
"""A longer name of a conversation counts by its beginning."""

TURNS_MAX = 12
"""Questions of one conversation that are remembered; older ones are forgotten."""

HISTORY_CHARACTERS_MAX = 24_000
"""Of all turns of one conversation together; the oldest are forgotten first, a longer answer is cut."""

FOLLOW_UP_WORDS_MAX = 1
"""Words of its own with which a question still counts as one that goes on from the question before."""

EARLIER_WORDS_MAX = 12
"""Words taken over from the questions before."""

POINTED_NAMES_MAX = 6
"""Names in the code pointed to that a search looks for besides the question."""

POINTED_PIECES_MAX = 3
"""Pieces of evidence made of what is selected; of a longer selection the rest is left to the search."""

RELATED_CHARACTERS_MAX = 2_000
"""Of the code pointed at that a search for related code goes by; the rest is left out."""

CHANGED_PIECES_MAX = 40
"""Pieces of what a commit holds that a model is shown for its message, the first of each file before all others."""
