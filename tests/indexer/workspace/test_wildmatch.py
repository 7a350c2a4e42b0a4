"""Corners of gitignore syntax, each line's answer taken from `git check-ignore`."""

from __future__ import annotations

import re

import pytest

from scholiast_indexer.workspace.ignore import make_rules
from scholiast_indexer.workspace.wildmatch import parse_line, parse_lines


@pytest.mark.parametrize(
    ("line", "matching", "other"),
    [
        (b"*.py", [b"a.py", b"x/a.py", b".py"], [b"a.pyc", b"apy"]),
        (b"/a", [b"a"], [b"x/a"]),
        (b"a/b", [b"a/b"], [b"x/a/b", b"a/b/c"]),
        (b"**/a/b", [b"a/b", b"x/a/b", b"x/y/a/b"], [b"a/c/b"]),
        (b"a/**/b", [b"a/b", b"a/x/b", b"a/x/y/b"], [b"a/xb", b"b"]),
        (b"a/**", [b"a/b", b"a/b/c"], [b"a"]),
        (b"foo**/bar", [b"foobar", b"foo/bar", b"foo/x/bar", b"foo/x/y/bar", b"foozz/bar"], [b"fooxbar"]),
        (b"f?o**/bar", [b"foo/bar", b"fooz/bar"], [b"foobar", b"foo/x/bar"]),
        (b"a/*", [b"a/b"], [b"a/b/c", b"a"]),
        (b"[a-c]x", [b"ax", b"cx"], [b"dx", b"-x"]),
        (b"[!a-c]x", [b"dx"], [b"ax", b"x"]),
        (b"[]-]x", [b"]x", b"-x"], [b"ax"]),
        (b"[a-]x", [b"ax", b"-x"], [b"bx"]),
        (b"[z-a]", [b"z"], [b"a", b"m"]),
        (b"[[:digit:]_]x", [b"1x", b"_x"], [b"ax"]),
        (b"\\*", [b"*"], [b"a"]),
        (b"\\#a", [b"#a"], [b"\\#a"]),
        (b"\\!a", [b"!a"], [b"a"]),
        (b"a\\ ", [b"a "], [b"a"]),
        (b"a  ", [b"a"], [b"a  "]),
        (b"a\t", [b"a\t"], [b"a"]),
        (b"caf?", [b"cafe"], ["café".encode()]),
        (b"caf??", ["café".encode()], [b"cafe"]),
    ],
)
def test_a_pattern_matches_what_git_matches(line: bytes, matching: list[bytes], other: list[bytes]) -> None:
    pattern = parse_line(line)
    assert pattern is not None
    rules = make_rules([pattern])
    assert rules is not None
    decided = {path: rules.decide(path, path.rpartition(b"/")[2], folder=False) for path in matching + other}
    assert [path for path, found in decided.items() if found] == matching


@pytest.mark.parametrize(
    "line", [b"", b"   ", b"# a", b"/", b"!", b"a\\", b"[a", b"[[:nope:]]", b"[a\\", b"[a-", b"[[:alpha:"]
)
def test_a_line_that_can_not_match_says_nothing(line: bytes) -> None:
    assert parse_line(line) is None


def test_the_last_line_decides_and_folder_lines_need_a_folder() -> None:
    rules = make_rules(parse_lines(b"\xef\xbb\xbf*.py\r\n!a.py\r\nb.py/\r\n"))
    assert rules is not None
    answers = {
        (name, folder): (found := rules.decide(name, name, folder=folder)) is not None and not found.negated
        for name in (b"a.py", b"b.py", b"c.txt")
        for folder in (True, False)
    }
    assert [key for key, excluded in answers.items() if excluded] == [(b"b.py", True), (b"b.py", False)]


@pytest.mark.parametrize(
    ("line", "literal", "stem"),
    [
        (b"/a/b", b"a/b", b"a/b"),
        (b"a/b*/c", None, b"a"),
        (b"/*.py", None, b""),
        (b".env", b".env", b""),
        (b"*", None, b""),
    ],
)
def test_what_is_known_before_the_first_wildcard(line: bytes, literal: bytes | None, stem: bytes) -> None:
    pattern = parse_line(line)
    assert pattern is not None
    assert (pattern.literal, pattern.stem) == (literal, stem)
    assert re.compile(pattern.expression)
