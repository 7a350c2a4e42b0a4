"""Citations held against the code: which hold, which have moved and where to, which are broken, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scholiast_server.citing import check_text

if TYPE_CHECKING:
    from tests.server.citing.conftest import MemorySource


@pytest.mark.parametrize(
    "text",
    [
        "`sign_payload` is at src/kiln/cookies.py:8-9.",
        "`CookieSigner.sign_payload` is at src/kiln/cookies.py:9: a line inside of it.",
        "The signer is at src/kiln/cookies.py:1-3.",
        "`sign_payload` calls `missing` (src/kiln/cookies.py:8-9).",
        "`startPage` (../web/page.ts:1), from the folder of the text",
        "`startPage` (page.ts:1), by its name alone",
        "kiln/cookies.py:13 by the end of its path",
        "index.ts:99 may be either of two",
        "`x` (build/out.py:99) and assets/logo.svg:7 are not indexed",
        "host.py:80 may be no file at all, nor library/redis:7",
        "`close` (../../outside.py:3) is outside",
        "SomeClass (src/kiln/views.py:1) is named without backticks",
        "guide.md:1-3 holds, and so does web/index.ts:1",
    ],
)
def test_what_holds_or_can_not_be_judged_is_left_alone(source: MemorySource, text: str) -> None:
    assert check_text(text.encode(), "docs/x.md", source).findings == ()


@pytest.mark.parametrize(
    ("text", "replacement", "reason"),
    [
        ("`sign_payload` (src/kiln/cookies.py:1-3)", "src/kiln/cookies.py:8-9", "`sign_payload` is at lines 8-9 now"),
        ("`sign_payload` (src/kiln/cookies.py:2)", "src/kiln/cookies.py:8", "`sign_payload` is at line 8 now"),
        ("`retry_request` (src/kiln/cookies.py:70-80)", "src/kiln/cookies.py:12-13", "at lines 12-13 now"),
        ("retry_request (src/kiln/cookies.py:1)", "src/kiln/cookies.py:12", "`retry_request` is at line 12 now"),
        ("`Table.close` (src/kiln/routes.py:1)", "src/kiln/routes.py:7", "`Table.close` is at line 7 now"),
        ("`startPage` (page.ts:9)", "page.ts:1", "`startPage` is at line 1 now"),
        ("`startPage` (../web/page.ts:8-9)", "../web/page.ts:1-3", "`startPage` is at lines 1-3 now"),
        ("`show_page` (old/views.py:1)", "src/kiln/views.py:1", "old/views.py is src/kiln/views.py now"),
        ("`show_page` (old/views.py:5)", "src/kiln/views.py:1", "old/views.py is src/kiln/views.py now"),
        ("Pages: old/views.py:1-2", "src/kiln/views.py:1-2", "old/views.py is src/kiln/views.py now"),
    ],
)
def test_what_has_moved_is_found(source: MemorySource, text: str, replacement: str, reason: str) -> None:
    found = check_text(text.encode(), "docs/x.md", source).findings
    assert [(item.status, item.replacement) for item in found] == [("moved", replacement)]
    assert reason in found[0].reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("src/kiln/views.py:88", "src/kiln/views.py has 6 lines"),
        ("web/index.ts:2", "web/index.ts has 1 line"),
        ("`gone` (src/kiln/views.py:1-2)", "lines 1-2 of src/kiln/views.py do not mention `gone`"),
        ("`gone` (src/kiln/views.py:2)", "line 2 of src/kiln/views.py does not mention `gone`"),
        ("`a1` or `b1` (src/kiln/views.py:1-2)", "lines 1-2 of src/kiln/views.py mention none of `a1`, `b1`"),
        ("`close` (src/kiln/routes.py:1)", "line 1 of src/kiln/routes.py does not mention `close`"),
        ("src/kiln/missing.py:3", "src/kiln/missing.py is gone"),
        ("`gone` (old/views.py:1)", "old/views.py is gone"),
        ("old/views.py:99", "old/views.py is gone"),
        ("old/index.ts:1", "old/index.ts is gone"),
    ],
)
def test_what_is_broken_says_why(source: MemorySource, text: str, reason: str) -> None:
    found = check_text(text.encode(), "docs/x.md", source).findings
    assert [(item.status, item.replacement, item.reason) for item in found] == [("broken", "", reason)]


def test_a_cancelled_check_ends_early(source: MemorySource) -> None:
    asked = iter([False, True])
    count, found = check_text(b"src/a/a.py:1 src/b/b.py:2", "x.md", source, lambda: next(asked))
    assert (count, [item.citation.path for item in found]) == (1, ["src/a/a.py"])
