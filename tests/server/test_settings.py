"""Settings: which layer holds, what each may say, and that the documentation is fresh."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from scholiast_server.errors import SettingsError
from scholiast_server.settings import Layer, Settings, all_settings, load_settings, merged, user_file


def test_without_anything_said_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings()


def test_options_win_over_environment_over_workspace_over_user(tmp_path: Path) -> None:
    (tmp_path / "scholiast").mkdir()
    (tmp_path / "scholiast" / "config.toml").write_text("[search]\nlimit = 2\n[terminal]\ncolor = 'never'\n")
    (tmp_path / ".scholiast.toml").write_text("[search]\nlimit = 3\n")
    home = {"XDG_CONFIG_HOME": str(tmp_path)}
    with_variable = {**home, "SCHOLIAST_SEARCH_LIMIT": "4"}
    assert load_settings(None, home).search.limit == 2
    assert load_settings(tmp_path, home).search.limit == 3
    assert load_settings(tmp_path, with_variable).search.limit == 4
    assert load_settings(tmp_path, with_variable, {"search.limit": 5}).search.limit == 5
    assert load_settings(tmp_path, with_variable, {"search.limit": None}).search.limit == 4
    assert load_settings(tmp_path, home).terminal.color == "never"


def check(values: Mapping[str, Any], told: str, *, is_workspace: bool = False, is_text: bool = False) -> None:
    with pytest.raises(SettingsError) as caught:
        merged([Layer("here.toml", values, is_workspace, is_text)])
    assert str(caught.value).startswith("here.toml: ")
    assert told in str(caught.value)


def test_what_is_no_setting_is_named_with_its_place() -> None:
    check({"serch": {"limit": 1}}, "serch is no section of settings.\n  Sections: index, search, answer, model, ")
    check({"search": {"limt": 1}}, "search.limt is no setting.\n  Did you mean search.limit?")
    check({"index": {"zzz": 1}}, "In [index] there is: vectors, files_max.")
    check({"search": 3}, "Write [search]")
    check({"search": {"limit": "3"}}, "search.limit can't be '3'.\n  It may be: whole number from 1 to 1000.")
    check({"search": {"limit": 0}}, "can't be 0")
    check({"search": {"limit": "many"}}, "can't be 'many'", is_text=True)
    check({"index": {"vectors": "cosine"}}, "It may be: auto, exact, hnsw.")


def test_switches_are_said_in_the_words_of_environments() -> None:
    for means, words in ((True, ("1", "true", "yes", "On")), (False, ("0", "false", "no", "OFF"))):
        for word in words:
            assert merged([Layer("env", {"editor": {"code_lens": word}}, is_text=True)]).editor.code_lens is means
    check({"editor": {"hover": "perhaps"}}, "can't be 'perhaps'.\n  It may be: true, false.", is_text=True)
    check({"editor": {"hover": "yes"}}, "can't be 'yes'")
    check({"editor": {"hover": 1}}, "can't be 1")


def test_a_workspace_sets_only_what_does_no_harm() -> None:
    check({"terminal": {"color": "always"}}, "SCHOLIAST_TERMINAL_COLOR", is_workspace=True)
    assert merged([Layer("here.toml", {"index": {"vectors": "hnsw"}}, is_workspace=True)]).index.vectors == "hnsw"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[search\n", "not valid TOML"),
        (b"\xff\xfe", "not valid TOML"),
        (b"#" * 200_000, "larger than"),
        (b"a = " + b"[" * 15_000, "nested too deeply"),
        (b"a = " + b"[" * 8_000 + b"]" * 8_000, "nested too deeply"),
    ],
)
def test_a_file_that_can_not_be_read_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / ".scholiast.toml").write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {})
    assert str(caught.value).startswith(f"{tmp_path}/.scholiast.toml is {told}")


@pytest.mark.parametrize(
    "value", [b".a" * 9_000 + b" = 1", b" = '" + b"long " * 3_000 + b"'", b" = [[[[[[[[[[1]]]]]]]]]]"]
)
def test_a_value_that_can_not_be_is_told_in_short(tmp_path: Path, value: bytes) -> None:
    (tmp_path / ".scholiast.toml").write_bytes(b"search.limit" + value)
    told = "whole number from 1 to 1000|nested too deeply"  # Python 3.13 reads no 9,000 levels
    with pytest.raises(SettingsError, match=told) as caught:
        load_settings(tmp_path, {})
    assert len(str(caught.value)) < len(str(tmp_path)) + 250


@pytest.mark.skipif(sys.platform == "win32", reason="links are others there")
def test_a_file_that_leads_round_in_a_circle_is_none(tmp_path: Path) -> None:
    (tmp_path / ".scholiast.toml").symlink_to(".scholiast.toml")
    assert load_settings(tmp_path, {}) == Settings()


@pytest.mark.skipif(sys.platform != "linux", reason="the system's own folder of processes")
def test_a_file_that_nobody_may_look_at_is_told(tmp_path: Path) -> None:
    (tmp_path / ".scholiast.toml").symlink_to("/proc/1/root/x")
    with contextlib.suppress(SettingsError):  # who may look there finds nothing
        assert load_settings(tmp_path, {}) == Settings()


def test_the_users_file_lies_where_systems_keep_settings() -> None:
    cases = [
        ({"XDG_CONFIG_HOME": "/x", "HOME": "/home/ada"}, Path("/x/scholiast/config.toml")),
        ({"HOME": "/home/ada"}, Path("/home/ada/.config/scholiast/config.toml")),
        ({}, None),
    ]
    assert [user_file(environment) for environment, _ in cases] == [path for _, path in cases]


def test_every_setting_is_described() -> None:
    settings = list(all_settings())
    assert len(settings) >= 6
    for setting in settings:
        assert setting.description.endswith("."), setting.key
        assert merged([Layer("env", _nested(setting.key, setting.default), is_text=True)]) == Settings()


def _nested(key: str, value: str) -> dict[str, dict[str, str]]:
    section, _, name = key.partition(".")
    return {section: {name: value}}
