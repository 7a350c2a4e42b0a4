"""Every limit of the indexer, by name, with what happens past it."""

from __future__ import annotations

FILE_BYTES_MAX = 1_000_000
"""A larger file is skipped ("too large"). Parsers' error recovery is quadratic on large broken files."""

CHUNK_BUDGET = 1_400
"""Non-whitespace bytes of a chunk. 750 to 3,000 hardly differ in retrieval (.681 / .675 NDCG@10 with BM25 alone)."""

CHUNK_LINE_BYTES_MAX = 6_000
"""A single line longer than this is cut inside the line, at a UTF-8 border."""

CHUNKS_PER_FILE_MAX = 4_000
"""Past it the rest of the file becomes windows of doubled size: a file is never dropped for its length."""

PARSE_BUDGET_S = 2.0
"""Seconds a parser may take over one file; then the file is cut by lines and a problem says so."""

WALK_DEPTH_MAX = 200
"""Depth of syntax tree that the chunker descends; below it, nodes are split by lines."""
