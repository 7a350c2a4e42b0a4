"""Adapters are registered whole or not at all, whoever writes at the same time, and none is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from scholiast_server.adapters.manifest import FORMAT, TASKS, Manifest, checked_name, decoded, encoded
from scholiast_server.adapters.registry import Damaged, Registry, UnknownAdapterError
from scholiast_server.errors import AdapterError
from scholiast_server.userdata import data_folder

if TYPE_CHECKING:
    from tests.server.adapters.conftest import Shelf

STYLE = Manifest("style", "/models/style.gguf", "0" * 64, 100, "llama", 8, 16.0, 1.0, TASKS)


def named(name: str) -> Manifest:
    return msgspec.structs.replace(STYLE, name=name)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "data")


def test_what_is_added_is_found_until_it_is_removed(registry: Registry) -> None:
    assert registry.entries() == []
    for name in ("terse", "style"):
        registry.add(named(name))
    assert registry.get("style") == STYLE
    assert [entry.name for entry in registry.entries()] == ["style", "terse"]
    registry.remove("style")
    assert [entry.name for entry in registry.entries()] == ["terse"]


def test_a_name_is_given_once_unless_it_is_to_be_replaced(registry: Registry) -> None:
    registry.add(STYLE)
    other = msgspec.structs.replace(STYLE, file="/else.gguf")
    with pytest.raises(AdapterError, match="there is an adapter style already"):
        registry.add(other)
    assert registry.get("style") == STYLE
    registry.add(other, replace=True)
    assert registry.get("style") == other


def test_a_name_that_is_none_is_told_with_those_that_come_close(registry: Registry) -> None:
    with pytest.raises(UnknownAdapterError, match=r"no adapter 'style'\.\n  Add one: scholiast adapters add"):
        registry.get("style")
    registry.add(STYLE)
    with pytest.raises(UnknownAdapterError, match=r"Did you mean style\?"):
        registry.get("stile")
    with pytest.raises(UnknownAdapterError, match=r"There are: style\."):
        registry.remove("quite-different")


@pytest.mark.parametrize("name", ["", "none", "Any", "../evil", "a/b", ".hidden", "a:b", "a,b", "x" * 65, "ends.", "ü"])
def test_what_can_not_be_a_name_leads_nowhere(name: str, registry: Registry) -> None:
    with pytest.raises(AdapterError, match="can't be an adapter's name"):
        checked_name(name)
    for act in (registry.get, registry.remove):
        with pytest.raises(UnknownAdapterError):
            act(name)


DAMAGED = [
    (b"", "is damaged"),
    (b"{", "is damaged"),
    (b"\xff\xfe", "is damaged"),
    (b"[]", "is damaged"),
    (b'{"name": "style"}', "is damaged: .*missing required field `file`"),
    (encoded(STYLE)[:-40], "is damaged"),
    (encoded(named("other")), "is damaged: it is about other"),
    (encoded(msgspec.structs.replace(STYLE, scale=1e9)), "is damaged"),
    (encoded(msgspec.structs.replace(STYLE, tasks=())), "is damaged"),
    (b" " * 100_000, "is larger than 65,536 bytes"),
    (encoded(msgspec.structs.replace(STYLE, format=FORMAT + 1)), r"written by a newer version \(format 2; this one"),
]


@pytest.mark.parametrize(("content", "told"), DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_manifest_costs_itself_alone(content: bytes, told: str, registry: Registry) -> None:
    registry.add(named("terse"))
    registry.add(STYLE)
    path = _manifest(registry, "style")
    path.write_bytes(content)
    damaged, sound = registry.entries()
    assert isinstance(damaged, Damaged) and damaged.name == "style" and sound == named("terse")
    with pytest.raises(AdapterError, match=told) as error:
        registry.get("style")
    assert "scholiast adapters add FILE --name style --replace" in str(error.value)
    with pytest.raises(AdapterError, match="already"):
        registry.add(STYLE)
    assert path.read_bytes() == content, "nobody writes over what can't be read"
    registry.add(STYLE, replace=True)
    assert registry.get("style") == STYLE


def test_a_manifest_that_can_not_be_read_is_told(registry: Registry) -> None:
    registry.add(STYLE)
    _manifest(registry, "style").unlink()
    _manifest(registry, "style").mkdir()
    with pytest.raises(AdapterError, match="can't be read: Is a directory"):
        registry.get("style")


def test_keys_of_later_versions_of_the_same_format_are_left_aside() -> None:
    known = json.loads(encoded(STYLE)) | {"colour": "blue"}
    assert decoded(json.dumps(known).encode()) == STYLE


def test_other_files_beside_manifests_are_left_alone(registry: Registry) -> None:
    registry.add(STYLE)
    folder = _manifest(registry, "style").parent
    for name in (".half.json.new", ".hidden.json", "notes.txt", "a b.json"):
        (folder / name).write_text("{")
    assert registry.entries() == [STYLE]


WRITER = """
import sys
from pathlib import Path
import msgspec
from scholiast_server.adapters.manifest import TASKS, Manifest
from scholiast_server.adapters.registry import Registry
from scholiast_server.adapters.selection import change_selection

folder, number = Path(sys.argv[1]), sys.argv[2]
registry = Registry(folder)
made = Manifest("shared", "/x.gguf", "0" * 64, 1, "llama", 8, 16.0, 1.0, TASKS)
for place in range(8):
    name = f"adapter-{number}-{place}"
    registry.add(msgspec.structs.replace(made, name=name))
    registry.add(msgspec.structs.replace(made, file=name), replace=True)
    change_selection(folder, name, places=("ask",), root=Path("/work") / name)
    assert all(entry.file for entry in registry.entries()), "no reader sees half of one"
"""


def test_many_processes_at_once_lose_nothing(registry: Registry) -> None:
    assert registry.folder is not None
    command = [sys.executable, "-c", WRITER, str(registry.folder)]
    running = [subprocess.Popen([*command, str(number)]) for number in range(4)]
    assert [process.wait(120) for process in running] == [0] * 4
    assert len(registry.entries()) == 4 * 8 + 1
    selection = json.loads((registry.folder / "selection.json").read_text())
    assert len(selection["workspaces"]) == 4 * 8
    left = {path.name for path in registry.folder.rglob("*") if path.name.endswith(".new")}
    assert left == set()


def test_without_a_home_there_are_none_and_none_can_be_added() -> None:
    assert data_folder({}) is None
    registry = Registry()
    registry.folder = None
    assert registry.entries() == []
    with pytest.raises(UnknownAdapterError):
        registry.get("style")
    with pytest.raises(AdapterError, match="no home folder"):
        registry.add(STYLE)


def test_the_folder_is_the_users_own_for_data() -> None:
    assert data_folder({"XDG_DATA_HOME": "/d", "HOME": "/h"}) == Path("/d/scholiast")
    assert data_folder({"HOME": "/h"}) == Path("/h/.local/share/scholiast")
    assert data_folder({"LOCALAPPDATA": "/l"}) == Path("/l/scholiast")


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    registry = Registry(tmp_path / "file" / "data")
    assert registry.entries() == []
    with pytest.raises(AdapterError, match="can't be written: Not a directory"):
        registry.add(STYLE)


def _manifest(registry: Registry, name: str) -> Path:
    assert registry.folder is not None
    return registry.folder / "adapters" / f"{name}.json"


def test_what_is_written_is_for_the_user_alone(registry: Registry) -> None:
    registry.add(STYLE)
    assert registry.folder is not None
    if os.name == "posix":
        assert registry.folder.stat().st_mode & 0o077 == 0


def test_a_shelf_of_real_adapters_is_one_of_manifests(shelf: Shelf) -> None:
    pytest.importorskip("gguf")
    made = shelf.add("style", scale=0.7, tasks=("ask",))
    assert shelf.registry.get("style") == made
    assert (made.rank, made.alpha, made.scale, made.architecture, made.tasks) == (4, 8.0, 0.7, "llama", ("ask",))
    assert made.base is not None and made.base.name == "tiny"
