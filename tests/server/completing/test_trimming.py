"""What a model wrote into a gap, cut to what belongs there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.completing.gap import Gap, gap_at, shortened
from scholiast_server.completing.limits import PREFIX_CHARACTERS_MAX, SUFFIX_CHARACTERS_MAX
from scholiast_server.completing.trimming import trimmed


def gap(marked: str) -> Gap:
    """The gap at the `|` of a text."""
    return gap_at("a.py", "python", marked.replace("|", "", 1), marked.index("|"))


@pytest.mark.parametrize(
    ("around", "written", "left"),
    [
        ("def f(|\n", "x):\n    return x\n", "x):\n    return x"),
        ("total = add(|)\n", "1, 2)", "1, 2"),
        ("total = add(|)\n", "g(1))", "g(1)"),
        ("total = add(|)\n", "g(1)", "g(1)"),
        ('name = "|"\n', 'Ada"', "Ada"),
        ("x = |;\n", "1;", "1"),
        ("if x:\n    |\n    return y\n", "y = 1\n    return y\n", "y = 1"),
        ("a = 1\n|\n}\n", "b = 2\n}\n", "b = 2\n}"),
        ("|\n", "one()\n\n\ntwo()\n", "one()"),
        ("|\n", "\n    \n", ""),
        ("|\n", "", ""),
        ("call(|, last)\n", "first, last)\nmore()", "first"),
        ("x = |\n", "1\x1b[31m\x00", "1[31m"),
        ("x = |\n", "1\r\ny = 2\r\n", "1\ny = 2"),
    ],
)
def test_only_what_belongs_into_the_gap_is_left(around: str, written: str, left: str) -> None:
    assert trimmed(written, gap(around), invoked=False) == left


def test_what_was_asked_for_by_a_key_may_be_long() -> None:
    lines = "\n".join(f"line_{n}()" for n in range(30))
    assert trimmed(lines, gap("|\n"), invoked=True) == lines
    assert trimmed(lines, gap("|\n"), invoked=False).count("\n") == 7
    assert trimmed("one()\n\ntwo()", gap("|\n"), invoked=True) == "one()\n\ntwo()"


def test_a_long_text_is_cut_at_lines() -> None:
    text = "".join(f"line {n} of many\n" for n in range(2_000))
    found = gap_at("a.py", "python", text, len(text) // 2)
    assert PREFIX_CHARACTERS_MAX - 30 < len(found.prefix) <= PREFIX_CHARACTERS_MAX
    assert SUFFIX_CHARACTERS_MAX - 30 < len(found.suffix) <= SUFFIX_CHARACTERS_MAX
    assert found.prefix.startswith("line ") and text[: len(text) // 2].endswith(found.prefix)
    assert text[len(text) // 2 :].startswith(found.suffix)
    assert 0 < len(shortened(found, 0.5).prefix) <= len(found.prefix) // 2


@given(st.text(), st.text(), st.data())
def test_any_text_is_taken(written: str, text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    around = gap_at("a.py", "python", text, offset)
    assert around.prefix + around.suffix == text
    for invoked in (True, False):
        left = trimmed(written, around, invoked=invoked)
        assert len(left) <= len(written)
        assert left == "" or left.strip()
