"""What the name under the cursor is taken for, in each of the main languages, and when nothing is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scholiast_indexer import open_index
from scholiast_server.lookup import Card, Insertion, SymbolSource, documentation, look_up

Build = Callable[[Mapping[str, str]], SymbolSource]
CURSOR = "‸"


def look(build: Build, files: Mapping[str, str]) -> Card | None:
    """The card for the one file that has a cursor mark."""
    path = next(path for path, text in files.items() if CURSOR in text)
    before, _, after = files[path].partition(CURSOR)
    source = build({**files, path: before + after})
    line = before.count("\n")
    start = before.rpartition("\n")[2]
    text_line = start + after.partition("\n")[0]
    return look_up(source, path, text_line, line, len(start.encode()), clock=lambda: 0.0)


def check(build: Build, files: Mapping[str, str], expected: str | None) -> None:
    """`expected` is `symbol path:line`, the line counted from 1; None is no card."""
    card = look(build, files)
    found = f"{card.symbol} {card.path}:{card.line + 1}" if card else None
    assert found == expected


PYTHON = {
    "src/app/scaffold.py": '''\
from .rules import Rule, make_rule as build_rule
from . import helpers
import json


class Base:
    def setup(self):
        """Set up."""


class Scaffold(Base):
    """Common behaviour."""

    limit: int = 3

    def route(self, rule: str, **options):
        """Decorate a view function.

        More.
        """
        self.add_url_rule(rule, build_rule(rule))
        return helpers.escape(rule)

    def add_url_rule(self, rule, view):
        pass


def local_only():
    def inner():
        pass

    return inner()
''',
    "src/app/rules.py": """\
class Rule:
    def route(self):
        pass

    def compile(self):
        pass


def make_rule(text):
    return Rule()


def unrelated():
    pass
""",
    "src/app/helpers.py": "def escape(text):\n    return text\n\n\ndef dumps(value):\n    return value\n",
    "tests/test_app.py": "def escape(text):\n    pass\n",
}
TYPESCRIPT = {
    "src/shop.ts": """\
import { Cart, total as sum } from './cart';
import * as money from './money';
import defaults from './defaults';

export class Shop {
  private cart: Cart;
  checkout(cart: Cart): number {
    return sum(cart);
  }
  again() { return this.checkout(this.cart); }
}
""",
    "src/cart.ts": """\
/** What is bought. */
export class Cart { clear(): void {} empty(): void {} }
export function total(cart: Cart): number { return 1; }
export const hidden = 1;
""",
    "src/money.ts": "export function format(x: number): string { return ''; }\n",
}
GO = {
    "server/server.go": """\
package server

import (
\t"fmt"
\tstore "example.com/shop/storage"
)

type Server struct{ store *store.Store }

func (s *Server) Serve(name string) error {
\ts.log(name)
\treturn helper(name)
}

func (s *Server) log(name string) { fmt.Println(name) }
""",
    "server/help.go": "package server\n\nfunc helper(name string) error { return nil }\n",
    "storage/store.go": """\
package storage

type Store struct{}

func Open() *Store { return nil }
func helper() {}
""",
}
RUST = {
    "src/main.rs": """\
use crate::store::{Store, open as open_store};

struct Local { id: u8 }

impl Local {
    fn new(id: u8) -> Self { Self::check(id); Local { id } }
    fn check(id: u8) {}
}
""",
    "src/store.rs": """\
/// Keeps things.
pub struct Store { id: u8 }
impl Store { pub fn fetch(&self) -> u8 { 1 } }
pub fn open() -> Store { todo!() }
""",
}
JAVA = {
    "src/a/Shop.java": """\
package a;

import b.Cart;

public class Shop extends Base {
  private Cart cart;
  int sum(Cart cart) { return total(cart) + inherited(); }
  int total(Cart cart) { return cart.weight(); }
}
""",
    "src/a/Base.java": "package a;\npublic class Base {\n  int inherited() { return 1; }\n}\n",
    "src/b/Cart.java": "package b;\npublic class Cart {\n  public int weight() { return 1; }\n}\n",
    "src/b/Crate.java": "package b;\npublic class Crate {\n  public int weight() { return 2; }\n}\n",
}
CPP = {
    "include/shop.h": """\
#pragma once
namespace shop {
/// Sells.
class Shop {
 public:
  /// The sum.
  int total(int count) const;
};
int add(int a, int b);
}
""",
    "src/shop.cpp": """\
#include "shop.h"
namespace shop {
int Shop::total(int count) const { return add(count, 1); }
int add(int a, int b) { return a + b; }
}
""",
    "src/main.cpp": '#include "shop.h"\nint main() {\n  shop::Shop front;\n  return front.total(2);\n}\n',
}


def with_cursor(files: Mapping[str, str], path: str, place: str) -> dict[str, str]:
    """`place` is a piece of the file's text with the cursor mark in it."""
    text = files.get(path, "")
    plain = place.replace(CURSOR, "")
    if plain not in text:
        text += ("" if text.endswith("\n") or not text else "\n") + plain + "\n"
    return {**files, path: text.replace(plain, place, 1)}


SCAFFOLD = "src/app/scaffold.py"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("def ‸route(self, rule", "Scaffold.route src/app/scaffold.py:16"),
        ("class Scaff‸old(Base)", "Scaffold src/app/scaffold.py:11"),
        ("class Scaffold(Ba‸se)", "Base src/app/scaffold.py:6"),
        ("self.add_url‸_rule(rule, build", "Scaffold.add_url_rule src/app/scaffold.py:24"),
        ("self.add_url_rule‸(rule, build", "Scaffold.add_url_rule src/app/scaffold.py:24"),
        ("rule, build_‸rule(rule)", "make_rule src/app/rules.py:9"),
        ("helpers.esc‸ape(rule)", "escape src/app/helpers.py:1"),
        ("import Ru‸le, make_rule", "Rule src/app/rules.py:1"),
        ("return inn‸er()", "local_only.inner src/app/scaffold.py:29"),
        ("limi‸t: int = 3", "Scaffold.limit src/app/scaffold.py:14"),
        # appended lines
        ("def f(scaffold): scaffold.rou‸te('/')", "Scaffold.route src/app/scaffold.py:16"),
        ("def f(thing: Rule): thing.rou‸te('/')", "Rule.route src/app/rules.py:2"),
        ("thing = Rule(); thing.rou‸te()", "Rule.route src/app/rules.py:2"),
        ("def f(x): x.set‸up()", "Base.setup src/app/scaffold.py:7"),
        ("@scaffold.rou‸te('/x')", "Scaffold.route src/app/scaffold.py:16"),
        ("@local‸_only", "local_only src/app/scaffold.py:28"),
        ("print(f'{local_‸only}')", "local_only src/app/scaffold.py:28"),
        # nothing to say
        ("import js‸on", None),
        ("json.du‸mps(1)", None),
        ("def f(): unrel‸ated = 1", None),
        ("def f(): rou‸te = 1", None),
        ("def f(): inn‸er()", None),
        ("'x'.join(text).enc‸ode()", None),
        ('"""More local_‸only."""', None),
        ("# see local_‸only", None),
        ("print('local_‸only')", None),
        ("print('{local_‸only}')", None),
        ("retu‸rn helpers", None),
        ("self‸.add_url_rule(rule, build", None),
        ("helpers.escape(ru‸le)", None),
        ("def f(Rule): return Ru‸le", None),
        ("def f():\n    Rule = 1\n    return Ru‸le", None),
        ("f(x, Rul‸e=1)", None),
        ("x = 12‸34", None),
        ("‸", None),
    ],
)
def test_python_names_are_found(build: Build, place: str, expected: str | None) -> None:
    check(build, with_cursor(PYTHON, SCAFFOLD, place), expected)


@pytest.mark.parametrize(
    ("files", "path", "place", "expected"),
    [
        (TYPESCRIPT, "src/shop.ts", "check‸out(cart: Cart)", "Shop.checkout src/shop.ts:7"),
        (TYPESCRIPT, "src/shop.ts", "this.check‸out(", "Shop.checkout src/shop.ts:7"),
        (TYPESCRIPT, "src/shop.ts", "return su‸m(cart)", "total src/cart.ts:3"),
        (TYPESCRIPT, "src/shop.ts", "private cart: Ca‸rt;", "Cart src/cart.ts:2"),
        (TYPESCRIPT, "src/shop.ts", "money.for‸mat(1)", "format src/money.ts:1"),
        (TYPESCRIPT, "src/shop.ts", "const c: Cart = x; c.emp‸ty()", "Cart.empty src/cart.ts:2"),
        (TYPESCRIPT, "src/shop.ts", "const s = `${su‸m(c)}`", "total src/cart.ts:3"),
        (TYPESCRIPT, "src/shop.ts", "const s = `su‸m(c)`", None),
        (TYPESCRIPT, "src/shop.ts", "const hid‸den = 2", "hidden src/shop.ts:12"),
        (TYPESCRIPT, "src/shop.ts", "console.log(hid‸den)", None),
        (TYPESCRIPT, "src/shop.ts", "/* su‸m */", None),
        (TYPESCRIPT, "src/shop.ts", "ret‸urn sum(cart)", None),
        (GO, "server/server.go", "Ser‸ve(name string)", "Server.Serve server/server.go:10"),
        (GO, "server/server.go", "s.lo‸g(name)", "Server.log server/server.go:15"),
        (GO, "server/server.go", "return hel‸per(name)", "helper server/help.go:3"),
        (GO, "server/server.go", "*store.Sto‸re }", "Store storage/store.go:3"),
        (GO, "server/server.go", "func f() { store.Op‸en() }", "Open storage/store.go:5"),
        (GO, "server/server.go", "fmt.Print‸ln(name)", None),
        (GO, "server/server.go", "func f() { Op‸en() }", None),
        (GO, "server/server.go", "func f(srv *Server) { srv.Ser‸ve(1) }", "Server.Serve server/server.go:10"),
        (RUST, "src/main.rs", "Self::che‸ck(id)", "Local.check src/main.rs:7"),
        (RUST, "src/main.rs", "fn f(a: Sto‸re) {}", "Store src/store.rs:2"),
        (RUST, "src/main.rs", "fn f() { open_st‸ore() }", "open src/store.rs:4"),
        (RUST, "src/main.rs", "fn f(a: &Store) { a.fet‸ch() }", "Store.fetch src/store.rs:3"),
        (RUST, "src/main.rs", "fn f() { Local::ne‸w(1) }", "Local.new src/main.rs:6"),
        (RUST, "src/main.rs", "fn f<'a>(x: &'a str) { open_st‸ore() }", "open src/store.rs:4"),
        (RUST, "src/main.rs", "fn f() { x.unw‸rap() }", None),
        (RUST, "src/main.rs", "#[derive(Sto‸re)]", None),
        (RUST, "src/main.rs", "fn f() { std::op‸en() }", None),
        (RUST, "src/main.rs", "fn f(open_store: u8) { open_st‸ore }", None),
        (TYPESCRIPT, "src/shop.ts", "function f(sum) { return su‸m }", None),
        (TYPESCRIPT, "src/shop.ts", "function f() {\n  const Cart = 1\n  return Ca‸rt\n}", None),
        (GO, "server/server.go", "func f() {\n\thelper := 1\n\thel‸per()\n}", None),
        (JAVA, "src/a/Shop.java", "import b.Ca‸rt;", "Cart src/b/Cart.java:2"),
        (JAVA, "src/a/Shop.java", "import b.Cart.weight;  // we‸ight", None),
        (CPP, "src/shop.cpp", "int f() {\n  int add = 1;\n  return ad‸d;\n}", None),
        (CPP, "src/shop.cpp", "int g(int add) { return ad‸d; }", None),
        (JAVA, "src/a/Shop.java", "return tot‸al(cart)", "Shop.total src/a/Shop.java:8"),
        (JAVA, "src/a/Shop.java", "inher‸ited()", "Base.inherited src/a/Base.java:3"),
        (JAVA, "src/a/Shop.java", "cart.wei‸ght()", "Cart.weight src/b/Cart.java:3"),
        (JAVA, "src/a/Shop.java", "private Ca‸rt cart", "Cart src/b/Cart.java:2"),
        (JAVA, "src/a/Shop.java", "// tot‸al", None),
        (CPP, "src/shop.cpp", "Shop::tot‸al(int", "shop.Shop.total src/shop.cpp:3"),
        (CPP, "src/shop.cpp", "return ad‸d(count", "shop.add src/shop.cpp:4"),
        (CPP, "src/main.cpp", "front.tot‸al(2)", "shop.Shop.total include/shop.h:7"),
        (CPP, "src/main.cpp", "shop::Sh‸op front", "shop.Shop include/shop.h:4"),
        (CPP, "src/main.cpp", "ret‸urn front", None),
    ],
)
def test_names_are_found_in(
    build: Build, files: Mapping[str, str], path: str, place: str, expected: str | None
) -> None:
    check(build, with_cursor(files, path, place), expected)


UVICORN = {
    "web/supervisors/__init__.py": "from web.supervisors.stat import StatRe‸load as ChangeReload\n",
    "web/supervisors/stat.py": "class StatReload:\n    pass\n",
}
PASSED_ON = {
    "web/__init__.py": "from web.main import Ser‸ver\n",
    "web/main.py": "from web.server import Server\n",
    "web/server.py": "class Server:\n    pass\n",
}
OF_ANOTHER_PACKAGE = {**PASSED_ON, "web/__init__.py": "from other.main import Ser‸ver\n"}
OWN_STATE = {
    "off.py": "class Off:\n    def __init__(self):\n        self.sta‸te = {}\n",
    "types.py": "class Scope:\n    state: dict\n",
}
INHERITED_STATE = {
    "off.py": "from types import Scope\n\n\nclass Off(Scope):\n    def on(self):\n        return self.sta‸te\n",
    "types.py": OWN_STATE["types.py"],
}
FOREIGN_CLASS = {"Rakefile.rb": "x = File.re‸ad 'a'\n", "stream.rb": "class Stream\n  def read\n  end\nend\n"}
KNOWN_CLASS = {"Rakefile.rb": "x = Stream.re‸ad 'a'\n", "stream.rb": FOREIGN_CLASS["stream.rb"]}
CALLED = {
    "Main.java": 'class Main {\n  void on() { Timber.ta‸g("a"); }\n}\n',
    "Timber.kt": 'class Timber {\n  class Tree {\n    val tag: String = ""\n  }\n  companion object Forest {\n'
    "    fun tag(tag: String): Tree { return this }\n  }\n}\n",
}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (UVICORN, "StatReload web/supervisors/stat.py:1"),
        (PASSED_ON, "Server web/server.py:1"),
        (OF_ANOTHER_PACKAGE, None),
        (OWN_STATE, None),
        (INHERITED_STATE, "Scope.state types.py:2"),
        (FOREIGN_CLASS, None),
        (KNOWN_CLASS, "Stream.read stream.rb:2"),
        (CALLED, "Timber.Forest.tag Timber.kt:6"),
    ],
    ids=["renamed", "passed on", "another's", "own state", "inherited", "foreign class", "known class", "called"],
)
def test_what_a_name_is_taken_from_decides(build: Build, files: Mapping[str, str], expected: str | None) -> None:
    check(build, files, expected)


def test_a_card_says_what_the_definition_is(build: Build) -> None:
    card = look(build, with_cursor(PYTHON, SCAFFOLD, "def ‸route(self, rule"))
    assert card is not None
    assert (card.kind, card.name, card.language) == ("method", "route", "python")
    assert card.signature == "def route(self, rule: str, **options)"
    assert card.doc == "Decorate a view function."
    assert set(card.calls) == {"add_url_rule", "make_rule", "escape"}
    assert {place.symbol for place in card.related} <= {"Scaffold.add_url_rule", "make_rule", "escape", "Rule.route"}
    assert len(card.related) == 3
    assert card.others == 1


def test_references_are_counted(build: Build) -> None:
    card = look(build, with_cursor(PYTHON, SCAFFOLD, "helpers.esc‸ape(rule)"))
    assert card is not None
    assert card.references == 1


def test_the_name_is_placed_in_bytes(build: Build) -> None:
    card = look(build, {"a.py": "def größe(): pass\n\n'ü', grö‸ße()\n"})
    assert card is not None
    assert (card.symbol, card.start_byte, card.end_byte) == ("größe", 6, 13)


def test_a_member_that_many_unrelated_classes_have_is_not_guessed(build: Build) -> None:
    classes = "".join(f"class Kind{n}:\n    def apply(self): pass\n\n" for n in range(9))
    check(build, {"a.py": classes, "b.py": "def f(thing): thing.app‸ly()\n"}, None)
    check(build, {"a.py": classes, "b.py": "def f(kind3): kind3.app‸ly()\n"}, "Kind3.apply a.py:11")


def test_a_base_class_is_related_to_its_subclass(build: Build) -> None:
    card = look(build, with_cursor(PYTHON, SCAFFOLD, "class Scaff‸old(Base)"))
    assert card is not None
    assert card.related[0].symbol == "Base"


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [("gone.py", "foo()", 1), ("a.py", "x" * 6_000, 3), ("a.py", "foo()", 10_000), ("a.py", "foo()", -4),
     ("a.md", "foo", 1), ("a.json", "foo", 1), ("noname", "foo", 1), ("a.py", "\ud800 foo", 4),
     ("a.py", "(" * 4_000, 9)],
)  # fmt: skip
def test_odd_places_have_no_card(build: Build, path: str, line: str, column: int) -> None:
    assert look_up(build({"a.py": "x = 1\n"}), path, line, 0, column) is None


def test_related_places_are_bounded_in_time(build: Build) -> None:
    seconds = iter(range(100))
    source = build({"a.py": "def one(): pass\ndef two(): pass\ndef all_of_it():\n    one()\n    two()\n"})
    card = look_up(source, "a.py", "def all_of_it():", 2, 5, clock=lambda: next(seconds))
    assert card is not None
    assert card.calls == ()


def test_a_real_index_is_asked(tmp_path: Path) -> None:
    for path, text in PYTHON.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    with open_index(tmp_path) as index:
        index.update()
        card = look_up(index, SCAFFOLD, "    def route(self, rule: str, **options):", 15, 9, clock=lambda: 0.0)
        assert card is not None
        assert (card.symbol, card.path, card.line) == ("Scaffold.route", SCAFFOLD, 15)
        assert set(card.calls) == {"add_url_rule", "make_rule", "escape"}
        assert documentation(index, SCAFFOLD, 24) == Insertion(24, '        """Takes `rule` and `view`."""\n')


def test_a_line_that_is_not_yet_indexed_is_read_by_itself(build: Build) -> None:
    source = build({"a.py": '"""\nall of it a string\n"""\ndef known(): pass\n'})
    assert look_up(source, "a.py", "known()", 1, 2) is not None
    assert look_up(source, "a.py", "# known()", 1, 4) is None
