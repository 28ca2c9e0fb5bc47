"""What many people watch is looked at once: the last look at a thing serves everybody for whom it is new enough."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from fastapi import Request

T = TypeVar("T")
FORGOTTEN_AFTER_S = 60.0
"""Nobody has watched it for so long."""


@dataclass(slots=True)
class _Look:
    at: float = float("-inf")
    found: Any = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Board:
    """The last look at each thing. Seconds are those of `time.monotonic`."""

    def __init__(self) -> None:
        self._looks: dict[Hashable, _Look] = {}
        self._lock = threading.Lock()

    def last(self, key: Hashable, look: Callable[[], T], since: float) -> T:
        """What `look` found, begun at `since` or later; who comes while somebody looks waits for that look."""
        with self._lock:
            mine = self._looks.setdefault(key, _Look())
        with mine.lock:
            if mine.at < since or mine.at == float("-inf"):
                began = time.monotonic()
                mine.found = look()
                mine.at = began
                self._forget(began - FORGOTTEN_AFTER_S)
            return cast("T", mine.found)

    def _forget(self, before: float) -> None:
        with self._lock:
            for key in [key for key, one in self._looks.items() if one.at < before and not one.lock.locked()]:
                del self._looks[key]


def board_of(request: Request) -> Board:
    board: Board = request.app.state.board
    return board
