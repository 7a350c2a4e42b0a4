"""From captured bytes to nested definitions with names, heads and docs; must not know syntax trees."""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from scholiast_indexer.languages import comments, heads
from scholiast_indexer.languages.found import Found, FoundDefinition
from scholiast_indexer.languages.leads import Leads
from scholiast_indexer.languages.outline import Definition
from scholiast_indexer.limits import DEFINITIONS_PER_FILE_MAX, NAME_CHARS_MAX, SIGNATURE_VALUE_BYTES_MAX
from scholiast_indexer.types import Kind

_CLASS_LIKE = frozenset({"class", "interface", "struct", "enum", "trait", "type"})
_MERGED = frozenset({"haskell", "elixir", "elm", "erlang"})
"""Languages that write one function as several equations or clauses."""
_TRANSPARENT = frozenset({"csharp", "php"})
"""Languages whose namespaces say where a file lies rather than how its parts are called."""
_CONSTANT_NAME = re.compile(r"_*[A-Z][A-Z0-9_]+\Z")
_VALUES = frozenset({"variable", "constant", "property", "type", "macro"})
_CODE = frozenset({"function", "method", "macro"})
_NOT_LOCAL = frozenset({"variable", "constant", "property"})
"""What is left out when it lies in code: names of a few lines, of no use to a reader elsewhere."""
_SPACE = b" \t\r\n"
_TRAILER = b" \t\r\n;,"


class _Open(NamedTuple):
    """A definition whose body the sweep is in."""

    position: int
    path: str
    kind: str
    node: tuple[int, int]
    start: int
    end: int


def definitions(found: Found, data: bytes, language: str) -> tuple[Definition, ...]:
    """The definitions of a file in source order, each parent before its children."""
    leads = Leads(data, found.pieces)
    chosen = _distinct(found, data)
    if language in _MERGED:
        chosen = _merge_equations(chosen, leads)
    result: list[Definition] = []
    stack: list[_Open] = []
    for one in chosen[:DEFINITIONS_PER_FILE_MAX]:
        while stack and (one.start >= stack[-1].end or (one.start, one.minus_end) == stack[-1].node):
            stack.pop()  # ended, or another name in the same node: `const a, b = 1, 2`
        parent = _enclosing(stack, one.start)
        if parent and parent.kind in _CODE and one.kind in _NOT_LOCAL:
            continue
        made = _define(one, parent, found, leads, data)
        is_named_twice = parent and parent.kind in _NOT_LOCAL and made.name == result[parent.position].name
        if is_named_twice or not made.name:  # `const Panel = memo(function Panel() …)`; a name lost to an error
            continue
        is_transparent = made.kind == "module" and language in _TRANSPARENT
        inner_path = (parent.path if parent else "") if is_transparent else made.path
        is_head_inside = one.body_start < 0 or (one.kind in _CLASS_LIKE and one.name_end <= one.body_start)
        inner_start = one.name_end if is_head_inside else one.body_start  # constructor parameters are members
        node = (one.start, one.minus_end)
        stack.append(_Open(len(result), inner_path, made.kind, node, inner_start, -one.minus_end))
        result.append(made)
    return tuple(result)


def _enclosing(stack: list[_Open], start: int) -> _Open | None:
    """The innermost definition whose members begin before a position; ends are popped already."""
    for opened in reversed(stack):
        if opened.start <= start < opened.end:
            return opened
    return None


def _distinct(found: Found, data: bytes) -> list[FoundDefinition]:
    """One definition for each name and body: of several patterns that match, the first of the query counts."""
    chosen: list[FoundDefinition] = []
    names: set[int] = set()
    bodies: set[int] = set()
    for one in sorted(found.definitions, key=lambda one: (one.pattern, one.body_start < 0)):
        is_taken = one.name_start in names or one.body_start in bodies
        if is_taken or one.name_start in found.skipped or data[one.name_start : one.name_end] == b"_":
            continue
        names.add(one.name_start)
        if one.body_start >= 0:
            bodies.add(one.body_start)
        chosen.append(one)
    chosen.sort()
    return chosen


def _merge_equations(chosen: list[FoundDefinition], leads: Leads) -> list[FoundDefinition]:
    """A signature and the equations below it, or the clauses of one function, become one definition."""
    merged: list[FoundDefinition] = []
    for one in chosen:
        last = merged[-1] if merged else None
        if last is not None and _continues(last, one, leads):
            body_start = last.body_start if last.body_start >= 0 else one.start
            kind = one.kind if last.body_start < 0 else last.kind
            merged[-1] = last._replace(minus_end=one.minus_end, body_start=body_start, kind=kind)
        else:
            merged.append(one)
    return merged


def _continues(last: FoundDefinition, one: FoundDefinition, leads: Leads) -> bool:
    last_name, name = leads.source(last.name_start, last.name_end), leads.source(one.name_start, one.name_end)
    end = -last.minus_end
    return last_name == name and end <= one.start and not leads.without(end, one.start).strip()


def _define(one: FoundDefinition, parent: _Open | None, found: Found, leads: Leads, data: bytes) -> Definition:
    outer_start, end = _with_outers(one, found, data)
    start = leads.skip(outer_start, one.name_start)
    lead = leads.climb(outer_start)
    body = one.body_start if one.body_start >= 0 else end
    scopes, name = _names(one, data)
    prefix = [parent.path] if parent and parent.path else []
    return Definition(
        name=name,
        path=".".join([*prefix, *scopes, name]),
        kind=_kind(one, scopes, name, parent),
        signature=_signature(one, name, start, body, leads),
        doc=_doc(one, lead, start, found, leads),
        lead_byte=lead,
        start_byte=start,
        end_byte=end,
        body_byte=body,
        parent=parent.position if parent else -1,
        extends=one.extends,
    )


def _signature(one: FoundDefinition, name: str, start: int, body: int, leads: Leads) -> str:
    """The head; a C `typedef struct {…} name` has its name behind its body."""
    is_value = one.body_start < 0 and one.kind in _VALUES
    if is_value and body - start > SIGNATURE_VALUE_BYTES_MAX:
        body = leads.line_end(one.name_end, body)
    head = heads.signature(leads.without(start, min(body, start + heads.HEAD_BYTES_MAX)))
    return f"{head} {name}" if 0 <= one.body_start < one.name_start else head


def _with_outers(one: FoundDefinition, found: Found, data: bytes) -> tuple[int, int]:
    """The definition's range with `export`, `const`, `template <…>` before it and `;` behind it."""
    start, end = one.start, -one.minus_end
    outer = found.outers.get(one.node_id)
    while outer is not None:
        if data[outer.start_byte : start].rstrip().endswith(b"("):  # one of a group: `const ( a = 1; b = 2 )`
            break
        start = outer.start_byte
        if not data[end : outer.end_byte].strip(_TRAILER):
            end = outer.end_byte
        outer = found.outers.get(outer.id)
    while end > one.name_end and data[end - 1] in _SPACE:  # some nodes hold the line break behind them
        end -= 1
    return start, end


def _names(one: FoundDefinition, data: bytes) -> tuple[list[str], str]:
    text = data[one.name_start : one.name_end]
    if one.is_qualified:
        scopes, name = heads.qualified(text)
    else:
        scopes, name = [], heads.name(text)
    if one.scope:
        scopes = [*heads.scope(one.scope), *scopes]
    return [step[:NAME_CHARS_MAX] for step in scopes], name[:NAME_CHARS_MAX]


def _kind(one: FoundDefinition, scopes: list[str], name: str, parent: _Open | None) -> Kind:
    """What the query can't see: a function in a class is a method, an UPPER_CASE variable a constant."""
    kind = one.kind
    is_member = parent is not None and parent.kind in _CLASS_LIKE
    if kind == "function" and (is_member or (one.is_owned and scopes)):
        kind = "method"
    elif kind == "method" and parent is None and not scopes:  # Ruby writes both alike
        kind = "function"
    elif kind == "variable":
        if _CONSTANT_NAME.match(name):
            kind = "constant"
        elif is_member:
            kind = "property"
    elif kind == "namespace":
        kind = "module"
    return cast(Kind, kind)  # a test compares the kinds of all query files with `Kind`


def _doc(one: FoundDefinition, lead: int, start: int, found: Found, leads: Leads) -> str:
    docstring = found.docstrings.get(one.body_start)
    if not docstring and found.docstrings and lead < start:
        held = (found.docstrings.get(piece) for piece in leads.between(lead, start))
        docstring = next((span for span in held if span), None)
    if docstring:
        return comments.plain_string(leads.source(*docstring))
    return leads.doc(lead, start) if lead < start else ""
