"""docs/protocol.md describes every method and command that the server speaks, and its examples are what is taken."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lsprotocol import types

from scholiast_server.lsp import wire
from scholiast_server.lsp.features import register
from scholiast_server.lsp.server import STATUS_CHANGED, Server

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)]
STRUCTS = [
    kind
    for _, kind in inspect.getmembers(wire, inspect.isclass)
    if issubclass(kind, msgspec.Struct) and kind.__module__ == wire.__name__
]
SENT = ("scholiast/answerDelta", STATUS_CHANGED)
"""Methods that the server calls itself."""
PARAMS: dict[str, type[msgspec.Struct]] = {
    "scholiast/adapters": wire.AdaptersParams,
    "scholiast/ask": wire.AskParams,
    "scholiast/feedback": wire.FeedbackParams,
    "scholiast/search": wire.SearchParams,
    "scholiast/selectAdapter": wire.SelectAdapterParams,
    "scholiast/status": wire.StatusParams,
}


@pytest.fixture(scope="module")
def server() -> Server:
    """With all its features."""
    made = Server()
    register(made)
    return made


def test_every_method_is_described(server: Server) -> None:
    methods = sorted(server.protocol.fm.features)
    assert len(methods) > 15
    assert [method for method in (*methods, *SENT) if f"`{method}`" not in PAGE and f"### {method}" not in PAGE] == []


def test_own_methods_have_an_example(server: Server) -> None:
    own = [method for method in server.protocol.fm.features if method.startswith("scholiast/")]
    assert {*own, *SENT} == {example["method"] for example in EXAMPLES if example["method"].startswith("scholiast/")}
    assert {*own} == {*PARAMS}, "each has its params here"


def test_no_method_is_made_up(server: Server) -> None:
    known = {*server.protocol.fm.features, *SENT}
    described = set(re.findall(r"(?:`|### )(scholiast/\w+)", PAGE))
    assert described <= known
    standard = {types.WORKSPACE_EXECUTE_COMMAND, types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS}
    assert {example["method"] for example in EXAMPLES} <= known | standard


def test_every_command_is_described_with_its_arguments(server: Server) -> None:
    rows = dict(re.findall(r"^\| `(scholiast\.\w+)` \|(.*?)\|", PAGE, re.M))
    assert sorted(rows) == sorted(server.protocol.commands)
    for kind in STRUCTS:
        for command in re.findall(r"`(scholiast\.\w+)`", kind.__doc__ or ""):
            fields = [(field.encode_name, field.required) for field in msgspec.structs.fields(kind)]
            found = [(name, not optional) for name, optional in re.findall(r"`(\w+)`(\?)?", rows[command])]
            assert found == fields, command


@pytest.mark.parametrize("kind", STRUCTS, ids=lambda kind: str(kind.__name__))
def test_every_field_on_the_wire_is_mentioned(kind: type[msgspec.Struct]) -> None:
    fields = [field.encode_name for field in msgspec.structs.fields(kind)]
    assert [name for name in fields if f"`{name}`" not in PAGE and f'"{name}"' not in PAGE] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["method"]))
def test_examples_are_what_the_server_takes(example: dict[str, Any]) -> None:
    kind = PARAMS.get(example["method"])
    if kind is None:
        assert set(example) <= {"method", "params", "result"}
        return
    taken = wire.taken(example["params"], kind)
    assert set(example["params"]) == {field.encode_name for field in msgspec.structs.fields(kind)}, "all are shown"
    assert msgspec.to_builtins(taken) == example["params"]
