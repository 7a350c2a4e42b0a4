"""Which batch a worker gets: of its own lane, until that ends or another has more than its worker keeps up with."""

from __future__ import annotations

import threading

from scholiast_indexer.workers import Job
from scholiast_indexer.workers.board import Board


def batch(number: int) -> list[Job]:
    return [Job(number, b"", "text")]


def board_with(*numbers: list[int], room: int = 10) -> Board:
    board = Board(len(numbers), room)
    for lane, waiting in enumerate(numbers):
        for number in waiting:
            board.put(lane, batch(number))
    return board


def taken(board: Board, lane: int) -> int:
    found = board.take(lane)
    assert found is not None
    return found[0].number


def test_a_worker_takes_from_its_own_lane_in_order() -> None:
    board = board_with([1, 2, 3], [10, 11])
    assert [taken(board, 1), taken(board, 0), taken(board, 1), taken(board, 0)] == [10, 1, 11, 2]


def test_a_worker_helps_where_two_batches_wait() -> None:
    board = board_with([], [10], [20, 21, 22])
    assert [taken(board, 0), taken(board, 0)] == [20, 21]


def test_one_batch_waits_for_the_worker_of_its_lane() -> None:
    board = board_with([], [10])
    found: list[int] = []
    waiting = threading.Thread(target=lambda: found.append(taken(board, 0)))
    waiting.start()
    assert taken(board, 1) == 10
    board.put(0, batch(1))
    waiting.join()
    assert found == [1]


def test_when_its_lane_has_ended_a_worker_helps_at_once() -> None:
    board = board_with([1], [10])
    board.end(0)
    assert [taken(board, 0), taken(board, 0)] == [1, 10]


def test_a_closed_board_gives_nothing_and_lets_nobody_wait() -> None:
    board = board_with([], [])
    found: list[object] = []
    waiting = threading.Thread(target=lambda: found.append(board.take(0)))
    waiting.start()
    board.close()
    waiting.join()
    assert found == [None]
    board.put(1, batch(10))
    assert board.take(1) is None


def test_the_lane_with_the_fewest_batches_is_filled_next_as_long_as_there_is_room() -> None:
    board = board_with([1], [10, 11], room=5)
    assert board.neediest([0, 1]) == 0
    board.put(0, batch(2))
    assert board.neediest([0, 1]) == 0  # of equals the first
    assert board.neediest([1]) == 1
    assert board.neediest([]) is None
    board.put(1, batch(12))
    assert board.neediest([0, 1]) is None
    taken(board, 1)
    assert board.neediest([0, 1]) == 0
