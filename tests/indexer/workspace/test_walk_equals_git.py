"""The walk gives git's answer, and a scan of some paths that of the whole, whatever the ignore files say."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scholiast_indexer.workspace.scan import scan
from scholiast_indexer.workspace.values import ScanOptions

NAMES = st.sampled_from(
    ["a", "b", "ab", "a.py", "b.py", "ba.c", "build", "x y", "é.py", "[a]", "#c", "a\\b", "\udce9q"]
)
FOLDERS = st.lists(st.sampled_from(["a", "b", "build", "src", "x y", "é"]), max_size=3)
GLOBS = st.sampled_from([
    "a", "b", "ab", "a*", "*b", "*.py", "*", "?", "??", "?.py", "[ab]", "[!a]", "[^b]*", "[a-b].py",
    "[]a]", "[[:alpha:]]", "[[:digit:]]*", "[a", "[z-a]", "[\\]a]*", "**", "a**", "*.c", "\\#c", "#c",
    "x y", "x\\ y", "é*", "?.??", "a\\", "build", "src", "\\[a\\]", "[[:nope:]]", "a\\\\b", "[a-]*",
    "a**b", "[[]a]",
])  # fmt: skip
PATTERNS = st.builds(
    lambda negation, lead, globs, tail, end: negation + lead + "/".join(globs) + tail + end,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/", "**/"]),
    st.lists(GLOBS, min_size=1, max_size=3),
    st.sampled_from(["", "", "/", "/**", "/*"]),
    st.sampled_from(["", "", " ", "\\ ", "\r", "\t"]),
)
IGNORE_FILES = st.lists(PATTERNS, max_size=6)
TREES = st.tuples(
    st.lists(st.tuples(FOLDERS, NAMES), min_size=1, max_size=14),
    st.dictionaries(FOLDERS.map(tuple), IGNORE_FILES, max_size=3),
    IGNORE_FILES,
)


def write_tree(root: Path, files: list[tuple[list[str], str]]) -> None:
    for folders, name in files:
        folder = root.joinpath(*folders)
        if any(part.is_file() for part in (folder, *folder.parents)) or (folder / name).is_dir():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x\n")


def write_ignore_file(folder: Path, lines: list[str], name: str = ".gitignore") -> None:
    if folder.is_dir():
        (folder / name).write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))


def paths(root: Path, *, use_git: bool) -> list[str]:
    return [file.path for file in scan(root, ScanOptions(use_git=use_git)).files]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=TREES, workspace=FOLDERS)
def test_walk_lists_what_git_lists(
    tree: tuple[list[tuple[list[str], str]], dict[tuple[str, ...], list[str]], list[str]],
    workspace: list[str],
) -> None:
    files, ignore_files, exclude = tree
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve()
        subprocess.run(["git", "init", "-q", "--template=", place], check=True)
        write_tree(root, files)
        for folders, lines in ignore_files.items():
            write_ignore_file(root.joinpath(*folders), lines)
        (root / ".git/info").mkdir(exist_ok=True)
        write_ignore_file(root / ".git/info", exclude, "exclude")
        assert paths(root, use_git=False) == paths(root, use_git=True)
        below = root.joinpath(*workspace)
        if below.is_dir():
            assert paths(below, use_git=False) == paths(below, use_git=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=TREES, own=st.dictionaries(FOLDERS.map(tuple), IGNORE_FILES, max_size=2), asked=st.tuples(FOLDERS, NAMES))
def test_a_scan_of_some_paths_is_a_part_of_the_whole(
    tree: tuple[list[tuple[list[str], str]], dict[tuple[str, ...], list[str]], list[str]],
    own: dict[tuple[str, ...], list[str]],
    asked: tuple[list[str], str],
) -> None:
    files, ignore_files, _ = tree
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve()
        subprocess.run(["git", "init", "-q", "--template=", place], check=True)
        write_tree(root, [*files, asked])
        for folders, lines in ignore_files.items():
            write_ignore_file(root.joinpath(*folders), lines)
        for folders, lines in own.items():
            write_ignore_file(root.joinpath(*folders), lines, ".scholiastignore")
        whole = paths(root, use_git=True)
        assert whole == paths(root, use_git=False)
        for some in ("/".join([*asked[0], asked[1]]), "/".join(asked[0])):
            expected = [path for path in whole if not some or path == some or path.startswith(some + "/")]
            for use_git in (True, False):
                found = scan(root, ScanOptions(use_git=use_git), only=[some]).files
                assert [file.path for file in found] == expected
