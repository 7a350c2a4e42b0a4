"""Words of code and of questions, as one list of terms that the lexical index, the embedder and queries share.

Also what of a chunk these are the terms of: its retrieval text and its summary. Must not know what is indexed.
An identifier gives itself in lower case and its parts, stemmed: `addUrlRule` gives `addurlrule add url rule`, and so
does `add_url_rule`.
"""

from __future__ import annotations

import hashlib
import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

import Stemmer

WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n\s*\n|\n\s*(?:[:@\\-]|Args\b|Param|Return|>>>)")
_LEADING_TAGS = re.compile(  # with the indented lines that go on with them
    r"\A(?:\s*[@\\](?!(?:brief|summary|desc|description|returns?|note|overload)\b)\w[^\n]*"
    r"(?:\n[ \t]+(?![ \t@\\])[^\n]*)*(?:\n|\Z))+",
    re.IGNORECASE,
)
_TAG_OF_A_SENTENCE = re.compile(
    r"\A\s*(?:[@\\](?:overload\b[^\n]*\n|\w+)\s*|(?:Public|Internal|Private|Deprecated):\s+)", re.IGNORECASE
)
_NO_WORD = bytes(code if WORD.match(chr(code)) else ord(" ") for code in range(128)).ljust(256)
_PART = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")

TERM_CHARACTERS_MAX = 64
"""Longer words are hashes, keys and encoded data: they are left out."""

SENTENCE_CHARACTERS_MAX = 400
"""Of a first sentence that does not end."""

CACHE_WORDS_MAX = 32_000
"""Distinct words remembered per process (some 8 MB); past it the memory is emptied and fills again."""

STOPWORDS = frozenset(  # split, because a list of 180 strings would fill two pages
    "a about actually all also an and any anyone are as at be because been between but by can could did do does doing "  # noqa: SIM905
    "each either else ever every for from get gets getting give given gives has have having here how i if in into is "
    "it its itself just let like make makes me my need of on one only onto or other our out over please should show "
    "so some someone such take takes than that the their them then there these they this those to up us use used "
    "uses using via want was way we were what when where whether which while who whom whose why will with within "
    "without would you your code codebase implementation implemented implements "
    "work works working defined located happen happens mean means exactly called".split()
)
"""Words of a question that say nothing about the code asked for; dropped from queries, never from the index."""

_stemmer = Stemmer.Stemmer("english")
_stemmer.maxCacheSize = 0  # the dictionary below remembers whole words already


def identifier_parts(word: str) -> list[str]:
    """The parts of an identifier in lower case, unstemmed: `parseHTTPHeader2` gives `parse http header 2`."""
    return [part.lower() for part in _PART.findall(word)]


def word_terms(word: str) -> list[str]:
    """The terms that one word (an identifier or a word of prose) is indexed under, best first.

    The whole word without its marks comes first when it has several parts; then its parts, stemmed. A single
    letter or digit counts only when it is the whole word.
    """
    if len(word) > TERM_CHARACTERS_MAX:
        return []
    parts = _PART.findall(word)
    if len(parts) <= 1:
        return [_stems[parts[0]]] if parts and len(parts[0]) < TERM_CHARACTERS_MAX else []
    return ["".join(parts).lower(), *[_stems[part] for part in parts if len(part) > 1]]


class _Stems(dict[str, str]):
    """Part of an identifier to its stem: most parts of a new word are known from others."""

    def __missing__(self, part: str) -> str:
        """Of `URLs` that of `url`; the stemmer alone would leave `cpus` and `dbs` as they are."""
        if len(self) >= CACHE_WORDS_MAX:
            self.clear()
        is_plural = len(part) > 2 and part.endswith("s") and part[:-1].isupper()
        stemmed = self[part] = str(_stemmer.stemWord((part[:-1] if is_plural else part).lower()))
        return stemmed


_stems = _Stems()


class _TermCache(dict[str, tuple[str, ...]]):
    """Word to its terms. Equal ones are one object, so that counting them compares no letters and hashes none twice."""

    def __missing__(self, word: str) -> tuple[str, ...]:
        if len(self) >= CACHE_WORDS_MAX:
            self.clear()
        terms = self[word] = tuple(map(sys.intern, word_terms(word)))
        return terms


_cache = _TermCache()


def term_list(text: str) -> list[str]:
    """All terms of a text in order: what the lexical index stores and the embedder pools."""
    return list(chain.from_iterable(map(_cache.__getitem__, words(text))))


def text_terms(text: str) -> str:
    """`term_list`, joined by spaces."""
    return " ".join(term_list(text))


def words(text: str) -> list[str]:
    """All that `WORD` finds in a text, in order; of pure ASCII, as most code is, in a third of the time."""
    if text.isascii():  # bytes are replaced five times as fast as letters
        return text.encode().translate(_NO_WORD).decode().split()
    return WORD.findall(text)


def retrieval_text(header: str, body: bytes) -> str:
    """What is embedded and searched of a chunk: its header, then its own bytes (what is not UTF-8 as U+FFFD).

    It holds no path, so that a rename embeds nothing.
    """
    text = body.decode("utf-8", "replace")
    return f"{header}\n{text}" if header else text


def text_hash(text: str, summary: str) -> bytes:
    """Names what is embedded: a retrieval text with its summary (`summary_terms`). 16 bytes of BLAKE2b.

    The same text may define other names in a file of another language, and has another vector there.
    """
    return hashlib.blake2b(f"{summary}\0{text}".encode("utf-8", "surrogatepass"), digest_size=16).digest()


def name_terms(defines: Sequence[str], symbol: str) -> str:
    """Terms of the names that a chunk defines and of the symbol it belongs to."""
    return text_terms(" ".join([*defines, symbol]))


def summary_terms(names: str, docs: Iterable[str]) -> str:
    """What says in few words what a chunk is for: terms of its names, and on a second line those of the first sentences
    of its doc comments.

    Args:
        names: As `name_terms` gives them.
        docs: Of the definitions that begin in the chunk.
    """
    return f"{names}\n{text_terms(' '.join(map(first_sentence, docs)))}"


def summaries(names: Sequence[str], first_lines: Sequence[int], docs: Iterable[tuple[int, str]]) -> list[str]:
    """`summary_terms` of the chunks of a file, of which `names` are given; the others as `docs_by_chunk` takes them."""
    return [summary_terms(own, said) for own, said in zip(names, docs_by_chunk(first_lines, docs), strict=True)]


def first_sentence(doc: str) -> str:
    """Of a doc comment, without what stands before and after it of parameters, errors and results.

    What a comment says of a result is its sentence where it says nothing else.
    """
    if doc.lstrip()[:1] in {"@", "\\"}:
        doc = _LEADING_TAGS.sub("", doc)
    doc = _TAG_OF_A_SENTENCE.sub("", doc)
    end = _SENTENCE_END.search(doc)
    return (doc[: end.start()] if end else doc)[:SENTENCE_CHARACTERS_MAX]


def docs_by_chunk(first_lines: Sequence[int], docs: Iterable[tuple[int, str]]) -> list[list[str]]:
    """The doc comments of each chunk, in an order that depends on them alone.

    Args:
        first_lines: Of the chunks, in order.
        docs: First line and doc comment of each definition.
    """
    found: list[list[str]] = [[] for _ in first_lines]
    for line, doc in sorted({pair for pair in docs if pair[1]}):
        found[max(0, bisect_right(first_lines, line) - 1)].append(doc)
    return found


def stem(word: str) -> str:
    """The stem of one lower-case word."""
    return str(_stemmer.stemWord(word))


def path_words(path: str) -> list[tuple[str, int]]:
    """Stemmed words of a path with their place: 0 in the file's own name, 1 in the folder it lies in, 2 above.

    `src/flask/json/provider.py` gives `(provid, 0) (json, 1) (flask, 2) (src, 2)`.
    """
    *folders, name = path.split("/")
    base = name.split(".", 1)[0] or name
    words = [(term, 0) for term in _path_terms(base)]
    for depth, folder in enumerate(reversed(folders)):
        words.extend((term, 1 if depth == 0 else 2) for term in _path_terms(folder))
    return list(dict.fromkeys(words))


@lru_cache(maxsize=16_384)
def _path_terms(name: str) -> tuple[str, ...]:
    """Of one name in a path; those of folders come again with each file in them."""
    return tuple(text_terms(name).split())
