"""When hints become a change set, with the clock in the test's hand."""

from __future__ import annotations

import pytest

from scholiast_indexer.watch.changes import ChangeSet, Pending, Timing

TIMING = Timing(quiet_s=0.2, wait_s_max=2.0, paths_max=5)


def pending(*hints: tuple[float, str]) -> Pending:
    made = Pending(TIMING)
    for now_s, path in hints:
        made.add(path, now_s)
    return made


def test_nothing_is_due_without_hints() -> None:
    assert pending().due_in_s(100.0) is None


@pytest.mark.parametrize(
    ("hints", "now_s", "expected"),
    [
        ([(10.0, "a")], 10.0, 0.2),
        ([(10.0, "a")], 10.15, 0.05),
        ([(10.0, "a")], 10.2, 0.0),
        ([(10.0, "a"), (10.1, "b")], 10.2, 0.1),
        ([(10.0 + n * 0.1, "a") for n in range(20)], 11.9, 0.1),
        ([(10.0 + n * 0.1, "a") for n in range(21)], 12.1, -0.1),
    ],
)
def test_hints_wait_for_quiet_but_not_for_ever(hints: list[tuple[float, str]], now_s: float, expected: float) -> None:
    assert pending(*hints).due_in_s(now_s) == pytest.approx(expected)


def test_a_change_set_holds_each_path_once_and_leaves_nothing_behind() -> None:
    made = pending((1.0, "a"), (1.1, "b/"), (1.2, "a"))
    assert made.take() == ChangeSet(frozenset({"a", "b/"}), full=False, reason="")
    assert made.due_in_s(9.0) is None
    made.add("c", 20.0)
    assert made.due_in_s(20.0) == pytest.approx(0.2)
    assert made.take().paths == {"c"}


def test_too_many_paths_become_everything() -> None:
    made = pending(*[(1.0, str(n)) for n in range(6)])
    assert made.take() == ChangeSet(frozenset(), full=True, reason="over 5 paths changed at once")


def test_everything_swallows_paths_and_keeps_its_first_reason() -> None:
    made = pending((1.0, "a"))
    made.add_everything("first", 1.1)
    made.add_everything("second", 1.2)
    made.add("b", 1.3)
    assert made.take() == ChangeSet(frozenset(), full=True, reason="first")
