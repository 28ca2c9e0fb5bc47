"""Clients of several processes after the same slots: the cap is reached exactly, and check-then-act is caught."""

from __future__ import annotations

import pytest

from bench import race
from bench.race import CAP, Race


def test_concurrent_reservations_reach_the_cap_exactly(database_url: str) -> None:
    result = race.run(Race(database_url, "reserve", 1, 4, "one", clients=12))
    assert result.failed == 0
    assert result.granted == {"one0000000": CAP}


def test_concurrent_reservations_on_many_consumers_never_pass_a_cap(database_url: str) -> None:
    result = race.run(Race(database_url, "reserve", 5, 8, "few", clients=12))
    assert result.failed == 0
    assert result.breaches == 0
    assert set(result.granted.values()) == {CAP}


@pytest.mark.slow
def test_the_race_finds_a_check_that_is_not_under_the_lock(database_url: str) -> None:
    result = race.run(Race(database_url, "check_then_act", 1, 4, "bad", clients=12))
    assert result.breaches > 0
