"""The values of citing, and what it asks an index for; must not know how any of them is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from scholiast_indexer.types import Symbol


class Source(Protocol):
    """What holding citations against the code asks of an index. Paths are relative to the workspace, with `/`."""

    def lines(self, path: str) -> Sequence[bytes] | None:
        """The lines of a file, without their ends, of an editor's unsaved text where it is open; None when it is not
        indexed.
        """
        ...

    def definitions(self, path: str, name: str) -> Sequence[Symbol]:
        """What an indexed file defines under a name, in order."""
        ...

    def namesakes(self, name: str) -> Sequence[str]:
        """All indexed files that are called so, in whatever folder."""
        ...

    def exists(self, path: str) -> bool:
        """Whether there is such a file at all, indexed or not."""
        ...


class Name(msgspec.Struct, frozen=True):
    """A piece of code that the text beside a citation names."""

    text: str
    """`CookieSigner.sign`, as written, without arguments."""
    is_quoted: bool
    """Between backticks: what stands there is code for certain."""

    @property
    def last(self) -> str:
        """Its last step: `sign`."""
        return self.steps[-1]

    @property
    def steps(self) -> list[str]:
        return self.text.replace("::", ".").replace("->", ".").replace("#", ".").split(".")


class Written(msgspec.Struct, frozen=True):
    """A citation as it stands in a text."""

    path: str
    """As written."""
    start_line: int
    """1-based and inclusive, as people write them."""
    end_line: int
    start_byte: int
    """Of the citation in the text, half-open."""
    end_byte: int
    names: tuple[Name, ...]


class Finding(msgspec.Struct, frozen=True):
    """A citation that needs attention."""

    citation: Written
    status: Literal["moved", "broken"]
    reason: str
    """`lines 3-9 do not mention `sign``"""
    path: str = ""
    """Where the code is now; empty for a broken citation."""
    start_line: int = 0
    end_line: int = 0

    @property
    def replacement(self) -> str:
        """What should be written in its place; empty for a broken citation."""
        if self.status == "broken":
            return ""
        lines = f"{self.start_line}" if self.start_line == self.end_line else f"{self.start_line}-{self.end_line}"
        return f"{self.path}:{lines}"


class Checked(NamedTuple):
    """What was found of the citations of one text."""

    total: int = 0
    """All that were looked at."""
    findings: tuple[Finding, ...] = ()
    """Those that need attention, in order."""
