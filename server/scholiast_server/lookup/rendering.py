"""A card as Markdown, or as plain text. Must not know URIs: links' targets are given by the caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from scholiast_server.lookup import markdown
from scholiast_server.lookup.types import Card, Place
from scholiast_server.models.sentences import word_set

Link = Callable[[str, int], str]
"""`(path, 0-based line)` → where a link to it goes; empty for text without a link."""

Action = tuple[str, str]
"""A title and the command link that it stands for."""

_DECLARING_WORDS = word_set(
    """
    def defp defmacro func fn fun function class struct enum trait interface type mod module namespace object record
    protocol extension const let var val export default pub public macro_rules! #define impl
    """
)
"""Words before a name that say no more than the kind does."""

_GO_RECEIVER = re.compile(r"^\(\w*\s*\*?\w+(?:\[[^\[\]]*\])?\)$")
_SYMBOL_CHARACTERS_MAX = 60
_CALLS_SHOWN_MAX = 3


def render(card: Card, link: Link, actions: Sequence[Action] = ()) -> str:
    """The card as Markdown: what it is, what it does, where it stands.

    Args:
        card: What was looked up.
        link: Gives the target of a link to a line.
        actions: Command links below, for clients that run them.
    """
    parts = [markdown.fenced(headline(card), card.language)]
    if said := " ".join(part for part in (markdown.prose(_as_sentence(card.doc)), _calls(card)) if part):
        parts.append(said)
    facts = [markdown.link(place_text(card), link(card.path, card.line)), *_counts(card)]
    if card.related:
        facts.append("related: " + ", ".join(_place_link(place, link) for place in card.related))
    last = " · ".join(facts)
    if actions:
        last += "  \n" + " · ".join(markdown.link(title, target) for title, target in actions)
    return "\n\n".join((*parts, last))


def render_plain(card: Card) -> str:
    """The same for clients that show no Markdown."""
    facts = [place_text(card), *_counts(card)]
    if card.related:
        facts.append("related: " + ", ".join(short_symbol(place.symbol) for place in card.related))
    lines = (headline(card), card.doc, "", " · ".join(facts))
    return "\n".join(markdown.one_line(line) for line in lines if line or card.doc)


def headline(card: Card) -> str:
    """`(method) Scaffold.route(self, rule: str) → Callable`: the signature with the whole path for a name."""
    match = re.search(rf"(?<![\w$]){re.escape(card.name)}(?![\w$])", card.signature)
    if match is None:
        return f"({card.kind}) {short_symbol(card.symbol)}"
    before_name = card.signature[: match.start()].split()
    is_alias = before_name[:1] == ["typedef"]  # `typedef struct a` names what it stands for
    head = [word for word in before_name if is_alias or not _says_nothing(word)]
    rest = re.sub(r"\)\s*->\s*", ") → ", card.signature[match.end() :]).removesuffix("=>").rstrip(" ={:;")
    before = _GO_RECEIVER.sub("", " ".join(head))
    is_qualified = before.endswith((".", "::", ":"))
    name = card.name if is_qualified else short_symbol(card.symbol)
    return f"({card.kind}) {before}{'' if is_qualified or not before else ' '}{name}{rest}"


def place_text(card: Card) -> str:
    """`src/flask/app.py:336`"""
    return f"{card.path}:{card.line + 1}"


def short_symbol(symbol: str) -> str:
    """Of a long path the last two steps."""
    return symbol if len(symbol) <= _SYMBOL_CHARACTERS_MAX else ".".join(symbol.rsplit(".", 2)[-2:])


def _says_nothing(word: str) -> bool:
    return word in _DECLARING_WORDS or word.startswith("pub(")


def _as_sentence(doc: str) -> str:
    return f"{doc}." if doc and doc[-1].isalnum() else doc


def _calls(card: Card) -> str:
    names = [markdown.code(name) for name in card.calls[:_CALLS_SHOWN_MAX] if f"`{name}`" not in card.doc]
    return f"Calls {', '.join(names)}." if names else ""


def _counts(card: Card) -> list[str]:
    found = []
    if card.references:
        found.append("referred to in " + ("1 place" if card.references == 1 else f"{card.references} places"))
    if card.others:
        more = "over " if card.others_are_more else ""
        found.append(f"{more}{card.others} more {'definition' if card.others == 1 else 'definitions'} of this name")
    return found


def _place_link(place: Place, link: Link) -> str:
    return markdown.link(short_symbol(place.symbol), link(place.path, place.line))
