"""The one seam to tree-sitter's grammars and parsers; must not know what a syntax tree means.

Each language has up to two providers, tried in order: the wheel its maintainers publish, and the bundle of
tree-sitter-languages. A language that neither can give has no grammar, and the reason is kept for `provider`.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from scholiast_indexer.languages import bundle
from scholiast_indexer.languages.legible import legible
from scholiast_indexer.languages.pieces import Reader
from scholiast_indexer.languages.table import LANGUAGES

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Parser, Tree

    _Link = tuple[Literal["wheel", "bundle"], str, Callable[[str], tuple[Grammar, str]]]


class Provider(msgspec.Struct, frozen=True):
    """Where a language's grammar comes from, for `doctor` and for cache keys."""

    language: str
    kind: Literal["wheel", "bundle", "none"]
    package: str
    """Name of the distribution; empty for `none`."""
    version: str
    abi: int
    problems: tuple[str, ...]
    """Why a provider that comes earlier in the chain, or all of them, gave nothing."""


def grammar(language: str) -> Grammar | None:
    """The grammar of a language; None when it has none here or is unknown."""
    return _load(language).grammar


@cache  # bounded by the table
def provider(language: str) -> Provider:
    """Which provider serves a language, and why not an earlier one."""
    loaded = _load(language)
    version = _version(loaded.package) if loaded.package else ""
    abi = loaded.grammar.abi_version if loaded.grammar is not None else 0
    return Provider(language, loaded.kind, loaded.package, version, abi, loaded.problems)


@cache  # bounded by the table
def grammar_versions(language: str) -> str:
    """Short text that changes when the parse trees of this language may change; part of cache keys."""
    found = provider(language)
    if found.kind == "none":
        return "lines"
    return f"{found.package} {found.version} abi{found.abi} tree-sitter {_version('tree-sitter')}"


@cache
def parser(language: str) -> Parser | None:
    """A parser of the language, one per process, not to be shared between threads; None without a grammar."""
    from tree_sitter import Parser

    found = grammar(language)
    return Parser(found) if found is not None else None


def parse(language: str, data: bytes, budget_s: float) -> Tree | None:
    """Syntax tree of `data`, with ERROR nodes where it is broken; None without a grammar or past the budget.

    The budget is held only because the source is read piece by piece: given whole, tree-sitter ignores it.
    """
    worker = parser(language)
    if worker is None:
        return None
    deadline = time.monotonic() + budget_s

    reader = Reader(legible(language, data))

    def is_late(_offset: int, _has_error: bool) -> bool:
        return time.monotonic() > deadline

    try:
        return worker.parse(reader, progress_callback=is_late)
    except ValueError:  # "Parsing failed": the callback stopped it
        worker.reset()
        return None
    finally:
        reader.parsed()


class _Loaded(NamedTuple):
    """A grammar and where it comes from; its version takes a millisecond to find, and only `provider` asks for it."""

    grammar: Grammar | None
    kind: Literal["wheel", "bundle", "none"]
    package: str
    problems: tuple[str, ...]


@cache
def _load(language: str) -> _Loaded:
    row = LANGUAGES.get(language)
    if row is None:
        return _Loaded(None, "none", "", ("no such language",))
    problems: list[str] = []
    chain: tuple[_Link, ...] = (("wheel", row.wheel, _from_wheel), ("bundle", row.bundled, _from_bundle))
    for kind, source, load in chain:
        try:
            loaded = load(source) if source else None
        except (ImportError, AttributeError, bundle.MissingGrammarError) as error:
            problems.append(f"{kind}: {error}")
        except (ValueError, TypeError) as error:  # what tree-sitter says of an ABI that it does not read
            problems.append(f"{kind}: refused by this tree-sitter: {error}")
        else:
            if loaded:
                return _Loaded(loaded[0], kind, loaded[1], tuple(problems))
    return _Loaded(None, "none", "", tuple(problems) or ("no grammar for this language",))


def _from_wheel(source: str) -> tuple[Grammar, str]:
    from tree_sitter import Language as Grammar

    module_name, function = source.split(":")
    module = importlib.import_module(module_name)
    return Grammar(getattr(module, function)()), module_name.replace("_", "-")


def _from_bundle(source: str) -> tuple[Grammar, str]:
    from tree_sitter import Language as Grammar

    return Grammar(bundle.grammar(source)), bundle.PACKAGE


def _version(package: str) -> str:
    from importlib import metadata  # loads the parsers of mail and archives, which workers do without

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # importable without its metadata, as in a zip or a vendored copy
        return "unknown"
