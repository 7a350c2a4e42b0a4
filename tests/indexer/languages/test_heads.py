"""Names, scopes and signatures are read from source text as people say them."""

from __future__ import annotations

import pytest

from scholiast_indexer.languages import heads
from scholiast_indexer.limits import SIGNATURE_CHARS_MAX

SIGNATURES = [
    (b"def run(self, rule: str) -> Route:\n    ", "def run(self, rule: str) -> Route"),
    (b"def run(\n    self,\n    rule: str,\n) -> Route:", "def run(self, rule: str) -> Route"),
    (b"fn len(&self) -> usize\nwhere\n    T: Copy,\n{", "fn len(&self) -> usize where T: Copy"),
    (b"module Make (S : SOURCE) = ", "module Make (S : SOURCE)"),
    (b"def add(cart, item) do", "def add(cart, item)"),
    (b"defmodule Shop.Cart do\n", "defmodule Shop.Cart"),
    (b"#define MIN(a, b) \\\n  ", "#define MIN(a, b)"),
    (b"class A : public B", "class A : public B"),
    (b"const f = (a) => ", "const f = (a) =>"),
    (b"void redo", "void redo"),
    (b"\xff\xfe f(x) {", "\ufffd\ufffd f(x)"),
    (b"", ""),
]

NAMES = [
    (b"run", "run"),
    (b"'content-type'", "content-type"),
    (b"[Symbol.iterator]", "Symbol.iterator"),
    (b"#count", "#count"),
    (b"\xc3\xa9t\xc3\xa9", "été"),
]

QUALIFIED = [
    (b"run", [], "run"),
    (b"A::run", ["A"], "run"),
    (b"ns::A<T>::run", ["ns", "A"], "run"),
    (b"Matrix<float>::operator+=", ["Matrix"], "operator+="),
    (b"operator new", [], "operatornew"),
    (b"A::~A", ["A"], "~A"),
    (b"Shop.Cart", ["Shop"], "Cart"),
    (b"Mailer::Queue", ["Mailer"], "Queue"),
    (b"App\\Mail", ["App"], "Mail"),
    (b"&'a mut Vec<T>", [], "Vec"),
    (b"[T]", [], "[T]"),
    (b"Vec<Vec<T>>", [], "Vec"),
]

SCOPES = [
    (b"*Command[T]", ["Command"]),
    (b"c *Command", ["Command"]),
    (b"exports", []),
    (b"module.exports", []),
    (b"Router.prototype", ["Router"]),
    (b"M.Picker", ["M", "Picker"]),
]


@pytest.mark.parametrize(("head", "text"), SIGNATURES)
def test_a_signature_is_one_line_without_the_opening_of_the_body(head: bytes, text: str) -> None:
    assert heads.signature(head) == text


@pytest.mark.parametrize(("source", "text"), NAMES)
def test_a_name_loses_quotes_and_brackets(source: bytes, text: str) -> None:
    assert heads.name(source) == text


@pytest.mark.parametrize(("source", "scopes", "name"), QUALIFIED)
def test_a_qualified_name_is_split(source: bytes, scopes: list[str], name: str) -> None:
    assert heads.qualified(source) == (scopes, name)


@pytest.mark.parametrize(("source", "scopes"), SCOPES)
def test_a_scope_keeps_only_what_people_say(source: bytes, scopes: list[str]) -> None:
    assert heads.scope(source) == scopes


def test_a_long_signature_is_cut() -> None:
    assert len(heads.signature(b"def f(" + b"a, " * 1_000 + b"):")) <= SIGNATURE_CHARS_MAX
