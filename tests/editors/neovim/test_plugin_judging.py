"""Answers judged in a real Neovim, against the installed server: kept, shown, taken back, deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.editors.neovim.plugged import Plugged, received_by
from tests.editors.neovim.test_plugin import ask
from tests.editors.neovim.test_plugin_scripted import DELTA, TEXT, answer, start, use

EDIT = ["`CookieSigner.sign` signs it 🔑 [1].", "", "With HMAC."]


def kept(plugged: Plugged) -> list[dict[str, Any]]:
    """What is on disk."""
    file = plugged.home / "data/scholiast/feedback.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


def judged(plugged: Plugged, *parts: str) -> None:
    """Wait until the line below the question says so."""
    plugged.answered(lambda shown: all(part in shown["notes"][-1] for part in parts))


def test_an_answer_is_judged_from_its_window_or_by_command(plugged: Plugged) -> None:
    before = ask(plugged)["notes"]
    plugged.do("press", "+")
    judged(plugged, "extractive ·", "· good, kept on this machine")
    assert [(record["verdict"], record["edit"]) for record in kept(plugged)] == [("good", None)]
    plugged.command("wincmd p")
    plugged.command("Scholiast bad")
    judged(plugged, "· bad, kept on this machine")
    assert [record["verdict"] for record in kept(plugged)] == ["bad"]
    plugged.do("press", ":call feedkeys(\"\\<Plug>(scholiast-bad)\", 'x')<CR>")
    plugged.answered(lambda shown: shown["notes"][-1].startswith("extractive") and "bad" not in shown["notes"][-1])
    assert kept(plugged) == [] and len(before) == 1


def test_an_answer_is_written_as_it_should_be(plugged: Plugged) -> None:
    text = next(line for line in ask(plugged)["lines"] if "[1]" in line)
    plugged.do("press", "c")
    assert plugged.editor.peer.call("nvim_buf_get_lines", 0, 0, -1, False) == text.split("\n")
    plugged.editor.peer.call("nvim_buf_set_lines", 0, 0, -1, False, EDIT)
    plugged.command("write")
    judged(plugged, "· bad, your version, kept on this machine")
    plugged.eventually(lambda: plugged.editor.peer.lua("return vim.bo.modified"), lambda modified: not modified)
    plugged.command("close")
    plugged.do("go_to", "[1]")
    plugged.do("press", "+")
    judged(plugged, "· good, your version")
    (record,) = kept(plugged)
    assert (record["verdict"], record["edit"]) == ("good", "\n".join(EDIT))
    assert record["answer"]["answer"] == text and record["folder"] == str(plugged.workspace)
    plugged.command("Scholiast edit")
    assert plugged.editor.peer.call("nvim_buf_get_lines", 0, 0, -1, False) == EDIT, "it goes on from there"


def test_what_is_kept_is_shown_and_deleted(plugged: Plugged) -> None:
    ask(plugged)
    plugged.do("press", "+")
    judged(plugged, "good")
    plugged.command("wincmd p")
    plugged.command("Scholiast feedback")
    plugged.eventually(lambda: plugged.do("place")["path"], lambda path: "verdicts" in Path(path).name)
    page = "\n".join(plugged.editor.peer.call("nvim_buf_get_lines", 0, 0, -1, False))
    assert "1 verdict on answers, on this machine alone" in page and "how is a session cookie signed?" in page
    plugged.do("will_answer", 2)
    plugged.command("Scholiast feedback forget")
    plugged.told("1 deleted")
    assert kept(plugged) == []


def test_what_can_not_be_kept_is_told_in_one_line(plugged: Plugged) -> None:
    plugged.command("Scholiast good")
    plugged.told("nothing was asked yet")
    plugged.set(settings={"answer": {"feedback": False}})
    ask(plugged)
    plugged.do("press", "+")
    assert "\n" not in plugged.told("verdicts are not to be kept")[-1]
    assert kept(plugged) == []


def test_an_answer_that_is_not_whole_is_not_judged(plugged: Plugged) -> None:
    received = start(plugged, {"scholiast/ask": {"notifications": [[DELTA, {"seq": 0, "text": "The first"}]]}})
    plugged.command("Scholiast ask why?")
    plugged.answered(lambda shown: "The first" in shown["lines"])
    for command in ("good", "edit"):
        plugged.command(f"Scholiast {command}")
        plugged.told("the answer is not whole")
    assert received_by(received, "scholiast/feedback") == []


def test_answers_are_called_otherwise_in_every_session(plugged: Plugged) -> None:
    replies = {"scholiast/ask": {"result": answer(plugged.workspace)}, "scholiast/feedback": {"result": {}}}
    received = start(plugged, replies)
    plugged.command("Scholiast ask why?")
    plugged.answered()
    (params,) = received_by(received, "scholiast/ask")
    pid = plugged.editor.peer.call("nvim_call_function", "getpid", [])
    assert str(pid) in params["id"].split("-")


def test_text_that_is_written_again_takes_the_place_of_the_first(plugged: Plugged) -> None:
    told = [{"seq": 0, "text": "It is\nwrong"}, {"seq": 1, "text": "It is ", "reset": True}, {"seq": 2, "text": "so"}]
    start(plugged, {"scholiast/ask": {"notifications": [[DELTA, params] for params in told]}})
    plugged.command("Scholiast ask why?")
    plugged.answered(lambda shown: shown["lines"] == ["# why?", "", "", "It is so"])


def test_a_sentence_that_cites_nothing_and_does_not_hold_is_marked(plugged: Plugged) -> None:
    part = "It moved [2]."
    sentence = {**use(part, "unsupported", "names `x` and cites nothing"), "citations": []}
    uncited = {**use("Nor this", "uncited"), "citations": []}
    found = {**answer(plugged.workspace), "citations": [], "sentences": [sentence, uncited]}
    found["provenance"] = {**found["provenance"], "note": "Answered without\nthe adapter terse."}
    start(plugged, {"scholiast/ask": {"result": found}})
    plugged.command("Scholiast ask why?")
    shown = plugged.answered()
    assert (
        shown["marks"] == [{"group": "ScholiastUnsupportedText", "text": part}]
        and TEXT.split("\n")[0] in shown["lines"]
    )
    assert "> Answered without the adapter terse." in shown["lines"]
    for key in ("<CR>", "K"):
        plugged.do("go_to", part)
        plugged.do("press", key)
        plugged.told("unsupported: names `x` and cites nothing")
