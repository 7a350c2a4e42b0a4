"""Whether pieces of code hold what a sentence names, quotes or speaks of; pure, and must not know answers.

Names and code have to stand there as written: the words of a call in its order, the parts of a dotted name together
or as members of what the piece is about, comparisons and assignments letter by letter, files by their path.
Words of prose are only asked for one that has to do with the piece: no rule could do more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import islice, pairwise

from scholiast_indexer.languages import detect
from scholiast_server.answering.claims import word_sequence
from scholiast_server.models.extractive.question import GENERAL, content_words, stems_in
from scholiast_server.models.protocol import Evidence
from scholiast_server.models.sentences import word_set

TRIVIAL = word_set(
    """
    self this true false none null nil undefined return new def func fn function class the a an
    """
)
"""Words inside quoted code that prove nothing either way."""

PROSE_WORDS_MIN = 4
"""Content words from which on a sentence without code has to share one with the lines that it cites."""
KIN_CHARACTERS = 5
"""Words of as many letters are kin where one begins as the other: `registr` and `regist`."""

_PLACE = re.compile(r"(?P<path>[^\s:]+?)(?::L?\d+(?:[-–]L?\d+)?)?")
_QUALIFIED = re.compile(r"[\w$]+(?:(?:\.#?|::|->|#)[\w$]+)+")
_LINE_NUMBERS = re.compile(r"(?<=\w):L?\d+(?:[-–]L?\d+)?\Z")
_CALL = re.compile(r"(?:[\w$]+(?:\.#?|::|->|#))*(?P<name>[\w$]+[?!]?)\s*\((?P<given>.*)\)\s*[;:{]?", re.S)
_JOINED = re.compile(r"([\w$]+)\s*(?:\?\.#?|!\.#?|\.#?|::|->|#)\s*(?=([\w$]+))")
_MARKS = re.compile(r"\.#?|::|->|#")
"""Between an owner and its member; `.#` before one that JavaScript keeps private."""
_OPERATOR = re.compile(r"[=<>!|+%]|&&| [-*/&] ")
_ELISION = re.compile(r"\.\.\.|…")
_ONLY_COMMENT = re.compile(r"(?:#(?![\[!]|\s*(?:include|define|if|else|end|pragma))|//|/\*|\*(?=[\s/]|\Z)|--\s|;;)")
_COMMENT_BEHIND = re.compile(r"\s+(?:#|//|--)\s.*$")
_LOOSE_COMMA = re.compile(r",(?=[)\]}])")
_PATH_CHARACTERS_MAX = 400
_PLACES_MAX = 50
_ARGUMENTS_CHARACTERS_MAX = 4_000
_WINDOW_WORDS = 8
"""Words that may stand between those of a call, beside three for each of them."""


class Held:
    """What a piece of code holds, in the forms it is asked for; each is made once."""

    def __init__(self, piece: Evidence) -> None:
        self.piece = piece

    @cached_property
    def sequence(self) -> list[str]:
        """The words of its lines in order."""
        return word_sequence(self.piece.text)

    @cached_property
    def own(self) -> frozenset[str]:
        """The words of its lines and its name."""
        return frozenset([*self.sequence, *word_sequence(self.piece.symbol)])

    @cached_property
    def words(self) -> frozenset[str]:
        """These, and those of its path."""
        return self.own | frozenset(word_sequence(self.piece.path))

    @cached_property
    def surroundings(self) -> frozenset[str]:
        """The names of what it lies in, in lower case: what its members may be called by."""
        return frozenset(word.lower() for word in word_sequence(f"{self.piece.symbol}\n{self.piece.path}"))

    @cached_property
    def joined(self) -> frozenset[tuple[str, str]]:
        """Owner and member, as its lines join them: `url_map.add`."""
        return frozenset((found[1], found[2]) for found in _JOINED.finditer(self.piece.text))

    @cached_property
    def squeezed(self) -> str:
        """Its lines without white space, with one kind of quotation mark."""
        return squeezed(self.piece.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of all its words."""
        return stems_in(f"{self.piece.text}\n{self.piece.symbol}\n{self.piece.path}")

    @cached_property
    def letters(self) -> str:
        """Its lines in lower case."""
        return self.piece.text.lower()


def holds(code: str, held: Sequence[Held]) -> bool:
    """Whether the pieces together hold a piece of code that a sentence names."""
    bare = _LINE_NUMBERS.sub("", code.strip().removesuffix("()").strip())
    if any(_is_what(bare, one) for one in held):
        return True
    if (path := _path(bare)) is not None:
        is_member = "/" not in path and bool(_QUALIFIED.fullmatch(bare)) and _holds_qualified(bare, held)
        return is_member or any(path in one.piece.text for one in held)
    words = _telling(code)
    if not all(any(word in one.words for one in held) for word in words):
        return False
    if len(word_sequence(code)) < 2 or any(_holds_exactly(code, one) for one in held):
        return True
    if _QUALIFIED.fullmatch(bare.rstrip("?!")):
        return _holds_qualified(bare, held)
    if _OPERATOR.search(code) or not all(_holds_qualified(name, held) for name in _QUALIFIED.findall(code)):
        return False
    if (call := _CALL.fullmatch(bare)) is not None:
        return any(_is_called(call["name"], call["given"], one.piece.text) for one in held)
    return len(words) < 2 or any(_in_order(words, one.sequence) for one in held)


def holds_some(code: str, held: Held) -> bool:
    """Whether a piece holds any word of a piece of code that tells something."""
    words = _telling(code)
    return not words or any(word in held.words for word in words)


def missing_lines(quoted: Iterable[str], held: Sequence[Held]) -> list[str]:
    """Lines of quoted code that stand in none of the pieces; comments and `...` are left aside."""
    return [line.strip() for line in quoted if not any(_holds_line(line, one) for one in held)]


def is_about(prose: str, held: Sequence[Held]) -> bool:
    """Whether words of prose have anything to do with the pieces; few words always do."""
    words = [word for word in content_words(prose) if word not in GENERAL]
    if len(words) < PROSE_WORDS_MIN:
        return True
    stems = stems_in(" ".join(words))
    long = [word for word in (*words, *stems) if len(word) >= KIN_CHARACTERS]
    return any(stems & one.stems or any(word in one.letters for word in long) or _has_kin(long, one) for one in held)


def _telling(code: str) -> list[str]:
    """The words of a piece of code that prove something."""
    return [word for word in word_sequence(code) if word.lower() not in TRIVIAL]


def squeezed(code: str) -> str:
    """Code without what may differ in a quotation: white space, the kind of quotation mark, commas at the end."""
    return _LOOSE_COMMA.sub("", re.sub(r"\s+", "", code).replace("'", '"'))


def _has_kin(words: Sequence[str], held: Held) -> bool:
    others = [stem for stem in held.stems if len(stem) >= KIN_CHARACTERS]
    return any(word.startswith(other) for word in words for other in others)


def _path(code: str) -> str | None:
    """The path that a piece of code spells; None where it is none."""
    place = _PLACE.fullmatch(code) if len(code) <= _PATH_CHARACTERS_MAX else None
    if place is None or re.search(r"[(){}<>*\"'=,;$]", code):
        return None
    path = place["path"].removeprefix("./")
    name = path.rpartition("/")[2]
    is_file = "." in name.strip(".") and detect(path) is not None
    return path if is_file else None


def _is_what(code: str, held: Held) -> bool:
    """Whether the code is what the piece is called, in full or by its last parts, or its file."""
    name, path = _MARKS.sub(".", code), code.removeprefix("./")
    symbol = _MARKS.sub(".", held.piece.symbol)
    return any(
        whole == part or whole.endswith(f"{mark}{part}")
        for whole, part, mark in ((symbol, name, "."), (held.piece.path, path, "/"))
    )


def _holds_qualified(name: str, held: Sequence[Held]) -> bool:
    """`a.b`: together in the text, or `a` is what the piece lies in, or a type whose member it speaks of."""
    parts = _MARKS.split(name)
    return all(_belongs(owner, member, held) for owner, member in pairwise(parts))


def _belongs(owner: str, member: str, held: Sequence[Held]) -> bool:
    def may_own(one: Held) -> bool:
        is_type = owner[:1].isupper() and owner in one.words
        return is_type or owner.lower() in one.surroundings or (owner, member) in one.joined

    return owner.lower() in TRIVIAL or any(member in one.own and may_own(one) for one in held)


def _holds_exactly(code: str, held: Held) -> bool:
    """Letter by letter, but for white space; `...` stands for anything."""
    at = 0
    for part in _ELISION.split(code.strip().rstrip(",;")):
        at = held.squeezed.find(squeezed(part), at)
        if at < 0:
            return False
        at += len(squeezed(part))
    return True


def _in_order(words: Sequence[str], sequence: Sequence[str]) -> bool:
    """Whether the words stand in this order, near each other."""
    window = 3 * len(words) + _WINDOW_WORDS
    for start, first in enumerate(sequence):
        if first == words[0] and _follow(words[1:], sequence[start + 1 : start + window]):
            return True
    return False


def _is_called(name: str, given: str, text: str) -> bool:
    """Whether the name is defined or called with these words in this order, in parentheses or in its line."""
    words = _telling(given)
    found = re.compile(rf"(?<![\w$]){re.escape(name)}(?![\w$])")
    places = list(islice(found.finditer(text), _PLACES_MAX))
    return any(_follow(words, word_sequence(_behind(text, place.end()))) for place in places)


def _behind(text: str, start: int) -> str:
    """What stands behind a name: all that its parentheses hold, else its line."""
    opening = re.compile(r"\s*(?:<[^<>()]*>\s*)?\(").match(text, start)
    if opening is None:
        return text[start:].split("\n", 1)[0]
    depth = 0
    for at in range(opening.end() - 1, min(len(text), opening.end() + _ARGUMENTS_CHARACTERS_MAX)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[opening.end() : at]
    return text[opening.end() : opening.end() + _ARGUMENTS_CHARACTERS_MAX]


def _follow(words: Sequence[str], sequence: Sequence[str]) -> bool:
    """Whether the words stand in the sequence in their order."""
    rest = iter(sequence)
    return all(word in rest for word in words)


def _holds_line(line: str, held: Held) -> bool:
    bare = line.strip()
    if not word_sequence(bare) or _ONLY_COMMENT.match(bare) or _ELISION.fullmatch(bare):
        return True
    return _holds_exactly(bare, held) or _holds_exactly(_COMMENT_BEHIND.sub("", bare), held)
