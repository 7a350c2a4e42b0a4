"""The Lua that the project holds: its format, what is suspicious in it, and its types, where there are tools for that.

`apt-get install lua-check`, `npm install --prefix build/lua @johnnymorganz/stylua` and an `emmylua_ls` on the path are
such. Must not know what the plugin does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.editors.neovim.editor import HERE, PLUGIN, WAIT_S, neovims, version_of

PROJECT = HERE.parents[2]
NODE_MODULES = os.environ.get("NODE_PATH") or str(PROJECT / "build" / "lua" / "node_modules")
OWN = (PLUGIN, HERE)
NOT_CONFIGURED = {"configuration": False}
"""What has no `workspace` at all is told nothing by emmylua_ls 0.23: it never loads."""


def test_nothing_in_it_is_suspicious() -> None:
    luacheck = shutil.which("luacheck")
    if luacheck is None:
        pytest.skip("no luacheck: apt-get install lua-check")
    config = str(PLUGIN / ".luacheckrc")
    done = run(luacheck, "--no-color", "--quiet", "--config", config, *map(str, OWN))
    assert done.returncode == 0, done.stdout


def test_it_is_formatted() -> None:
    stylua, node = shutil.which("stylua"), shutil.which("node")
    settings = str(PLUGIN / "stylua.toml")
    if stylua:
        done = run(stylua, "--check", "--config-path", settings, *map(str, OWN))
    elif node and (Path(NODE_MODULES) / "@johnnymorganz" / "stylua").is_dir():
        done = run(node, str(HERE / "stylua.cjs"), settings, *map(str, OWN), NODE_PATH=NODE_MODULES)
    else:
        pytest.skip("no stylua: npm install --prefix build/lua @johnnymorganz/stylua")
    assert done.returncode == 0, done.stdout


def test_its_types_hold() -> None:
    server = shutil.which("emmylua_ls")
    if server is None:
        pytest.skip("no emmylua_ls, which checks the types of Lua, is on the path")
    if not neovims():
        pytest.skip("no Neovim, whose own types are needed")
    newest = max(neovims(), key=version_of)
    shown = run(newest, "--clean", "--headless", "+lua io.write(vim.env.VIMRUNTIME)", "+qall")
    with subprocess.Popen(
        [server],
        cwd=PLUGIN,
        env={**os.environ, "VIMRUNTIME": shown.stdout},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = threading.Timer(4 * WAIT_S, process.kill)  # which ends the wait for its messages
        deadline.start()
        try:
            problems = list(diagnosed(process, sorted(PLUGIN.rglob("*.lua"))))
        finally:
            deadline.cancel()
            process.kill()
    assert problems == []


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=4 * WAIT_S, check=False
    )


def diagnosed(process: subprocess.Popen[bytes], files: list[Path]) -> Iterator[str]:
    """What a language server finds wrong with files, a line each."""
    folder = {"uri": PLUGIN.as_uri(), "name": "plugin"}
    able = {"textDocument": {"diagnostic": {}}, "window": {"workDoneProgress": True}, "workspace": NOT_CONFIGURED}
    ask(
        process,
        "initialize",
        processId=os.getpid(),
        rootUri=folder["uri"],
        workspaceFolders=[folder],
        capabilities=able,
    )
    write(process, method="initialized", params={})
    wait_until_loaded(process)
    for file in files:
        opened = {"uri": file.as_uri(), "languageId": "lua", "version": 1, "text": file.read_text("utf-8")}
        write(process, method="textDocument/didOpen", params={"textDocument": opened})
        found = ask(process, "textDocument/diagnostic", textDocument={"uri": opened["uri"]})
        for item in found["items"]:
            line = item["range"]["start"]["line"] + 1
            yield f"{file.relative_to(PLUGIN)}:{line}: {item.get('code')}: {item['message']}"


def wait_until_loaded(process: subprocess.Popen[bytes]) -> None:
    """Before, it answers as if it knew no other file."""
    while (message := read(process)).get("method") != "$/progress" or message["params"]["value"]["kind"] != "end":
        if "method" in message and "id" in message:
            write(process, id=message["id"], result=None)


def ask(process: subprocess.Popen[bytes], method: str, **params: Any) -> Any:
    """The result of a request; what the server asks meanwhile is answered with nothing."""
    write(process, id=method, method=method, params=params)
    while (message := read(process)).get("id") != method or "method" in message:
        if "method" in message and "id" in message:
            write(process, id=message["id"], result=None)
    return message["result"]


def write(process: subprocess.Popen[bytes], **message: Any) -> None:
    assert process.stdin is not None
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    process.stdin.flush()


def read(process: subprocess.Popen[bytes]) -> dict[str, Any]:
    assert process.stdout is not None
    length = 0
    while line := process.stdout.readline().strip():
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    message: dict[str, Any] = json.loads(process.stdout.read(length))
    return message
