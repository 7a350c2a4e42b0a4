"""Which definitions a name can stand for, and how well each fits. Must not know indexes or how cards look.

Pure: a mention, its scope and the definitions that share the name in; those that can be meant out, best first. What
another file defines counts only where the language lets a bare name reach it: a local variable that shares its name
with some method of the workspace is no mention of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from scholiast_indexer.languages import detect
from scholiast_indexer.search.places import place_of
from scholiast_indexer.types import Symbol
from scholiast_server.lookup import families, words
from scholiast_server.lookup.imports import last_part
from scholiast_server.lookup.limits import GUESSES_MAX
from scholiast_server.lookup.mentions import Mention
from scholiast_server.lookup.scopes import Scope, folder_of, parent_name, parent_path

Found = tuple[str, Symbol]
"""A definition and the path of its file."""


class Receiver(msgspec.Struct, frozen=True):
    """What is known of the thing that a member is taken from."""

    classes: tuple[str, ...] = ()
    """Names of classes that may hold the member, nearest first: its own class, then that one's bases."""
    own_path: str = ""
    """Symbol path of the class around the cursor, when the receiver is its own object."""
    module: str = ""
    """The module that it stands for, as imported."""
    name: str = ""
    is_foreign: bool = False
    """A class or module that the workspace does not define: `File` of Ruby."""


class Ranked(msgspec.Struct, frozen=True):
    """A definition that can be meant."""

    path: str
    symbol: Symbol
    relation: float
    """How firmly the text ties it to the mention; 0 is nothing but the name."""
    nearness: float
    """How near its file is, and how fit it is to be shown."""


def rank(mention: Mention, scope: Scope, receiver: Receiver, found: Sequence[Found]) -> list[Ranked]:
    """Those that can be meant, best first; none when it would be a guess among many."""
    able = [(path, symbol) for path, symbol in found if _can_be_meant(path, symbol, scope)]
    ranked: list[Ranked] = []
    for path, symbol in able:
        relation = (
            _relation_of_member(path, symbol, scope, receiver)
            if mention.is_qualified
            else _relation_of_bare(path, symbol, scope, receiver, mention)
        )
        if relation is not None:
            ranked.append(Ranked(path, symbol, relation, _nearness(path, symbol, scope)))

    def order(item: Ranked) -> tuple[float, bool, float, str, int]:
        is_no_call = mention.is_called and item.symbol.kind in families.VALUE_KINDS
        return -item.relation, is_no_call, -item.nearness, item.path, item.symbol.start_line

    ranked.sort(key=order)
    best = ranked[0].relation if ranked else 0.0
    is_guess = best == 0 and len({item.symbol.path for item in ranked}) > GUESSES_MAX
    return [] if is_guess else ranked


def out_of_reach(name: str, scope: Scope) -> bool:
    """Whether a bare name that this file neither defines nor imports stands for nothing of another file."""
    if scope.imports.of(name) or any(symbol.name == name for symbol in scope.symbols):
        return False
    if words.is_commonplace(name, scope.language):
        return True
    return scope.language in families.NAMED_IMPORTS - {"rust"} and not scope.imports.has_wildcard


def _can_be_meant(path: str, symbol: Symbol, scope: Scope) -> bool:
    if symbol.kind in families.UNREADABLE_KINDS:
        return False
    if path == scope.path:
        return True
    language = detect(path)
    if language is None or not families.are_related(language, scope.language) or _is_nested(symbol, scope):
        return False
    return not (scope.language == "c" and parent_path(symbol) and symbol.kind not in families.MEMBER_KINDS)


def _relation_of_member(path: str, symbol: Symbol, scope: Scope, receiver: Receiver) -> float | None:
    parent = parent_name(symbol)
    if parent and parent in receiver.classes:
        is_own = parent_path(symbol) == receiver.own_path and folder_of(path) == folder_of(scope.path)
        return 100.0 - 5 * receiver.classes.index(parent) + (5 if is_own else 0)
    if receiver.own_path:
        may_inherit = len(receiver.classes) != 1 or scope.language not in families.WITHOUT_MIXINS
        return _guess(symbol, scope) if may_inherit else None
    if receiver.module:
        return 80.0 if _is_of_module(path, symbol, receiver.module, scope) else None
    if receiver.is_foreign:
        return None
    if not receiver.name:
        return _guess(symbol, scope)
    if parent:
        likeness = _likeness(receiver.name, parent)
        if likeness:
            return likeness
    if symbol.kind in families.MEMBER_KINDS:
        return _guess(symbol, scope)
    is_near = receiver.name in {"crate", "super", "self"} and not parent
    is_in_module = is_near or receiver.name in _path_parts(path)[-2:]
    return 30.0 if is_in_module and scope.language not in families.PACKAGE_FOLDERS else None


def _guess(symbol: Symbol, scope: Scope) -> float | None:
    """Without a word about the receiver a member can be meant, unless strings and lists have one like it."""
    is_member = symbol.kind in families.MEMBER_KINDS
    return 0.0 if is_member and not words.is_builtin_member(symbol.name, scope.language) else None


def _relation_of_bare(path: str, symbol: Symbol, scope: Scope, receiver: Receiver, mention: Mention) -> float | None:
    is_here = path == scope.path
    if symbol.kind == "macro" and scope.language == "rust":  # seen in all that follows, whatever is imported
        return (20.0 if is_here else 15.0) if mention.is_macro else None
    if symbol.kind in families.MEMBER_KINDS:
        return _relation_of_bare_member(path, symbol, scope, receiver)
    if is_here:
        return 70.0 if _encloses(symbol, scope) else None
    imported = scope.imports.of(mention.name)
    if imported is not None:
        return _relation_of_import(path, symbol, scope, imported[1])
    same_folder = folder_of(path) == folder_of(scope.path)
    if scope.language in families.PACKAGE_FOLDERS:
        return 40.0 if same_folder else None
    is_local_there = symbol.kind == "variable" and scope.language in families.HEADERS
    if is_local_there or out_of_reach(mention.name, scope):
        return None
    if _needs_import(path, symbol, scope):
        return None
    return 20.0 if same_folder else 0.0


def _needs_import(path: str, symbol: Symbol, scope: Scope) -> bool:
    if scope.imports.has_wildcard:
        return False
    if scope.language in families.NAMED_IMPORTS:
        return True
    if scope.language in families.PACKAGES:  # `src/main/java/a/b` and `src/test/java/a/b` are one package
        return folder_of(path).rpartition("/")[2] != folder_of(scope.path).rpartition("/")[2]
    return False


def _relation_of_bare_member(path: str, symbol: Symbol, scope: Scope, receiver: Receiver) -> float | None:
    in_own_class = bool(scope.class_path) and parent_path(symbol) == scope.class_path
    if scope.language in families.EXPLICIT_RECEIVERS:
        stands_in_class = scope.innermost is not None and scope.innermost.kind in families.CLASS_KINDS
        return 60.0 if in_own_class and path == scope.path and stands_in_class else None
    if parent_name(symbol) in receiver.classes:
        return 65.0 - 5 * receiver.classes.index(parent_name(symbol)) + (5 if in_own_class else 0)
    return 30.0 if path == scope.path else None


def _relation_of_import(path: str, symbol: Symbol, scope: Scope, module: str) -> float | None:
    if _is_of_module(path, symbol, module, scope):
        return 80.0
    if scope.language not in families.NAMED_IMPORTS:
        return 10.0
    return 10.0 if symbol.kind != "variable" and _may_be_passed_on(path, module, scope) else None


def _may_be_passed_on(path: str, module: str, scope: Scope) -> bool:
    """Whether a module of this project may give what another file of it defines, as `index.ts` and `__init__` do."""
    steps = scope.path.split("/")[:-1]
    if scope.language == "python" and not module.startswith("."):
        package = module.partition(".")[0]
        return package in path.split("/")[:-1] and package in steps
    if module.startswith(("crate", "super", "self", "@/", "~/")):
        return path.partition("/")[0] == scope.path.partition("/")[0]
    if not module.startswith("."):
        return False
    above = module.count("../") if scope.language != "python" else len(module) - len(module.lstrip(".")) - 1
    below = "/".join(steps[: max(0, len(steps) - above)])
    return not below or path.startswith(below + "/")


def _is_of_module(path: str, symbol: Symbol, module: str, scope: Scope) -> bool:
    """Whether some step of the path is called as the module is; a package gives what its files define."""
    last = last_part(module)
    if scope.language in families.PACKAGE_FOLDERS:
        folder = folder_of(path)
        is_package = not folder or module.endswith("/" + folder) or last_part(folder.rpartition("/")[2]) == last
        return is_package and symbol.kind not in families.MEMBER_KINDS and path != scope.path
    if not last or last in {"crate", "super", "self", "index", "mod"}:
        return folder_of(path).startswith(folder_of(scope.path)) or last == "crate"
    return last in _path_parts(path) or parent_name(symbol) == last


def _path_parts(path: str) -> list[str]:
    *folders, name = path.split("/")
    return [*folders, name.partition(".")[0]]


def _encloses(symbol: Symbol, scope: Scope) -> bool:
    """Whether a bare name on the line can see it: what is defined in a function, only within that function."""
    if not _is_nested(symbol, scope):
        return True
    outer = parent_path(symbol)
    return any(around.path == outer for around in scope.enclosing)


def _is_nested(symbol: Symbol, scope: Scope) -> bool:
    """Whether it is defined within a function, as far as its path tells: classes begin with a capital."""
    if scope.language in families.LOCAL_FUNCTIONS:
        return symbol.kind == "function" and ("." in symbol.path or scope.language == "csharp")
    if scope.language not in families.NESTING_FUNCTIONS:
        return False
    *outer, _ = symbol.path.split(".")
    if outer and symbol.kind in {"function", "variable", "constant"}:
        return True
    around = outer if symbol.kind in families.CLASS_KINDS else outer[:-1]
    return any(step[:1].islower() for step in around)


def _likeness(receiver: str, parent: str) -> float:
    """How much the receiver's name tells that it is a `parent`: `app` and `App`, `url_map` and `UrlMap`."""
    if receiver == parent:
        return 90.0
    one, other = receiver.replace("_", "").lower(), parent.replace("_", "").lower()
    if one == other:
        return 75.0
    is_part = min(len(one), len(other)) >= 3 and (one.endswith(other) or other.endswith(one) or other.startswith(one))
    return 25.0 if is_part else 0.0


def _nearness(path: str, symbol: Symbol, scope: Scope) -> float:
    if path == scope.path:
        near = 20.0
    else:
        mine, other = folder_of(scope.path).split("/"), folder_of(path).split("/")
        shared = sum(1 for depth in range(1, min(len(mine), len(other)) + 1) if mine[:depth] == other[:depth])
        near = 10.0 if mine == other else 8.0 * shared / max(len(mine), len(other))
    if place_of(path) != "source" and place_of(path) != place_of(scope.path):
        near -= 15.0
    documented = 12.0 if scope.language in families.HEADERS else 2.0  # there a header says what a source does not
    return near + (documented if symbol.doc else 0.0) - (4.0 if symbol.extends else 0.0)
