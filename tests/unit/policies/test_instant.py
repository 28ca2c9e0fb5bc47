"""Instants and local days as integers agree with the standard library, also where the clocks change."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest

from policies.instant import (
    DAY,
    HOUR,
    MINUTE,
    clock_micros,
    date_of,
    day_number,
    from_micros,
    to_micros,
    zone,
)

ZONES = ["America/New_York", "America/Chicago", "Pacific/Honolulu", "Asia/Shanghai", "America/Sao_Paulo",
         "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "Europe/Dublin"]  # fmt: skip


def test_micros_round_trip_exactly() -> None:
    at = dt.datetime(2026, 4, 8, 7, 59, 59, 123457, tzinfo=dt.UTC)
    assert from_micros(to_micros(at)) == at


def test_an_instant_with_an_offset_is_the_same_instant() -> None:
    east = dt.datetime.fromisoformat("2026-04-08T10:00:00-04:00")
    west = dt.datetime.fromisoformat("2026-04-08T07:00:00-07:00")
    assert to_micros(east) == to_micros(west)


@pytest.mark.parametrize("name", ZONES)
def test_local_days_agree_with_the_standard_library(name: str) -> None:
    place, info, draw = zone(name), ZoneInfo(name), random.Random(7)
    begin = to_micros(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    for _ in range(2_000):
        us = begin + draw.randrange(20 * 365 * 86_400) * 1_000_000
        local = from_micros(us).astimezone(info)
        assert date_of(place.day(us)) == local.date()
        assert (us + place.offset(us)) % DAY == (
            local.hour * 60 + local.minute
        ) * MINUTE + local.second * 1_000_000


@pytest.mark.parametrize("name", ZONES)
def test_a_clock_time_is_the_first_instant_that_shows_it_or_later(name: str) -> None:
    place, draw = zone(name), random.Random(11)
    for _ in range(300):
        day = day_number(dt.date(2024, 1, 1)) + draw.randrange(1_200)
        clock = draw.randrange(0, 1_440, 30) * MINUTE
        found = place.at(day, clock)
        wall = day * DAY + clock
        assert found + place.offset(found) >= wall
        before = found - MINUTE
        shown = before + place.offset(before)
        assert shown < wall or shown >= wall + 12 * HOUR


def test_a_time_in_the_spring_gap_is_the_moment_after_it() -> None:
    place = zone("America/Chicago")
    found = place.at(day_number(dt.date(2026, 3, 8)), clock_micros("02:30"))
    assert from_micros(found) == dt.datetime.fromisoformat("2026-03-08T03:00:00-05:00")


def test_an_hour_that_comes_twice_is_the_first() -> None:
    place = zone("America/Chicago")
    found = place.at(day_number(dt.date(2026, 11, 1)), clock_micros("01:30"))
    assert from_micros(found) == dt.datetime.fromisoformat("2026-11-01T01:30:00-05:00")
