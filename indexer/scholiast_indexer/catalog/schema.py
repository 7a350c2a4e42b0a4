"""Tables of the index, and the versions that say whether this code can read them. Must not know what reads them.

format_version: what older code can't read; a newer one is left untouched, an older one is built anew.
    1  first layout
    2  vectors of one byte a dimension; what only texts and outlines need, packed for each blob
feature_version: what should be rebuilt although it can be read (chunking, terms, ranking fields).
    1  first chunker and terms
    2  a vector belongs to a text and the names that it defines
    5  names that a file passes on are known, and what adds to a definition elsewhere
    6  heads below several annotations of Kotlin and files that are structs of Zig define; shells' files without shebang
    7  doc comments under RDoc's `##` are known
    8  fields of C that a macro stands for and constructors below classes of Kotlin hide nothing around them
    9  marks for bundlers and what stands behind an annotation on its line are no doc comments
    10 signatures of TypeScript without semicolons, statements of Kotlin that begin with a modifier hide nothing either
    11 nor do constructors below classes of Kotlin with fewer words before them

SQLite finds damage in its own structure, not in values. So rows whose values reach the user carry a checksum
(`checksums`) that is compared whenever they are read.
"""

from __future__ import annotations

FORMAT_VERSION = 2
FEATURE_VERSION = 11

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;

-- The bytes of a file, once, wherever and however often they occur. A blob without a path is kept for a while.
CREATE TABLE blob (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL,
    language TEXT NOT NULL,
    size INTEGER NOT NULL,               -- of the UTF-8 bytes that chunks are cut from
    chunk_count INTEGER NOT NULL,
    problems TEXT NOT NULL,
    checksum INTEGER NOT NULL,           -- of this row, and of the blob's outline
    orphaned_at REAL,                    -- seconds since the epoch; NULL while a path points here
    UNIQUE (hash, language)
);
CREATE TABLE content (
    blob_id INTEGER PRIMARY KEY,
    checksum INTEGER NOT NULL,
    data BLOB NOT NULL                   -- the UTF-8 bytes that chunks are cut from, packed (`blocks`)
);

-- A path of the workspace: it points at a blob, or says why it is not indexed.
CREATE TABLE path (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path BLOB NOT NULL UNIQUE,           -- bytes as the file system has them, '/' between names
    blob_id INTEGER REFERENCES blob (id),
    reason TEXT,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE INDEX path_blob ON path (blob_id);

-- Stemmed words of a path that points at a blob: place 0 is the file's stem, 1 the folder it lies in, 2 one above.
CREATE TABLE path_word (
    word TEXT NOT NULL,
    path_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (word, path_id, place)
) WITHOUT ROWID;

CREATE TABLE chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice: it labels vectors in the graph
    blob_id INTEGER NOT NULL,
    start_byte INTEGER NOT NULL,
    end_byte INTEGER NOT NULL,
    start_line INTEGER NOT NULL,
    end_line INTEGER NOT NULL,
    kind TEXT NOT NULL,
    symbol TEXT NOT NULL,
    defines TEXT NOT NULL,
    text_hash BLOB NOT NULL,             -- of the header and the chunk's own text
    checksum INTEGER NOT NULL            -- and of the blob's language
);
CREATE INDEX chunk_blob ON chunk (blob_id);

-- Definitions, and what else only few questions ask of a blob (`outlines`).
CREATE TABLE outline (
    blob_id INTEGER PRIMARY KEY,
    exported TEXT NOT NULL,              -- names that others refer to it by, one a line
    data BLOB NOT NULL
);

-- Where a name is defined: what else is known of a definition stands in its blob's outline, at this place. A place
-- below 0 is that of a re-export, which passes a name on without defining it; from 1,000,000 up it is, less so much,
-- that of what adds to a definition elsewhere.
CREATE TABLE symbol (
    folded TEXT NOT NULL,                -- the name in lower case
    blob_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    chunk_id INTEGER NOT NULL,           -- that it begins in
    start_line INTEGER NOT NULL,
    name TEXT,                           -- NULL where it is in lower case
    PRIMARY KEY (folded, blob_id, place)
) WITHOUT ROWID;

-- Vectors belong to the text embedded and to the model, not to chunks: the same text is embedded once. They lie in the
-- order in which they came: in that of their hashes, a third of each page would stay empty.
CREATE TABLE vector (
    text_hash BLOB NOT NULL,
    model_id INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    data BLOB NOT NULL,                  -- one byte a dimension after their scale
    UNIQUE (text_hash, model_id)
);
CREATE TABLE model (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL UNIQUE,
    dimension INTEGER NOT NULL
);

-- Blobs whose chunks the lexical index does not hold yet (added = 1) or holds still (added = 0).
CREATE TABLE pending (blob_id INTEGER PRIMARY KEY, added INTEGER NOT NULL);
"""
