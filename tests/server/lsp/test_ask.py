"""`scholiast/ask` over a real server: streamed, checked against what is open, cancelled at once, in conversations."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import NEOVIM, Client, ServerError
from tests.server.lsp.conftest import FILES, PROFILES, Connect, make_repository, position_of, range_of

SLOW = (str(Path(__file__).with_name("slow.py")),)
CANCELLED, INVALID_PARAMS, REQUEST_FAILED = -32800, -32602, -32803
CANCEL_MAX_S = 1.0
"""Ten times what it takes on a machine at rest."""
COOKIES, VIEWS = FILES["src/kiln/cookies.py"], FILES["src/kiln/views.py"]
SIGNED = "how is a session cookie signed?"


async def ask(client: Client, question: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await client.request("scholiast/ask", {"question": question, **more})
    return answer


def deltas(client: Client, answer_id: str) -> list[dict[str, Any]]:
    return [delta for delta in client.notifications("scholiast/answerDelta") if delta["id"] == answer_id]


def at(uri: str, place: Mapping[str, Any]) -> dict[str, Any]:
    """A cursor, or a range, in a document."""
    found = place if "start" in place else {"start": place, "end": place}
    return {"textDocument": {"uri": uri}, "range": found}


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_an_answer_streams_and_ends_checked(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    async with connect(workspace, capabilities=capabilities) as client:
        answer = await ask(client, SIGNED, id="mine")
        told = deltas(client, "mine")
    assert [delta["seq"] for delta in told] == list(range(len(told)))
    assert "".join(delta["text"] for delta in told) == answer["text"] != ""
    assert (answer["id"], answer["question"], answer["found"], answer["note"]) == ("mine", SIGNED, True, "")
    assert (answer["engine"], answer["adapter"], answer["conversation"]) == ("extractive", None, None)
    assert answer["folder"] == workspace.as_uri()
    first = answer["citations"][0]
    assert first["path"] == "src/kiln/cookies.py" and first["uri"] == (workspace / first["path"]).as_uri()
    assert (first["n"], first["status"], first["reason"]) == (1, "verified", "")
    assert first["range"]["start"] == {"line": first["start_line"] - 1, "character": 0}
    assert first["quote"].split("\n")[0] == COOKIES.split("\n")[first["start_line"] - 1]
    assert answer["provenance"]["evidence"] and answer["provenance"]["complete"]


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_what_the_editor_points_at_opens_the_answer(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    """Behind characters of four bytes and of two UTF-16 units too."""
    cases = [
        ("src/kiln/cookies.py", position_of(COOKIES, "hmac.new", capabilities), "CookieSigner.sign_payload"),
        ("src/kiln/views.py", range_of(VIEWS, "signer.sign_payload(note", capabilities), "show_page"),
        ("src/kiln/views.py", range_of(VIEWS, "retry_request", capabilities, after="𝔘"), "retry_request"),
        ("src/kiln/views.py", range_of(VIEWS, "CookieSigner", capabilities, after="schön"), "CookieSigner"),
    ]
    async with connect(workspace, capabilities=capabilities) as client:
        for path, place, symbol in cases:
            answer = await ask(client, "explain this", **at((workspace / path).as_uri(), place))
            assert answer["citations"][0]["symbol"] == symbol, answer["text"]


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_unsaved_text_is_what_is_cited(workspace: Path, connect: Connect, capabilities: dict[str, Any]) -> None:
    text = f"# 😀\n# {'é' * 30}\n\n" + COOKIES.replace("retry_request", "retry_ünsaved")
    async with connect(workspace, capabilities=capabilities) as client:
        uri = client.open(workspace / "src/kiln/cookies.py", text)
        moved = await ask(client, SIGNED)
        place = position_of(text, "return send()", capabilities)
        found = await ask(client, "what does this function do?", **at(uri, place))
    for citation in moved["citations"]:
        lines = text.split("\n") if citation["path"] == "src/kiln/cookies.py" else None
        if lines:
            assert citation["quote"].split("\n")[0] == lines[citation["start_line"] - 1]
    first = found["citations"][0]
    assert (first["symbol"], first["status"], first["uri"]) == ("retry_ünsaved", "verified", uri)
    assert first["range"]["end"] == position_of(text, "\n", capabilities, after=text[: text.rindex("return send()")])


async def test_a_question_goes_on_from_the_one_before(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        await ask(client, "what does `retry_request` do?", conversation="c")
        follow_up = await ask(client, "and who calls it?", conversation="c")
        other = await ask(client, "and who calls it?", conversation="another")
    assert follow_up["conversation"] == "c" and follow_up["question"] == "and who calls it?"
    assert "fetch_page" in {citation["symbol"] for citation in follow_up["citations"]}
    assert not other["found"] or other["text"] != follow_up["text"]


async def test_an_engine_that_writes_is_told_what_was_said(workspace: Path, connect: Connect) -> None:
    async with connect(workspace, program=SLOW) as client:
        turns = [(await ask(client, f"how many attempts has request {n}?", conversation="c"))["text"] for n in range(3)]
    assert [text.partition(":")[0] for text in turns] == ["Turn 0", "Turn 1", "Turn 2"]


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_what_does_not_hold_is_marked_in_the_text(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    async with connect(workspace, capabilities=capabilities, program=SLOW) as client:
        answer = await ask(client, "which garbage signs a cookie?")
    assert [(citation["n"], citation["status"]) for citation in answer["citations"]] == [
        (1, "unsupported"),
        (7, "unsupported"),
    ]
    assert (answer["citations"][1]["uri"], answer["citations"][1]["range"]) == (None, None)
    encoding = "utf-8" if capabilities is NEOVIM else "utf-16-le"
    data, size = answer["text"].encode(encoding), 1 if capabilities is NEOVIM else 2
    use = answer["citations"][1]["uses"][0]
    assert data[use["start"] * size : use["end"] * size].decode(encoding) == "So says [7]."


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_each_sentence_has_its_status_and_reason(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    async with connect(workspace, capabilities=capabilities, program=SLOW) as client:
        answer = await ask(client, "which garbage signs a cookie?")
    encoding = "utf-8" if capabilities is NEOVIM else "utf-16-le"
    data, size = answer["text"].encode(encoding), 1 if capabilities is NEOVIM else 2
    told = [
        (data[found["start"] * size : found["end"] * size].decode(encoding), found["status"], found["citations"])
        for found in answer["sentences"]
    ]
    assert told == [
        ("It calls `made_up_name` 😀 [1].", "unsupported", [1]),
        ("So says [7].", "unsupported", [7]),
    ]
    assert "do not mention `made_up_name`" in answer["sentences"][0]["reason"]
    assert answer["provenance"]["repair"]["improved"] is False, "it wrote the same again"


def shown(told: list[dict[str, Any]]) -> str:
    """What a client shows in the end."""
    text = ""
    for delta in told:
        text = delta["text"] if delta.get("reset") else text + delta["text"]
    return text


async def test_a_better_draft_takes_the_place_of_the_first(workspace: Path, connect: Connect) -> None:
    async with connect(workspace, program=SLOW) as client:
        answer = await ask(client, "how is the payload of a cookie signed?", id="two", workDoneToken="t")
        told = deltas(client, "two")
        steps = [message["value"] for message in client.notifications("$/progress") if message["token"] == "t"]
    assert [delta["seq"] for delta in told] == list(range(len(told)))
    assert ["reset" in delta for delta in told] == [False, True] and told[1]["reset"] is True
    assert "made_up_name" in told[0]["text"] and "made_up_name" not in answer["text"]
    assert shown(told) == answer["text"]
    assert [sentence["status"] for sentence in answer["sentences"]] == ["verified"]
    assert answer["provenance"]["repair"]["improved"] and answer["provenance"]["repair"]["rejected"] == told[0]["text"]
    assert "checking its citations, writing again" in [step.get("message") for step in steps]


async def test_a_question_cancelled_while_it_is_written_again_stops_the_engine(
    workspace: Path, connect: Connect
) -> None:
    async with connect(workspace, program=SLOW) as client:
        question = "how is a cookie signed with the secret key?"
        number, future = client.start("scholiast/ask", {"question": question, "id": "two"})
        again = await client.until(lambda message: message.get("method") == "test/engine")
        assert again["params"]["what"] == "again"
        client.notify("$/cancelRequest", {"id": number})
        began = time.perf_counter()
        with pytest.raises(ServerError) as raised:
            await future
        assert time.perf_counter() - began < CANCEL_MAX_S
        await client.until(
            lambda message: message.get("method") == "test/engine" and message["params"]["what"] == "stopped"
        )
        assert len(deltas(client, "two")) == 1
    assert raised.value.code == CANCELLED


async def test_a_strict_answer_says_only_what_was_verified(workspace: Path, connect: Connect) -> None:
    async with connect(workspace, program=SLOW) as client:
        strict = await ask(client, "which garbage signs a cookie?", id="strict", strict=True)
        told = deltas(client, "strict")
        mended = await ask(client, "how is the payload of a cookie signed?", id="mended", strict=True)
    assert not strict["found"] and strict["citations"] == [] and strict["sentences"] == []
    assert strict["text"].startswith("Nothing of what was written holds against the code.")
    assert shown(told) == strict["text"] and "made_up_name" not in str(told), "what fails is not even streamed"
    assert mended["found"] and [delta["text"] for delta in deltas(client, "mended")] == [mended["text"]]


async def test_strict_is_a_setting_too(workspace: Path, connect: Connect) -> None:
    options = {"answer": {"strict": True}}
    async with connect(workspace, program=SLOW, initializationOptions=options) as client:
        assert not (await ask(client, "which garbage signs a cookie?"))["found"]
        assert (await ask(client, "which garbage signs a cookie?", strict=False))["found"]


async def test_what_is_typed_while_a_model_writes_moves_its_citations(workspace: Path, connect: Connect) -> None:
    """They are held against the text as it is when the answer is there, wherever the lines stand then."""
    async with connect(workspace, program=SLOW) as client:
        uri = client.open(workspace / "src/kiln/cookies.py", COOKIES)
        _, future = client.start("scholiast/ask", {"question": "how does the hex signature of a cookie come about?"})
        await client.until(lambda message: message.get("method") == "test/engine")
        client.change(uri, 2, "# typed\n\n" + COOKIES)
        await client.request("scholiast/status", {})
        client.notify("test/go", {})
        answer = await future
    (citation,) = answer["citations"]
    typed = ("# typed\n\n" + COOKIES).split("\n")
    assert (citation["status"], answer["sentences"][0]["status"]) == ("moved", "moved")
    assert citation["quote"].split("\n")[0] == typed[citation["start_line"] - 1]
    assert citation["reason"].startswith("moved from lines ")


@pytest.mark.parametrize("way", ["request", "progress"])
async def test_a_cancelled_question_stops_the_engine_at_once(workspace: Path, connect: Connect, way: str) -> None:
    async with connect(workspace, program=SLOW) as client:
        params = {"question": SIGNED, "id": "slow", "workDoneToken": "t"}
        number, future = client.start("scholiast/ask", params)
        await client.until(lambda message: message.get("method") == "scholiast/answerDelta")
        began, began_at = time.perf_counter(), time.time()
        if way == "request":
            client.notify("$/cancelRequest", {"id": number})
        else:
            client.notify("window/workDoneProgress/cancel", {"token": "t"})
        with pytest.raises(ServerError) as raised:
            await future
        answered_s = time.perf_counter() - began
        stopped = await client.until(lambda message: message.get("method") == "test/engine")
        stopped_s = stopped["params"]["at_s"] - began_at
        count = len(deltas(client, "slow"))
        assert await client.request("scholiast/status", {})
        assert len(deltas(client, "slow")) == count
        kinds = [message["value"]["kind"] for message in client.notifications("$/progress") if message["token"] == "t"]
    assert raised.value.code == CANCELLED
    assert answered_s < CANCEL_MAX_S and stopped_s < CANCEL_MAX_S
    assert (kinds[0], kinds[-1], kinds.count("end")) == ("begin", "end", 1)


async def test_progress_is_told_under_the_clients_token(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        await ask(client, SIGNED, workDoneToken=7)
        told = [message["value"] for message in client.notifications("$/progress") if message["token"] == 7]
    assert [value["kind"] for value in told] == ["begin", "report", "report", "end"]
    assert told[0]["title"] == "Asking" and told[0]["cancellable"]


async def test_of_several_folders_the_one_that_can_answer_is_asked(tmp_path: Path, connect: Connect) -> None:
    kiln = make_repository(tmp_path / "kiln")
    bank = make_repository(
        tmp_path / "bank",
        {"loans.py": 'def grant_loan(amount):\n    """Grant a loan of an amount."""\n    return amount\n'},
    )
    async with connect(kiln, bank) as client:
        for question, folder in ((SIGNED, kiln), ("how is a loan granted?", bank)):
            answer = await ask(client, question)
            assert answer["found"] and answer["folder"] == folder.as_uri()
        elsewhere = await ask(client, SIGNED, textDocument={"uri": (bank / "loans.py").as_uri()})
        outside = await ask(
            client, SIGNED, textDocument={"uri": "untitled:Untitled-1"}, range=range_of("x", "x", NEOVIM)
        )
    assert elsewhere["folder"] == bank.as_uri() and not elsewhere["found"]
    assert outside["folder"] == kiln.as_uri() and outside["found"]


async def test_weak_evidence_is_said(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        answer = await ask(client, "which payment providers are supported?", id="weak")
        assert "".join(delta["text"] for delta in deltas(client, "weak")) == answer["text"]
    assert not answer["found"] and answer["citations"] == []
    assert answer["text"].startswith("Nothing in this code answers that.")


async def test_a_question_that_cant_be_asked_is_refused_in_one_line(workspace: Path, connect: Connect) -> None:
    wrong: list[tuple[Any, int, str]] = [
        ({"question": "  "}, INVALID_PARAMS, "empty"),
        ({"question": "x" * 20_001}, INVALID_PARAMS, "20,000"),
        ({"question": 3}, INVALID_PARAMS, "$.question"),
        ({}, INVALID_PARAMS, "question"),
        (None, INVALID_PARAMS, "question"),
        ({"question": "x", "range": {"start": 1}}, INVALID_PARAMS, "range"),
        ({"question": "failure of a cookie"}, REQUEST_FAILED, "has failed"),
    ]
    async with connect(workspace, program=SLOW) as client:
        for params, code, part in wrong:
            with pytest.raises(ServerError) as raised:
                await client.request("scholiast/ask", params)
            assert raised.value.code == code and part in str(raised.value) and "\n" not in str(raised.value)
        assert (await ask(client, "how many attempts has a request?"))["found"]


async def test_without_a_folder_the_error_says_what_to_do(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    async with Client(environment=environment) as client:
        await client.initialize()
        with pytest.raises(ServerError, match="open the folder") as raised:
            await client.request("scholiast/ask", {"question": SIGNED})
    assert raised.value.code == REQUEST_FAILED


async def test_a_question_of_the_first_moment_waits_for_its_folder(workspace: Path, tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    async with Client(environment=environment) as client:
        await client.initialize(workspace)
        answer = await ask(client, SIGNED)
        command = {"command": "scholiast.ask", "arguments": [SIGNED]}
        assert (await client.request("workspace/executeCommand", command))["answer"]["folder"] == workspace.as_uri()
    assert answer["folder"] == workspace.as_uri()
    assert answer["found"] or "being indexed" in answer["note"]


async def test_places_that_do_not_exist_are_taken_for_the_nearest(workspace: Path, connect: Connect) -> None:
    far = {"line": 10**9, "character": 10**9}
    uri = (workspace / "src/kiln/cookies.py").as_uri()
    async with connect(workspace) as client:
        for place in (far, {"line": -5, "character": -5}, {"start": far, "end": {"line": 0, "character": 0}}):
            assert "text" in await ask(client, "explain this", **at(uri, place))
