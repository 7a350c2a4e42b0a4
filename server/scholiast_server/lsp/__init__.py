"""The language server. Must not know SQL, vectors or how answers are made; nothing else imports pygls."""
