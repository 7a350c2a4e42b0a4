"""Whatever is done to the files, in whatever order, with updates in between: the index equals a clean rebuild."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, multiple, rule
from tests.indexer.index.conftest import World, content_of

from scholiast_indexer.index import Index

NAMES = st.sampled_from(
    ["a.py", "b.py", "src/a.py", "src/deep/c.py", "lib/d.js", "README.md", "notes.txt", "made.min.js", "é ü.py"]
)
DEFINITION = "def {name}({argument}):\n    value = {argument}\n    return value\n"
CONTENTS = st.one_of(
    st.lists(st.sampled_from(["cart", "price", "retry", "session"]), min_size=1, max_size=3).map(
        lambda names: "\n\n".join(DEFINITION.format(name=name, argument="number") for name in names)
    ),
    st.sampled_from(["", "\n", "# Title\n\ntext\n", "x = 1", "\0binary", "def broken(:\n", "# @generated\nx = 1\n"]),
    st.text(alphabet="ab \n(){}=é", max_size=60),
).map(str.encode)


class Edits(RuleBasedStateMachine):
    """Edits of a workspace; a file's earlier contents and whole earlier trees can come back."""

    files = Bundle("files")
    trees = Bundle("trees")

    @initialize()
    def start(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="scholiast-test-"))
        self.world = World(self.place / "work", {})
        self.index = Index.open(self.world.root)
        self.known: set[bytes] = set()

    @rule(target=files, name=NAMES, content=CONTENTS)
    def write(self, name: str, content: bytes) -> tuple[str, bytes]:
        self.world.write(name, content)
        return name, content

    @rule(earlier=files)
    def revert(self, earlier: tuple[str, bytes]) -> None:
        self.world.write(*earlier)

    @rule(earlier=files, to=NAMES)
    def copy(self, earlier: tuple[str, bytes], to: str) -> None:
        self.world.write(to, earlier[1])

    @rule(earlier=files, to=NAMES)
    def rename(self, earlier: tuple[str, bytes], to: str) -> None:
        if (self.world.root / earlier[0]).is_file():
            self.world.rename(earlier[0], to)

    @rule(earlier=files)
    def remove(self, earlier: tuple[str, bytes]) -> None:
        (self.world.root / earlier[0]).unlink(missing_ok=True)

    @rule(target=trees)
    def keep_tree(self) -> dict[str, bytes]:
        found = (path for path in self.world.root.rglob("*") if path.is_file() and ".scholiast" not in path.parts)
        return {path.relative_to(self.world.root).as_posix(): path.read_bytes() for path in found}

    @rule(target=trees, tree=consumes(trees))
    def switch_to_tree(self, tree: dict[str, bytes]) -> object:
        for child in self.world.root.iterdir():
            if child.name != ".scholiast":
                shutil.rmtree(child) if child.is_dir() else child.unlink()
        for path, content in tree.items():
            self.world.write(path, content)
        return multiple(tree)

    @rule()
    def update(self) -> None:
        report = self.index.update()
        embedded = set(self._texts())
        assert report.embedded == len(embedded - self.known), "exactly the texts that were never seen are embedded"
        assert report.chunks == report.embedded + report.reused
        self.known = embedded

    @rule(earlier=files, to=NAMES)
    def update_some(self, earlier: tuple[str, bytes], to: str) -> None:
        self.index.update_paths([earlier[0], to])
        self.known = set(self._texts())

    @rule()
    def open_again(self) -> None:
        self.index.close()
        self.index = Index.open(self.world.root)

    def teardown(self) -> None:
        self.index.update()
        assert content_of(self.index) == self.world.rebuilt(self.place / "clean")
        assert self.index.notes == []
        self.index.close()
        shutil.rmtree(self.place)

    def _texts(self) -> list[bytes]:
        with contextlib.closing(sqlite3.connect(self.world.database)) as connection:
            return [row[0] for row in connection.execute("SELECT text_hash FROM vector")]


TestEdits = Edits.TestCase
TestEdits.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
