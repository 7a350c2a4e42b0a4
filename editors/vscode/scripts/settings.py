"""Writes the server's settings into package.json: python editors/vscode/scripts/settings.py

They come from docs/settings.schema.json, which is made from the tree of settings itself; tests/editors/vscode sees that
they are fresh. Must not know what a setting brings about.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).parents[1] / "package.json"
SCHEMA = Path(__file__).parents[3] / "docs" / "settings.schema.json"

LEFT_OUT = frozenset({"terminal"})
"""Sections for a terminal alone, which a language server does not read."""

OWN: dict[str, Any] = {
    "title": "Server",
    "properties": {
        "scholiast.server.path": {
            "type": "string",
            "default": "",
            "scope": "machine-overridable",
            "markdownDescription": "The program to start: the path of `scholiast`. Empty: the one in the workspace's "
            "virtual environment (`.venv`, `venv`, `env`) if you trust the workspace, else the one on `PATH`, else the "
            "one that this extension installed.",
        },
        "scholiast.server.python": {
            "type": "string",
            "default": "",
            "scope": "machine",
            "markdownDescription": "The Python, 3.10 or newer, to install the server with. Empty: one from `PATH`.",
        },
        "scholiast.trace.server": {
            "type": "string",
            "enum": ["off", "messages", "verbose"],
            "default": "off",
            "scope": "window",
            "markdownDescription": "What the output channel shows of the messages to and from the server.",
        },
    },
}
"""What is the extension's and not the server's."""


def main() -> None:
    MANIFEST.write_text(with_settings(MANIFEST.read_text("utf-8"), SCHEMA.read_text("utf-8")), "utf-8")


def with_settings(manifest: str, schema: str) -> str:
    """The manifest, with its settings as the schema has them, and what a folder that is not trusted may not set."""
    made = json.loads(manifest)
    sections = [OWN, *server_sections(json.loads(schema)["$defs"])]
    made["contributes"]["configuration"] = sections
    made["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"] = [
        name
        for section in sections
        for name, value in section["properties"].items()
        if value["scope"] == "machine-overridable"
    ]
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def server_sections(kinds: dict[str, Any]) -> list[dict[str, Any]]:
    """One section of VS Code's settings for each of the server's."""
    return [
        {
            "title": name.capitalize(),
            "properties": {
                f"scholiast.{name}.{camel_case(key)}": setting(value)
                for key, value in kinds[reference["$ref"].rpartition("/")[2]]["properties"].items()
            },
        }
        for name, reference in kinds["Settings"]["properties"].items()
        if name not in LEFT_OUT
    ]


def setting(schema: dict[str, Any]) -> dict[str, Any]:
    """One setting. What names a program, a model or a machine is of this machine, and is not for everybody to set."""
    rest = {key: value for key, value in schema.items() if key not in ("description", "x-workspace")}
    kind = {"type": "string"} if "type" not in rest else {}  # a choice of words has none in the schema
    scope = "resource" if schema.get("x-workspace", True) else "machine-overridable"
    return {**rest, **kind, "scope": scope, "markdownDescription": schema["description"]}


def camel_case(name: str) -> str:
    """`fim_path` → `fimPath`"""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


if __name__ == "__main__":
    main()
