"""How large a chunk may be: no larger than the lines can start in half a second."""

from __future__ import annotations

import pytest

from channels.pace import Pace


class Watch:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lived(measured: Pace, watch: Watch, seconds: float, times: int = 100) -> int:
    for _ in range(times):
        with measured.timed():
            watch.now += seconds
    return measured.per_500ms


def test_a_chunk_is_what_the_lines_can_start_in_time() -> None:
    watch = Watch()
    assert Pace(8, 1000).per_500ms == 8
    assert lived(Pace(8, 1000, watch), watch, 0.05) == pytest.approx(80, abs=1)
    assert lived(Pace(8, 1000, watch), watch, 0.2) == pytest.approx(20, abs=1)
    assert lived(Pace(8, 1000, watch), watch, 5.0) == 8
    assert lived(Pace(8, 1000, watch), watch, 0.0001) == 1000
    assert lived(Pace(100, 50, watch), watch, 0.0001) == 50


def fail(measured: Pace, watch: Watch) -> None:
    with measured.timed():
        watch.now += 1.0
        raise OSError("gone")


def test_it_follows_a_provider_that_slows_down_even_by_failing() -> None:
    watch = Watch()
    measured = Pace(8, 1000, watch)
    quick = lived(measured, watch, 0.01)
    for _ in range(50):
        with pytest.raises(OSError, match="gone"):
            fail(measured, watch)
    assert measured.per_500ms < quick / 10
