"""Every limit of the language server, by name, with what happens past it."""

from __future__ import annotations

DOCUMENT_BYTES_MAX = 10_000_000
"""A larger open document keeps its positions right and is otherwise left alone: it counts as too large."""

HEADER_BYTES_MAX = 16_384
"""More than that before a message's body is no header: the conversation ends."""

MESSAGE_BYTES_MAX = 128_000_000
"""A longer message ends the conversation: it would be held in memory whole."""

MESSAGES_WAITING_MAX = 1_000
"""Messages read and not yet acted on; past it the client has to wait, as a full pipe makes it."""

WORKER_NICENESS = 10
"""How far the processes that index stand back behind the editor and everything else."""

OUTGOING_BYTES_MAX = 256_000_000
"""Bytes written and not yet read by the client; past it the conversation ends: it reads no more."""

CLIENT_POLL_S = 2.0
"""How often is looked whether the client's process is still there: its pipes may outlive it."""

CONFIGURATION_WAIT_S = 5.0
"""How long the client may take to tell its settings; then the index begins with what is known."""

BACKGROUND_THREADS = 6
"""Requests at work at once beside the event loop; further ones wait their turn."""

DEBOUNCE_S = 0.15
"""Seconds without a keystroke after which unsaved text is laid over the index."""

PROGRESS_AFTER_S = 0.7
"""Seconds after which an update shows its progress in the editor: shorter ones would only flicker."""

CLOSE_WAIT_S = 5.0
"""Seconds that the end of the server waits for an update to write what it has read."""

QUESTION_CHARACTERS_MAX = 20_000
"""A longer question is refused: it is no question but a file."""

SEARCH_HITS_MAX = 200
"""Hits that one search gives at most."""

SYMBOLS_MAX = 40
"""Results that `workspace/symbol` gives: more than a picker shows at once."""

SYMBOL_ANSWERS_MAX = 20
"""Results of those for a question in words: who asks looks at the first few, and each costs half a millisecond."""

QUICK_THREADS = 2
"""Requests at work at once of those that take milliseconds, such as hovers; they hold the interpreter anyway."""

LENSES_MAX = 500
"""Code lenses of one document; definitions past it have none."""

LENS_REFRESH_S = 1.0
"""Seconds after a change until the client is asked to look at code lenses again."""

CITATIONS_CHECK_S = 0.2
"""Seconds after a change until the citations of open documents are checked: changes come in flocks."""

SETTLE_WAIT_S = 1.0
"""How long a question waits for the text it is about to be laid over the index; then it goes by what is there."""

ANSWER_PAGES_MAX = 50
"""Answers kept as files for editors to show; the oldest is deleted for a new one."""

JUDGED_ANSWERS_MAX = 100
"""Answers that can be judged; of older ones is forgotten what they were."""

GIST_CHARACTERS_MAX = 400
"""Of an answer, so much is told in a message to clients that show no documents; the rest is in a file."""

GIST_PLACES_MAX = 3
"""Places that such a message names."""

SHOW_WAIT_S = 5.0
"""How long a command waits for the editor to say that it shows a document; then it ends all the same."""

EDIT_WAIT_S = 30.0
"""How long a command waits for the editor to apply an edit, as it may ask its user; then it ends without."""

RELATED_HITS_MAX = 10
"""Places listed as related code."""

COMMENT_QUESTION_BYTES_MAX = 500_000
"""In a larger file no code action looks for a question in comments: finding them takes 10 ms for 500 KB."""

COMPLETION_PAUSE_S = 0.075
"""Seconds without a further key before a completion is begun."""
