"""`scholiast/feedback` over a real server: what is said of an answer is kept whole, found again, and deleted."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import VSCODE, Client, ServerError
from tests.server.lsp.conftest import Connect
from tests.server.lsp.test_commands import run

from scholiast_server.feedback.limits import EDIT_CHARACTERS_MAX
from scholiast_server.lsp.limits import JUDGED_ANSWERS_MAX

INVALID_PARAMS, REQUEST_FAILED = -32602, -32803
SIGNED = "how is a session cookie signed?"
EDIT = "`CookieSigner.sign_payload` signs with HMAC 😀 [1]."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where verdicts are kept by the servers of a test."""
    return tmp_path / "home/.local/share/scholiast/feedback.jsonl"


def kept(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


async def judge(client: Client, answer_id: str, verdict: str | None, **more: Any) -> Any:
    return await client.request("scholiast/feedback", {"id": answer_id, "verdict": verdict, **more})


async def asked(client: Client, answer_id: str, question: str = SIGNED) -> dict[str, Any]:
    answer: dict[str, Any] = await client.request("scholiast/ask", {"question": question, "id": answer_id})
    return answer


async def refused(client: Client, params: dict[str, Any]) -> ServerError:
    with pytest.raises(ServerError) as error:
        await client.request("scholiast/feedback", params)
    return error.value


async def test_a_verdict_is_kept_with_all_that_the_answer_came_from(
    workspace: Path, connect: Connect, file: Path
) -> None:
    async with connect(workspace, capabilities=VSCODE) as client:
        answer = await asked(client, "mine")
        assert not file.exists(), "nothing is kept unless the user says something"
        result = await judge(client, "mine", "bad", edit=EDIT)
    assert result == {"id": "mine", "verdict": "bad", "edit": EDIT, "file": str(file)}
    (record,) = kept(file)
    assert (record["client_id"], record["verdict"], record["edit"]) == ("mine", "bad", EDIT)
    assert (record["folder"], record["task"], record["time"][:2]) == (str(workspace), "ask", "20")
    about = record["answer"]
    assert (about["question"], about["answer"], about["engine"]) == (SIGNED, answer["text"], "extractive")
    assert about["provenance"] == answer["provenance"], "evidence, engine, adapters, sampler"
    keys = ("n", "path", "start_line", "end_line", "status", "quote")
    found = [[citation[key] for key in keys] for citation in about["citations"]]
    assert found == [[citation[key] for key in keys] for citation in answer["citations"]] != []


async def test_the_last_verdict_holds_until_it_is_taken_back(workspace: Path, connect: Connect, file: Path) -> None:
    async with connect(workspace) as client:
        await asked(client, "1")
        text = (await asked(client, "2", "what does `retry_request` do?"))["text"]
        for answer_id, verdict in (("1", "good"), ("2", "bad"), ("1", "bad"), ("2", "good")):
            await judge(client, answer_id, verdict)
        assert [(record["client_id"], record["verdict"]) for record in kept(file)] == [("1", "bad"), ("2", "good")]
        await judge(client, "2", "good", edit=text)
        assert kept(file)[1]["edit"] is None, "a version that is the text itself is none"
        assert (await judge(client, "1", None))["verdict"] is None
        assert [record["client_id"] for record in kept(file)] == ["2"]
        await judge(client, "1", None)


async def test_verdicts_that_come_at_once_are_kept_in_their_order(
    workspace: Path, connect: Connect, file: Path
) -> None:
    async with connect(workspace) as client:
        await asked(client, "1")
        verdicts = [*(["good", "bad", None] * 7), "good", "bad"]
        await asyncio.gather(*(judge(client, "1", verdict) for verdict in verdicts))
    assert [record["verdict"] for record in kept(file)] == ["bad"]


async def test_an_answer_of_a_question_asked_again_is_another_one(
    workspace: Path, connect: Connect, file: Path
) -> None:
    async with connect(workspace) as client:
        for question in (SIGNED, "what does `retry_request` do?"):
            await asked(client, "same", question)
            await judge(client, "same", "good")
    assert [record["answer"]["question"] for record in kept(file)] == [SIGNED, "what does `retry_request` do?"]


async def test_what_was_judged_can_be_judged_again_when_the_server_has_ended(
    workspace: Path, connect: Connect, file: Path
) -> None:
    for verdict in ("good", "bad"):
        async with connect(workspace) as client:
            if verdict == "good":
                await asked(client, "7")
                await asked(client, "8")
            else:
                error = await refused(client, {"id": "8", "verdict": "good"})
                assert error.code == REQUEST_FAILED and "Ask again" in str(error)
            await judge(client, "7", verdict)
    assert [(record["client_id"], record["verdict"]) for record in kept(file)] == [("7", "bad")]


CASES: list[tuple[dict[str, Any], int, str]] = [
    ({"verdict": "good"}, INVALID_PARAMS, "missing required field `id`"),
    ({"id": 1, "verdict": "good"}, INVALID_PARAMS, "Expected `str`"),
    ({"id": "1"}, INVALID_PARAMS, "missing required field `verdict`"),
    ({"id": "1", "verdict": "great"}, INVALID_PARAMS, "Invalid enum value 'great'"),
    ({"id": "1", "verdict": True}, INVALID_PARAMS, "verdict"),
    ({"id": "1", "verdict": "good", "edit": " \n"}, INVALID_PARAMS, "the edit is empty"),
    ({"id": "1", "verdict": "good", "edit": "x" * (EDIT_CHARACTERS_MAX + 1)}, INVALID_PARAMS, "100,001 characters"),
    ({"id": "1", "verdict": None, "edit": "x"}, INVALID_PARAMS, "an edit comes with a verdict"),
    ({"id": "2", "verdict": "good"}, REQUEST_FAILED, "no answer '2' is known"),
]


async def test_what_does_not_fit_is_told_and_keeps_nothing(workspace: Path, connect: Connect, file: Path) -> None:
    async with connect(workspace) as client:
        await asked(client, "1")
        for params, code, told in CASES:
            error = await refused(client, params)
            assert (error.code, told in str(error)) == (code, True), (str(params)[:80], str(error))
        assert kept(file) == [] and client.shown() == []
        await judge(client, "1", "good", edit="x" * EDIT_CHARACTERS_MAX)
    assert len(kept(file)) == 1


async def test_older_answers_are_forgotten(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        for number in range(JUDGED_ANSWERS_MAX + 1):
            await asked(client, str(number), "what does `retry_request` do?")
        assert (await refused(client, {"id": "0", "verdict": "good"})).code == REQUEST_FAILED
        await judge(client, "1", "good")


async def test_a_user_who_wants_nothing_kept_has_nothing_kept(workspace: Path, connect: Connect, file: Path) -> None:
    options = {"answer": {"feedback": False}}
    async with connect(workspace, initializationOptions=options) as client:
        await asked(client, "1")
        error = await refused(client, {"id": "1", "verdict": "good"})
    assert error.code == REQUEST_FAILED and "answer.feedback" in str(error)
    assert kept(file) == []


async def test_where_nothing_can_be_written_it_is_told(workspace: Path, connect: Connect, file: Path) -> None:
    file.parent.parent.mkdir(parents=True)
    file.parent.write_text("a file in the place of the folder")
    async with connect(workspace) as client:
        await asked(client, "1")
        error = await refused(client, {"id": "1", "verdict": "good"})
        file.parent.unlink()
        await judge(client, "1", "good")
    assert error.code == REQUEST_FAILED and f"{file.parent} can't be written" in str(error)
    assert len(kept(file)) == 1


@pytest.mark.parametrize("shows", [True, False])
async def test_verdicts_are_shown_and_deleted_by_commands(
    workspace: Path, connect: Connect, file: Path, shows: bool
) -> None:
    capabilities = {**VSCODE, "window": {"showDocument": {"support": shows}}}
    async with connect(workspace, capabilities=capabilities) as client:
        empty = await run(client, "scholiast.listFeedback")
        assert (empty["verdicts"], empty["file"]) == ([], str(file))
        for number, question in enumerate((SIGNED, "what does `retry_request` do? <b>[x](y)</b>")):
            await asked(client, str(number), question)
        await run(client, "scholiast.feedback", "0", "good")
        await run(client, "scholiast.feedback", "1", "bad", EDIT)
        listed = await run(client, "scholiast.listFeedback")
        latest, first = listed["verdicts"]
        assert (latest["id"], latest["verdict"], latest["edit"]) == ("1", "bad", EDIT)
        assert (first["question"], first["folder"], first["edit"]) == (SIGNED, str(workspace), None)
        page = listed["markdown"]
        assert f"2 verdicts on answers, on this machine alone: `{file}`." in page
        assert r"\<b\>\[x\](y)" in page, "nothing that was asked is markup"
        assert "Your version: `CookieSigner.sign_payload` signs" in page and first["answer"][:8] in page
        told = f"2 verdicts on answers, on this machine alone: {file}"
        assert any(message.endswith(told) for message in client.shown()) is not shows
        assert await run(client, "scholiast.forgetFeedback", [first["answer"], "no such"]) == {"forgotten": 1}
        assert [record["client_id"] for record in kept(file)] == ["1"]
        assert await run(client, "scholiast.forgetFeedback") == {"forgotten": 1}
    assert not file.exists()


async def test_a_line_that_can_not_be_read_is_told(workspace: Path, connect: Connect, file: Path) -> None:
    async with connect(workspace) as client:
        await asked(client, "1")
        await judge(client, "1", "good")
        with file.open("a") as damaged:
            damaged.write('{"format": 99}\n')
        listed = await run(client, "scholiast.listFeedback")
    assert len(listed["verdicts"]) == 1 and "line 2 was written by a newer version" in listed["damaged"][0]
    assert "Can't be read: line 2" in listed["markdown"]
