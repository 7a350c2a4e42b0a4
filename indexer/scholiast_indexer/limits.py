"""Every limit of the indexer, by name, with what happens past it."""

from __future__ import annotations

FILE_BYTES_MAX = 1_000_000
"""A larger file is skipped ("too large"). Parsers' error recovery is quadratic on large broken files."""

WORKSPACE_FILES_MAX = 200_000
"""Files of a workspace unless its settings say otherwise; of more, none is read. Linux has 90,000; 200,000 take some
3 GB of disk."""

CATCH_ALL_FILES_MAX = 20_000
"""The same for the root of the file system, the home folder and folders above it, where no repository begins: they are
opened by mistake, and hold all that the user has."""

LEFT_OUT_PER_FILE_MAX = 10
"""How many times as many files may be left out by name or size: each is looked at and remembered too."""

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

BATCH_BYTES = 400_000
"""Source bytes sent to a worker at once: large enough to hide the pipe, small enough for smooth progress."""

WORKER_BATCH_TIMEOUT_S = 30.0
"""A worker that is silent for longer is killed, and its files are tried one by one."""

WORKER_FILE_TIMEOUT_S = 15.0
"""The same for a file that is tried by itself, of which parsing may take PARSE_BUDGET_S."""

WORKER_LOST_S_MAX = 60.0
"""Once a worker has lost so long over files that end it, it takes all files one by one and is patient no more: scanners
of Swift, Scala and Lua are quadratic in `#`, `` ` `` and broken bytes, and can't be stopped (100 KB: 40 s)."""

WORKER_HASTY_TIMEOUT_S = 4.0
"""What a file may take then: twice what parsing it may."""

WORKER_MEMORY_BYTES_MAX = 1 << 30
"""A worker that wants more ends, and its files are tried one by one; 100 MB are usual. Some text makes a parser's
guesses pile up: 10 KB of `x=>` as Java take 3.4 GB, 30 KB as much as the machine has (tree-sitter 0.26)."""

COMMIT_BYTES = 8_000_000
"""Source bytes written in one transaction; a kill loses at most this much work."""

LOCK_WAIT_S = 600.0
"""How long an update waits for another process that is writing the same index."""

ORPHAN_GRACE_S = 14 * 24 * 3600.0
"""How long blobs that no path points at are kept, so that switching back to a branch costs rows only."""

DATABASE_CACHE_KIB = 16_384
"""SQLite's page cache a connection."""

VECTORS_EXACT_MAX = 50_000
"""Chunks up to which every vector is compared; above it a graph (HNSW) answers. See benchmarks/vectors.py."""

REMEMBERED_ROWS = 20_000
"""Rows of chunks that a connection remembers for ranking (some 8 MB); past it the oldest are read again. Where a graph
answers, a table of all chunks is made besides (7 MB at 100,000)."""

REMEMBERED_SYMBOLS = 10_000
"""Definitions of blobs that a connection remembers (some 8 MB)."""

REMEMBERED_CONTENT_BYTES = 8_000_000
"""Unpacked bytes of files that a connection remembers, for the text of hits."""

REMEMBERED_PATHS = 20_000
"""Blobs whose paths a connection remembers for one generation of the catalog (some 5 MB)."""

REMEMBERED_REFERENCES = 80_000
"""Blobs of which it is remembered how much refers to them, until the next commit (some 8 MB)."""

REMEMBERED_FREQUENCIES = 20_000
"""Terms of which it is remembered in how many chunks they occur, until the next commit (some 3 MB)."""

REMEMBERED_WORD_PATHS = 40_000
"""Paths by words in them that it remembers for one generation (some 4 MB)."""

ERROR_TOKENS_MAX = 10_000
"""Tokens that the parser may leave lying side by side in one error; past it the file has no outline. Queries are
quadratic in them: 10,000 brackets in a row cost 0.2 s, 100,000 cost 22 s (tree-sitter 0.26)."""

TREE_DEPTH_MAX = 2_000
"""A file whose tree is deeper has no outline: queries can be quadratic in it. 20,000 backticks, each a template behind
the one before, cost JavaScript's query 1.2 s, 100,000 cost 29 s (tree-sitter 0.26, whose queries can't be stopped)."""

SIGNATURE_CHARS_MAX = 300
"""Characters of a definition's one-line signature; the rest is cut off."""

DOC_CHARS_MAX = 2_000
"""Characters kept of a doc comment."""

SIGNATURE_VALUE_BYTES_MAX = 100
"""Bytes of a constant with its value that still make a signature; of a longer one only the first line counts."""

NAME_CHARS_MAX = 200
"""Characters of a name or of one step of a symbol path; longer ones are cut off."""

DEFINITIONS_PER_FILE_MAX = 20_000
"""Past it the rest of a file's definitions, or of its re-exports, are left out: only generated tables have so many."""

GIT_TIMEOUT_S = 20.0
"""Seconds `git ls-files` may take; then the folder is walked instead. 40,000 files take it 0.1 s."""

IGNORE_FILE_BYTES_MAX = 1_000_000
"""A larger .gitignore, .scholiastignore or .gitattributes counts as absent."""

IGNORE_LINE_BYTES_MAX = 4_096
"""A longer line of them says nothing: no path is as long."""

IGNORE_WILDCARDS_MAX = 5_000
"""Patterns with wildcards of one such file that count; each may have to be held against each name."""

DATA_FILE_BYTES_MAX = 200_000
"""JSON, YAML, XML, SQL and text above this size is skipped as "data": a fixture or dump, no configuration."""

LINE_BYTES_MEAN_MAX = 300
"""A source file whose lines are longer on average is skipped as "minified"."""

LINE_BYTES_MAX = 5_000
"""A source file with over half of its bytes in lines longer than this is skipped as "minified"."""

PROSE_LINE_BYTES_MAX = 20_000
"""The same for prose, which is often written with one line a paragraph."""

SERVED_MISSING_SHARE_MAX = 0.2
"""Share of chunks that an embedder which follows behind may lack and still be searched with: words find the others.
After a change of more, the one that is level serves until the other has caught up."""

MODEL_GRACE_S = 14 * 24 * 3600.0
"""How long vectors of an embedder that nobody uses any more are kept, so that switching back costs nothing."""

EMBED_SLICE_S = 0.5
"""How long texts may take that are given to a slow embedder at once: it is stopped between, and a kill loses them."""

WATCH_QUIET_S = 0.2
"""Seconds without a further event after which changes are acted on: an editor saves in up to ten events."""

WATCH_WAIT_S_MAX = 2.0
"""Seconds after which they are acted on although events keep coming."""

WATCH_PATHS_MAX = 500
"""Above it the whole workspace is looked at: that takes 0.2 s for 20,000 files."""

WATCH_FULL_EVERY_S = 300.0
"""Seconds between full looks that need no event: for what no event told."""

WATCH_POLL_EVERY_S = 30.0
"""The same where some or all folders can't be watched."""

WATCH_LOCK_WAIT_S_MAX = 10.0
"""Seconds that git's index.lock holds up changes; a lock left behind by a crash holds them up no longer."""

OVERLAY_BYTES_MAX = 50_000_000
"""Bytes of unsaved text laid over paths at once; past it, further buffers are not seen before they are saved."""

OVERLAY_ANALYSIS_S_MAX = 10.0
"""A worker that takes longer over one unsaved text is ended, and the text is cut by lines."""

OVERLAY_REMEMBERED_MAX = 8
"""Unsaved texts whose analysis is remembered: undo and redo go back and forth between a few."""

OVERLAY_EMBEDDED_MAX = 4
"""Changed chunks of an unsaved text that an embedder which follows behind is given: it may take 50 ms for each, and the
text is not found at all until they are done."""

SYMBOL_NAMES_MAX = 500_000
"""Distinct names of definitions kept in memory to be searched by what someone types (some 60 MB). 100,000 chunks have
50,000; names past it are found once they are typed whole."""
