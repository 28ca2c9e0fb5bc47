"""The two charts of a campaign as figures that a template draws: by day in its forecast, by hour while it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from orchestrator.domain.forecast import DayCount
from orchestrator.services.campaign_progress import Hour

COLUMNS = 8
WEEK = 7
HEIGHT = 150
_HOUR_WIDTH, _INSET, _PLOT = 40.0, 4.0, 120.0
_FIRST, _LAST = 8, 21
"""Hours of the day that are shown even if nothing happens in them."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A pair of columns, heights in pixels. `on` None: everything after the days that have columns of their own."""

    on: date | None
    allowed: int
    expected: int
    allowed_px: int
    expected_px: int


@dataclass(frozen=True, slots=True)
class DayChart:
    """`limit_px`: height of the line of the daily limit, None where there is none or it would not be seen."""

    columns: tuple[DayColumn, ...]
    limit_px: int | None


def day_chart(days: Sequence[DayCount], limit: int | None) -> DayChart:
    """A week at least and at most eight columns, each with its value; what comes after is one column of its own."""
    idle = (
        [DayCount(days[-1].on + timedelta(days=n), 0, 0, 0) for n in range(1, WEEK + 1 - len(days))]
        if days
        else []
    )
    days = [*days, *idle]
    shown = list(days) if len(days) <= COLUMNS else list(days[: COLUMNS - 1])
    rest = days[len(shown) :]
    pairs: list[tuple[date | None, int, int]] = [(one.on, one.allowed, one.expected) for one in shown]
    if rest:
        pairs.append((None, sum(one.allowed for one in rest), sum(one.expected for one in rest)))
    top = max((value for _, *values in pairs for value in values), default=0) or 1
    columns = tuple(DayColumn(on, a, b, _pixels(a, top), _pixels(b, top)) for on, a, b in pairs)
    return DayChart(columns, _pixels(limit, top) if limit is not None and limit <= top else None)


def _pixels(value: int, top: int) -> int:
    return max(1, round(HEIGHT * value / top)) if value else 0


@dataclass(frozen=True, slots=True)
class HourBar:
    """One hour; x, y and heights in units of the drawing. state: sent, part or expected."""

    starts_at: datetime
    value: int
    state: str
    x: float
    sent_y: float
    sent_height: float
    expected_y: float
    expected_height: float


@dataclass(frozen=True, slots=True)
class HourChart:
    """width by 120 units. `ticks`: figures of the axis, top first; limit_y, now_x: None outside of it."""

    bars: tuple[HourBar, ...]
    width: float
    ticks: tuple[int, ...]
    limit_y: float | None
    now_x: float | None


def hour_chart(hours: Sequence[Hour], now: datetime, limit: int | None) -> HourChart:
    """Today from eight to nine in the evening, and any hour beside these in which something happens."""
    busy = [place for place, hour in enumerate(hours) if hour.sent or hour.expected]
    first, last = min([_FIRST, *busy]), max([min(_LAST, len(hours)) - 1, *busy])
    shown = list(hours[first : last + 1])
    most = max([limit or 0, *(max(hour.sent, hour.expected) for hour in shown)])
    top = _nice(most)
    bars = tuple(_bar(place, hour, now, top) for place, hour in enumerate(shown))
    into = (now - shown[0].starts_at) / _HOUR if shown else -1.0
    # within the hour's own bar, never in the gap between two
    now_x = _HOUR_WIDTH * int(into) + _INSET + (into % 1) * (_HOUR_WIDTH - 2 * _INSET)
    return HourChart(
        bars=bars,
        width=_HOUR_WIDTH * len(shown),
        ticks=(top, top * 2 // 3, top // 3, 0),
        limit_y=None if limit is None else round(_PLOT * (1 - limit / top), 1),
        now_x=round(now_x, 1) if 0 <= into <= len(shown) else None,
    )


def _bar(place: int, hour: Hour, now: datetime, top: int) -> HourBar:
    is_over = hour.starts_at + _HOUR <= now
    state = "sent" if is_over else "part" if hour.starts_at <= now else "expected"
    expected = 0 if is_over else max(hour.expected, 0)
    sent_height, expected_height = (round(_PLOT * value / top, 1) for value in (hour.sent, expected))
    return HourBar(
        starts_at=hour.starts_at,
        value=hour.sent if state != "expected" else hour.expected,
        state=state,
        x=_HOUR_WIDTH * place + _INSET,
        sent_y=round(_PLOT - sent_height, 1),
        sent_height=sent_height,
        expected_y=round(_PLOT - expected_height, 1),
        expected_height=expected_height,
    )


def _nice(most: int) -> int:
    """A figure for the top of the axis that three parts divide evenly."""
    base = 1
    while True:
        for factor in (1, 2, 4, 5, 8):
            if 3 * factor * base >= most:
                return 3 * factor * base
        base *= 10
