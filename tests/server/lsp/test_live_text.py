"""Text that is open in the editor is seen as it is there, saved or not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.server.lsp.client import Client
from tests.server.lsp.conftest import PROFILES, Connect, position_of, range_of

from scholiast_server.lsp.limits import DOCUMENT_BYTES_MAX

PLACE = "src/kiln/cookies.py"


async def _until_defined(client: Client, name: str, *, found: bool = True) -> dict[str, Any]:
    """Wait until a definition is found, or until it is not."""
    definition = f"def {name}("
    hits = await client.until_found(name, lambda hits: any(definition in hit["text"] for hit in hits) is found)
    return next((hit for hit in hits if definition in hit["text"]), {})


@pytest.mark.parametrize("profile", PROFILES)
async def test_it_is_found_until_it_is_saved_or_closed(
    profile: Mapping[str, Any], own_workspace: Path, connect: Connect
) -> None:
    path = own_workspace / PLACE
    text = path.read_text()
    async with connect(own_workspace, capabilities=profile) as client:
        await _until_defined(client, "retry_request")
        uri = client.open(path)
        name = range_of(text, "retry_request", profile)
        client.change(uri, 2, {"range": name, "text": "ask_again"})
        hit = await _until_defined(client, "ask_again")
        assert (hit["uri"], hit["path"]) == (uri, PLACE)
        await _until_defined(client, "retry_request", found=False)

        client.tell("didClose", uri)  # without a save: the file holds again
        await _until_defined(client, "retry_request")
        await _until_defined(client, "ask_again", found=False)

        client.open(path, text.replace("retry_request", "knock_twice"))
        await _until_defined(client, "knock_twice")
        path.write_text(text.replace("retry_request", "knock_twice"))
        client.tell("didSave", uri)
        client.tell("didClose", uri)
        await _until_defined(client, "knock_twice")
        path.write_text(text.replace("retry_request", "knock_thrice"))
        await _until_defined(client, "knock_thrice")

        new = client.open(own_workspace / "src/not_there_yet.py", "def hover_in_the_air():\n    pass\n")
        assert (await _until_defined(client, "hover_in_the_air"))["uri"] == new
        ignored = client.open(own_workspace / ".env", "SECRET_OF_THE_USER = 1\n", "shellscript")
        client.tell("didClose", new)
        await _until_defined(client, "hover_in_the_air", found=False)
        assert all(hit["uri"] != ignored for hit in await client.search("SECRET_OF_THE_USER"))
        assert await client.shut_down() == 0
        assert client.shown() == []


@pytest.mark.parametrize("profile", PROFILES)
async def test_any_edit_is_applied_where_it_belongs(
    profile: Mapping[str, Any], own_workspace: Path, connect: Connect
) -> None:
    """CRLF, characters beyond the first plane, several changes at once, positions that are none."""
    path = own_workspace / "src/edits.py"
    text = 'def first_one():\r\n    return "😀𝔘é"\r\n\r\n\r\ndef second_one():\r\n    return "x"'
    async with connect(own_workspace, capabilities=profile) as client:
        uri = client.open(path, text)
        await _until_defined(client, "first_one")
        after = text.replace("first_one", "one_𝔘")
        client.change(
            uri,
            2,
            {"range": range_of(text, "first_one", profile), "text": "one_𝔘"},
            {"range": range_of(after, "é", profile), "text": "é😀\r\n"},
        )
        after = after.replace("é", "é😀\r\n")
        await _until_defined(client, "one_𝔘")
        end = position_of(f"{after}\0", "\0", profile)
        beyond = {"line": end["line"], "character": end["character"] + 50}
        client.change(uri, 3, {"range": {"start": beyond, "end": beyond}, "text": "\n\n\ndef at_the_end():\n    pass"})
        after += "\n\n\ndef at_the_end():\n    pass"
        hit = await _until_defined(client, "at_the_end")
        assert after.replace("\r\n", "\n").endswith(hit["text"].replace("\r\n", "\n").rstrip("\n"))
        assert hit["range"]["end"] == position_of(f"{after}\0", "\0", profile), "the last line has no terminator"

        far = {"line": 10**6, "character": 10**6}
        backwards = {"start": {"line": 1, "character": 4}, "end": {"line": 0, "character": 0}}
        client.change(uri, 4, {"range": {"start": far, "end": far}, "text": "\n\n\ndef far_away():\n    pass\n"})
        await _until_defined(client, "far_away")
        client.change(uri, 5, {"range": backwards, "text": "import os\n"})
        await _until_defined(client, "one_𝔘", found=False)
        for odd in ([], [{"range": None, "text": "x"}], [{"text": 3}], [{"range": {}, "text": ""}], [None], None):
            client.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 6}, "contentChanges": odd})
        client.change(uri, 2, "an older version comes late\n")
        client.change(uri, 7, "def whole_again():\n    pass\n")
        await _until_defined(client, "whole_again")
        for what in ("didChange", "didSave", "didClose"):
            params = {"textDocument": {"uri": f"{uri}x", "version": 1}, "contentChanges": []}
            client.notify(f"textDocument/{what}", params)
        assert await client.shut_down() == 0
        assert client.shown() == []


async def test_a_document_of_ten_megabytes_is_left_alone(own_workspace: Path, connect: Connect) -> None:
    path = own_workspace / PLACE
    async with connect(own_workspace) as client:
        uri = client.open(path, "def huge_one():\n    pass\n" + "# filling it up to the brim\n" * 370_371)
        assert len("# filling it up to the brim\n") * 370_371 > DOCUMENT_BYTES_MAX
        origin = {"line": 0, "character": 0}
        client.change(uri, 2, {"range": {"start": origin, "end": origin}, "text": "def still_huge():\n    pass\n\n\n"})
        await _until_defined(client, "retry_request")
        assert all("def huge_one" not in hit["text"] for hit in await client.search("huge_one"))
        client.change(uri, 3, "def small_again():\n    pass\n")
        await _until_defined(client, "small_again")
        await _until_defined(client, "retry_request", found=False)
        assert await client.shut_down() == 0
        assert client.shown() == []


async def test_lone_surrogates_are_text_like_any_other(own_workspace: Path, connect: Connect) -> None:
    """JavaScript has strings that are no Unicode; JSON carries them as escapes."""
    async with connect(own_workspace) as client:
        client.open(own_workspace / "src/odd.py", 'def odd_one():\n    return "\ud83d"\n')
        hit = await _until_defined(client, "odd_one")
        assert "odd_one" in hit["text"]
        for query in ("\ud83d", "odd_one \udc00", "\ud83d\ud83d x"):
            await client.search(query)
        assert client.shown() == []
