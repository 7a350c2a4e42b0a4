"""A server that speaks OpenAI's protocol, as engine and as embedder. Must not know workspaces, chunks or citations."""
