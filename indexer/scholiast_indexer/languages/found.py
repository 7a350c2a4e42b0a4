"""What a query captured in one file, sorted by role; must not know what names and comments say."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from scholiast_indexer.languages.queries import CompiledQuery

if TYPE_CHECKING:
    from tree_sitter import Node

# Bounds the memory and time of a query on hostile trees; no file of twenty repositories needed more than 64.
_MATCHES_IN_PROGRESS_MAX = 512
_WRAPPER_DEPTH_MAX = 16  # `int (*(*f)(void))[3]` has 5
_JULIA_WRAPPERS = frozenset(
    {
        "binary_expression",
        "call_expression",
        "parametrized_type_expression",
        "signature",
        "type_head",
        "typed_expression",
        "where_expression",
    }
)
_start_byte, _end_byte = attrgetter("start_byte"), attrgetter("end_byte")
_PREFIXED = frozenset({"simple_symbol", "kwd_lit"})  # Ruby and Lisp write symbols with a colon before the name


class FoundDefinition(NamedTuple):
    """One definition as bytes; -1 stands for a part that it lacks. Sorts by position, the outer one first."""

    start: int
    minus_end: int
    pattern: int
    kind: str
    name_start: int
    name_end: int
    is_qualified: bool
    body_start: int
    scope: bytes
    is_owned: bool
    """The scope is an object or a type, so that a function in it is a method."""
    node_id: int
    extends: bool
    """It adds to what is defined elsewhere under this name."""


class Found:
    """The captures of one file."""

    def __init__(self) -> None:
        self.definitions: list[FoundDefinition] = []
        self.references: dict[int, int] = {}
        """End by start of each name used."""
        self.pieces: list[tuple[int, int, bool]] = []
        """Start and end of comments and attributes, and whether it is a comment."""
        self.docstrings: dict[int, tuple[int, int]] = {}
        """Start and end of a docstring, by the start of the body that it opens or of the piece that holds it."""
        self.outers: dict[int, Node] = {}
        """Node that belongs to the definition inside it, by id of the inner node."""
        self.reexports: list[tuple[int, int]] = []
        """Start and end of a name that is passed on, or of a list of such."""
        self.imports: list[tuple[int, int]] = []
        """The same, where it depends on what else is in the file."""
        self.skipped: set[int] = set()
        """Starts of names that are no definitions after all."""


def collect(query: CompiledQuery, root: Node, data: bytes) -> Found:
    """Run a query over a tree and sort what it finds."""
    from tree_sitter import QueryCursor

    found = Found()
    first_pattern = 0
    for part in query.parts:
        cursor = QueryCursor(part.query, match_limit=_MATCHES_IN_PROGRESS_MAX)
        if part.depth_max >= 0:
            cursor.set_max_start_depth(part.depth_max)
        _sort(cursor.matches(root), part.roles, first_pattern, found, data)
        first_pattern += len(part.roles)
    return found


def _sort(
    matches: list[tuple[int, dict[str, list[Node]]]],
    roles: tuple[str, ...],
    first_pattern: int,
    found: Found,
    data: bytes,
) -> None:
    references: list[Node] = []
    pieces = found.pieces
    for pattern, captures in matches:
        role = roles[pattern]
        if role == "reference":  # by far the most frequent, so it comes first and does least
            references += captures["reference"]
        elif role in {"comment", "attribute"}:
            node = captures[role][0]
            pieces.append((node.start_byte, node.end_byte, role == "comment"))
        elif role == "docstring":
            _document(found, captures)
        elif role == "inner":
            found.outers[captures["inner"][0].id] = captures["outer"][0]
        elif role == "skip":
            found.skipped.add(captures["skip"][0].start_byte)
        elif role in {"reexport", "import"}:
            spans = found.reexports if role == "reexport" else found.imports
            spans += [(node.start_byte, node.end_byte) for node in captures[role]]
        else:
            _define(found, first_pattern + pattern, role, captures, data)
    found.references.update(zip(map(_start_byte, references), map(_end_byte, references), strict=True))


def _document(found: Found, captures: dict[str, list[Node]]) -> None:
    """A docstring opens a body (Python), or stands above its definition alone (Julia) or in an attribute (Elixir)."""
    docstring = captures["docstring"][0]
    body = captures.get("body")
    holder = (body or captures.get("piece") or [docstring])[0]
    found.docstrings[holder.start_byte] = (docstring.start_byte, docstring.end_byte)
    if not body:
        found.pieces.append((holder.start_byte, holder.end_byte, False))


def _define(found: Found, pattern: int, role: str, captures: dict[str, list[Node]], data: bytes) -> None:
    """`const a, b = 1, 2` names two things in one node: each becomes a definition."""
    node = captures[role][0]
    is_qualified = "qualified" in captures
    scope = captures.get("owner") or captures.get("scope")
    for captured in captures["qualified" if is_qualified else "name"]:
        name = _innermost(captured) if captured.child_count else captured
        found.definitions.append(
            FoundDefinition(
                start=node.start_byte,
                minus_end=-node.end_byte,
                pattern=pattern,
                kind=role[11:],  # without "definition."
                name_start=name.start_byte + (name.type in _PREFIXED),
                name_end=name.end_byte,
                is_qualified=is_qualified,
                body_start=_body_start(captures),
                scope=data[scope[0].start_byte : scope[0].end_byte] if scope else b"",
                is_owned="owner" in captures or "owned" in captures,
                node_id=node.id,
                extends="extended" in captures,
            )
        )


def _body_start(captures: dict[str, list[Node]]) -> int:
    if "body" in captures:
        return captures["body"][0].start_byte
    return captures["head"][0].end_byte if "head" in captures else -1


def _innermost(node: Node) -> Node:
    """The name inside a declarator of C (`(*names[3])(void)`) or a head of Julia (`f(x)::Int where T`)."""
    for _ in range(_WRAPPER_DEPTH_MAX):
        if not node.type.endswith("declarator") and node.type not in _JULIA_WRAPPERS:
            break
        inner = node.child_by_field_name("declarator")
        if inner is None and node.named_child_count:
            inner = node.named_child(0)
        if inner is None:
            break
        node = inner
    return node
