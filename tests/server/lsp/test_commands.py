"""`workspace/executeCommand` over a real server: all that Scholiast does, for clients without a plugin."""

from __future__ import annotations

import re
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from tests.server.lsp.client import NEOVIM, VSCODE, Client, ServerError, until
from tests.server.lsp.conftest import FILES, PROFILES, Connect, make_repository, position_of, range_of
from tests.server.lsp.rendered import targets

from scholiast_server.lsp.limits import GIST_CHARACTERS_MAX

SLOW = (str(Path(__file__).with_name("slow.py")),)
CANCELLED, INVALID_PARAMS, REQUEST_FAILED = -32800, -32602, -32803
SOON_S = 1.0
COOKIES, VIEWS = FILES["src/kiln/cookies.py"], FILES["src/kiln/views.py"]
SIGNED = "how is a session cookie signed?"
NOWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}


async def run(client: Client, command: str, *arguments: Any) -> Any:
    return await client.request("workspace/executeCommand", {"command": command, "arguments": list(arguments)})


def cursor(text: str, wanted: str, capabilities: Mapping[str, Any], *, after: str = "") -> dict[str, Any]:
    place = position_of(text, wanted, capabilities, after=after)
    return {"start": place, "end": place}


def without(capabilities: Mapping[str, Any], *path: str) -> dict[str, Any]:
    """Capabilities without one of them."""
    head, *rest = path
    if not rest:
        return {key: value for key, value in capabilities.items() if key != head}
    return {**capabilities, head: without(capabilities[head], *rest)}


def page(client: Client) -> tuple[Path, str]:
    """The document that the client was last asked to show."""
    shown = [message["params"] for message in client.received if message.get("method") == "window/showDocument"][-1]
    assert shown["takeFocus"] is True and shown["external"] is False
    path = Path(unquote(urlsplit(shown["uri"]).path))
    return path, path.read_text(encoding="utf-8")


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_an_answer_is_shown_as_a_document_whose_citations_are_links(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    async with connect(workspace, capabilities=capabilities) as client:
        result = await run(client, "scholiast.ask", SIGNED)
        path, text = page(client)
        mode = stat.S_IMODE(path.parent.stat().st_mode)
        await client.shut_down()
    first = result["answer"]["citations"][0]
    assert text == result["markdown"] and result["uri"].endswith(path.name)
    assert text.startswith(f"# {SIGNED}\n") and " [1]" in text
    assert f"\n[1]: {first['uri']}#L{first['start_line']}\n" in text
    assert f"- [1] `{first['path']}:{first['start_line']}-{first['end_line']}`" in text and "✓ verified" in text
    assert mode == 0o700 and not path.parent.exists(), "pages are private, and gone with the server"


@pytest.mark.parametrize("capabilities", PROFILES)
async def test_commands_take_what_the_editor_points_at(
    workspace: Path, connect: Connect, capabilities: dict[str, Any]
) -> None:
    uri = (workspace / "src/kiln/views.py").as_uri()
    selection = range_of(VIEWS, "retry_request(send, len(größe))", capabilities, after="𝔘")
    async with connect(workspace, capabilities=capabilities) as client:
        for command, arguments in (
            ("scholiast.explain", [uri, selection]),
            ("scholiast.explain", [{"textDocument": {"uri": uri}, "range": selection}]),
            ("scholiast.askSelection", ["What does this do, and how is it used?", uri, selection]),
            ("scholiast.ask", ["explain this", uri, selection]),
        ):
            result = await run(client, command, *arguments)
            assert result["answer"]["citations"][0]["symbol"] == "fetch_page", command
            assert page(client)[1] == result["markdown"]
    assert "# What does this do, and how is it used?" not in result["markdown"]


async def test_an_explanation_is_called_by_what_it_explains(workspace: Path, connect: Connect) -> None:
    uri = (workspace / "src/kiln/cookies.py").as_uri()
    async with connect(workspace) as client:
        result = await run(client, "scholiast.explain", uri, cursor(COOKIES, "hmac.new", NEOVIM))
    assert result["markdown"].startswith("# Explain CookieSigner.sign_payload\n")


async def test_conversations_go_on_from_command_to_command(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        await run(client, "scholiast.ask", "what does `retry_request` do?", None, None, "c")
        result = await run(client, "scholiast.ask", "who calls it?", None, None, "c")
    assert "fetch_page" in {citation["symbol"] for citation in result["answer"]["citations"]}


@pytest.mark.parametrize("refuses", [False, True])
async def test_a_client_that_shows_no_documents_is_told_the_gist_and_where_the_rest_lies(
    workspace: Path, connect: Connect, refuses: bool
) -> None:
    capabilities = VSCODE if refuses else without(VSCODE, "window", "showDocument")
    uri = (workspace / "src/kiln/cookies.py").as_uri()
    async with connect(workspace, capabilities=capabilities) as client:
        client.replies["window/showDocument"] = lambda _: {"success": False}
        for command, arguments, gist in (
            ("scholiast.ask", [SIGNED], "A session cookie is signed by `CookieSigner.sign_payload`"),
            ("scholiast.explain", [uri, cursor(COOKIES, "hmac.new", VSCODE)], "`CookieSigner.sign_payload"),
            ("scholiast.ask", ["what is the zymurgy of a quokka?"], "Nothing"),
            (
                "scholiast.related",
                [uri, cursor(COOKIES, "hmac.new", VSCODE)],
                "Related to src/kiln/cookies.py:14: src/",
            ),
            (
                "scholiast.references",
                [uri, NOWHERE, "retry_request"],
                "References to retry_request: src/kiln/views.py:",
            ),
        ):
            result = await run(client, command, *arguments)
            (told,) = client.notifications("window/showMessage")
            client.received.clear()
            place, _, said = told["message"].partition(".md: ")
            place += ".md"
            assert told["type"] == 3 and said.startswith(gist), (command, said)
            assert len(said) < GIST_CHARACTERS_MAX + 200 and "\n" not in said
            assert Path(place).read_text(encoding="utf-8") == result["markdown"]
            assert unquote(urlsplit(result["uri"]).path) == place
        result = await run(client, "scholiast.ask", SIGNED)
        first = result["answer"]["citations"][0]
        assert f" · [1] {first['path']}:{first['start_line']}" in client.shown()[-1]


async def test_a_client_that_shows_no_documents_is_told_where_the_log_lies(
    workspace: Path, connect: Connect, tmp_path: Path
) -> None:
    program = ("-m", "scholiast_server", "serve", "--log", str(tmp_path / "my.log"))
    async with connect(workspace, program=program, capabilities=without(VSCODE, "window", "showDocument")) as client:
        await run(client, "scholiast.openLog")
        assert client.shown() == [f"The log of the server: {tmp_path / 'my.log'}"]


async def test_related_code_is_listed_with_links(workspace: Path, connect: Connect) -> None:
    uri = (workspace / "src/kiln/views.py").as_uri()
    async with connect(workspace) as client:
        result = await run(client, "scholiast.related", uri, cursor(VIEWS, "return signer", NEOVIM))
        _, text = page(client)
    assert result["hits"][0]["path"] == "src/kiln/cookies.py" and result["hits"][0]["uri"] in text
    assert text == result["markdown"] and "src/kiln/cookies.py:" in text


CASES = [
    ("a.py", "# 😀\ndef f():\n    # how is a session cookie signed?\n    pass\n", 2, "    # "),
    ("b.py", "# 𝔘\r\ndef f():\r\n    # how is a session cookie signed?\r\n    pass\r\n", 2, "    # "),
    ("c.ts", "const x = '😀'; /* how is a session cookie signed? */\nlet y = 1;\n", 0, "/* "),
    ("d.py", "def f(): pass\n# 😀 how is a session cookie signed?", 1, "# "),
    ("e.go", "package e\n\n// how is a session\n// cookie signed? 😀 ok?\nfunc F() {}\n", 2, "// "),
]


async def test_a_client_with_views_of_its_own_is_shown_no_pages_but_the_log(
    workspace: Path, connect: Connect, tmp_path: Path
) -> None:
    program = ("-m", "scholiast_server", "serve", "--log", str(tmp_path / "my.log"))
    async with connect(workspace, program=program, initializationOptions={"pages": False}) as client:
        result = await run(client, "scholiast.ask", SIGNED)
        assert result["markdown"].startswith("# ") and result["uri"] is None
        log = await run(client, "scholiast.openLog")
        shown = [
            message["params"]["uri"] for message in client.received if message.get("method") == "window/showDocument"
        ]
        assert shown == [log["uri"]]


@pytest.mark.parametrize("capabilities", PROFILES)
@pytest.mark.parametrize("is_open", [True, False])
async def test_a_question_in_a_comment_is_answered_below_it(
    own_workspace: Path, connect: Connect, capabilities: dict[str, Any], is_open: bool
) -> None:
    for name, text, _, _ in CASES:
        (own_workspace / name).write_bytes(text.encode())
    async with connect(own_workspace, capabilities=capabilities) as client:
        for name, text, line, before in CASES:
            uri = (own_workspace / name).as_uri()
            if is_open:
                client.open(own_workspace / name, text, "python")
            result = await run(client, "scholiast.answerComment", uri, line)
            assert result["applied"] and result["answer"]["found"], name
            assert name not in {citation["path"] for citation in result["answer"]["citations"]}
            [change] = edit_sent(client, uri, version=1 if is_open else None)
            after = applied(text, change, capabilities)
            kept, added = lines_of(text), [row for row in lines_of(after) if row not in lines_of(text)]
            assert [row for row in lines_of(after) if row in kept] == kept, name
            assert added[0].startswith(before) and "src/kiln/cookies.py:" in " ".join(added)
            question_at = next(place for place, row in enumerate(lines_of(after)) if "signed?" in row)
            assert lines_of(after)[question_at + 1] == added[0], "the answer stands right below"
            assert ("\r\n" in after) is ("\r\n" in text) and after.count("\n") - after.count("\r\n") in (
                0,
                after.count("\n"),
            )


async def test_places_below_an_answer_are_cited_where_it_moves_them(workspace: Path, connect: Connect) -> None:
    path = workspace / "src/kiln/cookies.py"
    text = f"# {SIGNED}\n\n{COOKIES}"
    async with connect(workspace) as client:
        uri = client.open(path, text)
        result = await run(client, "scholiast.answerComment", uri, 0)
        [change] = edit_sent(client, uri, version=1)
    rows = applied(text, change, NEOVIM).split("\n")
    cited = [
        (int(start) - 1, int(end) - 1)
        for start, end in re.findall(r"src/kiln/cookies\.py:(\d+)-(\d+)", change["newText"].replace("\n# ", " "))
    ]
    before = text.split("\n")
    meant = {
        (before[citation["start_line"] - 1], before[citation["end_line"] - 1])
        for citation in result["answer"]["citations"]
        if citation["path"] == "src/kiln/cookies.py"
    }
    assert cited and {(rows[start], rows[end]) for start, end in cited} == meant


async def test_text_typed_meanwhile_moves_the_answer_or_calls_it_off(own_workspace: Path, connect: Connect) -> None:
    """The engine waits for the text to change, as it is slow."""
    text = "# how is a session cookie signed in hex?\nx = 1\n"
    async with connect(own_workspace, program=SLOW) as client:
        for place, expected in ((0, "moved"), (0, "gone")):
            path = own_workspace / f"{expected}.py"
            path.write_text(text)
            uri = client.open(path, text)
            start = len(client.received)
            params = {"command": "scholiast.answerComment", "arguments": [uri, place]}
            _, future = client.start("workspace/executeCommand", params)
            await client.until(lambda message: message.get("method") == "test/engine", start=start)
            changed = "import os\n\n" + text if expected == "moved" else "import os\n"
            client.notify(
                "textDocument/didChange",
                {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": changed}]},
            )
            client.notify("test/go", {})
            if expected == "moved":
                assert (await future)["applied"]
                [change] = edit_sent(client, uri, version=2)
                assert applied(changed, change, NEOVIM).startswith(f"import os\n\n{text.partition(chr(10))[0]}\n# ")
            else:
                with pytest.raises(ServerError, match="changed meanwhile") as raised:
                    await future
                assert raised.value.code == REQUEST_FAILED


UNDOCUMENTED = (
    "# 😀\nclass A:\n    def sign_all(self, payloads, größe=1):\n        return [self.sign(p) for p in payloads]\n"
)


@pytest.mark.parametrize("capabilities", PROFILES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
async def test_a_definition_is_documented_by_an_edit(
    workspace: Path, connect: Connect, capabilities: dict[str, Any], newline: str
) -> None:
    text = UNDOCUMENTED.replace("\n", newline)
    async with connect(workspace, capabilities=capabilities) as client:
        uri = client.open(workspace / "fresh.py", text)
        result = await run(client, "scholiast.document", uri, cursor(text, "sign_all", capabilities))
        [change] = edit_sent(client, uri, version=1)
    assert result["applied"] and result["edit"]["changes"] == {uri: [change]}
    rows = applied(text, change, capabilities).split(newline)
    assert rows[2].strip().startswith("def sign_all") and rows[3].strip().startswith('"""')
    assert change["newText"].endswith(newline) and change["newText"].count("\n") == change["newText"].count(newline)


async def test_a_client_that_applies_no_edits_is_given_the_edit(workspace: Path, connect: Connect) -> None:
    async with connect(workspace, capabilities=without(NEOVIM, "workspace", "applyEdit")) as client:
        uri = client.open(workspace / "fresh.py", UNDOCUMENTED)
        result = await run(client, "scholiast.document", uri, cursor(UNDOCUMENTED, "sign_all", NEOVIM))
        assert not [message for message in client.received if message.get("method") == "workspace/applyEdit"]
    assert not result["applied"] and '"""' in result["edit"]["changes"][uri][0]["newText"]


async def test_search_status_and_reindex(own_workspace: Path, connect: Connect) -> None:
    async with connect(own_workspace) as client:
        found = await run(client, "scholiast.search", SIGNED, 2)
        assert found == await client.request("scholiast/search", {"query": SIGNED, "limit": 2})
        assert await run(client, "scholiast.status") == await client.request("scholiast/status", {})
        for arguments in ([], [own_workspace.as_uri(), {"reset": True}], [(own_workspace / "README.md").as_uri()]):
            start = len(client.received)
            began = time.perf_counter()
            assert await run(client, "scholiast.reindex", *arguments) == {"folders": [own_workspace.as_uri()]}
            assert time.perf_counter() - began < SOON_S
            await client.until_state("indexing", start=start)
            await client.until_state("ready", start=start)


async def test_a_hit_says_which_line_to_open(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        first, *_ = await client.search("CookieSigner")
    lines = (workspace / first["path"]).read_text("utf-8").splitlines()
    assert lines[first["line"] - 1].startswith("class CookieSigner")
    assert first["start_line"] < first["line"] <= first["end_line"]


async def test_the_log_is_shown(own_workspace: Path, connect: Connect, tmp_path: Path) -> None:
    log = tmp_path / "my.log"
    async with connect(own_workspace, program=("-m", "scholiast_server", "serve", "--log", str(log))) as client:
        assert await run(client, "scholiast.openLog") == {"uri": log.as_uri()}
        assert page(client)[0] == log


async def test_arguments_that_do_not_fit_are_refused_in_one_line(workspace: Path, connect: Connect) -> None:
    uri, outside = (workspace / "README.md").as_uri(), "file:///nowhere/x.py"
    wrong: list[tuple[str, list[Any], int, str]] = [
        ("scholiast.ask", [], INVALID_PARAMS, "[question, uri?, range?, conversation?]"),
        ("scholiast.ask", [3], INVALID_PARAMS, "$[0]"),
        ("scholiast.ask", [""], INVALID_PARAMS, "empty"),
        ("scholiast.ask", ["x", uri, {"start": 3}], INVALID_PARAMS, "$[2]"),
        ("scholiast.explain", [uri], INVALID_PARAMS, "[uri, range]"),
        ("scholiast.explain", [{"textDocument": {}}], INVALID_PARAMS, "uri"),
        ("scholiast.askSelection", [uri, "x"], INVALID_PARAMS, "[question, uri, range]"),
        ("scholiast.answerComment", [uri, "1"], INVALID_PARAMS, "$[1]"),
        ("scholiast.search", [None], INVALID_PARAMS, "$[0]"),
        ("scholiast.search", ["x", 10**9], INVALID_PARAMS, "limit"),
        ("scholiast.reindex", [uri, {"reset": "yes"}], INVALID_PARAMS, "reset"),
        ("scholiast.made_up", [], INVALID_PARAMS, "made_up"),
        ("scholiast.explain", [outside, NOWHERE], REQUEST_FAILED, "no open folder"),
        ("scholiast.related", [outside, NOWHERE], REQUEST_FAILED, "no open folder"),
        ("scholiast.document", [outside, NOWHERE], REQUEST_FAILED, "no open folder"),
        ("scholiast.answerComment", [outside, 0], REQUEST_FAILED, "no open folder"),
        ("scholiast.reindex", [outside], REQUEST_FAILED, "no open folder"),
        ("scholiast.answerComment", [uri, 0], REQUEST_FAILED, "no comment"),
        ("scholiast.answerComment", [uri, 10**9], REQUEST_FAILED, "no comment"),
        ("scholiast.document", [uri, NOWHERE], REQUEST_FAILED, "no definition"),
    ]
    async with connect(workspace) as client:
        for command, arguments, code, part in wrong:
            with pytest.raises(ServerError) as raised:
                await run(client, command, *arguments)
            message = str(raised.value)
            assert raised.value.code == code and part in message and "\n" not in message, (command, arguments, message)
        assert not client.notifications("window/showMessage")


@pytest.mark.parametrize("way", ["request", "progress"])
async def test_a_long_command_shows_progress_and_can_be_cancelled(workspace: Path, connect: Connect, way: str) -> None:
    async with connect(workspace, program=SLOW) as client:
        number, future = client.start("workspace/executeCommand", {"command": "scholiast.ask", "arguments": [SIGNED]})
        begun = await client.until(
            lambda message: (
                message.get("method") == "$/progress" and message["params"]["value"].get("title") == "Asking"
            )
        )
        began = time.perf_counter()
        if way == "request":
            client.notify("$/cancelRequest", {"id": number})
        else:
            client.notify("window/workDoneProgress/cancel", {"token": begun["params"]["token"]})
        with pytest.raises(ServerError) as raised:
            await future
        took_s = time.perf_counter() - began
        await client.until(lambda message: message.get("method") == "test/engine")
        assert not [message for message in client.received if message.get("method") == "window/showDocument"]
    assert raised.value.code == CANCELLED and took_s < SOON_S


async def test_what_code_says_makes_no_link_in_a_document(tmp_path: Path, connect: Connect) -> None:
    doc = (
        "Bake the [cake](command:evil.run) ![x](http://evil/x.png) <b>now</b> <command:evil> http://evil.example"
        " [1]: http://evil [1](command:evil) `a`` [b](command:evil)` &lt;"
    )
    folder = make_repository(tmp_path / "bakery", {"we[ir]d (`x`) <b>.py": f'def bake_cake():\n    """{doc}"""\n'})
    async with connect(folder) as client:
        result = await run(client, "scholiast.ask", "how is the cake baked by bake_cake?")
        page(client)
    assert result["answer"]["citations"] and targets(result["markdown"])
    assert all(target.startswith(f"{folder.as_uri()}/we%5Bir%5Dd") for target in targets(result["markdown"]))


async def test_pages_are_bounded(workspace: Path, connect: Connect) -> None:
    async with connect(workspace) as client:
        for _ in range(53):
            await run(client, "scholiast.ask", SIGNED)
        path, _ = page(client)
        await until(lambda: len(list(path.parent.iterdir())) == 50, "pages are deleted")
        assert path.exists()


def edit_sent(client: Client, uri: str, *, version: int | None) -> list[dict[str, Any]]:
    """The changes of the last edit that the client was asked to apply."""
    edit = [message["params"]["edit"] for message in client.received if message.get("method") == "workspace/applyEdit"]
    if "documentChanges" in edit[-1]:
        [document] = edit[-1]["documentChanges"]
        assert document["textDocument"] == {"uri": uri, "version": version}
        changes: list[dict[str, Any]] = document["edits"]
        return changes
    [(name, changes)] = edit[-1]["changes"].items()
    assert name == uri
    return changes


def applied(text: str, change: Mapping[str, Any], capabilities: Mapping[str, Any]) -> str:
    """The text after an insertion, as an editor makes it."""
    assert change["range"]["start"] == change["range"]["end"]
    encoding = "utf-8" if capabilities["general"]["positionEncodings"][0] == "utf-8" else "utf-16-le"
    size = 1 if encoding == "utf-8" else 2
    rows = text.split("\n")
    at = change["range"]["start"]
    row = rows[at["line"]].removesuffix("\r")
    data = row.encode(encoding)
    assert at["character"] * size <= len(data), "a position past the end of its line"
    rest = rows[at["line"]][len(row) :]
    head, tail = data[: at["character"] * size].decode(encoding), data[at["character"] * size :].decode(encoding)
    rows[at["line"]] = head + change["newText"] + tail + rest
    return "\n".join(rows)


def lines_of(text: str) -> list[str]:
    return [row.removesuffix("\r") for row in text.split("\n")]
