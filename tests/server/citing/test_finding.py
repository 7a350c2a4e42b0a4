"""Citations in a text: what is one, what is none, and which names stand beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.citing import find_citations


def check(path: str, text: str, *wanted: str) -> None:
    """Each wanted one as `path:line-line name name`, quoted names between backticks."""
    assert [shown(text, found) for found in find_citations(text.encode(), path)] == list(wanted)


def shown(text: str, found: object) -> str:
    from scholiast_server.citing import Written

    assert isinstance(found, Written)
    lines = f"{found.start_line}" if found.end_line == found.start_line else f"{found.start_line}-{found.end_line}"
    place = f"{found.path}:{lines}"
    written = text.encode()[found.start_byte : found.end_byte].decode()
    assert written.replace("–", "-").startswith(place), "the bytes are those of the citation"
    names = (f"`{name.text}`" if name.is_quoted else name.text for name in found.names)
    return " ".join([place, *names])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("See src/app.py:10.", ["src/app.py:10"]),
        ("See src/app.py:10-20, and `b/c.rs:7`.", ["src/app.py:10-20", "b/c.rs:7"]),
        ("An en dash: a.py:3–9 is taken.", ["a.py:3-9"]),
        ("With a column: a.py:3:14 is taken.", ["a.py:3"]),
        ("(./a.py:1) [../b.py:2]", ["./a.py:1", "../b.py:2"]),
        ("Makefile:3 and Dockerfile:4", ["Makefile:3", "Dockerfile:4"]),
        ("😀 größe/ünï.py:5, 𝔘/x.py:6", ["größe/ünï.py:5", "𝔘/x.py:6"]),
        ("| a.py:1 | b.py:2 |", ["a.py:1", "b.py:2"]),
    ],
)
def test_a_path_and_lines_are_a_citation(text: str, wanted: list[str]) -> None:
    check("docs/x.md", text, *wanted)


@pytest.mark.parametrize(
    "text",
    [
        "at 12:30, 10.0.0.1:8080, localhost:5000, [::1]:80",
        "http://example.org/a.py:12 and https://user:1@host/x.py:3",
        "v1.2:3, 3.10:5, ratio 16:9, redis:7",
        "a.py:0 has no such line, b.py:9-3 is backwards, c.py:12345678 is no line",
        "/usr/lib/python3/os.py:12 is not of this workspace",
        "me@example.org:22, git@host.com:1/x.py, a.py:1.5, a.py:1-2-3",
        "`dict.get:` 1, x.y: 3",
        "Places such as `src/app.py:10-20`, e.g. b.py:3 (for example, c.py:4), like d.py:5",
    ],
)
def test_times_ports_addresses_and_examples_are_none(text: str) -> None:
    check("docs/x.md", text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("`sign` builds it (a.py:1-3).", "a.py:1-3 `sign`"),
        ("See a.py:1 for `Signer.sign(payload)`.", "a.py:1 `Signer.sign`"),
        ("[1] a.py:336-365   Scaffold.route", "a.py:336-365 Scaffold.route"),
        ("It is retry_request (a.py:4) on GitHub.", "a.py:4 retry_request"),
        ("`One` is here. Two lines: a.py:4.", "a.py:4"),
        ("`return None`, see `a.py:4`", "a.py:4"),
        ("`limit=3` of `src/x.py` is read at a.py:4", "a.py:4 `limit`"),
    ],
)
def test_names_of_the_same_sentence_belong_to_it(text: str, wanted: str) -> None:
    check("docs/x.md", text, wanted)


def test_each_of_several_citations_has_the_names_before_it() -> None:
    check(
        "docs/x.md",
        "`one` is set in a.py:1, `two` and `three` in b.py:2-3. And c.py:4 holds `four`, d.py:5 nothing.",
        "a.py:1 `one`",
        "b.py:2-3 `two` `three`",
        "c.py:4 `four`",
        "d.py:5 `four`",
    )


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        ("x.py", "# `sign` is at a.py:1\nb = 'b.py:2'\nc = 1  # see c.py:3\n", ["a.py:1 `sign`", "c.py:3"]),
        ("x.py", '"""Sign, with `sign`\n(a.py:1).\n"""\n', ["a.py:1 `sign`"]),
        ("x.py", "# `sign` of the signer,\n# at a.py:1, is fast.\n", ["a.py:1 `sign`"]),
        ("x.py", "a = 1  # `one`\nb = 2  # a.py:1\n", ["a.py:1"]),
        (
            "x.ts",
            "/**\n * `sign` is used,\n * see a.ts:1.\n */\nf('b.ts:2');  // c.ts:3\n",
            ["a.ts:1 `sign`", "c.ts:3"],
        ),
        ("x.rs", "/// `sign` at a.rs:1\nfn f() {}\n", ["a.rs:1 `sign`"]),
        ("x.toml", "# a.py:1\nx = 'b.py:2'\n", ["a.py:1"]),
        ("x.json", '{"at": "a.py:1"}', []),
        ("x.md", "a.py:1\n\n```\nb.py:2\n```\n\n    c.py:3\n", ["a.py:1", "c.py:3"]),
        ("x.txt", "a.py:1", ["a.py:1"]),
        ("x.txt", "a.py:1 is >\n\n    b.py:2\n\n    c.py:3\n<\nd.py:4\n", ["a.py:1", "d.py:4"]),
        ("x.rst", "a.py:1::\n\n  b.py:2\n\n    c.py:3\nd.py:4\n", ["a.py:1", "d.py:4"]),
        ("x.rst", ".. code-block:: python\n\n  b.py:2\n\n.. note:: a.py:1\n\n  d.py:4\n", ["a.py:1", "d.py:4"]),
        ("x.stderr", "a.py:1", []),
        ("docs/CHANGELOG.md", "a.py:1", []),
        ("docs/changes-2.x.rst", "a.py:1", []),
    ],
)
def test_only_prose_cites(path: str, text: str, wanted: list[str]) -> None:
    check(path, text, *wanted)


@given(st.binary(max_size=200), st.sampled_from(["a.py", "b.md", "c.ts", "d", "e.rs"]))
def test_any_bytes_are_taken(data: bytes, path: str) -> None:
    data = b"# `x\xff` see a.py:3-4 " + data + b" b/c.py:7 `y`"
    for found in find_citations(data, path):
        assert b":" in data[found.start_byte : found.end_byte]
        assert 1 <= found.start_line <= found.end_line
