"""The geometry of week strips and of the table of hours: one unit an hour, in the consumer's time.

A day on which clocks change has 23 or 25 units, and the days that follow move with it. Past hours of today are bare.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from policies.outline import Openness, Piece

_HOUR = timedelta(hours=1)
DAY_SCALE = 12
"""Units of an hour in the table's strips, which are as wide as a week's."""
_TICKS = (6, 12, 18)
_SHOWN = {Openness.OPEN: "open", Openness.WAIT: "later", Openness.HOLD: "hold"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch that is not bare: `kind` is open, later or hold; `x` and `width` in the strip's units."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip from one midnight to another; `lines` are midnights (ticks, for a day), `now` None: not in it."""

    width: float
    bars: tuple[Bar, ...]
    lines: tuple[float, ...]
    now: float | None


@dataclass(frozen=True, slots=True)
class Day:
    """One row of the table of hours. `open` are the stretches in which the contact may be made; `state` says what the
    day is where there are none: later, hold or closed."""

    start: datetime
    end: datetime
    strip: Strip
    open: tuple[tuple[datetime, datetime], ...]
    state: str
    is_today: bool


def week_strip(pieces: Sequence[Piece], midnights: Sequence[datetime], now: datetime) -> Strip:
    """The strip over all days; `midnights` start the days, the last one ends the last day."""
    starts, ends = midnights[0], midnights[-1]
    return Strip(
        width=_units(starts, ends, 1),
        bars=tuple(_bars(pieces, starts, ends, 1)),
        lines=tuple(_units(starts, one, 1) for one in midnights[1:-1]),
        now=_units(starts, now, 1) if starts <= now < ends else None,
    )


def days_of(pieces: Sequence[Piece], midnights: Sequence[datetime], now: datetime, zone: str) -> list[Day]:
    """A row for every day, with ticks at 6, 12 and 18 o'clock wherever these are on a day of 23 or 25 hours."""
    return [_day(pieces, start, end, now, zone) for start, end in pairwise(midnights)]


def _day(pieces: Sequence[Piece], start: datetime, end: datetime, now: datetime, zone: str) -> Day:
    inside = list(_cut(pieces, start, end))
    is_today = start <= now < end
    strip = Strip(
        width=_units(start, end, DAY_SCALE),
        bars=tuple(_bars(pieces, start, end, DAY_SCALE)),
        lines=tuple(_units(start, one, DAY_SCALE) for one in clock_moments(start, zone, _TICKS)),
        now=_units(start, now, DAY_SCALE) if is_today else None,
    )
    opened = tuple((piece.start, piece.end) for piece in inside if piece.state is Openness.OPEN)
    return Day(start, end, strip, opened, _state(inside), is_today)


def _state(pieces: Sequence[Piece]) -> str:
    states = {piece.state for piece in pieces}
    for state in (Openness.OPEN, Openness.WAIT, Openness.HOLD):
        if state in states:
            return _SHOWN[state]
    return "closed"


def clock_moments(midnight: datetime, zone: str, hours: Sequence[int]) -> list[datetime]:
    """When the clocks of `zone` show these hours on the day that begins at `midnight`."""
    day = midnight.astimezone(ZoneInfo(zone))
    return [day.replace(hour=hour).astimezone(midnight.tzinfo) for hour in hours]


def _bars(pieces: Sequence[Piece], starts: datetime, ends: datetime, scale: int) -> Iterator[Bar]:
    for piece in _cut(pieces, starts, ends):
        if piece.state in _SHOWN:
            x = _units(starts, piece.start, scale)
            yield Bar(_SHOWN[piece.state], x, round(_units(starts, piece.end, scale) - x, 2))


def _cut(pieces: Sequence[Piece], starts: datetime, ends: datetime) -> Iterator[Piece]:
    for piece in pieces:
        start, end = max(piece.start, starts), min(piece.end, ends)
        if start < end:
            yield Piece(start, end, piece.state)


def _units(since: datetime, at: datetime, scale: int) -> float:
    return round((at - since) / _HOUR * scale, 2)
