"""A real Neovim, configured as a user would without a plugin, against the installed server."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest
from tests.editors.neovim import repository
from tests.editors.neovim.editor import Editor
from tests.editors.neovim.repository import OTHER_BRANCH, OTHER_FILE, OTHER_WORDS, Target
from tests.editors.processes import processes

UNSAVED = "quixotic marmalade kettle"
"""Words that no repository holds."""
ASKING = """\
# {question}


def quixotic_marmalade_kettle():
    \"\"\"Boil the quixotic marmalade kettle.\"\"\"
"""


def test_the_server_says_what_it_can_do_and_how_far_it_is(editor: Editor, workspace: Path) -> None:
    can = editor.attach()["capabilities"].keys()
    assert can >= {"hoverProvider", "workspaceSymbolProvider", "codeActionProvider", "executeCommandProvider"}
    status = editor.wait_until_ready()
    assert status["files"] >= len(repository.code_of(workspace)) and status["chunks"] >= status["files"]


def test_ready_is_said_of_a_whole_index_only(editor: Editor, workspace: Path) -> None:
    told = [editor.wait_until_ready(), *editor.do("heard", "statuses")]
    counts = {status["files"] for status in told if status["state"] == "ready"}
    assert min(counts) >= len(repository.code_of(workspace)), told


def test_hover_shows_where_a_symbol_is_defined(editor: Editor, target: Target) -> None:
    shown = editor.do("hover", 5_000)
    assert target.name in shown["text"] and target.path in shown["text"]


def test_a_question_in_words_is_answered_by_the_search_for_symbols(editor: Editor, target: Target) -> None:
    items = editor.do("symbols", target.question, 10_000)["items"]
    assert any(item["path"].endswith(target.path) and item["line"] == target.line for item in items[:5]), items


def test_a_name_is_found_by_the_search_for_symbols(editor: Editor, target: Target) -> None:
    first, *_ = editor.do("symbols", target.name, 10_000)["items"]
    assert first["path"].endswith(target.path) and first["line"] == target.line and target.name in first["text"]


def test_an_answer_streams_and_cites_lines_that_exist(editor: Editor, workspace: Path, target: Target) -> None:
    answer = editor.request("scholiast/ask", question=target.question, id="mine")
    deltas = editor.do("heard", "deltas")
    assert {delta["id"] for delta in deltas} == {"mine"} == {answer["id"]}
    numbers = [delta["seq"] for delta in deltas]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert "".join(delta["text"] for delta in deltas).strip() == answer["text"].strip()
    assert answer["citations"]
    for citation in answer["citations"]:
        check_citation(workspace, citation)
    assert target.path in {citation["path"] for citation in answer["citations"]}


def check_citation(workspace: Path, citation: dict[str, Any]) -> None:
    """Its path, its URI and its range mean the same lines, and these lines exist."""
    path = workspace / citation["path"]
    assert citation["uri"] == path.as_uri() and citation["status"] == "verified"
    assert citation["range"]["start"]["line"] == citation["start_line"] - 1
    assert 1 <= citation["start_line"] <= citation["end_line"] <= path.read_text("utf-8").count("\n") + 1


def test_a_client_without_a_plugin_gets_the_answer_as_a_document(editor: Editor, target: Target) -> None:
    shown = editor.do("command_document", "scholiast.ask", [target.question], 20_000)
    assert target.question in shown["text"] and target.path in shown["text"] and "[1]" in shown["text"]


def test_a_source_in_that_document_leads_to_its_line(editor: Editor, workspace: Path, target: Target) -> None:
    shown = editor.do("command_document", "scholiast.ask", [target.question], 20_000)
    sources = re.findall(r"`(\S+):(\d+)-\d+`", shown["text"])
    assert sources
    for path, line in sources:
        editor.peer.call("nvim_command", f"buffer {shown['name']}")
        led = editor.do("follow", f"{path}:{line}")
        assert (led["path"], led["line"]) == (str(workspace / path), int(line))


def test_a_question_in_a_comment_is_answered_below_it(editor: Editor, workspace: Path, target: Target) -> None:
    (workspace / "asking.py").write_text(ASKING.format(question=target.question), "utf-8")
    editor.do("open", "asking.py", "where", 1)
    first, *rest = editor.do("take_action", "question in this comment", 20_000)
    assert first == f"# {target.question}"
    answer = rest[: len(rest) - ASKING.count("\n") + 1]
    assert answer and all(line.startswith("# ") for line in answer)
    assert f"({target.path}:" in " ".join(answer)


def test_an_answer_in_a_comment_counts_its_own_lines(editor: Editor, workspace: Path) -> None:
    (workspace / "asking.py").write_text(ASKING.format(question="where is the quixotic marmalade kettle?"), "utf-8")
    editor.eventually(lambda: editor.paths_for(UNSAVED), lambda paths: "asking.py" in paths)
    editor.do("open", "asking.py", "where", 1)
    lines = editor.do("take_action", "question in this comment", 20_000)
    cited = re.findall(r"asking\.py:(\d+)-(\d+)", " ".join(lines))
    assert cited
    for start, end in cited:
        assert any(line.startswith("def quixotic_marmalade_kettle") for line in lines[int(start) - 1 : int(end)]), lines


def test_unsaved_text_is_found_until_it_is_given_up(editor: Editor, target: Target) -> None:
    assert not finds(editor, UNSAVED, target.path)
    editor.do("append", ["", f"# the {UNSAVED}", ""])
    editor.eventually(lambda: finds(editor, UNSAVED, target.path), bool)
    editor.peer.call("nvim_command", "edit!")
    editor.eventually(lambda: finds(editor, UNSAVED, target.path), lambda found: not found)


def test_a_file_that_was_never_saved_is_found(editor: Editor) -> None:
    editor.peer.call("nvim_command", "edit never_saved.py")
    editor.attach()
    editor.do("append", [f"# the {UNSAVED}"])
    editor.eventually(lambda: finds(editor, UNSAVED, "never_saved.py"), bool)
    editor.peer.call("nvim_command", "bwipeout!")
    editor.eventually(lambda: finds(editor, UNSAVED, "never_saved.py"), lambda found: not found)


def finds(editor: Editor, words: str, path: str) -> bool:
    """Whether a search finds these very words in a file."""
    hits = editor.request("scholiast/search", query=words)["hits"]
    return any(hit["path"] == path and words in hit["text"] for hit in hits)


def test_the_index_follows_a_checkout(editor: Editor, workspace: Path) -> None:
    assert OTHER_FILE not in editor.paths_for(OTHER_WORDS)
    repository.git(workspace, "checkout", "-q", OTHER_BRANCH)
    editor.eventually(lambda: editor.paths_for(OTHER_WORDS), lambda paths: paths[:1] == [OTHER_FILE])
    repository.git(workspace, "checkout", "-q", "main")
    editor.eventually(lambda: editor.paths_for(OTHER_WORDS), lambda paths: OTHER_FILE not in paths)


def test_the_first_index_is_shown_as_progress_or_is_too_short_to_show(editor: Editor) -> None:
    kinds = [value["kind"] for value in editor.do("heard", "progress")]
    assert kinds[:1] in ([], ["begin"]) and kinds.count("begin") == kinds.count("end")


def test_nothing_pops_up(editor: Editor, target: Target) -> None:
    editor.do("hover", 5_000)
    editor.request("scholiast/ask", question=target.question)
    editor.do("cancelled_request", "scholiast/ask", {"question": target.question})
    editor.do("append", ["more"])
    editor.request("scholiast/search", query=target.name)
    assert "scholiast" not in editor.do("messages").lower()
    assert editor.peer.call("nvim_get_vvar", "errmsg") == ""


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for orphans in /proc")


@needs_proc
def test_quitting_leaves_no_process(editor: Editor) -> None:
    assert any("scholiast" in command for command in processes(editor.mark).values())
    editor.quit()
    editor.wait_until_alone()


@needs_proc
def test_an_editor_that_is_killed_leaves_no_process(editor: Editor) -> None:
    os.kill(editor.peer.call("nvim_call_function", "getpid", []), signal.SIGKILL)
    editor.wait_until_alone()
