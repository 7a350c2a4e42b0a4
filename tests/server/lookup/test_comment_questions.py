"""Questions in comments of many languages, and answers laid below that can't leave the comment."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.lookup import Question, as_comment, comment_question
from scholiast_server.lookup.comment_marks import block_marks, comment_ends
from scholiast_server.lookup.limits import WIDTH

CURSOR = "‸"


class Cited(msgspec.Struct, frozen=True):
    n: int
    path: str
    start_line: int
    end_line: int


SESSIONS = (Cited(1, "src/flask/sessions.py", 317, 337), Cited(2, "src/flask/sessions.py", 361, 399))


def ask(text: str, language: str) -> Question | None:
    before, _, after = text.partition(CURSOR)
    return comment_question((before + after).encode(), language, before.count("\n"))


def answered(text: str, language: str, answer: str = "Yes. It does [1].") -> str:
    """The file with the answer put where it belongs."""
    before, _, after = text.partition(CURSOR)
    found = ask(text, language)
    assert found is not None
    lines = (before + after).split("\n")
    end = "\r" if lines[found.last_line].endswith("\r") else ""
    lines[found.last_line] = lines[found.last_line].removesuffix("\r") + as_comment(answer, SESSIONS, found) + end
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("# why‸ so?\nx = 1\n", "python", "why so?"),
        ("x = 1\n# where does the\n# co‸okie come from?\n", "python", "where does the cookie come from?"),
        ("# wh‸ere does the\n# cookie come from?\n# an answer", "python", "where does the cookie come from?"),
        ("# One thing.\n#\n# wh‸y this?\n", "python", "why this?"),
        ("# first?\n# sec‸ond?\n", "python", "second?"),
        ("x = 1  # wh‸y one?\n", "python", "why one?"),
        ("x = '#'  # wh‸y one?\n", "python", "why one?"),
        ("  // why‸ this?", "typescript", "why this?"),
        ("/// what is‸ it?", "rust", "what is it?"),
        ("-- wh‸y?\n", "lua", "why?"),
        ("-- wh‸y so?\n", "sql", "why so?"),
        (";; wh‸y so?\n", "elisp", "why so?"),
        ("% wh‸y so?\n", "erlang", "why so?"),
        ("<!-- wh‸y so? -->\n", "html", "why so?"),
        ("<p>\n<!--\n  wh‸y so?\n-->\n", "html", "why so?"),
        ("/* wh‸y so? */\n", "css", "why so?"),
        ("/**\n * First.\n *\n * wh‸y so\n * and not?\n */\n", "java", "why so and not?"),
        ("{- wh‸y so? -}\n", "haskell", "why so?"),
        ("(* wh‸y so? *)\n", "ocaml", "why so?"),
        ("#= wh‸y so? =#\n", "julia", "why so?"),
        ("--[[ wh‸y so? ]]\n", "lua", "why so?"),
        ('" wh‸y so?\n', "vim", "why so?"),
        ("! wh‸y so?\n", "fortran", "why so?"),
        ("# 何で‸すか？\n", "python", "何ですか？"),
        # no questions
        ("# it‸ is so.\nx = 1\n", "python", None),
        ("x = 1‸  # why?\ny = 2\n", "python", "why?"),
        ("x = '# wh‸y?'\n", "python", None),
        ('"""wh‸y?"""\n', "python", None),
        ("def f(): re‸turn 1\n", "python", None),
        ("# ‸?\n", "python", None),
        ("# answered?\n# by thi‸s line\n", "python", None),
        ("const x = a ? b‸ : c;\n", "typescript", None),
        ("‸", "python", None),
        ("# wh‸y?", "json", None),
    ],
)
def test_questions_are_found(text: str, language: str, expected: str | None) -> None:
    found = ask(text, language)
    assert (found.text if found else None) == expected


def test_lines_outside_the_file_ask_nothing() -> None:
    assert comment_question(b"# why?\n", "python", 7) is None
    assert comment_question(b"# why?\n", "python", -1) is None


PLACE = "(src/flask/sessions.py:317-337)"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("# wh‸y?\nx = 1\n", "python", f"# why?\n# Yes. It does {PLACE}.\nx = 1\n"),
        ("# wh‸y?", "python", f"# why?\n# Yes. It does {PLACE}."),
        ("if a:\n\t#wh‸y?\n\tb\n", "python", f"if a:\n\t#why?\n\t# Yes. It does {PLACE}.\n\tb\n"),
        ("  x = 1  # wh‸y?\n", "python", f"  x = 1  # why?\n  # Yes. It does {PLACE}.\n"),
        ("// wh‸y?\r\nx\r\n", "go", f"// why?\r\n// Yes. It does {PLACE}.\r\nx\r\n"),
        ("/// wh‸y?\nfn", "rust", f"/// why?\n/// Yes. It does {PLACE}.\nfn"),
        ("  /* wh‸y? */\n", "css", f"  /* why? */\n  /* Yes. It does {PLACE}. */\n"),
        ("/*\n * wh‸y?\n */\n", "java", f"/*\n * why?\n * Yes. It does {PLACE}.\n */\n"),
        ("/** wh‸y?\n */\n", "java", f"/** why?\n * Yes. It does {PLACE}.\n */\n"),
        ("/*\n *wh‸y?\n */\n", "java", f"/*\n *why?\n * Yes. It does {PLACE}.\n */\n"),
        ("<!-- wh‸y? -->\n", "html", f"<!-- why? -->\n<!-- Yes. It does {PLACE}. -->\n"),
        ("<!--\n  wh‸y?\n-->\n", "html", f"<!--\n  why?\n  Yes. It does {PLACE}.\n-->\n"),
        ("=begin\nwh‸y?\n=end\n", "ruby", f"=begin\nwhy?\nYes. It does {PLACE}.\n=end\n"),
    ],
)
def test_an_answer_is_laid_below_in_the_same_style(text: str, language: str, expected: str) -> None:
    assert answered(text, language) == expected


def test_code_behind_a_block_leaves_no_place_for_an_answer() -> None:
    assert ask("/* wh‸y? */ int x;\n", "c") is None


def test_numbers_become_places() -> None:
    answer = (
        "`SecureCookieSessionInterface.get_signing_serializer` builds it from `app.secret_key` and salt"
        ' "cookie-session" [1], and `save_session` signs with it [2][7]. `a[1]` stays.'
    )
    assert answered("# wh‸y?\n", "python", answer) == (
        "# why?\n"
        "# SecureCookieSessionInterface.get_signing_serializer builds it from app.secret_key and salt\n"
        '# "cookie-session" (src/flask/sessions.py:317-337), and save_session signs with it\n'
        "# (src/flask/sessions.py:361-399). a[1] stays.\n"
    )


def test_paragraphs_lists_and_code_keep_their_lines() -> None:
    answer = "One.\n\n- a\n- b\n\n```python\nx = 1\n\ny = 2\n```\nTwo."
    assert answered("# wh‸y?\n", "python", answer) == (
        "# why?\n# One.\n#\n# - a\n# - b\n#\n#     x = 1\n#\n#     y = 2\n# Two.\n"
    )


def test_lines_are_at_most_100_columns() -> None:
    for text in ("# wh‸y?\n", "        // wh‸y?\n", "    /* wh‸y? */\n"):
        written = answered(text, "c" if "/" in text else "python", "word " * 200)
        assert max(map(len, written.split("\n"))) <= WIDTH
        assert len(written.split("\n")) < 20


@pytest.mark.parametrize("language", ["c", "css", "html", "lua", "ocaml", "haskell", "php", "ruby", "julia", "pascal"])
@pytest.mark.parametrize("inside", [False, True])
def test_no_answer_closes_its_block(language: str, inside: bool) -> None:
    opening, closing = block_marks(language)[0]
    body = f"{opening}\nwh‸y?\nx\n{closing}\ncode" if inside else f"{opening} wh‸y? {closing}\ncode"
    if language == "ruby" and not inside:
        body = "=begin\nwh‸y?\n=end\ncode"
    for mark in (closing, opening, opening + closing, closing * 2, closing[:-1] + closing, "*/*/", "]]]", "--->", "?>"):
        found = ask(body, language)
        assert found is not None
        written = as_comment(f"a {mark} b\n/ c\n{mark}", (), found)
        inner = written.replace(found.opening, "").replace(found.closing, "") if found.opening else written
        assert not any(end in inner.lower() for end in comment_ends(language))


@given(st.text(st.sampled_from("ab \n\r\t\\/*-<>!?[]{}()#='\"`\x0b\x0c\x1c\x85\u2028\u2029|.1"), max_size=60))
def test_every_line_of_an_answer_is_a_comment(answer: str) -> None:
    for text, language in (("// wh‸y?\n", "c"), ("# wh‸y?\n", "python"), ("  // wh‸y?\n", "javascript")):
        found = ask(text, language)
        assert found is not None
        written = as_comment(answer, (Cited(1, "a\n.py", 1, 1),), found)
        for line in written.splitlines()[1:]:
            assert line.startswith(found.indent + found.before.rstrip())
            assert not line.endswith(("\\", "??/"))


def test_an_empty_answer_writes_nothing() -> None:
    found = ask("# wh‸y?\n", "python")
    assert found is not None
    assert as_comment(" \n ", (), found) == ""
