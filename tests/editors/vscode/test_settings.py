"""The settings of the VS Code extension are those of the server."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from scholiast_server.lsp.configuration import settings_from
from scholiast_server.settings import Setting, all_settings

SCRIPT = Path(__file__).parents[3] / "editors" / "vscode" / "scripts" / "settings.py"
MANIFEST_FILE = SCRIPT.parents[1] / "package.json"
MANIFEST: dict[str, Any] = json.loads(MANIFEST_FILE.read_text("utf-8"))
OFFERED: dict[str, dict[str, Any]] = {
    name: value for section in MANIFEST["contributes"]["configuration"] for name, value in section["properties"].items()
}
RESTRICTED = MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
SETTINGS = [setting for setting in all_settings() if setting.section != "terminal"]
OWN = {"scholiast.server.path", "scholiast.server.python", "scholiast.trace.server"}


def offered_name(setting: Setting) -> str:
    return "scholiast." + re.sub(r"_(\w)", lambda match: match[1].upper(), setting.key)


def test_they_are_fresh() -> None:
    script = runpy.run_path(str(SCRIPT))
    text = MANIFEST_FILE.read_text("utf-8")
    fresh = script["with_settings"](text, script["SCHEMA"].read_text("utf-8"))
    assert text == fresh, "run: python editors/vscode/scripts/settings.py"


def test_each_setting_of_the_server_is_offered_and_no_other() -> None:
    assert {offered_name(setting) for setting in SETTINGS} == set(OFFERED) - OWN


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.key))
def test_a_setting_is_offered_as_the_server_has_it(setting: Setting) -> None:
    offered = OFFERED[offered_name(setting)]
    default = offered["default"]
    assert (str(default).lower() if isinstance(default, bool) else str(default)) == setting.default
    assert offered["markdownDescription"] == setting.description
    assert (offered["scope"] == "resource") is setting.workspace
    assert (offered_name(setting) in RESTRICTED) is not setting.workspace


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.key))
def test_what_is_offered_is_what_the_server_takes(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(SCRIPT.parent / "none"))
    offered = OFFERED[offered_name(setting)]
    values = offered.get(
        "enum", [offered.get("minimum", offered["default"]), offered.get("maximum", offered["default"])]
    )
    for value in values:
        settings = settings_from(None, [{offered_name(setting): value}])
        section, _, name = setting.key.partition(".")
        assert getattr(getattr(settings, section), name) == value


def test_which_program_is_started_is_not_for_a_folder_to_say_that_is_not_trusted() -> None:
    assert "scholiast.server.path" in RESTRICTED
    assert OFFERED["scholiast.server.python"]["scope"] == "machine", "no folder may name it at all"
