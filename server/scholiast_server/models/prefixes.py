"""What known embedding models want a query and a document to begin with. Pure; must not know how vectors are made.

A model trained with prefixes loses several points of NDCG without them, and one trained without loses with them, so a
model that is not in the table gets none. Sources are the models' own cards, `https://huggingface.co/` and the name.
"""

from __future__ import annotations

import re
from typing import NamedTuple

AUTO = "auto"
"""A setting that leaves a prefix to the table."""


class Prefixes(NamedTuple):
    """What is put before texts."""

    query: str = ""
    document: str = ""


class _Known(NamedTuple):
    name: str
    """A regular expression found in the model's name, in lower case with `-` between words."""
    prefixes: Prefixes
    source: str


_NONE = Prefixes()
_PASSAGES = Prefixes("Represent this sentence for searching relevant passages: ")
_CODE = Prefixes("Represent this query for searching relevant code: ")
_TASK = "Given a question about a codebase, retrieve code that answers the question"
"""For models that are told their task in words."""

KNOWN = (  # the first that fits counts: a family's odd members come before it
    _Known(r"e5-mistral|e5.*instruct", Prefixes(f"Instruct: {_TASK}\nQuery: "), "intfloat/e5-mistral-7b-instruct"),
    _Known(r"\be5\b", Prefixes("query: ", "passage: "), "intfloat/e5-base-v2"),
    _Known(r"bge-(m3|code)", _NONE, "BAAI/bge-m3"),
    _Known(r"bge.*\bzh\b", Prefixes("为这个句子生成表示以用于检索相关文章："), "BAAI/bge-base-zh-v1.5"),
    _Known(r"\bbge\b", _PASSAGES, "BAAI/bge-base-en-v1.5"),
    _Known(r"nomic-embed-code|coderankembed|code-?rank-?embed", _CODE, "nomic-ai/nomic-embed-code"),
    _Known(r"nomic-embed", Prefixes("search_query: ", "search_document: "), "nomic-ai/nomic-embed-text-v1.5"),
    _Known(r"gte-qwen", Prefixes(f"Instruct: {_TASK}\nQuery: "), "Alibaba-NLP/gte-Qwen2-1.5B-instruct"),
    _Known(r"\bgte\b", _NONE, "Alibaba-NLP/gte-base-en-v1.5"),
    _Known(r"arctic-embed.*v2", Prefixes("query: "), "Snowflake/snowflake-arctic-embed-m-v2.0"),
    _Known(r"arctic-embed", _PASSAGES, "Snowflake/snowflake-arctic-embed-m"),
    _Known(r"mxbai-embed", _PASSAGES, "mixedbread-ai/mxbai-embed-large-v1"),
    _Known(
        r"jina-code-embeddings",
        Prefixes("Find the most relevant code snippet given the following query:\n", "Candidate code snippet:\n"),
        "jinaai/jina-code-embeddings-0.5b",
    ),
    _Known(
        r"jina-embeddings-v3",
        Prefixes("Represent the query for retrieving evidence documents: ", "Represent the document for retrieval: "),
        "jinaai/jina-embeddings-v3",
    ),
    _Known(r"jina-embeddings-v4", Prefixes("Query: ", "Passage: "), "jinaai/jina-embeddings-v4"),
    _Known(r"jina", _NONE, "jinaai/jina-embeddings-v2-base-code"),
    _Known(r"qwen3-embedding", Prefixes(f"Instruct: {_TASK}\nQuery:"), "Qwen/Qwen3-Embedding-0.6B"),
    _Known(
        r"embedding-?gemma",
        Prefixes("task: code retrieval | query: ", "title: none | text: "),
        "google/embeddinggemma-300m",
    ),
    _Known(r"all-(minilm|mpnet|distilroberta)", _NONE, "sentence-transformers/all-MiniLM-L6-v2"),
)

_BY_ARCHITECTURE = {"nomic-bert": "nomic-embed-text", "gemma-embedding": "embeddinggemma"}
"""Architectures that only one family has, for files whose name says nothing."""


def prefixes_of(name: str, architecture: str, query: str = AUTO, document: str = AUTO) -> Prefixes:
    """What to put before texts.

    Args:
        name: What the model calls itself, or what its file or its server calls it.
        architecture: Of the model; empty where it is not known.
        query: What the user set: `auto` is what the model is known to want.
        document: The same for documents.
    """
    known = _known(name) or _known(_BY_ARCHITECTURE.get(architecture, "")) or _NONE
    return Prefixes(known.query if query == AUTO else query, known.document if document == AUTO else document)


def _known(name: str) -> Prefixes | None:
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return next((known.prefixes for known in KNOWN if re.search(known.name, plain)), None)
