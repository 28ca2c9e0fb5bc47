"""How many messages a provider can start in half a second, learnt from how long its calls take.

A permit lives about a second: a chunk that is larger than the lines can start in time would let permits lapse.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WEIGHT = 0.1


class Pace:
    """`lines`: calls that can be under way at once. `most`: the largest chunk, however quick the other side."""

    def __init__(self, lines: int, most: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lines = lines
        self._most = most
        self._seconds: float | None = None

    @property
    def per_500ms(self) -> int:
        """At least one call a line, which all start at once; at first no more is known."""
        if self._seconds is None:
            return min(self._lines, self._most)
        quick = int(self._lines * 0.5 / max(self._seconds, 1e-4))
        return min(max(quick, self._lines), self._most)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Learn from one call, whatever came of it."""
        start = self._monotonic()
        try:
            yield
        finally:
            took = self._monotonic() - start
            known = self._seconds
            self._seconds = took if known is None else known + _WEIGHT * (took - known)
