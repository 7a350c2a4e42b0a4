"""URIs and paths of both kinds of system, tested on any system."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scholiast_server.lsp.uris import (
    THIS_SYSTEM,
    Flavour,
    Root,
    joined,
    path_of,
    relative_path,
    relative_to,
    resolved,
    root_at,
    same_document,
    uri_key,
    uri_of,
)

FLAVOURS: tuple[Flavour, ...] = ("posix", "windows")
BYTES = "".join(map(chr, range(0xDC80, 0xDD00)))  # what Python makes of file names' bytes that are not UTF-8
NAMES = st.text(
    st.sampled_from(string.printable.replace("/", "") + "é€🙂\u2028" + BYTES)
    | st.characters(exclude_categories=["Cs"]),
    min_size=1,
    max_size=8,
).filter(lambda name: name not in (".", "..") and "/" not in name and "\0" not in name)
WINDOWS_NAMES = st.text(st.sampled_from("aB1 .#%?&+é€🙂\ud800~;=@[]{}'"), min_size=1, max_size=8).filter(
    lambda name: name.strip(" .") == name
)
ANY_TEXT = st.text(st.characters(exclude_categories=()))
URIS = st.builds(
    str.__add__,
    st.sampled_from(
        ["file:", "file:/", "file://", "file:///", "FILE:///C:", "file://localhost/", "file://%5C", "x:", ""]
    ),
    ANY_TEXT | st.text(st.sampled_from("/\\.:%cC|23F5#?\0\n\ud800é")),
)


def check(flavour: Flavour, path: str, uri: str, *others: str) -> None:
    """`uri` is what we write for `path`; it and all others are read as `path`, and as one document."""
    assert uri_of(path, flavour) == uri
    for other in (uri, *others):
        found = path_of(other, flavour)
        assert found is not None and uri_key(uri_of(found, flavour), flavour) == uri_key(uri, flavour), other
        assert same_document(uri, other, flavour), other
    assert path_of(uri, flavour) == path


@pytest.mark.parametrize(
    ("path", "uri", "others"),
    [
        ("/", "file:///", ["file:/"]),
        (
            "/a/b.py",
            "file:///a/b.py",
            ["file:/a/b.py", "FILE:///a/b.py", "file://localhost/a/b.py", "file:///a/./b.py"],
        ),
        ("/a b", "file:///a%20b", ["file:///a b"]),
        ("/a+b", "file:///a%2Bb", ["file:///a+b"]),
        ("/c#/d?.py", "file:///c%23/d%3F.py", ["file:///c%23/d%3f.py#L10", "file:///c%23/d%3F.py?x=y"]),
        ("/100%/%41", "file:///100%25/%2541", ["file:///100%/%2541"]),
        ("/é/🙂", "file:///%C3%A9/%F0%9F%99%82", ["file:///%c3%a9/🙂", "file:///é/%F0%9F%99%82"]),
        ("/caf\udce9", "file:///caf%E9", []),
        ("/a\\b", "file:///a%5Cb", ["file:///a\\b"]),
        ("/c:/x", "file:///c%3A/x", ["file:///c:/x"]),
        ("/a~b-c_d.e", "file:///a~b-c_d.e", []),
        ("/(@home)/[id]/$x", "file:///%28%40home%29/%5Bid%5D/%24x", ["file:///(@home)/[id]/$x"]),
        ("//double", "file:////double", []),
        ("/.hidden/..a", "file:///.hidden/..a", []),
        ("/new\nline", "file:///new%0Aline", ["file:///new\nline"]),
    ],
)
def test_uris_on_posix(path: str, uri: str, others: list[str]) -> None:
    check("posix", path, uri, *others)


@pytest.mark.parametrize(
    ("path", "uri", "others"),
    [
        (
            "C:\\Users\\a b\\x.py",
            "file:///C:/Users/a%20b/x.py",
            [
                "file:///c:/Users/a b/x.py",
                "file:///c%3A/Users/a%20b/x.py",
                "file:///C%3a/users/A%20B/X.PY",
                "file:///C|/Users/a%20b/x.py",
                "file://localhost/c:/Users/a%20b/x.py",
                "file:/c:/Users/a%20b/x.py",
                "file://c:/Users/a%20b/x.py",
                "file:///c:\\Users\\a b\\x.py",
                "file://C:\\Users\\a b\\x.py",
                "file:\\\\\\c:\\Users\\a b\\x.py",
                "file:///c:%5CUsers%5Ca%20b%5Cx.py",
                "file:////c:/Users/a%20b/x.py",
                "file:///c:/Users/./a%20b/y/../x.py",
            ],
        ),
        ("c:\\", "file:///c:/", ["file:///c:", "file:///C%3A", "file://c:", "file://C:/"]),
        ("c:\\c#\\100%", "file:///c:/c%23/100%25", ["file:///C:/c%23/100%25#L1"]),
        ("c:\\é\\🙂", "file:///c:/%C3%A9/%F0%9F%99%82", ["file:///c%3a/é/🙂"]),
        ("c:\\a\ud800", "file:///c:/a%ED%A0%80", []),
        (
            "\\\\server\\share\\x y",
            "file://server/share/x%20y",
            ["file:////server/share/x%20y", "file://SERVER/share/x y"],
        ),
        ("\\\\wsl$\\Ubuntu\\x", "file://wsl%24/Ubuntu/x", ["file://wsl$/Ubuntu/x", "file:\\\\wsl$\\Ubuntu\\x"]),
        ("\\\\wsl.localhost\\Ubuntu\\x", "file://wsl.localhost/Ubuntu/x", []),
    ],
)
def test_uris_on_windows(path: str, uri: str, others: list[str]) -> None:
    check("windows", path, uri, *others)


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("c:/a/b", "file:///c:/a/b"),
        ("c:", "file:///c:/"),
        ("\\\\?\\C:\\a", "file:///C:/a"),
        ("\\\\.\\C:\\a", "file:///C:/a"),
        ("\\\\?\\UNC\\server\\share\\a", "file://server/share/a"),
        ("//server/share", "file://server/share"),
    ],
)
def test_other_spellings_of_windows_paths_have_uris(path: str, uri: str) -> None:
    assert uri_of(path, "windows") == uri


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize(
    "uri",
    [
        "untitled:Untitled-1",
        "untitled:/c:/x.py",
        "git:/a/b.py?%7B%22ref%22%3A%22~%22%7D",
        "vscode-remote://ssh-remote%2Bhost/a/b.py",
        "vscode-notebook-cell:/a/b.ipynb#W0sZmlsZQ",
        "http://localhost/a.py",
        "jdt://contents/rt.jar",
        "files:///a",
        "xfile:///a",
        "/a/b.py",
        "",
        ":",
        "file",
        "file:",
        "file://",
        "file://localhost",
        "file:a.py",
        "file:///a%00b",
        "file:///a\0b",
    ],
)
def test_what_names_no_file_has_no_path(uri: str, flavour: Flavour) -> None:
    assert path_of(uri, flavour) is None
    assert uri_key(uri, flavour) == uri


@pytest.mark.parametrize(
    ("uri", "flavour"),
    [
        ("file://server/share/x", "posix"),
        ("file://wsl%24/x", "posix"),
        ("file:///a/b", "windows"),
        ("file:///", "windows"),
        ("file:////", "windows"),
        ("file:///%FF", "windows"),
        ("file:///c:/%FF", "windows"),
        ("file:///c:x", "windows"),
    ],
)
def test_files_of_another_system_have_no_path(uri: str, flavour: Flavour) -> None:
    assert path_of(uri, flavour) is None


@pytest.mark.parametrize(
    ("path", "flavour"),
    [("a/b", "posix"), ("", "posix"), ("a\\b", "windows"), ("c:b", "windows"), ("\\b", "windows"), ("", "windows")],
)
def test_a_relative_path_has_no_uri(path: str, flavour: Flavour) -> None:
    with pytest.raises(ValueError, match="not absolute"):
        uri_of(path, flavour)


@pytest.mark.parametrize(
    ("flavour", "a", "b", "same"),
    [
        ("posix", "file:///a/B.py", "file:///a/b.py", False),
        ("posix", "file:///a/b.py", "file:///a/b.py/", True),
        ("posix", "file:///a/%E9", "file:///a/%C3%A9", False),
        ("posix", "untitled:1", "untitled:1", True),
        ("posix", "untitled:1", "untitled:2", False),
        ("posix", "untitled:/a/b.py", "file:///a/b.py", False),
        ("windows", "file:///c:/a", "file:///d:/a", False),
        ("windows", "file://server/share/x", "file:///c:/share/x", False),
    ],
)
def test_documents_are_told_apart(flavour: Flavour, a: str, b: str, same: bool) -> None:
    assert same_document(a, b, flavour) is same_document(b, a, flavour) is same


@pytest.mark.parametrize(
    ("flavour", "root", "path", "expected"),
    [
        ("posix", "/w", "/w/a/b.py", "a/b.py"),
        ("posix", "/w/", "/w//a/./b.py", "a/b.py"),
        ("posix", "/", "/a", "a"),
        ("posix", "/w", "/w", "."),
        ("posix", "/w", "/w/", "."),
        ("posix", "/w", "/wide/a", None),
        ("posix", "/w", "/", None),
        ("posix", "/w", "/W/a", None),
        ("posix", "/w", "/w/../etc/passwd", None),
        ("posix", "/w", "/w/a/../b", "b"),
        ("posix", "/w/.hidden", "/w/.hidden/a", "a"),
        ("posix", "/w", "//w/a", "a"),
        ("posix", "/w", "/w/a\\b", "a\\b"),
        ("posix", "/w", "/w/caf\udce9", "caf\udce9"),
        ("posix", "/w", "w/a", None),
        ("windows", "C:\\W", "c:\\w\\A\\b.py", "A/b.py"),
        ("windows", "c:\\w", "C:/w/a/b.py", "a/b.py"),
        ("windows", "c:\\", "C:\\a", "a"),
        ("windows", "c:\\w", "d:\\w\\a", None),
        ("windows", "c:\\w", "c:\\work\\a", None),
        ("windows", "c:\\w", "c:\\w\\..\\a", None),
        ("windows", "c:\\w", "C:\\W\\", "."),
        ("windows", "\\\\?\\C:\\w", "c:\\w\\a", "a"),
        ("windows", "\\\\server\\share\\w", "\\\\SERVER\\share\\w\\a", "a"),
        ("windows", "\\\\server\\share", "\\\\?\\UNC\\server\\share\\a", "a"),
        ("windows", "\\\\server\\share", "\\\\server\\other\\a", None),
        ("windows", "c:\\İ", "c:\\İ\\İa", "İa"),  # one letter that folds into two
    ],
)
def test_paths_under_a_root(flavour: Flavour, root: str, path: str, expected: str | None) -> None:
    assert relative_path(root, path, flavour) == expected


def test_a_file_under_a_root_is_spelled_as_the_root_was_given() -> None:
    assert joined(Root("/link", "/real"), "a/b.py", "posix") == "/link/a/b.py"
    assert joined(Root("c:\\w", "C:\\w"), "a/b.py", "windows") == "c:\\w\\a\\b.py"


@pytest.mark.parametrize(
    ("path", "real_path", "expected"),
    [
        ("/link/a.py", None, "a.py"),
        ("/real/a.py", None, "a.py"),
        ("/other/a.py", None, None),
        ("/link/a.py", "/real/a.py", "a.py"),
        ("/elsewhere/a.py", "/real/src/a.py", "src/a.py"),
        ("/link/out/a.py", "/elsewhere/a.py", None),
        ("/link/inner/a.py", "/real/src/a.py", "src/a.py"),
    ],
)
def test_a_root_has_two_names_and_a_real_path_decides(path: str, real_path: str | None, expected: str | None) -> None:
    assert relative_to(Root("/link", "/real"), path, real_path, "posix") == expected


@pytest.mark.skipif(THIS_SYSTEM == "windows", reason="making links needs rights there")
def test_a_document_opened_through_a_link_is_found(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    (real / "src").mkdir(parents=True)
    (real / "src/a.py").write_text("x = 1\n")
    link.symlink_to(real)
    (tmp_path / "src-link").symlink_to(link / "src")
    (real / "out").symlink_to(tmp_path)
    (real / "loop").symlink_to(real / "loop")
    for root in (root_at(str(link)), root_at(str(real))):
        for opened in (link / "src/a.py", real / "src/a.py", tmp_path / "src-link/a.py"):
            assert relative_to(root, str(opened), resolved(str(opened))) == "src/a.py", opened
        not_there_yet = str(tmp_path / "src-link/new.py")
        assert relative_to(root, not_there_yet, resolved(not_there_yet)) == "src/new.py"
        outside = str(real / "out/other.py")
        assert relative_to(root, outside, resolved(outside)) is None
        assert resolved(str(real / "loop/a.py")).endswith("loop/a.py")


@given(st.lists(NAMES, max_size=4))
def test_any_posix_path_round_trips(names: list[str]) -> None:
    path = "/" + "/".join(names)
    uri = uri_of(path, "posix")
    assert uri.isascii() and path_of(uri, "posix") == path
    assert relative_path("/", path, "posix") == ("/".join(names) or ".")


@given(st.sampled_from(["c:", "Z:", "\\\\server\\share"]), st.lists(WINDOWS_NAMES, max_size=4))
def test_any_windows_path_round_trips(drive: str, names: list[str]) -> None:
    path = "\\".join([drive, *names]) if names or drive.startswith("\\") else drive + "\\"
    uri = uri_of(path, "windows")
    assert uri.isascii() and path_of(uri, "windows") == path
    assert relative_path(drive + "\\", path, "windows") == ("/".join(names) or ".")


@given(URIS | ANY_TEXT, st.sampled_from(FLAVOURS))
def test_no_uri_raises(uri: str, flavour: Flavour) -> None:
    path = path_of(uri, flavour)
    key = uri_key(uri, flavour)
    assert same_document(uri, uri, flavour)
    if path is not None:
        again = uri_of(path, flavour)
        assert uri_key(again, flavour) == key
        found = relative_path("/w" if flavour == "posix" else "c:\\w", path, flavour)
        assert found is None or ".." not in found.split("/")


@given(st.lists(st.sampled_from(["..", ".", "a", "b"]), max_size=8))
def test_nothing_above_a_root_is_under_it(names: list[str]) -> None:
    depths = [0]
    for name in names:
        depths.append(depths[-1] + {"..": -1, ".": 0}.get(name, 1))
    assume(min(depths) >= 0)
    assert relative_path("/w", "/".join(["/w", *names]), "posix") is not None
    assert relative_path("/w", "/".join(["/w", *names, *[".."] * (depths[-1] + 1)]), "posix") is None
