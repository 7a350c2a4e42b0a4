"""Pieces of real code to train on: definitions of Python's standard library, with relatives, as a search finds them.

Must not know models. Made-up code lacks what real code is full of: the name again in other places, others that begin or
end like it, the same method of many classes.
"""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random

import msgspec
from tests.server.models.llama.trained.prompts import DEFINED, WHERE, Ask, Example, answer

from scholiast_server.models.protocol import Evidence

FILES_MAX, FILE_BYTES_MAX = 600, 150_000
LINES_MAX, LINE_CHARACTERS_MAX = 60, 120
_WORD = re.compile(r"[A-Z]?[a-z]{3,}")
_FOLDERS = ("", "src/", "lib/", "tests/", "app/", "pkg/core/")


class Library:
    """The definitions, and which of them have to do with each other."""

    def __init__(self) -> None:
        self._pieces: list[Evidence] = []
        self._kin: defaultdict[str, list[int]] = defaultdict(list)
        """Places of the pieces by file, by their own name and by the words in it."""
        root = Path(os.__file__).parent
        for path in Random(0).sample(paths := sorted(root.rglob("*.py")), min(FILES_MAX, len(paths))):
            if path.stat().st_size < FILE_BYTES_MAX and "site-packages" not in path.parts:
                self._read(path, path.relative_to(root).as_posix())

    def __len__(self) -> int:
        return len(self._pieces)

    def example(self, random: Random, count: int, questions: int) -> Example:
        """So many pieces, and at most so many questions about names that only one of them has."""
        first = random.choice(self._pieces)
        chosen = [first]
        for _ in range(8 * count):
            if len(chosen) == count:
                break
            near = self._kin[random.choice(_kin(first))] if random.random() < 0.8 else range(len(self._pieces))
            other = self._pieces[random.choice(near)]
            if all((other.path, other.symbol) != (known.path, known.symbol) for known in chosen):
                chosen.append(other)
        random.shuffle(chosen)
        folder = random.choice(_FOLDERS)
        numbers = sorted(random.sample(range(1, 7), len(chosen))) if random.random() < 0.5 else range(1, 7)
        pieces = [_shown(piece, number, folder, random) for piece, number in zip(chosen, numbers, strict=False)]
        asks = [ask for piece in pieces if (ask := _ask(piece, pieces, random))]
        return Example(tuple(pieces), tuple(random.sample(asks, min(questions, len(asks)))))

    def _read(self, path: Path, name: str) -> None:
        text = path.read_text("utf-8", "replace")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        except (SyntaxError, ValueError):
            return
        self._add(tree, "", name, text.split("\n"))

    def _add(self, tree: ast.AST, owner: str, path: str, lines: Sequence[str]) -> None:
        for node in ast.iter_child_nodes(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                symbol = f"{owner}.{node.name}".removeprefix(".")
                start = min([node.lineno, *(each.lineno for each in node.decorator_list)])
                shown = [line[:LINE_CHARACTERS_MAX] for line in lines[start - 1 : node.end_lineno][:LINES_MAX]]
                piece = Evidence(
                    n=0, path=path, start_line=start, end_line=start + len(shown) - 1, language="python",
                    kind="function", symbol=symbol, signature="", doc="", text="\n".join(shown), hash=symbol,
                    score=1.0,
                )  # fmt: skip
                for key in _kin(piece):
                    self._kin[key].append(len(self._pieces))
                self._pieces.append(piece)
                self._add(node, symbol, path, lines)


def _kin(piece: Evidence) -> list[str]:
    return [piece.path, f".{piece.name}", *(word.lower() for word in _WORD.findall(piece.symbol))]


def _shown(piece: Evidence, number: int, folder: str, random: Random) -> Evidence:
    lines = piece.text.split("\n")
    shown = lines[: max(1, int(len(lines) ** random.uniform(0.4, 1.0)))]
    return msgspec.structs.replace(
        piece,
        n=number,
        path=folder + piece.path,
        end_line=piece.start_line + len(shown) - 1,
        text="\n".join(shown),
        score=1 / number,
        hash=f"{random.random()}",
    )


def _ask(piece: Evidence, pieces: Sequence[Evidence], random: Random) -> Ask | None:
    """By its whole name, or by the end of it where no other ends so."""
    parts = piece.symbol.split(".")
    name = piece.symbol if random.random() < 0.4 else ".".join(parts[random.randrange(len(parts)) :])
    for asked in (name, piece.symbol):
        if sum(f".{other.symbol}".endswith(f".{asked}") for other in pieces) == 1:
            return Ask(f"{WHERE}{asked}{DEFINED}", answer(asked, piece))
    return None
