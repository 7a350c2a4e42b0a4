"""Where an index lies when its first choice can't be written, and who may own that place."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.indexer.index.conftest import World

from scholiast_indexer.errors import StorageError
from scholiast_indexer.index import Index, reset_index
from scholiast_indexer.location import (
    FOLDER,
    KEY_BYTES,
    can_write_in,
    existing_index_directory,
    index_directory,
    machine_key,
)

ROOT = Path("/somewhere/project")


def refuse(*places: str) -> Callable[[Path], bool]:
    return lambda directory: not any(place in directory.as_posix() for place in places)


def chosen(environment: dict[str, str], *refused: str) -> str:
    directory = index_directory(ROOT, environment, refuse(*refused)).as_posix()
    temporary = Path(tempfile.gettempdir()).as_posix()
    return directory.replace(temporary, "TMP").replace(f"-{os.getuid()}", "-USER")


CHOICES: list[tuple[dict[str, str], tuple[str, ...], str]] = [
    ({}, (), "/somewhere/project/.scholiast"),
    ({"SCHOLIAST_INDEX_DIR": "/index/here"}, (), "/index/here"),
    ({"HOME": "/home/me"}, ("/somewhere",), "/home/me/.cache/scholiast/project-DIGEST"),
    ({"HOME": "/home/me", "XDG_CACHE_HOME": "/cache"}, ("/somewhere",), "/cache/scholiast/project-DIGEST"),
    ({"LOCALAPPDATA": "/local"}, ("/somewhere",), "/local/scholiast/project-DIGEST"),
    ({}, ("/somewhere",), "TMP/scholiast-USER/project-DIGEST"),
    ({"HOME": "/home/me"}, ("/somewhere", "/home"), "TMP/scholiast-USER/project-DIGEST"),
]


@pytest.mark.parametrize(("environment", "refused", "expected"), CHOICES)
def test_the_first_place_that_can_be_written_is_taken(
    environment: dict[str, str], refused: tuple[str, ...], expected: str
) -> None:
    digest = index_directory(ROOT, {}, refuse("/somewhere")).name.removeprefix("project-")
    assert chosen(environment, *refused) == expected.replace("DIGEST", digest)


def test_no_place_at_all_is_an_error_that_names_those_tried() -> None:
    with pytest.raises(StorageError, match=r"tried /somewhere/project/\.scholiast, .*Set SCHOLIAST_INDEX_DIR"):
        index_directory(ROOT, {}, lambda _: False)


def test_a_home_mark_without_a_home_is_a_folder_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert index_directory(ROOT, {"SCHOLIAST_INDEX_DIR": "~/index"}, lambda _: True) == tmp_path / "index"


def test_a_folder_below_the_temporary_one_must_be_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ours = tmp_path / "scholiast-1" / "project"
    assert can_write_in(ours)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "scholiast-2").symlink_to(tmp_path / "elsewhere")
    assert not can_write_in(tmp_path / "scholiast-2" / "project")


def test_the_key_of_this_user_is_made_once_and_kept(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    assert machine_key(environment) == machine_key(environment)
    assert len(machine_key(environment)) == KEY_BYTES
    kept = tmp_path / ".cache" / "scholiast" / "key"
    assert [path.name for path in kept.parent.iterdir()] == ["key"]
    assert kept.stat().st_mode & 0o077 == 0


def test_without_a_home_the_key_lasts_as_long_as_the_process() -> None:
    assert machine_key({}) != machine_key({})


def test_a_folder_that_is_not_there_is_told_to_be_made(world: World, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=f"Make the folder {tmp_path / 'deep'}, or move the index"):
        Index.open(world.root, directory=tmp_path / "deep" / "index")


def test_a_folder_in_the_place_of_the_database_is_told_to_be_deleted(world: World, tmp_path: Path) -> None:
    (tmp_path / "index" / "index.db").mkdir(parents=True)
    with pytest.raises(StorageError, match=r"index\.db is a folder: delete it, or move the index"):
        Index.open(world.root, directory=tmp_path / "index")


@pytest.mark.parametrize("below", [".", "part"])
@pytest.mark.parametrize("settings", [[], ["index.version=4"], ["core.splitIndex=true"]])
def test_an_index_that_came_with_the_repository_is_not_used(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str, settings: list[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    world.write("part/more.py", "def more():\n    return 1\n")
    root = world.root / below
    with Index.open(root) as index:
        index.update()
        assert index.directory == root / FOLDER, "nobody has added it yet"
    brought = {path: path.read_bytes() for path in (root / FOLDER).rglob("*") if path.is_file()}
    options = [part for setting in settings for part in ("-c", setting)]
    for arguments in (["init", "-q"], ["add", "src"], ["add", "-f", f"{below}/{FOLDER}/index.db"]):
        subprocess.run(["git", *options, *arguments], cwd=world.root, check=True)
    with Index.open(root) as index:
        assert index.directory.is_relative_to(tmp_path / "home") and index.counts() == (0, 0)
        index.update()
        assert index.search("more")[0].path.endswith("more.py")
    assert existing_index_directory(root) == index.directory
    assert {path: path.read_bytes() for path in (root / FOLDER).rglob("*") if path.is_file()} == brought


def test_an_index_below_a_folder_that_git_tracks_is_used(world: World) -> None:
    (world.root / "part" / FOLDER).mkdir(parents=True)
    (world.root / "part" / FOLDER / "note.txt").write_text("an index of something else")
    for arguments in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *arguments], cwd=world.root, check=True)
    with Index.open(world.root) as index:
        assert index.directory == world.directory


def test_an_index_keeps_itself_out_of_git(index: Index) -> None:
    assert (index.directory / ".gitignore").read_text() == "*\n"


def test_asking_where_an_index_lies_makes_nothing(world: World) -> None:
    assert existing_index_directory(world.root) is None
    assert not world.directory.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("link", ["", "lexical", "index.db", "vectors.bin", ".gitignore", "lexical/meta.json", "lock"])
def test_nothing_is_written_where_a_link_of_the_workspace_leads(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    precious = dict.fromkeys(("keep.txt", "lexical/keep.txt"), "precious")
    for path, text in precious.items():
        (tmp_path / "elsewhere" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "elsewhere" / path).write_text(text)
    (world.directory / link).parent.mkdir(parents=True, exist_ok=True)
    (world.directory / link).symlink_to(tmp_path / "elsewhere")
    with Index.open(world.root) as index:
        index.update()
        assert index.search("retry_request")[0].path == "src/retry.py"
        assert index.directory.is_relative_to(tmp_path / "home")
    assert existing_index_directory(world.root) == index.directory
    reset_index(index.directory)
    found = {path for path in (tmp_path / "elsewhere").rglob("*") if path.is_file()}
    assert {path.relative_to(tmp_path / "elsewhere").as_posix(): path.read_text() for path in found} == precious


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes with names")
def test_a_pipe_in_the_place_of_a_file_holds_nobody_up(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    world.directory.mkdir()
    os.mkfifo(world.directory / "index.db")
    with Index.open(world.root) as index:
        assert index.directory.is_relative_to(tmp_path / "cache")


IN_NAMESPACE = """
import os, sys
from pathlib import Path
from scholiast_indexer import open_index
root = Path(sys.argv[1])
with open_index(root) as index:
    report = index.update()
    print(index.directory)
    print(report.files, index.search("retry_request")[0].path, (root / ".scholiast").exists())
"""


@pytest.mark.parametrize("has_home", [True, False])
def test_a_read_only_workspace_has_its_index_in_the_cache(world: World, tmp_path: Path, has_home: bool) -> None:
    work, home = str(world.root), str(tmp_path / "home")
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("HOME")
    if has_home:
        environment["HOME"] = home
    mount = f"mount --bind {work} {work} && mount -o remount,ro,bind {work}"
    done = in_namespace(
        f'{mount} && exec {sys.executable} -c "$SCRIPT" {work}', {**environment, "SCRIPT": IN_NAMESPACE}
    )
    directory, said = done.splitlines()
    assert directory.startswith(f"{home}/.cache/scholiast/work-" if has_home else f"{tmp_path}/scholiast-")
    assert said == "4 src/retry.py False"


def in_namespace(command: str, environment: dict[str, str]) -> str:
    """What a shell command prints that may mount what it likes."""
    unshare = ["unshare", "--mount", "--map-root-user"]
    try:
        can = (
            subprocess.run([*unshare, "mount", "--make-rprivate", "/"], capture_output=True, check=False).returncode
            == 0
        )
    except OSError:
        can = False
    if not can:
        pytest.skip("mounting needs Linux with user namespaces")
    done = subprocess.run(
        [*unshare, "sh", "-ec", command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
