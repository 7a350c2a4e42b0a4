"""All that is learned from, in arrays: which terms are known, pairs as bags of them, texts for the teacher.

Must not know how training goes.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from bags import Bagger, Bags, Encoded, Ints, Numbers, encode
from extract import SEED, Extracted, Pair

from scholiast_indexer.embedding.static import UNKNOWN, Vocabulary
from scholiast_indexer.text import stem, text_terms

VOCABULARY_SIZE = 28_000
TERM_CHARACTERS_MAX = 24
TAUGHT_CHARACTERS_MAX = 110
"""Of a text for the teacher, whose time goes by length."""
COMPOUNDS_KEPT = 4_000
"""Among so many of the most frequent terms, compounds such as `filename` have a vector of their own."""
PER_LANGUAGE_MAX = 60_000
"""Pairs of one language, so that no language drowns the others."""
_TERM = re.compile(r"[a-z][a-z0-9]*|[0-9]{1,4}")


class Corpus(NamedTuple):
    """Pairs by place: what is asked, what is found, and which package and language it is of."""

    queries: Bags
    """The doc comment, or the name where there is none."""
    shaped: Bags
    """The same as people type it into a search."""
    bodies: Bags
    signed: Bags
    """Bodies with their signatures and the names they define, where it is not the name that is asked for."""
    packages: Ints
    languages: list[str]
    taught: Ints
    """Place of its doc comment among the teacher's texts, or -1."""
    texts: list[str]
    """What the teacher embeds."""
    text_bags: Bags
    vocabulary: list[str]


def read(folder: Path, use: str) -> Iterator[Extracted]:
    """What was extracted of the packages for that use."""
    for path in sorted(folder.glob("*.msgpack")):
        found = msgspec.msgpack.decode(path.read_bytes(), type=Extracted)
        if found.use == use:
            yield found


def chosen_pairs(packages: list[Extracted]) -> list[list[Pair]]:
    """The pairs of each package, those of frequent languages thinned out evenly."""
    counts = Counter(pair.language for package in packages for pair in package.pairs)
    draw = random.Random(SEED)
    shares = {language: min(1.0, PER_LANGUAGE_MAX / count) for language, count in counts.items()}
    return [[pair for pair in package.pairs if draw.random() < shares[pair.language]] for package in packages]


def make_vocabulary(numbers: Numbers, parts: list[Encoded], owners: Ints, prose: Encoded, size: int) -> list[str]:
    """The terms that come most often; one that only a package or two know is none.

    Args:
        numbers: Of all terms.
        parts: Encoded texts of the pairs.
        owners: The package of each pair.
        prose: Sentences.
        size: Of the vocabulary, with UNKNOWN.
    """
    count = np.bincount(prose.numbers, minlength=len(numbers)).astype(np.float64)
    spread = np.zeros(len(numbers), np.int64)
    for part in parts:
        of = np.repeat(owners, part.lengths)
        keys, times = np.unique(of * len(numbers) + part.numbers, return_counts=True)
        np.add.at(count, keys % len(numbers), np.minimum(times, 500))
        if part is parts[0]:
            np.add.at(spread, keys % len(numbers), 1)
    frequent = (count >= 5) & (spread >= 3)
    known = {
        term: float(count[number])
        for term, number in numbers.items()
        if frequent[number] and len(term) <= TERM_CHARACTERS_MAX and _TERM.fullmatch(term)
    }
    ordered = sorted(known, key=lambda term: (-known[term], term))
    kept = [term for place, term in enumerate(ordered) if place < COMPOUNDS_KEPT or not _is_compound(term, known)]
    return [UNKNOWN, *kept[: size - 1]]


def _is_compound(term: str, known: dict[str, float]) -> bool:
    """Whether it is two words, each far more frequent: `namelength` is as good as its parts, which stand beside it."""
    least = known[term] * 5
    cuts = range(3, len(term) - 2)
    return any(known.get(term[:cut], 0) > least and _begins(term[cut:], known, least) for cut in cuts)


def _begins(word: str, known: dict[str, float], least: float) -> bool:
    """Whether a word is known, whole or by its stem."""
    return known.get(word, 0) > least or (len(word) > 3 and known.get(stem(word), 0) > least)


_FUNCTION_WORDS = frozenset(  # split, because a list of as many strings can't be read
    "a an the this that these its it of for to in on with by from as be is are was if whether".split()  # noqa: SIM905
)
_SHAPES = ("{}", "{}", "how to {}", "how do i {}", "{lang} {}", "{} {lang}", "{} in {lang}", "{lang} how to {}")
_NO_VERBS = frozenset(["this", "is", "has", "was", "its", "as", "us", "does", "always", "class", "process", "access"])


def question_shape(doc: str, language: str, draw: random.Random) -> str:
    """A doc comment's first sentence as someone might type it: base form first, few function words, 3 to 10 words."""
    words = re.findall(r"[A-Za-z][\w-]*", doc.split(". ", maxsplit=1)[0])
    if words and words[0].lower() not in _NO_VERBS and draw.random() < 0.9:
        words[0] = base_form(words[0])
    kept = [word.lower() for word in words if word.lower() not in _FUNCTION_WORDS or draw.random() < 0.4]
    kept = kept[: draw.randint(4, 10)]
    return draw.choice(_SHAPES).replace("{lang}", language).format(" ".join(kept))


def base_form(verb: str) -> str:
    """`returns` to `return`, `parses` to `parse`, `fetches` to `fetch`, `copies` to `copy`."""
    if len(verb) < 4 or not verb.endswith("s") or verb.endswith("ss"):
        return verb
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    return verb[:-2] if verb.endswith(("shes", "ches", "xes", "sses", "zzes", "oes")) else verb[:-1]


def make(folder: Path, size: int, taught_max: int) -> Corpus:
    """The corpus of what was extracted into a folder."""
    packages = list(read(folder, "train"))
    chosen = chosen_pairs(packages)
    pairs = [pair for part in chosen for pair in part]
    owners = np.repeat(np.arange(len(chosen)), [len(part) for part in chosen])
    draw = random.Random(SEED + 1)
    shaped = [question_shape(pair.doc, pair.language, draw) if pair.doc else "" for pair in pairs]
    taught, texts = _texts(pairs, shaped, packages, taught_max, draw)
    numbers = Numbers()
    bodies = encode((pair.body_terms for pair in pairs), numbers)
    heads = encode((pair.signature_terms if pair.doc else "" for pair in pairs), numbers)
    names = encode((pair.name_terms if pair.doc else "" for pair in pairs), numbers)  # else they are what is asked
    queries = encode((pair.doc_terms or pair.name_terms for pair in pairs), numbers)
    asked = encode(
        (text_terms(text) if text else pair.name_terms for text, pair in zip(shaped, pairs, strict=True)), numbers
    )
    told = encode(map(text_terms, texts), numbers)
    vocabulary = make_vocabulary(numbers, [bodies, queries], owners, told, size)
    bagger = Bagger(numbers, Vocabulary({term: row for row, term in enumerate(vocabulary) if term != UNKNOWN}))
    return Corpus(
        queries=bagger.bags([queries]),
        shaped=bagger.bags([asked]),
        bodies=bagger.bags([bodies]),
        signed=bagger.bags([bodies, heads], names),
        packages=owners,
        languages=[pair.language for pair in pairs],
        taught=taught,
        texts=texts,
        text_bags=bagger.bags([told]),
        vocabulary=vocabulary,
    )


def _shortened(doc: str) -> str:
    return doc if len(doc) <= TAUGHT_CHARACTERS_MAX else doc[:TAUGHT_CHARACTERS_MAX].rsplit(" ", 1)[0]


def _texts(
    pairs: list[Pair], shaped: list[str], packages: list[Extracted], taught_max: int, draw: random.Random
) -> tuple[Ints, list[str]]:
    """What the teacher embeds: beginnings of doc comments and question shapes, then sentences."""
    taught = np.full(len(pairs), -1)
    documented = [place for place, pair in enumerate(pairs) if pair.doc and pair.language != "markdown"]
    draw.shuffle(documented)
    texts: dict[str, int] = {}
    for place in documented[: taught_max * 6 // 10]:
        taught[place] = texts.setdefault(_shortened(pairs[place].doc), len(texts))
    for place in documented[: taught_max * 2 // 10]:
        texts.setdefault(shaped[place], len(texts))
    prose = [sentence for package in packages for sentence in package.prose if len(sentence) <= TAUGHT_CHARACTERS_MAX]
    draw.shuffle(prose)
    for sentence in prose[: taught_max - len(texts)]:
        texts.setdefault(sentence, len(texts))
    return taught, list(texts)
