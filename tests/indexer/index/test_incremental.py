"""An update does what changed, and no more."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from tests.indexer.index.conftest import FILES, CountingEmbedder, Run, World, content_of

from scholiast_indexer import open_index
from scholiast_indexer.index import Index
from scholiast_indexer.types import Progress


def test_a_first_update_embeds_every_chunk(world: World) -> None:
    with open_index(world.root) as index:
        report = index.update()
    assert (report.files, report.embedded, report.reused, report.removed) == (4, report.chunks, 0, 0)
    assert report.root == str(world.root)


def test_a_second_update_writes_nothing(index: Index, world: World) -> None:
    age(world)
    index.update()
    before = index.status().generation
    report = index.update()
    assert (report.embedded, report.reused) == (0, report.chunks)
    assert index.status().generation == before
    assert not index.is_stale()


@pytest.mark.parametrize("whole", [True, False])
def test_a_rename_embeds_nothing(index: Index, world: World, whole: bool) -> None:
    world.rename("src/cart.py", "lib/basket.py")
    report = index.update() if whole else index.update_paths(["src/cart.py", "lib/basket.py"])
    assert (report.embedded, report.removed) == (0, 1)
    assert {hit.path for hit in index.search("price of the cart", 1)} == {"lib/basket.py"}


def test_renaming_a_folder_is_seen_from_its_two_names(index: Index, world: World, tmp_path: Path) -> None:
    (world.root / "src").rename(world.root / "lib")
    assert index.update_paths(["./src/", "lib"]).embedded == 0
    assert content_of(index) == world.rebuilt(tmp_path / "clean")


def test_a_revert_embeds_nothing(index: Index, world: World) -> None:
    world.write("src/retry.py", "def other():\n    return 1\n")
    assert index.update().embedded == 1
    world.write("src/retry.py", FILES["src/retry.py"])
    assert index.update().embedded == 0
    assert index.search("retry_request")[0].path == "src/retry.py"


def test_switching_branches_and_back_embeds_nothing(world: World, git: Run) -> None:
    (world.root / ".gitignore").write_text(".scholiast\n")
    git(world.root, "init", "-q")
    git(world.root, "add", "-A")
    git(world.root, "commit", "-qm", "one")
    git(world.root, "switch", "-qc", "other")
    world.write("src/new.py", "def on_the_branch():\n    return 1\n")
    world.remove("src/cart.py")
    git(world.root, "add", "-A")
    git(world.root, "commit", "-qm", "two")
    with Index.open(world.root) as index:
        index.update()
        git(world.root, "switch", "-q", "main")
        assert index.update().embedded > 0
        for branch in ("other", "main"):
            git(world.root, "switch", "-q", branch)
            assert index.update().embedded == 0
        assert "src/cart.py" in index.paths()


def test_editing_one_function_embeds_its_chunk_alone(world: World) -> None:
    functions = [f"def function_{n}(argument):\n" + "    argument.call(argument, 1)\n" * 60 for n in range(12)]
    world.write("src/long.py", "\n\n".join(functions))
    embedder = CountingEmbedder()
    with Index.open(world.root, embedder) as index:
        index.update()
        embedder.texts.clear()
        functions[5] = functions[5].replace("argument, 1", "argument, 2")
        world.write("src/long.py", "\n\n".join(functions))
        report = index.update()
    assert report.embedded == len(embedder.texts)
    assert all("function_5" in text for text in embedder.texts)
    assert 1 <= report.embedded <= 2 < report.reused


@pytest.mark.parametrize("in_workers", [True, False])
def test_duplicates_are_embedded_once(tmp_path: Path, in_workers: bool) -> None:
    text = "def same(argument):\n    return argument\n"
    world = World(tmp_path / "work", {f"copy_{n}.py": text + ("\n" * (n % 2)) for n in range(8)})
    embedder = None if in_workers else CountingEmbedder()
    with Index.open(world.root, embedder) as index:
        report = index.update()
    assert report.embedded <= 2  # with and without an empty line at the end
    assert report.chunks == report.embedded + report.reused
    assert embedder is None or len(embedder.texts) == report.embedded


def test_the_same_bytes_in_two_languages_are_two_blobs(tmp_path: Path) -> None:
    world = World(tmp_path / "work", {"a.py": "x = 1\n", "a.rb": "x = 1\n"})
    with Index.open(world.root) as index:
        index.update()
        assert {hit.language for hit in index.search("x")} == {"python", "ruby"}


def test_an_empty_file_has_no_chunks(tmp_path: Path) -> None:
    world = World(tmp_path / "work", {"pkg/__init__.py": b"", "a.py": "x = 1\n"})
    with Index.open(world.root) as index:
        report = index.update()
        assert (report.files, report.chunks) == (2, 1)
        assert (index.read("pkg/__init__.py"), index.symbols("pkg/__init__.py")) == (b"", [])
        assert index.check() is None


def test_only_asked_for_paths_are_looked_at(index: Index, world: World) -> None:
    world.write("src/cart.py", "def changed():\n    return 1\n")
    world.write("web/session.js", "function alsoChanged() { return 1 }\n")
    index.update_paths(["web"])
    assert (index.read("src/cart.py") or b"").startswith(b'\n"""Shopping')
    assert b"alsoChanged" in (index.read("web/session.js") or b"")


@pytest.mark.parametrize("everything", ["", ".", "./"])
def test_the_root_as_a_path_is_everything(index: Index, world: World, everything: str) -> None:
    world.remove("src/cart.py")
    assert index.update_paths([everything]).removed == 1


def test_a_deleted_file_is_not_found_any_more(index: Index, world: World) -> None:
    world.remove("src/retry.py")
    index.update_paths(["src/retry.py"])
    assert all(hit.path != "src/retry.py" for hit in index.search("retry_request"))


def test_a_change_that_leaves_size_and_time_alone_is_seen(tmp_path: Path) -> None:
    """A file may change twice within one tick of the file system's clock."""
    world = World(tmp_path / "work", {"a.py": "x = 1\n"})
    with Index.open(world.root) as index:
        index.update()
        described = (world.root / "a.py").stat()
        world.write("a.py", "y = 2\n")
        os.utime(world.root / "a.py", ns=(described.st_atime_ns, described.st_mtime_ns))
        index.update()
        assert index.read("a.py") == b"y = 2\n"


def test_a_file_left_out_by_content_is_looked_at_again_when_rules_change(world: World) -> None:
    world.write("src/made.py", "# @generated\nx = 1\n")
    with Index.open(world.root) as index:
        assert [(s.path, s.reason) for s in index.update().skipped] == [("src/made.py", "generated")]
        world.write(".scholiastignore", "!src/made.py\n")
        index.update()
        assert "src/made.py" in index.paths()


def test_blobs_without_a_path_go_after_the_grace_period(
    index: Index, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.write("src/cart.py", "x = 1\n")
    index.update()
    later = time.time() + 15 * 24 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    world.write("src/retry.py", "y = 1\n")
    index.update()
    assert index.check() is None
    world.write("src/cart.py", FILES["src/cart.py"])
    assert index.update().embedded > 0


def test_what_was_done_stays_when_the_callback_ends_the_update(tmp_path: Path) -> None:
    world = World(tmp_path / "work", {f"f{n}.py": f"def function_{n}():\n    return {n}\n" for n in range(40)})
    calls: list[Progress] = []

    def callback(progress: Progress) -> None:
        calls.append(progress)
        if progress.stage == "finishing":
            raise KeyboardInterrupt

    with Index.open(world.root) as index:
        with pytest.raises(KeyboardInterrupt):
            index.update(callback)
        assert index.search("function_7")[0].path == "f7.py"
        assert index.update().embedded == 0
        assert content_of(index) == world.rebuilt(tmp_path / "clean")
    assert calls[0].stage == "scanning"


def age(world: World) -> None:
    """Make all files look long unchanged, so that their times are trusted."""
    for path in world.root.rglob("*"):
        if path.is_file() and ".scholiast" not in path.parts:
            os.utime(path, (1_600_000_000, 1_600_000_000))
    newest = max(path.stat().st_ctime_ns for path in world.root.rglob("*"))
    while time.time_ns() - newest < 25_000_000:  # the change time can't be set; after 20 ms it is trusted
        pass
