"""Days that nobody can mean are refused before anything is added to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from orchestrator.domain import horizon
from orchestrator.domain.campaign import CampaignError, Definition, check, day_start, end_of
from orchestrator.domain.horizon import DateError

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))


@pytest.mark.parametrize("day", [date.min, date(1879, 12, 31), date(2101, 1, 1), date.max])
def test_a_day_beyond_the_horizon_cannot_be_meant(day: date) -> None:
    with pytest.raises(DateError) as found:
        horizon.check_day(day, "until")
    assert (found.value.code, found.value.where, found.value.exit_code) == ("bad_date", "until", 2)
    with pytest.raises(ValueError, match="from 1880-01-01 to 2100-12-31"):
        horizon.in_span(day)


@pytest.mark.parametrize("day", [horizon.FIRST, date(2026, 3, 4), horizon.LAST])
def test_a_day_within_it_is_taken(day: date) -> None:
    horizon.check_day(day, "until")
    assert horizon.in_span(day) == day


@pytest.mark.parametrize(
    "at",
    [
        datetime.min.replace(tzinfo=EAST),
        datetime.max.replace(tzinfo=WEST),
        datetime(2101, 1, 1, tzinfo=UTC),
    ],
)
def test_a_moment_beyond_it_cannot_be_meant_whatever_its_offset(at: datetime) -> None:
    with pytest.raises(DateError):
        horizon.check_moment(at, "--at")


def test_what_would_end_before_it_begins_is_refused_with_the_first_day_that_is_not() -> None:
    today = date(2026, 3, 4)
    horizon.check_last_day(None, today, "until")
    horizon.check_last_day(today, today, "until")
    with pytest.raises(DateError) as found:
        horizon.check_last_day(today - timedelta(days=1), today, "until")
    assert (found.value.where, found.value.hint) == ("until", "2026-03-04 or later")


@pytest.mark.parametrize("field", ["starts_on", "ends_on"])
@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_campaign_for_ever_is_refused_at_its_field(field: str, day: date) -> None:
    with pytest.raises(CampaignError) as found:
        check(Definition("spring", "standard", **{field: day}))  # type: ignore[arg-type]
    assert [one.field for one in found.value.problems] == [field]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_an_old_draft_for_ever_has_an_end_all_the_same(zone: str) -> None:
    assert end_of(Definition("spring", "standard", ends_on=date.max), zone) is not None
    last = end_of(Definition("spring", "standard", ends_on=horizon.LAST), zone)
    assert last == day_start(horizon.LAST, zone) + timedelta(days=1)
    assert day_start(date.min, zone) < day_start(date.max, zone)
