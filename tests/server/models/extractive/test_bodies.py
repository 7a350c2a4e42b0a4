"""The one statement of a short function, and the fields of a type, read from their text."""

from __future__ import annotations

import pytest

from scholiast_server.models.extractive.bodies import fields, one_statement, returned
from scholiast_server.models.protocol import Evidence


def piece(text: str, name: str, language: str, kind: str) -> Evidence:
    """A piece of evidence that is that text."""
    head = text.split("\n", maxsplit=1)[0]
    return Evidence(1, "a", 1, text.count("\n") + 1, language, kind, name, head, "", text, "", 1.0)


@pytest.mark.parametrize(
    ("language", "name", "text", "statement"),
    [
        ("python", "on", "@property\ndef on(self):\n    \"\"\"Whether.\"\"\"\n    return self.up", "return self.up"),
        ("python", "stop", "def stop(\n    self,\n):\n    self.on = False", "self.on = False"),
        ("python", "both", "def both():\n    a()\n    b()", None),
        ("python", "none", "def none():\n    pass", None),
        ("python", "maybe", "def maybe(x):\n    if x: return y", None),
        ("ruby", "call", "def call(env)\n  synchronize { app.call(env) }\nend", "synchronize { app.call(env) }"),
        ("ruby", "settings", "def settings\n  @instance.settings\nend", "@instance.settings"),
        ("go", "On", "func (t *T) On() bool {\n\treturn t.on && t.up\n}", "return t.on && t.up"),
        ("go", "On", "func (t *T) On() bool { return t.on }", "return t.on"),
        ("go", "On", "func (t *T) On() bool", None),
        ("c", "on", "int on(t *x) {\n  return x->on;\n}", "return x->on"),
        ("c", "on", "int on(t *x)\n{\n  return x->on;\n}", "return x->on"),
        ("c", "on", "int on(t *x) {\n  x->a = 1;\n  return x->on;\n}", None),
        ("c", "on", "int on(t *x);", None),
        ("kotlin", "asTree", "fun asTree(): Tree = this", "return this"),
        ("javascript", "isMap", "const isMap = (x) => x instanceof Map", "return x instanceof Map"),
        ("rust", "on", "pub fn on(&self) -> bool {\n    self.on\n}", "self.on"),
        ("elixir", "on", "def on(up) do\n  up\nend", None),
        ("python", "late", "    return self.on", None),
    ],
)  # fmt: skip
def test_the_one_statement_of_a_short_function_is_read(
    language: str, name: str, text: str, statement: str | None
) -> None:
    assert one_statement(piece(text, name, language, "function")) == statement


def test_what_a_statement_returns_is_told_from_what_it_does() -> None:
    assert returned("return a + b;") == "a + b"
    assert returned("self.on = False") is None
    assert returned("return None") is None


@pytest.mark.parametrize(
    ("language", "kind", "text", "names"),
    [
        ("c", "struct", "struct A {\n  /* bits; all */\n  int type;\n  char *x;\n  char a[8];\n};", ("type", "x", "a")),
        ("go", "struct", "type Slab struct {\n\tI16 []int16\n\ta, b int\n}", ("I16", "a", "b")),
        ("rust", "struct", "pub struct A {\n    pub on: bool,\n    up: Vec<u8>,\n}", ("on", "up")),
        ("rust", "enum", "enum A {\n    On,\n    Up(u8),\n}", ("On", "Up")),
        ("python", "constant", "A = {\n    'one': {\n        'two': 1,\n    },\n    'three': 2,\n}", ("one", "three")),
        ("typescript", "constant", "const a = {\n  one: 1,\n  two: 2,\n}", ("one", "two")),
        ("python", "constant", "NAMES = 3", ()),
        ("java", "class", "class A {\n  int x;\n}", ()),
    ],
)  # fmt: skip
def test_fields_variants_and_keys_are_read(language: str, kind: str, text: str, names: tuple[str, ...]) -> None:
    assert fields(piece(text, "A", language, kind)) == names
