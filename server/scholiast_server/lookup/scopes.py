"""Where a name stands: its file, the definitions around it, what the file imports. Must not know indexes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from scholiast_indexer.types import Symbol
from scholiast_server.lookup.families import CLASS_KINDS
from scholiast_server.lookup.imports import Imports, imports_of

_GO_RECEIVER = re.compile(r"^func\s*\(\s*(\w+)\s+\*?(\w+)")


class Scope:
    """The surroundings of one line; what costs is worked out when it is asked for."""

    def __init__(self, path: str, language: str, line: int, symbols: Sequence[Symbol], text: str) -> None:
        """`text` is the file's, or as much of its beginning as is looked at."""
        self.path = path
        self.language = language
        self.line = line
        self.symbols = symbols
        self.text = text
        self.enclosing = [symbol for symbol in symbols if symbol.start_line <= line < symbol.end_line]
        """Outermost first."""

    def at(self, line: int) -> Scope:
        """The same file at another line."""
        other = Scope(self.path, self.language, line, self.symbols, self.text)
        other.__dict__["imports"] = self.imports
        return other

    @cached_property
    def imports(self) -> Imports:
        return imports_of(self.text, self.language)

    @property
    def innermost(self) -> Symbol | None:
        return self.enclosing[-1] if self.enclosing else None

    @cached_property
    def class_path(self) -> str:
        """Symbol path of the class around the line; of a method written outside its class, of that class."""
        for symbol in reversed(self.enclosing):
            if symbol.kind == "method" and "." in symbol.path:
                return symbol.path.rpartition(".")[0]
            if symbol.kind in CLASS_KINDS:
                return symbol.path
        return ""

    def names_receiver(self, name: str) -> bool:
        """Whether the method around the line calls its own object by that name, as Go's methods do."""
        methods = (symbol for symbol in reversed(self.enclosing) if symbol.kind == "method")
        match = next((found for symbol in methods if (found := _GO_RECEIVER.match(symbol.signature))), None)
        return match is not None and match[1] == name


def folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def parent_path(symbol: Symbol) -> str:
    return symbol.path.rpartition(".")[0]


def parent_name(symbol: Symbol) -> str:
    return parent_path(symbol).rpartition(".")[2]
