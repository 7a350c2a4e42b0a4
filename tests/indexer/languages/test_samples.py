"""Each sample parses with its grammar and gives the definitions and references written beside it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scholiast_indexer.languages import LANGUAGES, grammars
from scholiast_indexer.languages.extract import outline
from scholiast_indexer.languages.outline import Definition

if TYPE_CHECKING:
    from tree_sitter import Tree

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = ".expected.json"
MAIN = {
    *("python", "javascript", "typescript", "tsx", "go", "rust", "java", "c", "cpp", "csharp", "ruby", "php"),
    *("bash", "kotlin", "scala", "swift", "lua", "haskell", "ocaml", "ocaml_interface", "elixir", "zig"),
    *("sql", "julia"),
}


def sample_files() -> list[Path]:
    return sorted(path for path in SAMPLES.iterdir() if not path.name.endswith(EXPECTED))


def language_of(path: Path) -> str:
    return path.name.split(".")[0]


def parse_sample(path: Path) -> tuple[bytes, Tree]:
    """The sample's bytes and tree; skips where the grammar comes from a package that is not installed."""
    language, data = language_of(path), path.read_bytes()
    tree = grammars.parse(language, data, budget_s=10)
    if tree is None and not LANGUAGES[language].wheel:
        pytest.skip("; ".join(grammars.provider(language).problems))
    assert tree is not None, grammars.provider(language).problems
    return data, tree


def described(definition: Definition, data: bytes) -> dict[str, object]:
    offsets = (definition.lead_byte, definition.start_byte, definition.end_byte)
    lead, start, end = (data.count(b"\n", 0, byte) + 1 for byte in offsets)
    return {
        "path": definition.path,
        "kind": definition.kind,
        "lines": f"{start}-{end}" if lead == start else f"{lead}/{start}-{end}",
        "signature": definition.signature,
        "doc": definition.doc,
    }


@pytest.mark.parametrize("path", sample_files(), ids=language_of)
def test_a_sample_parses_without_errors(path: Path) -> None:
    _, tree = parse_sample(path)
    assert not tree.root_node.has_error


@pytest.mark.parametrize("path", sample_files(), ids=language_of)
def test_a_sample_gives_the_expected_outline(path: Path, golden: Callable[[Path, str], None]) -> None:
    data, tree = parse_sample(path)
    found = outline(tree, data, language_of(path))
    definitions = [json.dumps(described(one, data), ensure_ascii=False) for one in found.definitions]
    references = json.dumps([reference.name for reference in found.references], ensure_ascii=False)
    text = '{"definitions": [\n' + ",\n".join(definitions) + f'\n],\n"references": {references}}}\n'
    golden(path.with_name(path.name + EXPECTED), text)


def test_samples_cover_forty_languages_and_all_the_main_ones() -> None:
    covered = {language_of(path) for path in sample_files()}
    assert covered <= LANGUAGES.keys()
    assert len(covered) >= 40
    assert covered >= MAIN


def test_each_language_with_a_grammar_has_a_sample() -> None:
    with_grammar = {row.name for row in LANGUAGES.values() if row.wheel or row.bundled}
    assert with_grammar == {language_of(path) for path in sample_files()}
