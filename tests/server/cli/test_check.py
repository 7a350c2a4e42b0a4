"""`scholiast check`: citations in documents and comments held against the code; the installed command."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.cli.conftest import Scholiast

SESSIONS = "src/kiln/sessions.py"
GUIDE = f"""\
# Guide

`CookieSigner.sign` ({SESSIONS}:12-14) signs; `close_session` ({SESSIONS}:2)
closes, and `größe`, `forget_all` ({SESSIONS}:17) is gone. So is src/kiln/old.py:3.
"""
FINDING_KEYS = ["path", "line", "column", "citation", "status", "reason", "replacement", "fixed"]


@pytest.fixture
def cited(kiln: Scholiast) -> Scholiast:
    """A workspace with a guide: one citation holds, one has moved, two are broken."""
    kiln.write("docs/guide.md", GUIDE)
    return kiln


def test_what_needs_attention_is_listed_with_its_place_and_a_gate_fails(cited: Scholiast) -> None:
    done = cited("check")
    assert done.code == 1
    assert done.out.splitlines() == [
        f"docs/guide.md:3   {SESSIONS}:2    moved → :17   (--fix)",
        f"docs/guide.md:4   {SESSIONS}:17   broken: line 17 of {SESSIONS} mentions none of `größe`, `forget_all`",
        "docs/guide.md:4   src/kiln/old.py:3         broken: src/kiln/old.py is gone",
        "3 of 4 citations need attention",
    ]


def test_citations_that_hold_are_counted(kiln: Scholiast) -> None:
    assert (kiln("check").code, kiln("check").out) == (0, "no citations in 1 file\n")
    kiln.write("docs/guide.md", f"`close_session` is at {SESSIONS}:17.\n")
    assert (kiln("check").code, kiln("check").out) == (0, "1 citation holds\n")


def test_what_moved_is_put_right_in_its_file_and_nothing_else(cited: Scholiast) -> None:
    guide = cited.folder / "docs" / "guide.md"
    guide.write_bytes(GUIDE.replace("\n", "\r\n").encode() + b"\xff\xfe no UTF-8\r\n")
    guide.chmod(0o640)
    before = guide.read_bytes()
    done = cited("check", "docs", "--fix")
    assert done.code == 1, "two are broken still"
    assert done.out.splitlines()[0] == f"docs/guide.md:3   {SESSIONS}:2    moved → :17   fixed"
    assert done.out.splitlines()[-1] == "2 of 4 citations need attention"
    assert guide.read_bytes() == before.replace(f"{SESSIONS}:2)".encode(), f"{SESSIONS}:17)".encode())
    assert os.name == "nt" or guide.stat().st_mode & 0o777 == 0o640
    assert [item["status"] for item in cited("check", "--json").document["findings"]] == ["broken", "broken"]


def test_a_gate_passes_when_all_was_put_right(kiln: Scholiast) -> None:
    kiln.write("docs/guide.md", f"`close_session` ({SESSIONS}:2) closes.\n")
    assert kiln("check").code == 1
    assert kiln("check", "--fix").code == 0
    assert kiln("check").out == "1 citation holds\n"


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_no_link_is_written_through_nor_a_text_in_another_encoding(kiln: Scholiast, tmp_path: Path) -> None:
    text = f"`close_session` ({SESSIONS}:2) closes.\n"
    wide = kiln.folder / "wide.md"
    wide.write_bytes(text.encode("utf-16"))
    done = kiln("check", "--fix", "wide.md")
    assert (done.code, wide.read_bytes()) == (1, text.encode("utf-16"))
    assert "wide.md is no plain UTF-8" in done.err
    outside = tmp_path / "outside.md"
    outside.write_text(text)
    (kiln.folder / "link.md").symlink_to(outside)
    assert kiln("check", "--fix", "link.md").code == 2
    assert outside.read_text() == text


def test_the_document_has_its_keys(cited: Scholiast) -> None:
    done = cited("check", "--json", "--quiet")
    assert (done.code, done.err) == (1, "")
    assert list(done.document) == ["root", "files", "citations", "findings"]
    assert (done.document["root"], done.document["files"], done.document["citations"]) == (str(cited.folder), 2, 4)
    assert [list(finding) for finding in done.document["findings"]] == [FINDING_KEYS] * 3
    moved = done.document["findings"][0]
    assert (moved["line"], moved["replacement"], moved["fixed"]) == (3, f"{SESSIONS}:17", False)
    for finding in done.document["findings"]:
        line = GUIDE.splitlines()[finding["line"] - 1]
        assert line[finding["column"] - 1 :].startswith(finding["citation"])


def test_code_scanning_gets_sarif_with_places_and_fixes(cited: Scholiast) -> None:
    done = cited("check", "--sarif", "--quiet")
    assert (done.code, done.err, done.document["version"]) == (1, "", "2.1.0")
    (run,) = done.document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [(item["ruleId"], item["level"]) for item in run["results"]] == [
        ("citation-moved", "warning"),
        ("citation-broken", "error"),
        ("citation-broken", "error"),
    ]
    for item in run["results"]:
        assert rules[item["ruleIndex"]] == item["ruleId"]
        assert written_at(item) in {f"{SESSIONS}:2", f"{SESSIONS}:17", "src/kiln/old.py:3"}
    (change,) = run["results"][0]["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == f"{SESSIONS}:17"
    assert "fixes" not in run["results"][1]


def written_at(result: Any) -> str:
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "docs/guide.md", "uriBaseId": "%SRCROOT%"}
    region = place["region"]
    return GUIDE.encode()[region["byteOffset"] :][: region["byteLength"]].decode()


def test_comments_are_looked_through_where_they_are_named(kiln: Scholiast) -> None:
    kiln.write("src/kiln/views.py", f"# `close_session` ({SESSIONS}:2) closes\nurl = 'src/kiln/old.py:3'\n")
    assert kiln("check").code == 0, "documents alone"
    assert kiln("check", "src").out.splitlines()[0] == f"src/kiln/views.py:1   {SESSIONS}:2   moved → :17   (--fix)"
    assert kiln("check", "kiln/views.py", cwd=kiln.folder / "src").code == 1, "paths are those of the current folder"


def test_a_document_that_is_named_need_not_be_indexed(kiln: Scholiast) -> None:
    kiln.write(".gitignore", "notes.md\n")
    kiln.write("notes.md", "See src/kiln/old.py:3.\n")
    assert kiln("check").code == 0
    assert kiln("check", "notes.md").out.startswith("notes.md:1   src/kiln/old.py:3   broken")


def test_documents_of_tests_are_left_out_unless_named(kiln: Scholiast) -> None:
    kiln.write("tests/expected.md", "src/kiln/old.py:3\n")
    assert kiln("check").code == 0
    assert kiln("check", "tests").code == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("missing.md",), "missing.md does not exist"),
        (("..",), "is outside of"),
        (("--json", "--sarif"), "not allowed with"),
        (("--no-refresh",), "has no index yet"),
    ],
)
def test_wrong_usage_is_told(kiln: Scholiast, arguments: tuple[str, ...], reason: str) -> None:
    done = kiln("check", *arguments)
    assert (done.code, done.out) == (2, "")
    assert reason in done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_what_is_neither_file_nor_folder_is_refused_at_once(kiln: Scholiast) -> None:
    os.mkfifo(kiln.folder / "pipe.md")
    assert "neither a file nor a folder" in kiln("check", "pipe.md").err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everything")
def test_a_file_that_can_not_be_written_is_told_and_stays(cited: Scholiast) -> None:
    folder = cited.folder / "docs"
    folder.chmod(0o500)
    try:
        done = cited("check", "--fix")
    finally:
        folder.chmod(0o700)
    assert done.code == 2
    assert "can't be written" in done.err
    assert (folder / "guide.md").read_text() == GUIDE


def test_a_workspace_that_changed_is_looked_at_as_it_is_now(cited: Scholiast) -> None:
    assert cited("check").code == 1
    cited.write(SESSIONS, "\n" * 5 + "def close_session():\n    pass\n")
    cited.write("docs/guide.md", f"`close_session` ({SESSIONS}:6)\n")
    assert cited("check").code == 0
