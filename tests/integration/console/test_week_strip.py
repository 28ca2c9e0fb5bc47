"""The week strip against asking for every quarter of an hour, also where a clock changes in that week."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.console.strip import days_of, week_strip
from orchestrator.services.contact import Contact, check_contacts
from orchestrator.services.contact_panel import read_panel
from orchestrator.services.local_days import days_from, free_days
from policies.verdict import Decision
from tests.integration.console.conftest import Enter, words
from tests.integration.console.test_contact_panel import spoke

QUARTER = timedelta(minutes=15)
# the clocks of Chicago go back on 1 November 2026 and forward on 14 March 2027, those of Phoenix never do
WEEKS = [
    ("America/Chicago", datetime(2026, 10, 30, 15, 7, tzinfo=UTC), 169),
    ("America/Chicago", datetime(2027, 3, 11, 15, 7, tzinfo=UTC), 167),
    ("America/Phoenix", datetime(2026, 10, 30, 15, 7, tzinfo=UTC), 168),
]


@pytest.mark.parametrize(("zone", "at", "hours"), WEEKS)
@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_the_strip_is_what_asking_every_quarter_says(
    runtime: Runtime, zone: str, at: datetime, hours: int, channel: str
) -> None:
    assert isinstance(runtime.clock, VirtualClock)
    with runtime.database.write(runtime.clock) as unit:
        unit.execute(
            "UPDATE consumer SET zones = :zones WHERE id = 'C-1'",
            {"zones": f'[{{"zone": "{zone}", "source": "stated"}}]'},
        )
    runtime.clock.advance(at - timedelta(days=2) - runtime.clock.now())
    spoke(runtime)
    runtime.clock.advance(timedelta(days=2))
    panel = read_panel(runtime.house, "C-1", "A-1", zone)
    row = next(one for one in panel.answers if one.channel == channel)
    strip = week_strip(row.pieces, panel.midnights, panel.at)
    assert strip.width == hours
    start = panel.midnights[0]
    moments = [start + QUARTER * step for step in range(hours * 4) if start + QUARTER * step >= panel.at]
    asked = [Contact("C-1", channel, ("A-1",), row.point_id, at=moment) for moment in moments]
    for moment, verdict in zip(moments, check_contacts(runtime.house, asked), strict=True):
        x = (moment - start) / timedelta(hours=1)
        inside = {bar.kind for bar in strip.bars if bar.x <= x < bar.x + bar.width}
        assert ("open" in inside) == (verdict.decision is Decision.ALLOW), (moment, verdict)
        local = moment.astimezone(ZoneInfo(zone))
        if channel == "voice" and 8 <= local.hour < 21 and verdict.decision is Decision.DEFER:
            assert inside == {"later"}, moment
    days = days_of(row.pieces, panel.midnights, panel.at, zone)
    assert [day.strip.width / 12 for day in days].count(24) == (7 if hours == 168 else 6)
    # every open day ends at nine in the evening of the clock on the wall, whatever the clock did in the night
    assert {end.astimezone(ZoneInfo(zone)).hour for day in days for _, end in day.open} == {21}


def test_past_hours_of_today_are_bare_and_now_is_marked(runtime: Runtime) -> None:
    panel = read_panel(runtime.house, "C-1", "A-1", "America/Chicago")
    strip = week_strip(panel.answers[0].pieces, panel.midnights, panel.at)
    assert strip.now == 10
    assert min(bar.x for bar in strip.bars) == 10
    assert strip.lines == (24, 48, 72, 96, 120, 144)


@pytest.mark.parametrize(
    ("country", "zone", "at", "found"),
    [
        ("US", "America/Chicago", datetime(2026, 11, 24, 15, tzinfo=UTC), {26: "holiday", 29: "sunday"}),
        ("CN", "Asia/Shanghai", datetime(2026, 9, 30, 2, tzinfo=UTC), {1: "holiday", 4: "sunday"}),
        ("ZZ", "UTC", datetime(2026, 11, 24, 15, tzinfo=UTC), {29: "sunday"}),
    ],
)
def test_holidays_and_sundays_of_the_week_are_known(
    country: str, zone: str, at: datetime, found: dict[int, str]
) -> None:
    known = {day.day: kind for day, kind in free_days(country, days_from(at, zone, 7), zone).items()}
    assert known.items() >= found.items()
    assert country != "US" or known == found


def test_a_holiday_is_told_over_the_strips_and_in_the_table(runtime: Runtime, enter: Enter) -> None:
    assert isinstance(runtime.clock, VirtualClock)
    runtime.clock.advance(datetime(2026, 11, 24, 15, tzinfo=UTC) - runtime.clock.now())
    html = enter("collector").get("/consumers/C-1/contact", headers={"HX-Request": "true"}).text
    assert html.count('title="Thu 26 Nov is a public holiday"') == 2
    assert "Thu 26 Nov is a public holiday; Sun 29 Nov is a Sunday" in words(html)
