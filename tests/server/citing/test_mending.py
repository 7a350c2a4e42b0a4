"""Citations put right in their text: those that moved, byte for byte, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from scholiast_server.citing import check_text, find_citations, mended, place

if TYPE_CHECKING:
    from tests.server.citing.conftest import MemorySource


def test_what_moved_is_replaced_wherever_it_stands_and_what_is_broken_stays(source: MemorySource) -> None:
    text = "größe: `sign_payload` (src/kiln/cookies.py:2), `retry_request` (src/kiln/cookies.py:1), web/index.ts:7\n"
    findings = check_text(text.encode(), "x.md", source).findings
    assert mended(text.encode(), reversed(findings)).decode() == text.replace(":2)", ":8)").replace(":1)", ":12)")


def test_what_was_put_right_holds(source: MemorySource) -> None:
    text = b"`sign_payload` (src/kiln/cookies.py:1-3) and `show_page` (old/views.py:5)"
    done = mended(text, check_text(text, "docs/x.md", source).findings)
    assert check_text(done, "docs/x.md", source).findings == ()


@given(st.lists(st.sampled_from(["\n", "\r\n", "\r", "ü", "😀", " ", "x"]), max_size=20))
def test_a_place_is_its_line_and_its_column_in_characters(before: list[str]) -> None:
    text = "".join(before) + " src/app.py:10"
    (written,) = find_citations(text.encode(), "x.md")
    line, column = place(text.encode(), written)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert lines[line - 1][column - 1 :] == "src/app.py:10"
