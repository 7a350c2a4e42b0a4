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
from extract import Extracted, Pair

from scholiast_indexer.embedding.static import UNKNOWN, Vocabulary
from scholiast_indexer.text import stem, text_terms

VOCABULARY_SIZE = 28_000
TERM_CHARACTERS_MAX = 24
TAUGHT_CHARACTERS_MAX = 90
"""Of a text for the teacher, whose time goes by length."""
COMPOUNDS_KEPT = 4_000
"""Among so many of the most frequent terms, compounds such as `filename` have a vector of their own."""
NAMED_MAX = 15_000
"""Pairs of one language that have a name only; those with a comment all stay."""
TAUGHT_PER_LANGUAGE_MAX = 14_000
"""Doc comments of one language for the teacher. Python has no limit: most of what people type is asked of it."""
CODES = {"python": 30_000, "other": 22_500, "named": 7_500}
"""Definitions that the teacher reads as they are written, of Python and of other languages, and without a comment."""
SHAPED_MAX = {"python": 60_000, "other": 40_000}
"""Comments that the teacher sees as questions too."""
_TURNS = 25
"""The teacher is told of each kind of text in turns, so that it may be stopped after any."""
_SEEDS = {"coded": 14, "named": 12, "shaped": 13, "taught": 11}
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
    full: Bags
    """The same with their comments, as a chunk has them."""
    packages: Ints
    languages: list[str]
    taught: Ints
    """Place of its doc comment among the teacher's texts, or -1."""
    taught_shapes: Ints
    """Place there of the question that it became, or -1."""
    texts: list[str]
    """What the teacher embeds."""
    text_bags: Bags
    codes: list[str]
    """Definitions as they are written, which the teacher embeds too."""
    coded: Ints
    """Place of the pair of each."""
    vocabulary: list[str]


def read(folder: Path, use: str) -> Iterator[Extracted]:
    """What was extracted of the packages for that use."""
    for path in sorted(folder.glob("*.msgpack")):
        found = msgspec.msgpack.decode(path.read_bytes(), type=Extracted)
        if found.use == use:
            yield found


def chosen_pairs(packages: list[Extracted]) -> list[list[Pair]]:
    """The pairs of each package, those without a comment thinned out evenly."""
    counts = Counter(pair.language for package in packages for pair in package.pairs if not pair.doc)
    draw = random.Random(_SEEDS["named"])
    return [
        [pair for pair in package.pairs if pair.doc or draw.random() < min(1, NAMED_MAX / counts[pair.language])]
        for package in packages
    ]


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


def make(folder: Path, size: int) -> Corpus:
    """The corpus of what was extracted into a folder."""
    packages = list(read(folder, "train"))
    told_of = _told_of(packages)
    chosen = chosen_pairs(packages)
    pairs = [pair for part in chosen for pair in part]
    owners = np.repeat(np.arange(len(chosen)), [len(part) for part in chosen])
    draw = random.Random(_SEEDS["shaped"])
    shaped = [
        told_of.shapes.get(id(pair)) or question_shape(pair.doc, pair.language, draw) if pair.doc else ""
        for pair in pairs
    ]
    places = {text: place for place, text in enumerate(told_of.texts)}
    coded = _coded(pairs)
    numbers = Numbers()
    bodies = encode((pair.body_terms for pair in pairs), numbers)
    heads = encode((pair.signature_terms if pair.doc else "" for pair in pairs), numbers)
    names = encode((pair.name_terms if pair.doc else "" for pair in pairs), numbers)  # else they are what is asked
    docs = encode((pair.doc_terms for pair in pairs), numbers)
    queries = encode((pair.doc_terms or pair.name_terms for pair in pairs), numbers)
    asked = encode(
        (text_terms(text) if text else pair.name_terms for text, pair in zip(shaped, pairs, strict=True)), numbers
    )
    told = encode(map(text_terms, told_of.texts), numbers)
    vocabulary = make_vocabulary(numbers, [bodies, queries], owners, told, size)
    bagger = Bagger(numbers, Vocabulary({term: row for row, term in enumerate(vocabulary) if term != UNKNOWN}))
    return Corpus(
        queries=bagger.bags([queries]),
        shaped=bagger.bags([asked]),
        bodies=bagger.bags([bodies]),
        signed=bagger.bags([bodies, heads], names),
        full=bagger.bags([bodies, heads, docs], names),
        packages=owners,
        languages=[pair.language for pair in pairs],
        taught=np.array([places.get(first_sentence(pair.doc), -1) if pair.doc else -1 for pair in pairs]),
        taught_shapes=np.array([places.get(text, -1) if text else -1 for text in shaped]),
        texts=told_of.texts,
        text_bags=bagger.bags([told]),
        codes=[pairs[place].code for place in coded],
        coded=np.array(coded),
        vocabulary=vocabulary,
    )


def first_sentence(doc: str) -> str:
    """The first sentence of a comment, or as much of it as the teacher is told of."""
    sentence = doc.split(". ", maxsplit=1)[0]
    return sentence if len(sentence) <= TAUGHT_CHARACTERS_MAX else sentence[:TAUGHT_CHARACTERS_MAX].rsplit(" ", 1)[0]


def _coded(pairs: list[Pair]) -> list[int]:
    """Places of the pairs whose code the teacher reads, in the order in which it does: of each kind in turns."""
    kinds: dict[str, list[int]] = {kind: [] for kind in CODES}
    order = list(range(len(pairs)))
    random.Random(_SEEDS["coded"]).shuffle(order)
    for place in order:
        pair = pairs[place]
        kind = "named" if not pair.doc else "python" if pair.language == "python" else "other"
        if pair.code and len(kinds[kind]) < CODES[kind]:
            kinds[kind].append(place)
    return [
        place
        for turn in range(_TURNS)
        for some in kinds.values()
        for place in some[turn * (len(some) // _TURNS + 1) : (turn + 1) * (len(some) // _TURNS + 1)]
    ]


class _ToldOf(NamedTuple):
    """What the teacher embeds, in the order in which it does, and the question that a pair's comment became, by id."""

    texts: list[str]
    shapes: dict[int, str]


def _told_of(packages: list[Extracted]) -> _ToldOf:
    """First sentences of comments, questions made of them, sentences and headings of documents."""
    draw = random.Random(_SEEDS["taught"])
    pairs = [pair for package in packages for pair in package.pairs if pair.doc]
    documented = [pair for pair in pairs if pair.language != "markdown"]
    draw.shuffle(documented)
    python = [pair for pair in documented if pair.language == "python"]
    counts: Counter[str] = Counter()
    others = []
    for pair in documented:
        counts[pair.language] += 1
        if pair.language != "python" and counts[pair.language] <= TAUGHT_PER_LANGUAGE_MAX:
            others.append(pair)
    headings = [first_sentence(pair.doc) for pair in pairs if pair.language == "markdown"]
    draw.shuffle(headings)
    prose = [text for package in packages for text in package.prose if len(text) <= TAUGHT_CHARACTERS_MAX]
    draw.shuffle(prose)
    shapes = {}
    for pair in python[: SHAPED_MAX["python"]] + others[: SHAPED_MAX["other"]]:
        shapes[id(pair)] = question_shape(pair.doc, pair.language, draw)
    kinds: list[list[str]] = []
    for some in (python, others):
        kinds.append([first_sentence(pair.doc) for pair in some])
        kinds.append([shapes[id(pair)] for pair in some if id(pair) in shapes])
    kinds += [prose, headings]
    texts: dict[str, None] = {}
    for turn in range(_TURNS):
        for kind in kinds:
            share = len(kind) // _TURNS + 1
            texts.update(dict.fromkeys(text for text in kind[turn * share : (turn + 1) * share] if len(text) > 8))
    return _ToldOf(list(texts), shapes)
