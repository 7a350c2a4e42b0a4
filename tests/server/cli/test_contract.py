"""What scripts and editors rely on: JSON keys, exit codes, what goes to which stream."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.cli.conftest import Scholiast

HIT_KEYS = ["path", "start_line", "end_line", "score", "language", "symbol", "kind", "text", "why"]
STATUS_KEYS = ["root", "files", "chunks", "embedder", "engine", "adapter", "generation", "stale", "size_bytes"]


def test_index_reports_its_keys(kiln: Scholiast) -> None:
    done = kiln("index", "--json")
    assert (done.code, done.err) == (0, "")
    assert list(done.document) == ["root", "files", "chunks", "embedded", "reused", "removed", "skipped", "seconds"]
    assert done.document["root"] == str(kiln.folder)
    assert done.document["files"] == 5
    assert done.document["skipped"] == [{"path": ".env", "reason": "secrets"}]


def test_search_reports_its_keys(indexed: Scholiast) -> None:
    done = indexed("search", "who signs the session cookie", "--limit", "2", "--json")
    assert (done.code, done.err) == (0, "")
    assert list(done.document) == ["query", "hits", "took_ms"]
    assert [list(hit) for hit in done.document["hits"]] == [HIT_KEYS] * 2
    best = done.document["hits"][0]
    assert (best["path"], best["language"]) == ("src/kiln/sessions.py", "python")
    lines = (indexed.folder / best["path"]).read_text().splitlines()
    assert best["text"].splitlines() == lines[best["start_line"] - 1 : best["end_line"]]


def test_ask_reports_its_keys(indexed: Scholiast) -> None:
    done = indexed("ask", "how are routes registered?", "--json")
    assert (done.code, done.err) == (0, "")
    keys = ["question", "answer", "engine", "adapter", "found", "citations", "sentences", "provenance"]
    assert list(done.document) == keys
    assert (done.document["engine"], done.document["adapter"]) == ("extractive", None)
    assert done.document["citations"]
    for citation in done.document["citations"]:
        assert list(citation) == ["n", "path", "start_line", "end_line", "status", "quote"]
        lines = (indexed.folder / citation["path"]).read_text().splitlines()
        assert citation["quote"].splitlines()[0] == lines[citation["start_line"] - 1]
        assert f"[{citation['n']}]" in done.document["answer"]
    for sentence in done.document["sentences"]:
        assert list(sentence) == ["start", "end", "status", "reason", "citations", "text"]
        assert sentence["text"] == done.document["answer"][sentence["start"] : sentence["end"]]
        assert (sentence["status"], sentence["reason"]) == ("verified", "")


def test_status_reports_its_keys(indexed: Scholiast) -> None:
    done = indexed("status", "--json")
    assert (done.code, done.err) == (0, "")
    assert list(done.document) == STATUS_KEYS
    assert (done.document["files"], done.document["stale"], done.document["adapter"]) == (5, False, None)
    assert done.document["size_bytes"] > 0
    with_skipped = indexed("status", "--json", "--skipped").document
    assert with_skipped["skipped"] == [{"path": ".env", "reason": "secrets"}]


def test_status_of_a_workspace_without_an_index_makes_none_and_exits_1(kiln: Scholiast) -> None:
    done = kiln("status", "--json")
    assert (done.code, done.err, list(done.document)) == (1, "", STATUS_KEYS)
    assert (done.document["files"], done.document["stale"]) == (0, True)
    assert not (kiln.folder / ".scholiast").exists()


def test_doctor_reports_checks_and_exits_0_when_none_is_broken(indexed: Scholiast) -> None:
    done = indexed("doctor", "--json", "--verbose")
    assert done.code == 0, done.out
    assert list(done.document) == ["ok", "checks", "grammars"]
    levels = {check["name"]: check["level"] for check in done.document["checks"]}
    assert {levels[name] for name in ("python", "libraries", "hnswlib", "settings", "index")} == {"fine"}
    assert len([row for row in done.document["grammars"] if row["kind"] != "none"]) >= 28


def test_nothing_found_exits_1(indexed: Scholiast) -> None:
    found = indexed("search", "parse", "--path", "nowhere/", "--json")
    assert (found.code, found.document["hits"]) == (1, [])
    plain = indexed("search", "parse", "--path", "nowhere/")
    assert (plain.code, plain.out) == (1, "")
    asked = indexed("ask", "which payment providers are supported?")
    assert asked.code == 1
    assert asked.out.startswith("Nothing in this code answers that.")
    assert indexed("ask", "which payment providers are supported?", "--json").document["citations"] == []


def test_a_line_of_search_is_place_and_symbol(indexed: Scholiast) -> None:
    done = indexed("search", "CookieSigner.sign", "--limit", "1")
    assert (done.out, done.err, done.code) == ("src/kiln/sessions.py:6: CookieSigner\n", "", 0)


def test_paths_are_relative_to_a_folder_inside_the_workspace(indexed: Scholiast) -> None:
    inside = indexed("search", "startPage", "-n", "1", "--root", "..", cwd=indexed.folder / "web")
    assert inside.out.startswith("app.js:")
    outside = indexed("search", "startPage", "-n", "1", "--root", "kiln", cwd=indexed.folder.parent)
    assert outside.out.startswith("web/app.js:")
    as_data = indexed("search", "startPage", "-n", "1", "--root", "..", "--json", cwd=indexed.folder / "web")
    assert as_data.document["hits"][0]["path"] == "web/app.js"


def test_the_workspace_is_the_repository_around_the_current_folder(kiln: Scholiast) -> None:
    (kiln.folder / ".git").mkdir()
    (kiln.folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    done = kiln("index", "--json", cwd=kiln.folder / "src")
    assert done.document["root"] == str(kiln.folder)


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["--lang", "js"], "web/app.js"),
        (["--lang", "JavaScript"], "web/app.js"),
        (["--path", "tests/"], "tests/test_routes.py"),
        (["--tests", "only"], "tests/test_routes.py"),
        (["--kind", "section"], "README.md"),
    ],
)
def test_filters_narrow_a_search(indexed: Scholiast, arguments: list[str], path: str) -> None:
    done = indexed("search", "register start session", "--json", *arguments)
    assert {hit["path"] for hit in done.document["hits"]} == {path}


def test_paths_that_are_not_utf8_survive(kiln: Scholiast) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    kiln.write(name, "def brew_espresso():\n    return 1\n")
    found = kiln("search", "brew_espresso", "--limit", "1", "--json")
    assert found.document["hits"][0]["path"] == name
    assert found.out.isascii()
    assert kiln("search", "brew_espresso", "--limit", "1").out == f"{name}:1: brew_espresso\n"
    asked = kiln("ask", "what does brew_espresso return?", "--json")
    assert name in {citation["path"] for citation in asked.document["citations"]}


def test_quiet_leaves_only_results(kiln: Scholiast) -> None:
    done = kiln("search", "startPage", "--quiet", "--limit", "1")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("web/app.js:")


def test_neither_home_nor_terminal_nor_environment_is_needed(kiln: Scholiast) -> None:
    kiln.environment = {}
    assert kiln("index", "--json").code == 0
    assert kiln("ask", "how are routes registered?").code == 0
    assert kiln("doctor", "--json").code == 0


def test_the_module_is_the_command(indexed: Scholiast) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "scholiast_server", "search", "startPage", "--json"]
    done = subprocess.run(command, cwd=indexed.folder, env=indexed.environment, capture_output=True, check=True)
    assert json.loads(done.stdout)["hits"]


def test_watch_follows_changes_and_ends_with_0(kiln: Scholiast, tmp_path: Path) -> None:
    import signal

    watching = kiln.start("watch")
    assert watching.stdout is not None
    try:
        assert watching.stdout.readline().startswith("indexed kiln: 5 files")
        assert "Ctrl-C ends it" in watching.stdout.readline()
        kiln.write("src/kiln/fresh.py", "def brand_new_function():\n    return 1\n")
        assert "src/kiln/fresh.py   1 chunk embedded" in watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        out, err = watching.communicate(timeout=60)
    finally:
        watching.kill()
    assert (watching.returncode, out, err) == (0, "", "")
    assert kiln("search", "brand_new_function", "--no-refresh").out.startswith("src/kiln/fresh.py:1:")


def test_an_explanation_names_tests_and_older_versions_as_what_lowers_a_hit(kiln: Scholiast) -> None:
    for number, path in enumerate(("api/v1/user.py", "api/v2/user.py", "tests/test_user.py")):
        kiln.write(path, f"def load_user(name):\n    return name + {number}\n")
    assert kiln("index").code == 0
    explained = kiln("search", "load the user of a name", "--explain").out
    assert "older version ×.60" in explained
    assert "test ×.35" in explained
