"""Limits of completions as one types; what happens past each is said beside it."""

PREFIX_CHARACTERS_MAX = 6_000
"""Of the text before the cursor; what is further up is left out, at the start of a line."""
SUFFIX_CHARACTERS_MAX = 2_000
"""Of the text behind the cursor, up to the end of a line."""
RETRIEVED_HITS = 4
RETRIEVED_CHARACTERS_MAX = 2_400
"""Of code from elsewhere, all pieces together."""
PIECE_LINES_MAX = 16
"""Of one piece: its head says how it is called."""
QUERY_LINES = 8
"""Lines above the cursor that are searched for."""
COMPLETION_TOKENS = 96
COMPLETION_TOKENS_INVOKED = 256
"""When the user asks for it by a key rather than by typing on."""
COMPLETION_LINES = 8
"""Of a completion that came by typing."""
CONTEXT_SHARE = 0.5
"""Of a small model's context, what is written takes this share at most."""
