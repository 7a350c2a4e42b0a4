"""What a query asks for: its words, the identifiers in it, its shape. Must not know the index."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Literal

import msgspec

from scholiast_indexer.text import STOPWORDS, WORD, identifier_parts, word_terms

Shape = Literal["symbol", "path", "sentence"]

QUERY_CHARACTERS_MAX = 4_000
"""The rest of a longer query (a pasted file, say) is not looked at."""
WORDS_MAX = 64
"""Words of a query that are searched for, the first ones."""

_DOTTED = re.compile(r"[\w$]+(?:(?:\.|::|#|->|\\)[\w$]+)+")
_FILE_LIKE = re.compile(r"[\w.-]+/[\w./-]+|\b[\w-]+\.[a-z]{1,5}\b")
_TESTS_ASKED = re.compile(
    r"\b(tests?|specs?|bench(mark)?s?)\s+(for|of|that|which|covering|cases?|suites?|files?)\b|\b(tested|benchmarked)\b"
    r"|\b(unit|integration|regression|acceptance|e2e|end[ -]to[ -]end)[ -]tests?\b|\b(tests?|specs?|benches)/",
    re.IGNORECASE,
)
_TEST_WORDS = frozenset({"test", "spec", "fixtur", "mock", "benchmark", "bench"})
_EXAMPLE_WORDS = frozenset({"exampl", "demo", "sampl", "tutori"})
_DOC_WORDS = frozenset({"doc", "document", "readm", "changelog", "guid", "licens"})


class Query(msgspec.Struct, frozen=True):
    """A query, taken apart."""

    text: str
    words: tuple[str, ...]
    """Its words that say something, as written, each once."""
    typed: tuple[str, ...]
    """The same words, with the `$` that stands before some."""
    terms: tuple[tuple[str, ...], ...]
    """For each word, the terms that the index knows it by."""
    identifiers: frozenset[str]
    """Words that are written like names in code, and all words of a symbol query, in lower case without marks."""
    spellings: frozenset[str]
    """The same words in lower case with their marks, as the catalog knows definitions."""
    shape: Shape
    wants_tests: bool
    """It asks for tests of something (`tests for the parser`)."""
    names_tests: bool
    """It speaks of tests, be it of what tests are written with (`test client`)."""
    wants_examples: bool
    wants_docs: bool


def analyze_query(text: str, without: Collection[str] = ()) -> Query:
    """Take a query apart; any text is a query.

    Args:
        text: The query.
        without: Words of it that say nothing here, unless it has no others.
    """
    text = text[:QUERY_CHARACTERS_MAX]
    spelled = list(dict.fromkeys(WORD.findall(text)))
    terms_of = {word: found for word in spelled if (found := _terms_of(word))}
    is_shouted = text.isupper()
    said = [word for word in terms_of if word.lower() not in STOPWORDS or (_is_keyword(word) and not is_shouted)]
    words = ([word for word in said if word not in without] or said or list(terms_of))[:WORDS_MAX]
    terms = tuple(terms_of[word] for word in words)
    shape = _shape(text, spelled, words)
    names = words if shape == "symbol" else [word for word in words if is_name_like(word)]
    typed = {word: f"${word}" if f"${word}" in text else word for word in words}
    stems = {term for group in terms for term in group}
    return Query(
        text=text,
        words=tuple(words),
        typed=tuple(typed[word] for word in words),
        terms=terms,
        identifiers=frozenset(folded(name) for name in names),
        spellings=frozenset(spelling.lower() for name in names for spelling in (name, typed[name])),
        shape=shape,
        wants_tests=bool(_TESTS_ASKED.search(text)),
        names_tests=bool(stems & _TEST_WORDS),
        wants_examples=bool(stems & _EXAMPLE_WORDS),
        wants_docs=bool(stems & _DOC_WORDS),
    )


LANGUAGE_WORDS: Mapping[str, str] = {
    "python": "python", "python2": "python", "python3": "python", "javascript": "javascript", "js": "javascript",
    "nodejs": "javascript", "typescript": "typescript", "ts": "typescript", "java": "java", "golang": "go",
    "rust": "rust", "cpp": "cpp", "csharp": "csharp", "kotlin": "kotlin", "swift": "swift", "scala": "scala",
    "ruby": "ruby", "php": "php", "lua": "lua", "haskell": "haskell", "elixir": "elixir", "bash": "bash",
    "perl": "perl", "julia": "julia", "dart": "dart", "ocaml": "ocaml", "zig": "zig",
}  # fmt: skip
"""Names of languages as people type them into a search (`python read a file`), without those that are also words."""


def languages_named(query: Query) -> dict[str, str]:
    """Words of a sentence that name a language, with the language."""
    if query.shape != "sentence":
        return {}
    return {word: LANGUAGE_WORDS[word.lower()] for word in query.words if word.lower() in LANGUAGE_WORDS}


@lru_cache(maxsize=65_536)
def folded(name: str) -> str:
    """A name in lower case without marks: `add_url_rule`, `addUrlRule` and `AddURLRule` are one."""
    return "".join(identifier_parts(name)) or name.lower()


def is_name_like(word: str) -> bool:
    """Whether a word is written as code writes names: `snake_case`, `camelCase`, `CONSTANT_1`, `Class`-like inside."""
    inner_capital = any(letter.isupper() for letter in word[1:]) and any(letter.islower() for letter in word)
    return "_" in word.strip("_") or word.startswith("_") or inner_capital or any(map(str.isdigit, word[1:]))


def _is_keyword(word: str) -> bool:
    """Whether a word is written as SQL and HTTP write theirs (`WHERE`, `GET`), which says something where it stands."""
    return len(word) > 1 and word.isupper()


@lru_cache(maxsize=4_096)
def _terms_of(word: str) -> tuple[str, ...]:
    return tuple(word_terms(word))


def _shape(text: str, spelled: list[str], words: list[str]) -> Shape:
    stripped = text.strip()
    if _FILE_LIKE.fullmatch(stripped) and "/" in stripped:
        return "path"
    if len(spelled) == 1 or _DOTTED.fullmatch(stripped.rstrip("()")):
        return "symbol"
    if words and len(words) <= 2 and all(is_name_like(word) for word in words):
        return "symbol"
    return "sentence"
