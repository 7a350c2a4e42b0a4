"""Every limit of talking to an endpoint, by name, with what happens past it."""

from __future__ import annotations

CONNECT_S_MAX = 10.0
"""Seconds until a connection stands; past it the server counts as one that can't be reached."""

POLL_S = 0.02
"""How often someone who waits is asked whether they still want to: a fifth of what a cancel may take."""

REQUEST_S_MAX = 1_800.0
"""Of one request with all it is tried again; past it the connection is closed, however alive the server is."""

CLOSE_S_MAX = 2.0
"""How long is waited for connections to be closed; past it they are dropped."""

RESPONSE_BYTES_MAX = 32_000_000
"""Of one response; past it the connection is closed. A batch of vectors takes 3 MB at 4,096 dimensions."""

ANSWER_CHARACTERS_PER_TOKEN_MAX = 16
"""A server that writes more per token it was allowed does not keep to that number: the answer ends there."""

CHARACTERS_PER_TOKEN = 3.2
"""UTF-8 bytes of code that a token holds, estimated low so that prompts come out short enough: tokenizers of current
models take 3.2 to 4.2 for source code."""

PROMPT_SHARES = (1.0, 0.5, 0.25)
"""Of the room, what a prompt gets: less each time that the server finds it too long although it should fit."""

ANSWER_TOKENS_SHARE = 0.5
"""Of a small context the answer may take this share at most."""

LISTING_S_MAX = 60.0
"""How long a list of the server's models is taken to be current."""

SAID_CHARACTERS_MAX = 200
"""Of a server's own words that are shown; the rest is left out."""

MODELS_NAMED_MAX = 8
"""Models named in an error; the others are counted."""

KEY_COMMAND_S_MAX = 10.0
"""Seconds a command may take to print a key; past it, it is ended."""

KEY_CHARACTERS_MAX = 4_096
"""A longer first line is no key."""

EMBED_TEXTS_MAX = 32
"""Texts of one request: what text-embeddings-inference takes at most where nobody raised it."""

WINDOW_CHARACTERS = 3_200
"""About 1,000 tokens; a longer text is embedded in windows. A server that takes less gets smaller ones."""

WINDOW_CHARACTERS_MIN = 64
"""A server that finds even this too long can't be worked with."""

QUERY_S_MAX = 10.0
"""Seconds without a word for the vector of a question; past it, it is looked for by its words alone."""
