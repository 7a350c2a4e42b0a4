"""What belongs to a workspace and what is left out, by git's listing and by the walk alike."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scholiast_indexer.errors import WorkspaceError
from scholiast_indexer.workspace.scan import scan
from scholiast_indexer.workspace.values import Scan, ScanOptions

Tree = Callable[[Path, Mapping[str, str | bytes]], Path]
Git = Callable[..., str]
PRUNED = {".gitignore", ".scholiastignore", ".gitattributes"}


@pytest.fixture(params=["git", "walk"])
def root(request: pytest.FixtureRequest, tmp_path: Path, git: Git) -> Path:
    folder = tmp_path / "workspace"
    folder.mkdir()
    if request.param == "git":
        git(folder, "init", "-q")
    return folder


def files(found: Scan) -> set[str]:
    return {file.path for file in found.files} - PRUNED


def skipped(found: Scan) -> dict[str, str]:
    return {file.path: file.reason for file in found.skipped}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("logo.png", "binary"),
        ("deep/in/lib.so", "binary"),
        ("yarn.lock", "lock file"),
        ("web/package-lock.json", "lock file"),
        ("go.sum", "lock file"),
        ("table.csv", "data"),
        ("de.po", "data"),
        ("icon.svg", "data"),
        ("bundle.js.map", "data"),
        ("app.min.js", "minified"),
        ("api_pb2.py", "generated"),
        ("api.pb.go", "generated"),
        (".env", "secrets"),
        (".env.production", "secrets"),
        ("deploy/prod.env", "secrets"),
        ("id_rsa", "secrets"),
        ("certs/SERVER.KEY", "secrets"),
        (".aws/credentials", "secrets"),
        ("home/.ssh/config", "secrets"),
        ("terraform.tfstate", "secrets"),
        ("node_modules/x/index.js", "vendored"),
        ("third_party/zlib/inflate.c", "vendored"),
        (".venv/lib/x.py", "vendored"),
        ("app/__pycache__/x.pyc", "cache"),
    ],
)
def test_names_are_reasons(root: Path, tree: Tree, path: str, reason: str) -> None:
    tree(root, {path: "content\n", "main.py": "x = 1\n"})
    found = scan(root)
    folder = {"vendored": f"{path.split('/', maxsplit=1)[0]}/", "cache": "app/__pycache__/"}.get(reason, path)
    assert skipped(found) == {folder: reason}
    assert files(found) == {"main.py"}


@pytest.mark.parametrize(
    "path",
    [".env.example", ".env.sample", "config/.env.template", "id_rsa.pub", "keys.py", "secrets.py", "token.go",
     "map", "environment.yml", "src/vendor/views.py", "lock", "package.json", ".github/workflows/ci.yml",
     "a.ipynb"],
)  # fmt: skip
def test_names_like_those_belong(root: Path, tree: Tree, path: str) -> None:
    assert files(scan(tree(root, {path: "content\n"}))) == {path}


@pytest.mark.parametrize(
    ("paths", "is_vendored"),
    [
        (["vendor/github.com/x/y.go", "vendor/modules.txt"], True),
        (["api/go.mod", "api/vendor/x/y.go"], True),
        (["vendor/jquery/jquery.js"], True),
        (["app/vendor/autoload.php", "app/vendor/a/b.php"], True),
        (["vendor/__init__.py", "vendor/models.py"], False),
        (["shop/vendor/list.ts", "shop/customer/list.ts"], False),
        (["mix.exs", "deps/plug/lib/plug.ex"], True),
        (["deps/jemalloc/a.c"], False),
        (["venv/pyvenv.cfg", "venv/lib/a.py"], True),
        (["env/settings.py"], False),
    ],
)
def test_folders_of_other_peoples_code_are_told_by_what_is_beside(
    root: Path, tree: Tree, paths: list[str], is_vendored: bool
) -> None:
    found = scan(tree(root, dict.fromkeys(paths, "x\n")))
    assert ("vendored" in skipped(found).values()) is is_vendored


def test_a_folder_left_out_is_one_entry(root: Path, tree: Tree) -> None:
    tree(root, {f"web/node_modules/{n % 7}/{n}.js": "x\n" for n in range(100)} | {"web/a.js": "x\n"})
    found = scan(root)
    assert (files(found), skipped(found)) == ({"web/a.js"}, {"web/node_modules/": "vendored"})


def test_large_files_name_their_size(root: Path, tree: Tree) -> None:
    tree(root, {"a.py": b"x" * 1_200_000, "b.json": b"x" * 250_000, "c.py": b"x" * 250_000})
    found = scan(root)
    assert skipped(found) == {"a.py": "too large (1.2 MB)", "b.json": "data"}
    assert files(found) == {"c.py"}
    assert files(scan(root, ScanOptions(file_bytes_max=2_000_000))) == {"a.py", "c.py"}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ("*.gen.ts linguist-generated", {"a.gen.ts": "generated"}),
        ("src/** linguist-vendored=true", {"src/b.ts": "vendored"}),
        ("*.ts linguist-generated\nsrc/*.ts -linguist-generated", {"a.gen.ts": "generated"}),
        ("*.ts text eol=lf", {}),
        ("*.ts linguist-generated=false", {}),
    ],
)
def test_gitattributes_mark_generated_and_vendored_files(
    root: Path, tree: Tree, attributes: str, expected: dict[str, str]
) -> None:
    tree(root, {"a.gen.ts": "x\n", "src/b.ts": "x\n", ".gitattributes": attributes})
    assert skipped(scan(root)) == expected


@pytest.mark.parametrize(
    ("ignore", "own", "expected"),
    [
        ("", "*.md\n", {"a.py", "gen/x.py", "gen/deep/y.py"}),
        ("gen/\n", "", {"a.py", "b.md"}),
        ("gen/\n", "!gen/\n", {"a.py", "b.md", "gen/x.py", "gen/deep/y.py"}),
        ("gen/\n", "!gen/deep/y.py\n", {"a.py", "b.md", "gen/deep/y.py"}),
        ("gen/\n", "!/gen/deep/\n", {"a.py", "b.md", "gen/deep/y.py"}),
        ("gen/*\n", "!gen/x.py\n", {"a.py", "b.md", "gen/x.py"}),
        ("*.py\n", "!*.py\n*.md\n", {"a.py", "gen/x.py", "gen/deep/y.py"}),
        ("gen/\n*.md", "!gen/\ngen/deep/\n", {"a.py", "gen/x.py"}),
        ("", "*\n!a.py\n", {"a.py"}),
    ],
)
def test_scholiastignore_has_the_last_word(root: Path, tree: Tree, ignore: str, own: str, expected: set[str]) -> None:
    names = ("a.py", "b.md", "gen/x.py", "gen/deep/y.py")
    tree(root, dict.fromkeys(names, "x\n") | {".gitignore": ignore, ".scholiastignore": own})
    assert files(scan(root)) == expected
    assert files(scan(root, only=["gen/deep/y.py", "a.py"])) == expected & {"gen/deep/y.py", "a.py"}
    assert files(scan(root, only=["gen/"])) == {path for path in expected if path.startswith("gen/")}


def test_scholiastignore_works_in_nested_folders_and_when_git_ignores_it(root: Path, tree: Tree) -> None:
    tree(
        root,
        {
            "a/x.py": "",
            "a/y.py": "",
            "y.py": "",
            "a/.scholiastignore": "/y.py\n",
            ".gitignore": ".scholiastignore",
        },
    )
    assert files(scan(root)) == {"a/x.py", "y.py"}


def test_scholiastignore_brings_back_what_names_left_out(root: Path, tree: Tree) -> None:
    tree(
        root,
        {"third_party/own/a.c": "x\n", "third_party/own/t.csv": "x\n", "l.lock": "x\n", "logo.png": "x\n"},
    )
    tree(root, {".scholiastignore": "!third_party/\n!*.lock\n!*.png\n"})
    found = scan(root)
    assert files(found) == {"third_party/own/a.c", "third_party/own/t.csv", "l.lock"}
    assert skipped(found) == {"logo.png": "binary"}
    assert {file.reinclude for file in found.files if file.path not in PRUNED} == {"pattern"}


@pytest.mark.parametrize(
    ("own", "belongs"),
    [("!.env\n", True), ("!/.env\n", True), ("!.env*\n", False), ("!.en?\n", False), ("!*\n", False),
     ("!/\n", False)],
)  # fmt: skip
def test_secrets_come_back_only_by_their_exact_name(root: Path, tree: Tree, own: str, belongs: bool) -> None:
    found = scan(tree(root, {".env": "KEY=1\n", ".scholiastignore": own, ".gitignore": ".env\n"}))
    assert (".env" in files(found)) is belongs


def test_a_folder_by_name_does_not_bring_back_the_secrets_in_it(root: Path, tree: Tree) -> None:
    found = scan(tree(root, {"deploy/.env": "KEY=1\n", "deploy/a.sh": "", ".scholiastignore": "!deploy\n"}))
    assert (files(found), skipped(found)) == ({"deploy/a.sh"}, {"deploy/.env": "secrets"})


def test_symlinks_are_not_followed(root: Path, tree: Tree, tmp_path: Path) -> None:
    outside = tree(tmp_path / "outside", {"secret.py": "x\n"})
    tree(root, {"a.py": "x\n", "d/b.py": "x\n"})
    (root / "link.py").symlink_to(outside / "secret.py")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    (root / "inside.py").symlink_to("a.py")
    found = scan(root)
    assert files(found) == {"a.py", "d/b.py"}
    assert skipped(found) == dict.fromkeys(("link.py", "folder", "loop", "self", "inside.py"), "symlink")


@pytest.mark.parametrize(
    "name", [b"caf\xe9.py", b"new\nline.py", b"tab\t.py", b' "quoted".py', "日本.py".encode(), b"a\\b.py"]
)
def test_odd_names_are_kept_as_they_are(root: Path, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_text("x = 1\n")
    (found,) = scan(root).files
    assert found.path.encode("utf-8", "surrogateescape") == name
    assert files(scan(root, only=[found.path])) == {found.path}


def test_pipes_do_not_belong(root: Path, tree: Tree) -> None:
    tree(root, {"a.py": "x\n"})
    os.mkfifo(root / "pipe.py")
    os.mkfifo(root / ".scholiastignore")
    assert files(scan(root)) - PRUNED == {"a.py"}


def test_stat_fields_are_those_of_the_file(root: Path, tree: Tree) -> None:
    (found,) = scan(tree(root, {"a/b.py": "x = 1\n"})).files
    real = (root / "a/b.py").stat()
    assert (found.size, found.mtime_ns, found.ctime_ns, found.inode) == (
        real.st_size, real.st_mtime_ns, real.st_ctime_ns, real.st_ino,
    )  # fmt: skip


def test_the_index_itself_does_not_belong(root: Path, tree: Tree) -> None:
    assert files(scan(tree(root, {".scholiast/note.py": "x\n", "a.py": ""}))) == {"a.py"}


def test_the_digest_of_the_rules_changes_with_them(root: Path, tree: Tree) -> None:
    tree(root, {"a/b.py": "x\n"})
    bare = scan(root).rules
    tree(root, {"a/.scholiastignore": "!b.py\n"})
    assert scan(root).rules != bare
    assert scan(root, only=["a/b.py"]).rules == b""


def test_only_looks_at_the_paths_asked_for(root: Path, tree: Tree) -> None:
    tree(root, dict.fromkeys(("a.py", "b/c.py", "b/d/e.py", "bb/f.py", "x.png", "node_modules/m.js"), "x\n"))
    assert files(scan(root, only=["b/"])) == {"b/c.py", "b/d/e.py"}
    assert files(scan(root, only=["b/d/e.py", "gone.py"])) == {"b/d/e.py"}
    assert files(scan(root, only=["gone/"])) == set()
    assert scan(root, only=[]).files == ()
    assert skipped(scan(root, only=["x.png", "node_modules/m.js"])) == {
        "x.png": "binary",
        "node_modules/": "vendored",
    }
    assert files(scan(root, only=[""])) == files(scan(root))


@pytest.mark.parametrize("make", ["missing", "file"])
def test_a_root_that_is_no_folder_is_an_error(tmp_path: Path, make: str) -> None:
    place = tmp_path / make
    if make == "file":
        place.write_text("x")
    with pytest.raises(WorkspaceError, match="--root"):
        scan(place)
