"""What the plugin makes of replies that the real server gives rarely, or only with a model, from a scripted one."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.editors.neovim.plugged import SCRIPTED, Plugged, received_by
from tests.editors.processes import processes

DELTA = "scholiast/answerDelta"
READY: dict[str, Any] = {
    "result": {"state": "ready", "message": "", "percent": None, "files": 5, "chunks": 5, "engine": "scripted",
               "adapter": None, "folders": []},
}  # fmt: skip
INDEXING = {"result": {**READY["result"], "state": "indexing", "percent": 13, "files": 0, "message": "1 of 8 files"}}
SESSIONS = "src/kiln/sessions.py"
TEXT = "Der Schlüssel 🔑 bleibt [1]. `a[1]` is code.\nIt moved [2].\nNothing bears this out [3]. Nor this [4]."


def use(part: str, status: str, reason: str = "") -> dict[str, Any]:
    """A part of the text, in UTF-16 as the scripted server counts."""
    start = len(TEXT[: TEXT.index(part)].encode("utf-16-le")) // 2
    return {"start": start, "end": start + len(part.encode("utf-16-le")) // 2, "status": status, "reason": reason}


def citation(workspace: Path, number: int, status: str, part: str, **changes: Any) -> dict[str, Any]:
    reason = "" if status == "verified" else f"reason {number}"
    return {
        "n": number,
        "path": SESSIONS,
        "start_line": 12,
        "end_line": 14,
        "status": status,
        "quote": "    def sign(self):",
        "reason": reason,
        "symbol": "CookieSigner.sign",
        "uri": (workspace / SESSIONS).as_uri(),
        "range": {"start": {"line": 11, "character": 4}, "end": {"line": 13, "character": 0}},
        "uses": [use(part, status, reason)],
        **changes,
    }


def answer(workspace: Path) -> dict[str, Any]:
    """One citation of each status, and one that leads nowhere."""
    return {
        "id": "0",
        "question": "?",
        "text": TEXT,
        "engine": "scripted",
        "adapter": "house-style",
        "found": True,
        "citations": [
            citation(workspace, 1, "verified", "Der Schlüssel 🔑 bleibt [1]."),
            citation(workspace, 2, "moved", "It moved [2]."),
            citation(workspace, 3, "unsupported", "Nothing bears this out [3]."),
            citation(workspace, 4, "unsupported", "Nor this [4].", path="", uri=None, range=None),
        ],
        "provenance": {"adapter_scale": 0.5, "timings_ms": {"total": 2100}},
        "conversation": None,
        "folder": workspace.as_uri(),
        "note": "",
    }


def start(plugged: Plugged, replies: Mapping[str, Any]) -> Path:
    """Open a file, with a scripted server to ask; what that receives."""
    received = plugged.script({"scholiast/status": READY, **replies})
    plugged.open("src/kiln/routes.py")
    return received


def test_each_citation_shows_whether_it_holds(plugged: Plugged) -> None:
    start(plugged, {"scholiast/ask": {"result": answer(plugged.workspace)}})
    plugged.command("Scholiast ask why?")
    shown = plugged.answered()
    marks = [(mark["group"], mark["text"]) for mark in shown["marks"]]
    assert marks.count(("ScholiastVerified", "[1]")) == 1, "the one in the code is no citation"
    assert ("ScholiastMoved", "[2]") in marks and ("ScholiastUnsupported", "[3]") in marks
    assert ("ScholiastUnsupportedText", "Nothing bears this out [3].") in marks
    assert ("ScholiastUnsupportedText", "It moved [2].") not in marks
    sources = shown["lines"][shown["lines"].index(f"[1] ✓ {SESSIONS}:12-14  CookieSigner.sign") :]
    assert sources[1:3] == [f"[2] ↪ {SESSIONS}:12-14  CookieSigner.sign", "    moved: reason 2"]
    assert sources[-2:] == ["[4] ✗ no such source  CookieSigner.sign", "    unsupported: reason 4"]
    assert shown["notes"] == ["scripted · house-style (×0.5) · 1 verified, 1 moved, 2 unsupported · 2.1 s"]


def test_a_citation_that_leads_nowhere_says_why(plugged: Plugged) -> None:
    start(plugged, {"scholiast/ask": {"result": answer(plugged.workspace)}})
    plugged.command("Scholiast ask why?")
    plugged.answered()
    plugged.do("go_to", "[4]")
    plugged.do("press", "<CR>")
    plugged.told("[4] leads nowhere: reason 4")
    plugged.do("press", "K")
    assert "reason 4" in plugged.do("floats")


def test_a_file_that_is_gone_is_told(plugged: Plugged) -> None:
    start(plugged, {"scholiast/ask": {"result": answer(plugged.workspace)}})
    plugged.command("Scholiast ask why?")
    plugged.answered()
    (plugged.workspace / SESSIONS).unlink()
    plugged.do("go_to", "[1]")
    plugged.do("press", "<CR>")
    plugged.told(f"{SESSIONS} is gone")


def test_an_answer_is_shown_while_it_is_written_and_can_be_stopped(plugged: Plugged) -> None:
    pieces = [[DELTA, {"seq": 0, "text": "The first "}], [DELTA, {"seq": 1, "text": "words\nand"}]]
    received = start(plugged, {"scholiast/ask": {"notifications": pieces}})
    plugged.command("Scholiast ask why?")
    writing = plugged.answered(lambda shown: shown["lines"][3:] == ["The first words", "and"])
    assert writing["notes"] == ["writing …"] and writing["cursor"][0] == len(writing["lines"])
    plugged.command("Scholiast stop")
    stopped = plugged.do("answer")
    assert stopped["lines"] == writing["lines"] and stopped["notes"] == ["stopped"]
    plugged.eventually(lambda: received_by(received, "$/cancelRequest"), bool)
    plugged.command("Scholiast stop")
    plugged.told("nothing is under way")


def test_an_answer_whose_page_is_wiped_out_is_stopped(plugged: Plugged) -> None:
    received = start(plugged, {"scholiast/ask": {"notifications": [[DELTA, {"seq": 0, "text": "The first"}]]}})
    plugged.command("Scholiast ask why?")
    plugged.answered(lambda shown: "The first" in shown["lines"])
    plugged.command("bwipeout!")
    plugged.eventually(lambda: received_by(received, "$/cancelRequest"), bool)


def test_a_conversation_answers_one_question_at_a_time(plugged: Plugged) -> None:
    received = start(plugged, {"scholiast/ask": {}})
    plugged.command("Scholiast ask why?")
    plugged.command("Scholiast ask and how?")
    plugged.told("the answer before is not finished")
    plugged.eventually(lambda: received_by(received, "scholiast/ask"), bool)
    assert len(received_by(received, "scholiast/ask")) == 1


def test_a_question_waits_for_the_first_index_and_says_how_far_it_is(plugged: Plugged) -> None:
    ready = [["scholiast/statusChanged", READY["result"]]]
    replies = {"scholiast/status": INDEXING, "scholiast/ask": {"result": answer(plugged.workspace)}}
    received = start(plugged, {**replies, "scholiast/search": {"notifications": ready, "result": {"hits": []}}})
    plugged.command("Scholiast ask why?")
    waiting = plugged.answered(lambda shown: "indexing 13 %: 1 of 8 files" in shown["notes"])
    assert waiting["lines"] == ["# why?", "", "", ""] and received_by(received, "scholiast/ask") == []
    plugged.editor.peer.lua("vim.lsp.buf_request(1, 'scholiast/search', { query = '' }, function() end)")
    plugged.answered()


def test_a_server_that_is_killed_while_it_answers_is_told_once(plugged: Plugged) -> None:
    start(plugged, {"scholiast/ask": {"notifications": [[DELTA, {"seq": 0, "text": "The first"}]]}})
    plugged.command("Scholiast ask why?")
    plugged.answered(lambda shown: "The first" in shown["lines"])
    for number, line in processes(plugged.editor.mark).items():
        if SCRIPTED.name in line:
            os.kill(number, signal.SIGKILL)
    notices = plugged.told("was started again")
    shown = plugged.do("answer")
    assert shown["notes"] == ["no answer"] and "has ended before it had answered" in shown["lines"][-1]
    assert not any("has ended" in notice for notice in notices), "it is said where the question stands"


ERROR = {"code": -32803, "message": "the model can't be loaded:\n  it is\n  too large"}


def test_an_error_stands_where_the_answer_would(plugged: Plugged) -> None:
    start(plugged, {"scholiast/ask": {"error": ERROR}})
    plugged.command("Scholiast ask why?")
    shown = plugged.answered(lambda shown: shown["notes"] == ["no answer"])
    assert shown["lines"][3:] == ["the model can't be loaded:", "  it is", "  too large"]
    assert shown["marks"][0]["group"] == "ScholiastProblem" and plugged.do("notices") == []


def test_an_error_without_a_place_is_one_line(plugged: Plugged) -> None:
    start(plugged, {"scholiast/search": {"error": ERROR}})
    plugged.command("Scholiast search why")
    assert plugged.told("too large")[-1] == "Scholiast: the model can't be loaded: it is too large"


@pytest.mark.parametrize("command", ["adapter", "adapter house-style"])
def test_a_server_without_adapters_is_taken_as_it_is(plugged: Plugged, command: str) -> None:
    start(plugged, {})
    plugged.command(f"Scholiast {command}")
    plugged.told("this language server does not know scholiast/")


ADAPTERS = {
    "adapters": [
        {"name": "house-style", "tasks": ["answer"], "scale": 1.0, "selected": True, "problem": None},
        {"name": "terse", "tasks": [], "scale": 0.5, "selected": False, "problem": "made for another model"},
    ],
    "engine": "llama",
    "model": "coder.gguf",
}


@pytest.mark.parametrize(("choice", "name"), [(1, None), (2, "house-style"), (3, "terse")])
def test_an_adapter_is_chosen(plugged: Plugged, choice: int, name: str | None) -> None:
    replies = {"scholiast/adapters": {"result": ADAPTERS}, "scholiast/selectAdapter": {"result": {}}}
    received = start(plugged, replies)
    plugged.do("will_answer", choice)
    plugged.command("Scholiast adapter")
    plugged.told(f"answers are written with {name or 'no adapter'}")
    assert received_by(received, "scholiast/selectAdapter") == [{"name": name}]
    labels = plugged.do("choices")[-1]["labels"]
    assert labels == ["  no adapter", "* house-style  ×1.0  answer", "  terse  ×0.5  made for another model"]


def test_names_of_adapters_are_completed(plugged: Plugged) -> None:
    start(plugged, {"scholiast/adapters": {"result": ADAPTERS}})
    plugged.command("Scholiast status")
    plugged.told("Scholiast:")
    found = plugged.editor.peer.call("nvim_call_function", "getcompletion", ["Scholiast adapter ", "cmdline"])
    assert found == ["none", "house-style", "terse"]


LINES = ["naïve 🔑 key", "second"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("gg0fïvfk:Scholiast ask why?<CR>", (0, 2, 0, 10)),
        ("ggv:Scholiast explain<CR>", (0, 0, 0, 1)),
        ("ggVj:Scholiast explain<CR>", (0, 0, 1, 6)),
        (":2Scholiast explain<CR>", (1, 0, 1, 6)),
        ("gg$:Scholiast explain<CR>", (0, 11, 0, 11)),
    ],
)
def test_what_is_selected_is_what_is_asked_about(
    plugged: Plugged, keys: str, expected: tuple[int, int, int, int]
) -> None:
    received = start(plugged, {"scholiast/ask": {"result": answer(plugged.workspace)}})
    plugged.editor.peer.call("nvim_buf_set_lines", 0, 0, -1, False, LINES)
    plugged.do("press", keys)
    plugged.answered()
    (params,) = received_by(received, "scholiast/ask")
    start_at, end_at = params["range"]["start"], params["range"]["end"]
    assert (start_at["line"], start_at["character"], end_at["line"], end_at["character"]) == expected
    assert params["textDocument"]["uri"].endswith("routes.py")


def test_what_else_is_in_view_is_told(plugged: Plugged) -> None:
    received = start(plugged, {"scholiast/ask": {"result": answer(plugged.workspace)}})
    plugged.command(f"split {SESSIONS}")
    plugged.command("new")
    plugged.command("wincmd p")
    plugged.command("Scholiast ask why?")
    plugged.answered()
    (params,) = received_by(received, "scholiast/ask")
    assert params["textDocument"]["uri"].endswith("sessions.py")
    assert [Path(uri).name for uri in params["openDocuments"]] == ["routes.py"]


def test_settings_reach_the_server(plugged: Plugged) -> None:
    received = plugged.script({"scholiast/status": READY})
    command = plugged.editor.peer.call("nvim_get_var", "scholiast")["cmd"]
    plugged.set(cmd=command, settings={"model": {"path": "/models/coder.gguf"}})
    plugged.open("src/kiln/routes.py")
    plugged.command("Scholiast status")
    plugged.told("Scholiast:")
    (params,) = received_by(received, "initialize")
    assert params["initializationOptions"] == {"model": {"path": "/models/coder.gguf"}}
