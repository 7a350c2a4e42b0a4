"""What the name under a cursor stands for, as a card. Must not know protocols, Markdown or how an index is stored.

A few small queries and no model: it answers within milliseconds, or says nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from scholiast_indexer.languages import detect
from scholiast_indexer.types import Symbol
from scholiast_server.lookup import families, lexis, words
from scholiast_server.lookup.candidates import Found
from scholiast_server.lookup.definitions import defined_here, definitions_for
from scholiast_server.lookup.limits import (
    DEFINITIONS_MAX,
    DOC_CHARACTERS_MAX,
    SCANNED_BYTES_MAX,
    SIGNATURE_CHARACTERS_MAX,
)
from scholiast_server.lookup.mentions import Mention, mention_at
from scholiast_server.lookup.related import called_places, related_places
from scholiast_server.lookup.remembered import Remembered
from scholiast_server.lookup.scopes import Scope
from scholiast_server.lookup.types import Card, SymbolSource
from scholiast_server.models.extractive.docs import description
from scholiast_server.models.extractive.phrasing import shorten
from scholiast_server.models.extractive.source import DATA, PROSE


def look_up(
    source: SymbolSource,
    path: str,
    text_line: str,
    line: int,
    byte_column: int,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Card | None:
    """What the symbol under the cursor is.

    Args:
        source: The index; of open files it should hold the editor's text.
        path: Of the file, relative to the workspace.
        text_line: The line as the editor has it now, without its line break.
        line: Its number, 0-based.
        byte_column: Of the cursor in that line, in UTF-8.
        clock: Seconds; bounds the time that goes into related places.

    Returns:
        None where there is nothing to add: keywords, literals, comments, strings, names that nothing in the workspace
        defines, and members that too many unrelated classes have.
    """
    source = Remembered(source)
    content = source.read(path)
    language = detect(path, (content or text_line.encode("utf-8", "replace"))[:4096])
    if language is None or language in PROSE - {"html"} or language in DATA:
        return None
    mention = mention_at(text_line, byte_column, language)
    if mention is None or words.is_keyword(mention.name, language):
        return None
    if _is_beside_the_code(text_line, mention, language):
        return None
    text = _beginning(content)
    if not _stands_in_code(text, text_line, line, mention, language):
        return None
    scope = Scope(path, language, line, source.symbols(path), text)
    found, namesakes = _find(source, mention, scope, text_line)
    return None if found is None else _card(source, found, namesakes, mention, scope, text_line, clock)


_IMPORTED_FROM = re.compile(r"\s*(?:import|package|using|namespace)\b")
_RUST_ATTRIBUTE = re.compile(r"#!?\[[^\]]*$")
_STANDARD = {"cpp": frozenset({"std"}), "rust": frozenset({"std", "core", "alloc"})}


def _is_beside_the_code(line: str, mention: Mention, language: str) -> bool:
    """A package on the way to what is imported, an attribute of the compiler's, the standard library."""
    is_package = line.startswith(".", mention.end) and _IMPORTED_FROM.match(line) is not None
    is_attribute = language == "rust" and _RUST_ATTRIBUTE.search(line[: mention.start]) is not None
    return is_package or is_attribute or mention.qualifier in _STANDARD.get(language, ())


def _beginning(content: bytes | None) -> str:
    return (content or b"")[:SCANNED_BYTES_MAX].decode("utf-8", "replace")


def _stands_in_code(text: str, text_line: str, line: int, mention: Mention, language: str) -> bool:
    """By the file up to the line, or by the line alone where the file is long or not yet as the editor has it."""
    start = _start_of_line(text, line)
    is_current = start is not None and text.startswith(text_line, start)
    if start is None or not is_current:
        return lexis.is_code(text_line, language, mention.start)
    return lexis.is_code(text, language, start + mention.start)


def _start_of_line(text: str, line: int) -> int | None:
    start = 0
    for _ in range(line):
        start = text.find("\n", start) + 1
        if start == 0:
            return None
    return start


def _find(source: SymbolSource, mention: Mention, scope: Scope, text_line: str) -> tuple[Found | None, list[Found]]:
    """`(the definition meant, all that share its name)`."""
    here = defined_here(mention, scope, text_line)
    if here is not None:
        return (scope.path, here), [(scope.path, here), *source.definitions(here.name, DEFINITIONS_MAX)]
    ranked, namesakes = definitions_for(source, mention, scope, text_line)
    return ((ranked[0].path, ranked[0].symbol), namesakes) if ranked else (None, [])


def _card(
    source: SymbolSource,
    found: Found,
    namesakes: list[Found],
    mention: Mention,
    scope: Scope,
    text_line: str,
    clock: Callable[[], float],
) -> Card:
    path, symbol = found
    home = scope.at(symbol.start_line) if path == scope.path else _scope_of(source, path, symbol)
    called = called_places(source, symbol, home, clock)
    start_byte = len(text_line[: mention.start].encode("utf-8", "surrogatepass"))
    return Card(
        kind=symbol.kind,
        symbol=symbol.path,
        name=symbol.name,
        language=home.language,
        signature=symbol.signature[:SIGNATURE_CHARACTERS_MAX],
        doc=first_paragraph(symbol.doc),
        path=path,
        line=symbol.start_line,
        references=source.reference_count(symbol.name),
        calls=tuple(dict.fromkeys(place.symbol.rpartition(".")[2] for place in called)),
        related=related_places(source, found, called, namesakes),
        others=_others(found, namesakes, home.language),
        others_are_more=len(namesakes) >= DEFINITIONS_MAX,
        start_byte=start_byte,
        end_byte=start_byte + len(text_line[mention.start : mention.end].encode("utf-8", "surrogatepass")),
    )


def _scope_of(source: SymbolSource, path: str, symbol: Symbol) -> Scope:
    content = source.read(path)
    language = detect(path, (content or b"")[:4096]) or "text"
    return Scope(path, language, symbol.start_line, source.symbols(path), _beginning(content))


def first_paragraph(doc: str) -> str:
    """The first paragraph of a doc comment in plain words, shortened at a sentence where it is long."""
    paragraph = description(doc).partition("\n\n")[0]
    if len(paragraph) <= DOC_CHARACTERS_MAX:
        return paragraph
    return shorten(paragraph, DOC_CHARACTERS_MAX).rstrip(" .,;:–-") + " …"


def _others(found: Found, namesakes: list[Found], language: str) -> int:
    """Declaration and definition of C's languages are one, and so are overloads and Rust's `impl` blocks."""
    path, symbol = found
    if language in families.HEADERS:
        return len({definition.path for _, definition in namesakes} - {symbol.path})
    return len({(other, definition.path) for other, definition in namesakes} - {(path, symbol.path)})
