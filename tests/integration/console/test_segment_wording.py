"""Segments in words, and the figures that the charts of a campaign are drawn from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from orchestrator.console import language
from orchestrator.console.campaign_chart import COLUMNS, day_chart, hour_chart
from orchestrator.console.campaign_form import place_of
from orchestrator.console.segment_wording import LABELS, SegmentWording
from orchestrator.console.wording import Wording
from orchestrator.domain.field import FIELDS
from orchestrator.domain.forecast import DayCount
from orchestrator.services.campaign_progress import Hour

NOW = datetime(2026, 10, 14, 15, 30, tzinfo=UTC)
ENGLISH = SegmentWording(Wording("en", NOW), language.translations("en"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the whole book"),
        ("balance > 1500.0 && days_past_due >= 30", "balance over 1,500, days past due 30 or more"),
        ('country == "US" && !has_mobile', "country United States, no usable mobile number"),
        ('!("dispute" in holds)', "no dispute among the holds in force"),
        ("product != null && product == 'credit_card'", "product known, product credit card"),
        ("kind == \"a && b\"", "person or business a && b"),
        ("balance > 1.0 || balance < 0.5", ""),
        ("(balance > 1.0 && age > 3)", ""),
        ("size(holds) == 0", ""),
        ("has_mobile ? true : false", ""),
        ("balance > 1.0)", ""),
    ],
)  # fmt: skip
def test_plain_conditions_are_words_and_others_are_left_as_they_are(text: str, said: str) -> None:
    assert ENGLISH.sentence(text) == said


def test_every_field_has_a_name() -> None:
    assert set(LABELS) == set(FIELDS)


def test_a_place_is_cut_out_of_its_line() -> None:
    place = place_of("a > 1 &&\nowed > 2", "2:1")
    assert place is not None
    assert (place.before, place.mark, place.after) == ("", "owed", " > 2")
    at_the_end = place_of("balance >", "1:10")
    assert at_the_end is not None
    assert (at_the_end.before, at_the_end.mark) == ("balance >", "")
    assert place_of("balance", None) is None


def test_many_days_become_one_column_at_the_end() -> None:
    days = [DayCount(date(2026, 10, 1) + timedelta(days=n), n, 1, 0) for n in range(20)]
    chart = day_chart(days, 10)
    assert len(chart.columns) == COLUMNS
    assert chart.columns[-1].on is None
    assert sum(one.allowed for one in chart.columns) == sum(range(20))
    assert day_chart(days[:3], 100).limit_px is None, "a line above every column is not drawn"
    assert day_chart([], None).columns == ()


def test_few_days_are_a_week_so_that_no_column_is_as_wide_as_the_page() -> None:
    chart = day_chart([DayCount(date(2026, 10, 1), 10, 10, 0), DayCount(date(2026, 10, 2), 6, 6, 0)], None)
    assert [one.on for one in chart.columns] == [date(2026, 10, day) for day in range(1, 8)]
    assert [one.allowed for one in chart.columns] == [10, 6, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("hours", [23, 24, 25])
def test_hours_are_drawn_below_the_top_of_the_axis(hours: int) -> None:
    begin = NOW.replace(hour=0, minute=0)
    day = [Hour(begin + timedelta(hours=n), 7 * n % 50, 0 if n < 15 else 44) for n in range(hours)]
    chart = hour_chart(day, NOW, 40)
    assert chart.ticks[0] >= 49
    assert all(bar.sent_y >= 0 and bar.expected_y >= 0 for bar in chart.bars)
    assert {bar.state for bar in chart.bars} == {"sent", "part", "expected"}
    assert chart.now_x is not None
    assert 0 < chart.now_x < chart.width


@pytest.mark.parametrize("minutes", [0, 1, 30, 59])
def test_now_stands_in_the_bar_of_its_hour(minutes: int) -> None:
    begin = NOW.replace(hour=0, minute=0)
    day = [Hour(begin + timedelta(hours=n), n, 0) for n in range(24)]
    now = begin + timedelta(hours=15, minutes=minutes)
    chart = hour_chart(day, now, None)
    bar = next(one for one in chart.bars if one.starts_at <= now < one.starts_at + timedelta(hours=1))
    assert chart.now_x is not None
    assert bar.x <= chart.now_x <= bar.x + 32
