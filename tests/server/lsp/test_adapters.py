"""LoRA adapters over a real server: listed, chosen, used for a question, and told where they can't be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tests.server.models.llama.needed  # noqa: F401  (skips)
from tests.server.lsp.client import NEOVIM, Client, ServerError, eventually
from tests.server.lsp.conftest import FILES, Connect, position_of
from tests.server.models.llama.hostile_files import REFUSED, TEMPLATES, UNLOADABLE
from tests.server.models.llama.tiny_models import write_adapter, write_model

from scholiast_server.adapters.checking import examined
from scholiast_server.adapters.manifest import TASKS
from scholiast_server.adapters.registry import Registry
from scholiast_server.models.protocol import Task

REQUEST_FAILED = -32803
QUESTION = "how does sign_payload return the signature of a session cookie?"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("adapted") / "tiny.gguf", context=4_096)


def settings(model: Path, **more: Any) -> dict[str, Any]:
    return {
        "model": {"path": str(model), "threads": 1, "contextTokens": 4_096},
        "answer": {"maxTokens": 16, "repair": False},
        **more,
    }


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Of the user whom the server belongs to, empty."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    return Registry()


def add(
    registry: Registry, folder: Path, name: str, model: Path, tasks: tuple[Task, ...] = TASKS, seed: int = 1
) -> Path:
    path = write_adapter(folder / f"{name}.gguf", seed=seed)
    registry.add(examined(str(path), name, str(model), tasks=tasks))
    return path


async def ask(client: Client, adapter: str | None = None) -> Any:
    answer = await client.request("scholiast/ask", {"question": QUESTION, "adapter": adapter})
    return answer["adapter"], answer["provenance"]["adapter_scale"], answer["text"], answer["provenance"]["note"]


async def test_an_adapter_is_used_for_one_question_and_leaves_nothing_behind(
    workspace: Path, connect: Connect, model: Path, registry: Registry, tmp_path: Path
) -> None:
    add(registry, tmp_path, "style", model)
    async with connect(workspace, initializationOptions=settings(model)) as client:
        plain = await ask(client)
        styled = await ask(client, "style")
        assert (plain[0], styled[0], styled[1]) == (None, "style", 1.0) and plain[2] != styled[2]
        for _ in range(3):
            assert await ask(client, "style") == styled
            assert await ask(client) == plain
        assert (await ask(client, "style:0"))[:3] == ("style", 0.0, plain[2])
        missing = await ask(client, "nope")
        assert (missing[0], missing[2]) == (None, plain[2])
        assert missing[3].startswith("Answered without the adapter nope: there is no adapter 'nope'.")


async def test_what_is_chosen_holds_and_is_told(
    workspace: Path, connect: Connect, model: Path, registry: Registry, tmp_path: Path
) -> None:
    add(registry, tmp_path, "style", model)
    add(registry, tmp_path, "terse", model, ("explain",), seed=2)
    async with connect(workspace, initializationOptions=settings(model)) as client:
        listed = await client.request("scholiast/adapters", {})
        assert (listed["selected"], listed["engine"], listed["model"]) == (None, "llama", "tiny.gguf")
        assert [(each["name"], each["fits"], each["selected"]) for each in listed["adapters"]] == [
            ("style", True, False),
            ("terse", True, False),
        ]
        start = len(client.received)
        assert await client.request("scholiast/selectAdapter", {"name": "style:0.5"}) == {"selected": "style"}
        told = await client.until_state("ready", start=start)
        assert told["adapter"] == (await client.request("scholiast/status", {}))["adapter"] == "style"
        assert (await ask(client))[:2] == ("style", 0.5)
        await client.request("scholiast/selectAdapter", {"name": "terse", "task": "explain"})
        uri = client.open(workspace / "src/kiln/cookies.py")
        at = position_of(FILES["src/kiln/cookies.py"], "def sign_payload", NEOVIM)
        command = {"command": "scholiast.explain", "arguments": [uri, {"start": at, "end": at}]}
        explained = await client.request("workspace/executeCommand", command)
        assert explained["answer"]["adapter"] == "terse"
        assert (await ask(client))[0] == "style"
        await client.request("scholiast/selectAdapter", {"name": None})
        assert (await ask(client))[0] is None
    async with connect(workspace, initializationOptions=settings(model)) as client:
        assert (await ask(client))[0] is None, "it is there again the next time"


async def test_what_is_chosen_holds_over_settings_until_those_change(
    workspace: Path, connect: Connect, model: Path, registry: Registry, tmp_path: Path
) -> None:
    add(registry, tmp_path, "style", model)
    add(registry, tmp_path, "terse", model, seed=2)
    options = settings(model, adapters={"ask": "terse:0.5"})
    async with connect(workspace, initializationOptions=options) as client:
        assert (await ask(client))[:2] == ("terse", 0.5)
        await client.request("scholiast/selectAdapter", {"name": "style"})
        assert (await ask(client))[0] == "style"
        pushed = {"scholiast": {"adapters": {"ask": "terse"}}}
        client.notify("workspace/didChangeConfiguration", {"settings": pushed})

        async def is_terse() -> bool:
            return bool((await client.request("scholiast/status", {}))["adapter"] == "terse")

        await eventually(is_terse, "the settings hold again")
        assert (await ask(client))[0] == "terse"


async def test_what_can_not_be_used_is_refused_and_the_choice_stays(
    workspace: Path, connect: Connect, model: Path, registry: Registry, tmp_path: Path
) -> None:
    add(registry, tmp_path, "style", model)
    changed = add(registry, tmp_path, "changed", model)
    write_adapter(changed, seed=5)
    async with connect(workspace, initializationOptions=settings(model)) as client:
        await client.request("scholiast/selectAdapter", {"name": "style"})
        for name, told in (
            ("nope", "there is no adapter 'nope'"),
            ("changed", "its content has changed"),
            ("a b", "names no"),
        ):
            with pytest.raises(ServerError, match=told) as error:
                await client.request("scholiast/selectAdapter", {"name": name})
            assert error.value.code == REQUEST_FAILED
        with pytest.raises(ServerError):
            await client.request("scholiast/selectAdapter", {})
        assert (await ask(client))[0] == "style"
        rows = {row["name"]: row for row in (await client.request("scholiast/adapters", {}))["adapters"]}
        assert rows["changed"]["fits"] is False and "has changed" in rows["changed"]["problem"]
        assert rows["changed"]["advice"].startswith("If that is meant so: scholiast adapters add")
        (tmp_path / "user/scholiast/adapters/style.json").write_text("{")
        answer = await ask(client)
        assert answer[0] is None and "is damaged" in answer[3]


async def test_without_a_folder_or_a_model_there_is_nothing_to_choose_for(
    workspace: Path, connect: Connect, registry: Registry, model: Path, tmp_path: Path
) -> None:
    add(registry, tmp_path, "style", model)
    async with connect(workspace) as client:
        listed = await client.request("scholiast/adapters", {})
        assert (listed["engine"], listed["model"], listed["adapters"][0]["fits"]) == ("extractive", None, None)
        await client.request("scholiast/selectAdapter", {"name": "style"})
        assert (await client.request("scholiast/status", {}))["adapter"] is None, "nothing is written under it"
        assert (await ask(client))[0] is None
        outside = {"textDocument": {"uri": tmp_path.as_uri() + "/x.py"}}
        with pytest.raises(ServerError, match=r"outside|folder"):
            await client.request("scholiast/adapters", outside)


async def test_code_is_completed_under_the_adapter_for_it(
    workspace: Path, connect: Connect, model: Path, registry: Registry, tmp_path: Path
) -> None:
    add(registry, tmp_path, "style", model, ("complete",))
    options = {"model": {"fimPath": str(model), "threads": 1}}
    at = {"line": 11, "character": 4}
    async with connect(workspace, initializationOptions=options) as client:
        uri = client.open(workspace / "src/kiln/views.py")

        async def completed() -> Any:
            params = {"textDocument": {"uri": uri}, "position": at, "context": {"triggerKind": 1}}
            found = await client.request("textDocument/inlineCompletion", params)
            return found and found["items"][0]["insertText"]

        plain = await completed()
        await client.request("scholiast/selectAdapter", {"name": "style"})
        styled = await completed()
        (tmp_path / "style.gguf").write_bytes(b"GGUF")
        assert styled != plain and await completed() == plain, "without it the model completes as it is"


async def change_model(client: Client, path: Path) -> None:
    client.notify("workspace/didChangeConfiguration", {"settings": settings(path)})

    async def is_set() -> bool:
        return bool((await client.request("scholiast/adapters", {}))["model"] == path.name)

    await eventually(is_set, path.name)


async def test_a_server_outlives_hostile_models(workspace: Path, connect: Connect, model: Path, tmp_path: Path) -> None:
    chosen = [REFUSED[4], *(each for each in UNLOADABLE if each.name in ("not-a-number", "million-layers", "vast"))]
    chosen += [each for each in TEMPLATES if each.name in ("swells", "broken-template")]
    assert len(chosen) >= 5
    async with connect(workspace, initializationOptions=settings(model)) as client:
        plain = await ask(client)
        for hostile in chosen:
            path = tmp_path / f"{hostile.name}.gguf"
            hostile.make(path)
            await change_model(client, path)
            with pytest.raises(ServerError, match=hostile.told) as error:
                await client.request("scholiast/ask", {"question": QUESTION})
            assert error.value.code == REQUEST_FAILED
            assert (await client.search("session cookie"))[0]
        await change_model(client, model)
        assert await ask(client) == plain
