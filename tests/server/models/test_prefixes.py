"""Each family of embedding models gets the prefixes that it was trained with, however its file spells its name."""

from __future__ import annotations

import pytest

from scholiast_server.models.prefixes import KNOWN, Prefixes, prefixes_of

PASSAGES = "Represent this sentence for searching relevant passages: "
CASES = {
    "E5 Base V2": ("query: ", "passage: "),
    "intfloat/multilingual-e5-small": ("query: ", "passage: "),
    "multilingual-e5-large-instruct": ("Instruct: ", ""),
    "Bge Small En v1.5": (PASSAGES, ""),
    "bge-base-zh-v1.5": ("为这个句子", ""),
    "bge-m3": ("", ""),
    "nomic-embed-text-v1.5": ("search_query: ", "search_document: "),
    "Nomic Embed Code": ("Represent this query for searching relevant code: ", ""),
    "CodeRankEmbed": ("Represent this query for searching relevant code: ", ""),
    "gte-base-en-v1.5": ("", ""),
    "gte-Qwen2-1.5B-instruct": ("Instruct: ", ""),
    "snowflake-arctic-embed-m": (PASSAGES, ""),
    "Snowflake Arctic Embed M v2.0": ("query: ", ""),
    "mxbai-embed-large-v1": (PASSAGES, ""),
    "jina-embeddings-v2-base-code": ("", ""),
    "jina_code_embeddings_0.5b": ("Find the most relevant code snippet", "Candidate code snippet:"),
    "Qwen3 Embedding 0.6B": ("Instruct: ", ""),
    "EmbeddingGemma 300m": ("task: code retrieval | query: ", "title: none | text: "),
    "all-MiniLM-L6-v2": ("", ""),
    "All MiniLM L12 v2": ("", ""),
    "somebody's own model": ("", ""),
    "fine5 begets": ("", ""),
    "": ("", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_a_name_tells_the_prefixes(name: str) -> None:
    found, (query, document) = prefixes_of(name, "bert"), CASES[name]
    assert found.query.startswith(query) and bool(found.query) == bool(query)
    assert found.document.startswith(document) and bool(found.document) == bool(document)


def test_every_entry_is_reached_by_a_case() -> None:
    reached = {prefixes_of(name, "") for name in CASES}
    assert {known.prefixes for known in KNOWN} - reached <= {
        known.prefixes for known in KNOWN if "v3" in known.name or "v4" in known.name
    }


def test_an_architecture_tells_where_the_name_does_not() -> None:
    assert prefixes_of("model", "nomic-bert").query == "search_query: "
    assert prefixes_of("model", "bert") == Prefixes()


@pytest.mark.parametrize(("query", "document"), [("", ""), ("Q ", "D "), ("auto", "D "), ("Q ", "auto")])
def test_what_the_user_set_counts(query: str, document: str) -> None:
    found = prefixes_of("e5-base-v2", "bert", query, document)
    assert found == Prefixes("query: " if query == "auto" else query, "passage: " if document == "auto" else document)
