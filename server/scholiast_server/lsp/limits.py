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
