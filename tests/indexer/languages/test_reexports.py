"""Names that a file passes on without defining them, by the idiom of each language."""

from __future__ import annotations

import pytest

from scholiast_indexer.languages import LANGUAGES, grammars
from scholiast_indexer.languages.extract import outline
from scholiast_indexer.languages.found import Found
from scholiast_indexer.languages.reexports import reexports

CASES = {
    "rust": ("pub use a::{b::C, D as E, self, f::*, // F,\n};\npub(crate) use crate::G;\nuse h::I;\n", "C E G"),
    "rust: a prelude": ("pub mod prelude {\n    pub use crate::{A, B as _};\n}\n", "A"),
    "typescript": ("export { A, type B as C, default } from './a';\nexport * as D from './d';\n", "A C D"),
    "tsx": ("import { A } from './a';\nfunction B() { return <A/>; }\nexport { A, B };\n", "A"),
    "javascript": ("export { A } from './a';\nexport * from './b';\nimport { C } from './c';\n", "A"),
    "javascript: exports": ("exports.A = require('./a').A;\nexports.b = function () {};\nmodule.c = 1;\n", "A"),
    "javascript: module.exports": (
        "function own() {}\nmodule.exports = { A, own, b: require('./b'), c: d.e, f: 1, g() {} };\n",
        "A b c",
    ),
    "python": ("from .a import A, B as C\nfrom b import D\nVERSION = 1\n", "A C"),
    "python: beside definitions": ("from .a import A as A, B, C as D\n\n\ndef f():\n    return B(D)\n", "A"),
    "python: of several lines": ("from .a import (\n    A,  # why, and B\n    C,\n)\nfrom . import d\n", "A C d"),
    "python: __all__": ("from a import A\n__all__ = ['A', \"own\", 'a.c']\n__all__ += ('b',)\ndef own(): ...\n", "A b"),
    "ruby": ("module M\n  autoload :A, 'a'\n  load :b\n  class C; end\nend\n", "A"),
    "haskell": ("module A (B(..), c', own, (<+>), module X, Y.d) where\nimport Y\nown = 1\n", "B c' d"),
    "julia": ("module A\nexport b!, C, # D\n    own\nown() = 1\nend\n", "b! C"),
    "go": ('package a\nimport "b"\ntype C = b.C\n', ""),
}  # fmt: skip


def passed_on(language: str, text: str) -> list[str]:
    data = text.encode()
    tree = grammars.parse(language, data, budget_s=10)
    if tree is None and not LANGUAGES[language].wheel:
        pytest.skip("; ".join(grammars.provider(language).problems))
    assert tree is not None
    found = outline(tree, data, language).reexports
    assert all(data[one.start_byte :].startswith(one.name.encode()) for one in found)
    assert [one.start_byte for one in found] == sorted({one.start_byte for one in found})
    return [one.name for one in found]


@pytest.mark.parametrize("case", CASES)
def test_what_is_passed_on_is_named_and_what_is_imported_for_itself_or_defined_is_not(case: str) -> None:
    text, names = CASES[case]
    assert passed_on(case.partition(":")[0], text) == names.split()


def test_a_reexport_is_no_definition() -> None:
    data = b"pub use a::B;\nexport!();\n"
    tree = grammars.parse("rust", data, budget_s=10)
    assert tree is not None
    assert outline(tree, data, "rust").definitions == ()


def test_letters_beyond_ascii_are_names_too() -> None:
    assert passed_on("python", "# größe\nfrom .maß import Größe, naïve\n") == ["Größe", "naïve"]


@pytest.mark.parametrize(
    "item", ["a" * 300_000 + "()", "'" + "a" * 300_000, "a" + " " * 300_000 + "()", "a " * 150_000]
)
def test_items_of_any_length_are_gone_through_once(item: str) -> None:
    found = Found()
    data = f"[{item}, b]".encode()
    found.reexports.append((0, len(data)))
    assert [one.name for one in reexports(found, (), data)][-1] == "b"
