"""Corners of gitignore syntax, each line's answer taken from `git check-ignore`."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.limits import IGNORE_FILE_BYTES_MAX, IGNORE_WILDCARDS_MAX
from scholiast_indexer.workspace.ignore import make_rules
from scholiast_indexer.workspace.stars import Steps
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


@given(st.text("a/*?[]!b", min_size=1, max_size=14), st.text("ab/", min_size=1, max_size=8))
def test_matched_step_by_step_a_pattern_matches_what_its_expression_matches(line: str, path: str) -> None:
    pattern = parse_line(line.encode())
    if pattern is not None:
        matches = re.fullmatch(pattern.expression, path.encode(), re.DOTALL) is not None
        assert Steps(pattern.parts).fullmatch(path.encode()) is matches


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (b"a*" * 30 + b"b", b"a" * 255),
        (b"**/" + b"a/**/" * 200 + b"b", b"a/" * 2_000),
        (b"*" + b"?*" * 100 + b"b", b"x" * 255),
        (b"[!b]*" * 40 + b"b", b"a" * 255),
    ],
)
def test_no_pattern_takes_longer_than_adds_up(line: bytes, path: bytes) -> None:
    rules = make_rules(parse_lines(line + b"\n*.py\n"))
    assert rules is not None
    started = time.process_time()
    assert rules.decide(path, path.rpartition(b"/")[2], folder=False) is None
    assert rules.decide(path + b"b", path.rpartition(b"/")[2] + b"b", folder=False) is not None
    assert time.process_time() - started < 2


@pytest.mark.parametrize("line", [b"[!a]*%d", b"a*b%d", b"/x/**/%d", b"\\a[b-z]%d"])
def test_a_file_of_ever_so_many_patterns_is_read_within_seconds(line: bytes) -> None:
    text = b"\n".join(line % number for number in range(IGNORE_FILE_BYTES_MAX // 12))
    started = time.process_time()
    rules = make_rules(parse_lines(text))
    assert rules is not None
    assert len(rules.patterns) == IGNORE_WILDCARDS_MAX
    assert time.process_time() - started < 10
