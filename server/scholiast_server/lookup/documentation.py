"""A doc comment for a definition that has none, drafted from its text. Must not know editors or engines.

By itself it names what stands in the code (what is taken, called, raised, returned) and never a purpose: that is for
its author, or for whoever is asked what it does.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scholiast_indexer.languages import detect
from scholiast_indexer.types import Symbol
from scholiast_server.lookup import families
from scholiast_server.lookup.comment_answers import without_numbers
from scholiast_server.lookup.comment_safety import plain_lines
from scholiast_server.lookup.doc_styles import Facts, style_of, summary
from scholiast_server.lookup.lexis import without_noise
from scholiast_server.lookup.limits import MEMBERS_NAMED_MAX, SENTENCES_MAX
from scholiast_server.lookup.signatures import parameters, result
from scholiast_server.lookup.types import Insertion, SymbolSource
from scholiast_server.models.extractive.source import bases, calls, raises
from scholiast_server.models.sentences import FENCE, split_sentences

_FUNCTIONS = frozenset({"function", "method", "macro"})
_LEADS = ("@", "#[", "[")
"""What stands above a definition and belongs to it: decorators, attributes."""


def documentation(source: SymbolSource, path: str, line: int, said: str = "") -> Insertion | None:
    """A doc comment for the definition that a line belongs to.

    Args:
        source: The index; what it reads should be the editor's text.
        path: Of the file.
        line: 0-based.
        said: An answer to what the definition does, to begin with.

    Returns:
        None when there is no definition, when it is documented, or when there is nothing to say.
    """
    symbol = undocumented(source, path, line)
    content = source.read(path)
    language = detect(path, (content or b"")[:4096])
    if content is None or language is None or symbol is None:
        return None
    text = content.decode("utf-8", "replace")
    members = [other.name for other in source.symbols(path) if other.path.rpartition(".")[0] == symbol.path]
    facts = gather_facts(symbol, _text_of(symbol, text), language, members)
    known = [name for name in facts.calls if source.definitions(name, 1)]
    told = msgspec.structs.replace(facts, calls=tuple(known[:MEMBERS_NAMED_MAX]), said=_plain(said))
    return draft(symbol, text, language, told)


def undocumented(source: SymbolSource, path: str, line: int) -> Symbol | None:
    """The definition without a doc comment that a line belongs to, where one can be written for it."""
    symbols = source.symbols(path)
    around = [symbol for symbol in symbols if symbol.start_line <= line < symbol.end_line]
    if not around or around[-1].doc:
        return None
    symbol = around[-1]
    starts_inside_a_line = any(other.start_line == symbol.start_line and other is not symbol for other in around)
    if starts_inside_a_line or symbol.kind in families.UNREADABLE_KINDS | {"module"}:
        return None
    return symbol


def gather_facts(symbol: Symbol, text: str, language: str, members: Sequence[str] = ()) -> Facts:
    """What the definition's own text shows.

    Args:
        symbol: The definition.
        text: Its lines.
        language: Key of the table of languages.
        members: Names that it holds, where it is a class.
    """
    if symbol.kind not in _FUNCTIONS:
        shown = [name for name in members if not name.startswith("_") and name not in {symbol.name, "constructor"}]
        return Facts(symbol.name, bases=bases(symbol.signature), members=tuple(shown[:MEMBERS_NAMED_MAX]))
    return Facts(
        symbol.name,
        calls=tuple(name for name in calls(text, language) if name != symbol.name),
        parameters=tuple(parameters(symbol.signature, symbol.name, language)),
        result=result(symbol.signature, symbol.name, language),
        raises=tuple(kind for kind, _ in raises(text, language)),
    )


def draft(symbol: Symbol, text: str, language: str, facts: Facts) -> Insertion | None:
    """The doc comment in the language's style, and the line before which it goes; `text` is the whole file's."""
    style = style_of(language)
    if style is None or not summary(facts):
        return None
    lines = text.split("\n")
    place = _line_inside(symbol, lines) if style.place == "inside" else _line_above(symbol, lines)
    if place is None:
        return None
    line_break = "\r\n" if lines[symbol.start_line].endswith("\r") else "\n"
    number, indent = place
    written = "".join((indent + line).rstrip() + line_break for line in style.write(facts))
    return Insertion(number, written)


def _plain(answer: str) -> str:
    """The first sentences of an answer as one paragraph, without what it cites and the code between its fences."""
    text = plain_lines(answer)
    sentences = [text[start:end] for start, end in split_sentences(text) if not FENCE.match(text, start)]
    return " ".join(without_numbers(" ".join(sentences[:SENTENCES_MAX])).split())


def _text_of(symbol: Symbol, text: str) -> str:
    return "\n".join(text.split("\n")[symbol.start_line : symbol.end_line])


def _line_above(symbol: Symbol, lines: Sequence[str]) -> tuple[int, str] | None:
    """Above decorators and attributes, which may span lines."""
    first = symbol.start_line
    while first > 0:
        start = _start_of_lead(lines, first - 1)
        if start is None:
            break
        first = start
    return first, _indent(lines[symbol.start_line])


def _start_of_lead(lines: Sequence[str], last: int) -> int | None:
    """The first line of the decorator that ends on line `last`; None when none does."""
    open_brackets = 0
    for number in range(last, max(-1, last - 20), -1):
        line = lines[number].strip()
        open_brackets += sum(map(line.count, ")]}")) - sum(map(line.count, "([{"))
        if open_brackets <= 0:
            return number if line.startswith(_LEADS) else None
    return None


def _line_inside(symbol: Symbol, lines: Sequence[str]) -> tuple[int, str] | None:
    """The line behind the colon that ends the head; None where the body stands on the same line."""
    bare = without_noise("\n".join(lines[symbol.start_line : symbol.end_line]), "python").split("\n")
    depth = 0
    for place, line in enumerate(bare):
        for column, character in enumerate(line):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(character, 0)
            if character == ":" and depth == 0:
                if line[column + 1 :].strip():
                    return None
                body = next((later for later in lines[symbol.start_line + place + 1 :] if later.strip()), "")
                own = _indent(lines[symbol.start_line])
                indent = _indent(body) if len(_indent(body)) > len(own) else own + "    "
                return symbol.start_line + place + 1, indent
    return None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
