"""What a card looks like, and that nothing which comes from code acts in it."""

from __future__ import annotations

import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scholiast_server.lookup import Card, Place, markdown, render, render_plain
from scholiast_server.lookup.rendering import headline

CARD = Card(
    kind="method",
    symbol="Scaffold.route",
    name="route",
    language="python",
    signature="def route(self, rule: str, **options) -> Callable",
    doc="Decorate a view function to register it with the given URL rule and options.",
    path="src/flask/sansio/scaffold.py",
    line=335,
    references=46,
    calls=("add_url_rule",),
    related=(Place("App.add_url_rule", "src/flask/sansio/app.py", 604), Place("Blueprint.add_url_rule", "b.py", 9)),
    others=1,
    others_are_more=False,
    start_byte=8,
    end_byte=13,
)


def link(path: str, line: int) -> str:
    return f"file:///w/{path}#L{line + 1}"


def changed(**values: object) -> Card:
    return msgspec.structs.replace(CARD, **values)


def test_a_card_is_rendered_as_markdown() -> None:
    actions = (("Explain", "command:scholiast.explain?%5B1%5D"), ("Where is it used?", "command:scholiast.uses"))
    assert render(CARD, link, actions) == (
        "```python\n(method) Scaffold.route(self, rule: str, **options) → Callable\n```\n\n"
        "Decorate a view function to register it with the given URL rule and options. Calls `add_url_rule`.\n\n"
        "[src/flask/sansio/scaffold.py:336](file:///w/src/flask/sansio/scaffold.py#L336)"
        " · referred to in 46 places · 1 more definition of this name"
        " · related: [App.add_url_rule](file:///w/src/flask/sansio/app.py#L605),"
        " [Blueprint.add_url_rule](file:///w/b.py#L10)  \n"
        "[Explain](command:scholiast.explain?%5B1%5D) · [Where is it used?](command:scholiast.uses)"
    )


def test_a_typedef_says_of_what() -> None:
    card = changed(kind="type", symbol="reply", name="reply", signature="typedef struct reply { int type; } reply")
    assert headline(card) == "(type) typedef struct reply { int type; } reply"


def test_without_links_it_is_readable_text() -> None:
    bare = changed(doc="", calls=(), related=(), references=1, others=0)
    assert render(bare, lambda path, line: "").endswith("`src/flask/sansio/scaffold.py:336` · referred to in 1 place")


def test_plain_text_has_no_marks() -> None:
    assert render_plain(CARD) == (
        "(method) Scaffold.route(self, rule: str, **options) → Callable\n"
        "Decorate a view function to register it with the given URL rule and options.\n\n"
        "src/flask/sansio/scaffold.py:336 · referred to in 46 places · 1 more definition of this name"
        " · related: App.add_url_rule, Blueprint.add_url_rule"
    )


@pytest.mark.parametrize(
    ("kind", "symbol", "signature", "expected"),
    [
        ("function", "run", "async def run(x)", "(function) async run(x)"),
        ("class", "A", "class A(B, C)", "(class) A(B, C)"),
        ("method", "K.go", "static async go<T>(t: T): Promise<T>", "(method) static async K.go<T>(t: T): Promise<T>"),
        ("function", "bar", "export const bar = (x: number) =>", "(function) bar = (x: number)"),
        ("method", "S.Route", "func (s *S) Route(a string) error", "(method) S.Route(a string) error"),
        ("method", "S.new", "pub fn new(a: u8) -> Result<Self, E>", "(method) S.new(a: u8) → Result<Self, E>"),
        ("method", "A.foo", "public static List<T> foo(int b)", "(method) static List<T> A.foo(int b)"),
        ("method", "n.Foo.bar", "int Foo::bar(int n) const", "(method) int Foo::bar(int n) const"),
        ("macro", "MAC", "#define MAC(x)", "(macro) MAC(x)"),
        ("property", "A.x", "x: int = 1", "(property) A.x: int = 1"),
        ("class", "A", "", "(class) A"),
    ],
)
def test_a_headline_names_the_whole_path(kind: str, symbol: str, signature: str, expected: str) -> None:
    name = symbol.rpartition(".")[2]
    assert headline(changed(kind=kind, symbol=symbol, name=name, signature=signature)) == expected


HOSTILE = [
    "[click](command:workbench.action.terminal.new)",
    "![x](http://evil.example/p.png)",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<command:scholiast.ask>",
    "http://evil.example/a?b=c",
    "www.evil.example",
    "me@evil.example",
    "command:workbench.action.quit",
    "JavaScript:alert(1)",
    "[ref]: http://evil.example",
    "&lt;b&gt; &#60;b&#62;",
    "`unclosed [x](y)",
    "``` [x](y)",
    "`a` ``b` [x](y) `",
    "\\[x](y) \\\\[x](y)",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "| a | b |\n|---|---|",
    "a\n\n[x](y)\n```\n[x](y)",
    "a\r[x](y)\u2028[x](y)\x00",
    "*bold* _it_ ~~gone~~ $(alert)",
    "\u202e]x[",
    "file:///etc/passwd",
    "vscode://x/y",
]


def without_code(text: str) -> str:
    return re.sub(r"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "C", text)


def harmless(text: str) -> None:
    """A parser sees words and code in one paragraph, and no address is left bare for a renderer to link."""
    blocks = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    shown = [child for block in blocks for child in block.children or ()]
    inner = {child.type for child in shown}
    assert {block.type for block in blocks} <= {"paragraph_open", "inline", "paragraph_close"}, text
    assert inner <= {"text", "code_inline"}, text
    assert "\n" not in text
    bare = " ".join(child.content for child in shown if child.type == "text")
    assert not re.search(r"\w://|www\.|\w@\w|(?:command|javascript|mailto|data):\w", bare, re.I), text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_does_nothing(hostile: str) -> None:
    harmless(markdown.prose(hostile))
    for place in ("path", "symbol", "doc", "signature", "kind", "name", "language"):
        text = render(changed(**{place: hostile}), link)
        block, *others = text.split("\n\n")
        fence = re.match(r"`{3,}", block)
        assert fence is not None
        assert block.count("\n") == 2
        assert block.split("\n")[2] == fence.group()
        assert fence.group() not in block.split("\n")[1]
        rest = without_code("\n".join(others))
        targets = re.findall(r"(?<!\\)\]\(([^()]*)\)", rest)
        assert all(target.startswith("file:///w/") for target in targets)
        assert len(targets) == 3


@given(st.text(st.sampled_from("`[]()<>!\\*_#-+.:/@&;~|$ \nab1ü"), max_size=40))
def test_any_text_does_nothing(text: str) -> None:
    harmless(markdown.prose(text))
    if text.strip():
        harmless("in a link: " + markdown.label(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Returns `x` for add_url_rule.", "Returns `x` for add_url_rule."),
        ("See https://a.b/c.", "See `https://a.b/c`."),
        ("A _private_ one_", "A \\_private\\_ one\\_"),
        ("Maps a[0] to b<c>", "Maps a\\[0\\] to b\\<c\\>"),
        ("2. second", "2\\. second"),
        ("über Straße, 日本語", "über Straße, 日本語"),
        ("A & B &amp; C", "A & B \\&amp; C"),
    ],
)
def test_prose_stays_readable(text: str, expected: str) -> None:
    assert markdown.prose(text) == expected


def test_lone_surrogates_can_be_sent() -> None:
    shown = render(changed(path="a\udcff.py", doc="x\ud800"), lambda path, line: "")
    assert shown.encode("utf-8")
