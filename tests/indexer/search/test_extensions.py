"""What adds to a definition elsewhere (`impl`, `extension`) is no definition of that name, though it bears it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.indexer.search.laid_out import indexed

from scholiast_indexer.index import Index

FILES = {
    "src/a_display.rs": "impl Display for Barrel {\n    fn show(barrel: Barrel) -> Barrel { Barrel::of(barrel) }\n}\n",
    "src/barrel.rs": "/// Holds what is poured into it.\npub struct Barrel { litres: u32 }\n",
    "a/Anvil+Codable.swift": "extension Anvil: Codable {\n    func encode(anvil: Anvil) -> Anvil { Anvil(anvil) }\n}\n",
    "a/Anvil.swift": "/// What is struck.\nstruct Anvil {\n    var weight = 1\n}\n",
    "b/ASyntax.scala": "extension (winch: Winch)\n  def turned: Winch = Winch(winch.turns + 1)\n",
    "b/Winch.scala": "/** Pulls. */\nclass Winch(val turns: Int)\n",
    "c/a_list.ex": "defimpl Hoist, for: List do\n  def lift(list, hoist), do: Hoist.lift(list, hoist)\nend\n",
    "c/hoist.ex": 'defprotocol Hoist do\n  @doc "Lifts a load."\n  def lift(load, by)\nend\n',
}
DEFINED = {"Barrel": "src/barrel.rs", "Anvil": "a/Anvil.swift", "Winch": "b/Winch.scala", "Hoist": "c/hoist.ex"}
ADDED = {
    "Barrel": "src/a_display.rs",
    "Anvil": "a/Anvil+Codable.swift",
    "Winch": "b/ASyntax.scala",
    "Hoist": "c/a_list.ex",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with indexed(tmp_path_factory.mktemp("extensions"), FILES) as opened:
        yield opened


@pytest.mark.parametrize("name", DEFINED)
def test_a_name_leads_to_its_definition_before_what_adds_to_it(index: Index, name: str) -> None:
    best, *others = index.search(name)
    assert best.path == DEFINED[name] and best.why["definition"] > 0
    assert all(hit.why["definition"] == 0 for hit in others)
    assert ADDED[name] in {hit.path for hit in others}


@pytest.mark.parametrize("name", DEFINED)
def test_it_is_listed_behind_the_definition(index: Index, name: str) -> None:
    assert [path for path, _ in index.definitions(name, 10)] == [DEFINED[name], ADDED[name]]
    assert [path for path, _ in index.symbols_like(name, 10)] == [DEFINED[name], ADDED[name]]
    assert [symbol.extends for symbol in index.symbols(ADDED[name]) if symbol.name == name] == [True]
    assert index.check() is None


@pytest.mark.parametrize("name", ["Barrel", "Anvil"])
def test_so_it_is_in_unsaved_text(index: Index, name: str) -> None:
    assert index.lay_over(ADDED[name], FILES[ADDED[name]].encode() + b"\n// more\n")
    try:
        assert index.search(name)[0].path == DEFINED[name]
        assert [path for path, _ in index.definitions(name, 10)] == [DEFINED[name], ADDED[name]]
    finally:
        index.lift(ADDED[name])
