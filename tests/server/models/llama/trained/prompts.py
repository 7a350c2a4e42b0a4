"""Made-up pieces of code and questions about them, as the product puts them to a model; must not know any model.

The prompt is `models/prompt.py`'s own: what is asked of the trained model here is asked of it by the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from tests.server.models.llama.trained.words import invented

from scholiast_server.models.prompt import RULES, ChatMessage, build_prompt
from scholiast_server.models.protocol import Evidence, Request

PIECES_MAX = 6
HERE = "defined here"
ASKED, WHERE, DEFINED = ">>>\n\nQuestion: ", "where is ", " defined?"
"""What stands around the name that is asked for."""
LINE_CHARACTERS_MAX = 100
INVENTED_SHARE = 0.1
"""Of the words, so that every token is met in every place."""
LONG_SHARE, LONG_WORDS_MAX = 0.2, 7
"""Of the names are as long as those of tests."""
NO_DEFINITION_SHARE = 0.2
"""Of the prompts hold such a piece."""
BUDGET_TOKENS = 1_000_000
"""Examples are made short; nothing is left out."""


class Ask(NamedTuple):
    """A question and the one right answer."""

    question: str
    answer: str


class Example(NamedTuple):
    """Evidence, and questions about it."""

    evidence: tuple[Evidence, ...]
    asks: tuple[Ask, ...]


class _Language(NamedTuple):
    ending: str
    heads: tuple[str, ...]
    """Lines that define; `{name}` is what they define, `{a}`, `{b}` are other names, `{T}` is a type's."""
    lines: tuple[str, ...]
    comment: str
    is_snake: bool


_LANGUAGES = (
    _Language(
        "py",
        ("def {name}(self, {a}):", "def {name}({a}, {b}=None):", "class {name}:", "class {name}({T}):",
         "async def {name}({a}: str) -> {T}:", "{name} = {b}"),
        ("    return {a}.{b}", "    if {a} is None:", "        raise {T}({a})", "    self.{a} = {b}",
         "    for {a} in {b}:", "import {a}", "from {a} import {b}",
         "@{a}.{b}", "    {a} = {b}({b}[0])", '    """The {a} of a {b}."""'),
        "#", True,
    ),
    _Language(
        "go",
        ("func {name}({a} string) error {{", "func ({a} *{T}) {name}({b} int) bool {{", "type {name} struct {{"),
        ("\tif err != nil {{", "\t\treturn err", "}}", "\t{a} := {b}.{T}()", "\treturn &{T}{{{a}: {b}}}",
         "\t{T} string"),
        "//", False,
    ),
    _Language(
        "ts",
        ("export function {name}({a}: string): {T} {{", "export default class {name} {{", "const {name} = ({a}) => {{",
         "  {name}({a}: {T}) {{", "export interface {name} extends {T} {{"),
        ("  return {a}.{b}({a})", "}}", "  const {a} = this.{b};", "import {{ {a} }} from './{b}'", "  if (!{a}) {{"),
        "//", False,
    ),
    _Language(
        "rs",
        ("pub fn {name}(&self, {a}: &str) -> Result<{T}> {{", "pub struct {name} {{", "impl {name} {{",
         "fn {name}() {{"),
        ("    let mut {a} = {b}.{a}()?;", "    Ok({a})", "}}", "    match {a} {{", "use {a}::{b}::{T};",
         "#[derive(Debug)]"),
        "///", True,
    ),
    _Language(
        "java",
        ("    public {T} {name}({T} {a}) {{", "public final class {name} extends {T} {{", "  private int {name}() {{"),
        ("        return this.{a};", "    }}", "        {T} {a} = new {T}({b});", "import {a}.{b}.{T};",
         "    @Override"),
        "//", False,
    ),
    _Language(
        "c",
        ("int {name}(const char *{a})", "static void {name}(struct {T} *{a}, int {b})", "#define {name} {a}"),
        ("{{", "    return {a}->{b};", "}}", "    if ({a} < 0)", "#include <{a}.h>", "    {a} = {b}({a});"),
        "//", True,
    ),
)  # fmt: skip


class Maker:
    """Makes examples, the same ones from the same seed."""

    def __init__(self, seed: int, words: Sequence[str], code: Sequence[str] = (), *, lines_max: int = 8) -> None:
        """
        Args:
            seed: Of all that chance decides.
            words: What names are made of.
            code: Lines of real code, to stand among the made-up ones.
            lines_max: Of one piece.
        """
        self._random = Random(seed)
        self._words = words
        self._code = code
        self._lines_max = lines_max

    def example(self, pieces: int, *, questions: int = 1) -> Example:
        """So many pieces, each with a name of its own, and at most so many questions."""
        random = self._random
        paths = [self._path() for _ in range(random.randint(1, pieces))]
        symbols = self._symbols(pieces)
        if pieces > 1 and random.random() < NO_DEFINITION_SHARE:  # a piece outside any definition, or prose
            symbols[random.randrange(pieces)] = random.choice(("", " ".join(self._some_words()).capitalize()))
        numbers = sorted(random.sample(range(1, PIECES_MAX + 1), pieces)) if random.random() < 0.2 else None
        evidence = []
        for place, symbol in enumerate(symbols):
            path, language = random.choice(paths)
            number = numbers[place] if numbers else place + 1
            others = [other for other in symbols if other != symbol and other and " " not in other]
            evidence.append(self._piece(number, path, language, symbol, others))
        definitions = [piece for piece in evidence if piece.symbol and " " not in piece.symbol]
        asked = random.sample(definitions, min(questions, len(definitions)))
        return Example(tuple(evidence), tuple(self._ask(piece, evidence) for piece in asked))

    # -- names --------------------------------------------------------------------------------------------------

    def _symbols(self, count: int) -> list[str]:
        """Symbol paths, no two the same; some begin alike, as relatives in real code do."""
        found: list[str] = []
        while len(found) < count:
            base = self._random.choice(found) if found and self._random.random() < 0.2 else ""
            symbol = self._relative(base) if base else self._symbol()
            if all(symbol.rpartition(".")[2] != other.rpartition(".")[2] for other in found):
                found.append(symbol)
        self._random.shuffle(found)
        return found

    def _symbol(self) -> str:
        kind = self._random.random()
        if kind < 0.35:
            return self._snake()
        if kind < 0.6:
            return self._camel()
        name = self._snake() if self._random.random() < 0.6 else self._small_camel()
        owner = self._camel() if self._random.random() < 0.8 else f"{self._snake()}.{self._camel()}"
        return f"{owner}.{name}"

    def _relative(self, base: str) -> str:
        owner, _, name = base.rpartition(".")
        if owner and self._random.random() < 0.5:
            return f"{owner}.{self._snake()}"
        if not owner and name[0].isupper():
            return f"{name}.{self._snake()}" if self._random.random() < 0.5 else name + self._word().capitalize()
        longer = f"{name}_{self._word()}" if self._random.random() < 0.5 else f"{self._word()}_{name}"
        return f"{owner}.{longer}" if owner else longer

    def _word(self) -> str:
        return invented(self._random) if self._random.random() < INVENTED_SHARE else self._random.choice(self._words)

    def _some_words(self, most: int = 3) -> list[str]:
        if self._random.random() < LONG_SHARE:
            most = LONG_WORDS_MAX
        return [self._word() for _ in range(self._random.randint(1, most))]

    def _snake(self) -> str:
        name = "_".join(self._some_words())
        return f"_{name}" if self._random.random() < 0.1 else name

    def _camel(self) -> str:
        return "".join(word.capitalize() for word in self._some_words())

    def _small_camel(self) -> str:
        first, *rest = self._some_words()
        return first + "".join(word.capitalize() for word in rest)

    # -- code ---------------------------------------------------------------------------------------------------

    def _path(self) -> tuple[str, _Language]:
        random = self._random
        language = random.choice(_LANGUAGES)
        folders = [self._word() for _ in range(random.choice((0, 1, 1, 2, 2, 3)))]
        name = self._snake() if language.is_snake or random.random() < 0.5 else self._camel()
        if random.random() < 0.4:
            folders = [random.choice(("src", "lib", "tests", "pkg", "crates", "packages", "internal")), *folders]
        return "/".join([*folders, f"{name}.{language.ending}"]), language

    def _piece(self, number: int, path: str, language: _Language, symbol: str, others: list[str]) -> Evidence:
        random = self._random
        start = int(10 ** random.uniform(0, 3.3))
        lines = self._lines(language, symbol.rpartition(".")[2], others)
        return Evidence(
            n=number, path=path, start_line=start, end_line=start + len(lines) - 1, language=language.ending,
            kind="function", symbol=symbol, signature="", doc="", text="\n".join(lines), hash=f"{random.random()}",
            score=1.0 / number,
        )  # fmt: skip

    def _lines(self, language: _Language, name: str, others: list[str]) -> list[str]:
        random = self._random
        count = int(self._lines_max ** random.random())
        comment = [f"{language.comment} {' '.join(self._some_words(6)).capitalize()}."] if random.random() < 0.3 else []
        body = [self._line(random.choice(language.lines), name, others) for _ in range(count - 1)]
        body = [random.choice(self._code) if self._code and random.random() < 0.6 else line for line in body]
        return [*comment, self._line(random.choice(language.heads), name, others), *body]

    def _line(self, shape: str, name: str, others: list[str]) -> str:
        """A line of code that mentions the other pieces' names at times."""
        random = self._random
        a, b = (
            random.choice(others).rpartition(".")[2] if others and random.random() < 0.25 else self._snake()
            for _ in range(2)
        )
        return shape.format(name=name, a=a, b=b, T=self._camel())[:LINE_CHARACTERS_MAX]

    # -- questions ----------------------------------------------------------------------------------------------

    def _ask(self, piece: Evidence, evidence: Sequence[Evidence]) -> Ask:
        random = self._random
        name = piece.symbol if random.random() < 0.3 else piece.name
        return Ask(f"{WHERE}{name}{DEFINED}", answer(name, piece))


def answer(name: str, piece: Evidence) -> str:
    """What is to be said of a piece that defines a name."""
    return written(name, piece.n)


def written(name: str, number: int) -> str:
    """The name comes first and a colon behind it, as in a piece's heading: what is found by it there is copied here."""
    return f"{name}: {HERE} [{number}]"


def chat(evidence: Sequence[Evidence], question: str) -> tuple[ChatMessage, ...]:
    """The messages that the product sends."""
    request = Request(question, tuple(evidence))
    return build_prompt(request, BUDGET_TOKENS, _no_count).messages


def said_each_time() -> tuple[str, ...]:
    """What the product says the same way in every prompt, sentence by sentence, and how places and names are put."""
    fence = "Pieces of the code, between two lines with the code word "
    numbers = (f" [{number}]" for number in range(1, PIECES_MAX + 1))
    return (*(f"{line}\n" for line in RULES.splitlines()[:-1]), RULES.splitlines()[-1], fence, ":\n<<<", ASKED, WHERE,
            DEFINED, ": ", "\n\n", *numbers)  # fmt: skip


def _no_count(texts: Sequence[str]) -> list[int]:
    return [0] * len(texts)
