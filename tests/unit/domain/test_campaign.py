"""Campaigns' plain rules: states, held-out people, hours and days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from orchestrator.domain.campaign import (
    TRANSITIONS,
    CampaignState,
    Definition,
    day_of,
    end_of,
    hour_of,
    is_held_out,
    may_become,
)

NEW_YORK = "America/New_York"


def test_a_stopped_campaign_never_runs_again() -> None:
    reached, open_states = set(), {CampaignState.STOPPED}
    while open_states:
        state = open_states.pop()
        reached.add(state)
        open_states |= TRANSITIONS[state] - reached
    assert reached == {CampaignState.STOPPED}


def test_every_campaign_that_is_not_over_can_be_stopped() -> None:
    for state in (CampaignState.DRAFT, CampaignState.RUNNING, CampaignState.PAUSED):
        assert may_become(state, CampaignState.STOPPED)


def test_who_is_held_out_never_changes_and_a_larger_share_only_adds() -> None:
    people = [f"C{number}" for number in range(20_000)]
    few = {one for one in people if is_held_out("cm_1", one, 0.05)}
    many = {one for one in people if is_held_out("cm_1", one, 0.2)}
    assert few == {one for one in people if is_held_out("cm_1", one, 0.05)}
    assert few < many
    assert 0.045 < len(few) / len(people) < 0.055
    assert few != {one for one in people if is_held_out("cm_2", one, 0.05)}
    assert not any(is_held_out("cm_1", one, 0.0) for one in people)


@pytest.mark.parametrize(
    ("zone", "at", "starts"),
    [
        (NEW_YORK, datetime(2026, 3, 4, 17, 59, 59, 999, UTC), datetime(2026, 3, 4, 17, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 3, 4, 17, 10, tzinfo=UTC), datetime(2026, 3, 4, 16, 30, tzinfo=UTC)),
        # an hour that comes twice is two hours
        (NEW_YORK, datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC)),
        (NEW_YORK, datetime(2026, 11, 1, 6, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ],
)
def test_an_hour_is_the_clock_hour_where_the_firm_works(zone: str, at: datetime, starts: datetime) -> None:
    window = hour_of(at, zone)
    assert (window.starts_at, window.ends_at) == (starts, starts + timedelta(hours=1))
    assert hour_of(window.ends_at, zone).starts_at == window.ends_at


def test_a_day_has_as_many_hours_as_it_has() -> None:
    window = day_of(datetime(2026, 11, 1, 12, tzinfo=UTC), NEW_YORK)
    assert window.ends_at - window.starts_at == timedelta(hours=25)
    ends = end_of(Definition("x", "y", ends_on=date(2026, 11, 1)), NEW_YORK)
    assert ends == window.ends_at
