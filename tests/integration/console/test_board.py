"""What many watch is looked at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from orchestrator.console import board as board_module
from orchestrator.console.board import Board


def test_fifty_who_come_together_share_one_look() -> None:
    board, looks, begin = Board(), [], time.monotonic()
    together = threading.Barrier(50)

    def look() -> int:
        looks.append(1)
        time.sleep(0.05)
        return len(looks)

    def come() -> int:
        together.wait()
        return board.last("thing", look, begin)

    with ThreadPoolExecutor(50) as people:
        found = [one.result() for one in [people.submit(come) for _ in range(50)]]
    assert found == [1] * 50


def test_nobody_is_told_what_was_found_before_they_asked() -> None:
    board, found = Board(), iter("ab")
    assert board.last("thing", lambda: next(found), time.monotonic()) == "a"
    assert board.last("thing", lambda: next(found), time.monotonic()) == "b"


def test_other_things_are_looked_at_apart() -> None:
    board = Board()
    assert [board.last(key, lambda key=key: key.upper(), 0.0) for key in ("a", "b", "a")] == ["A", "B", "A"]  # type: ignore[misc]


def test_a_look_that_fails_is_not_kept() -> None:
    board = Board()
    with pytest.raises(ZeroDivisionError):
        board.last("thing", lambda: 1 // 0, 0.0)
    assert board.last("thing", lambda: 1, 0.0) == 1


def test_what_nobody_watches_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_module, "FORGOTTEN_AFTER_S", 0.0)
    board = Board()
    board.last("old", lambda: 1, 0.0)
    board.last("new", lambda: 1, 0.0)
    assert [*board._looks] == ["new"]
