"""Asked for a name, a search shows its definition first and the public place that passes it on next."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.indexer.search.laid_out import indexed

from scholiast_indexer.index import Index
from scholiast_indexer.types import Hit

USES = "\n".join(f"def use_{n}(router: Router) -> Router:\n    return Router.of(router, {n})\n\n" for n in range(3))
FILES = {
    "python/web/__init__.py": "from .routing import Router\nfrom .requests import Request, Response, Session\n",
    "python/web/routing.py": 'class Router:\n    """Finds who handles a path."""\n\n    def match(self, path): ...\n',
    **{f"python/web/use_{n}.py": f"from .routing import Router\n\n\n{USES}" for n in range(12)},
    "rust/src/lib.rs": "mod sheaf;\npub mod other;\n\npub use self::{sheaf::Sheaf, other::{Ear, Awn}};\n",
    "rust/src/sheaf.rs": "/// Ears bound together.\npub struct Sheaf { ears: Vec<Ear> }\n",
    "rust/src/barn.rs": "use crate::Sheaf;\n\npub fn fill(sheaf: Sheaf) -> Sheaf { Sheaf::of(sheaf, Sheaf::new()) }\n",
    "js/index.ts": "export { Ledger } from './ledger';\nexport * from './page';\n",
    "js/ledger.ts": "/** Pages in a row. */\nexport class Ledger {\n  pages: string[] = [];\n}\n",
    "ruby/lib/quay.rb": "module Quay\n  autoload :Crane, 'quay/crane'\n  autoload :Hold, 'quay/hold'\nend\n",
    "ruby/lib/quay/crane.rb": "module Quay\n  # Lifts what is heavy.\n  class Crane\n    def lift; end\n  end\nend\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with indexed(tmp_path_factory.mktemp("reexports"), FILES) as opened:
        yield opened


@pytest.fixture
def calm(index: Index) -> Iterator[Index]:
    """The index without what a test lays over it."""
    yield index
    for path in index.overlaid():
        index.lift(path)


def paths(hits: list[Hit]) -> list[str]:
    return [hit.path for hit in hits]


@pytest.mark.parametrize(
    ("name", "defined", "passed_on"),
    [
        ("Router", "python/web/routing.py", "python/web/__init__.py"),
        ("Sheaf", "rust/src/sheaf.rs", "rust/src/lib.rs"),
        ("Ledger", "js/ledger.ts", "js/index.ts"),
        ("Crane", "ruby/lib/quay/crane.rb", "ruby/lib/quay.rb"),
    ],
)
def test_a_name_leads_to_its_definition_and_then_to_where_it_is_public(
    index: Index, name: str, defined: str, passed_on: str
) -> None:
    hits = index.search(name)
    assert paths(hits)[:2] == [defined, passed_on]
    assert (hits[0].why["reexport"], hits[1].why["definition"]) == (0.0, 0.0)
    assert hits[0].why["definition"] > hits[1].why["reexport"] > 0.0


def test_a_sentence_with_the_name_asks_for_no_place_that_passes_it_on(index: Index) -> None:
    assert all(hit.why["reexport"] == 0.0 for hit in index.search("how does Router match a path"))


@pytest.mark.parametrize("name", ["Router", "Sheaf", "Ledger", "Crane"])
def test_what_passes_a_name_on_is_listed_nowhere_as_its_definition(index: Index, name: str) -> None:
    public = {"python/web/__init__.py", "rust/src/lib.rs", "js/index.ts", "ruby/lib/quay.rb"}
    assert len(index.definitions(name, 10)) == 1
    assert public.isdisjoint(path for path, _ in [*index.definitions(name, 10), *index.symbols_like(name, 10)])
    assert name not in {symbol.name for path in public for symbol in index.symbols(path)}


def test_unsaved_text_passes_names_on_as_saved_text_does(calm: Index) -> None:
    assert calm.lay_over("js/index.ts", b"export {};\n")
    assert paths(calm.search("Ledger"))[0] == "js/ledger.ts"
    assert all(hit.why["reexport"] == 0.0 for hit in calm.search("Ledger"))
    assert calm.lay_over("js/public.ts", b"\n\nexport { Ledger } from './ledger';\n")
    assert paths(calm.search("Ledger"))[:2] == ["js/ledger.ts", "js/public.ts"]


def test_the_index_is_sound_and_forgets_what_is_passed_on_no_more(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("class Router:\n    pass\n", "utf-8")
    (tmp_path / "b.py").write_text("from .a import Router\n", "utf-8")
    with Index.open(tmp_path) as index:
        index.update()
        assert [hit.path for hit in index.search("Router") if hit.why["reexport"]] == ["b.py"]
        (tmp_path / "b.py").write_text("Router = None\n", "utf-8")
        index.update()
        assert not any(hit.why["reexport"] for hit in index.search("Router"))
        assert index.check() is None
