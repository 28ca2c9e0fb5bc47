"""When letters are handed to the printer or the post: between 08:00 and 20:00, wherever the consumer may be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS, CLOSES = time(8), time(20)


def handover_opens(zones: Sequence[str], at: datetime) -> datetime | None:
    """None if letters may be handed over at `at` in every zone, else the next instant (UTC) at which they may.

    Zones so far apart that no common hour exists answer for the last one to open.
    """
    moment = at
    for _ in range(8):
        blocked = [
            _next_open(moment, ZoneInfo(zone)) for zone in zones if not _is_open(moment, ZoneInfo(zone))
        ]
        if not blocked:
            return None if moment == at else moment.astimezone(UTC)
        moment = max(blocked)
    return moment.astimezone(UTC)


def handover_closes(zones: Sequence[str], at: datetime) -> datetime:
    """The first instant after `at` at which a zone's handover ends."""
    ends = [_at_clock(at.astimezone(ZoneInfo(zone)), CLOSES) for zone in zones]
    return min(ends, default=at + timedelta(hours=12)).astimezone(UTC)


def _is_open(at: datetime, zone: ZoneInfo) -> bool:
    return OPENS <= at.astimezone(zone).time() < CLOSES


def _next_open(at: datetime, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    opening = _at_clock(local, OPENS)
    return opening if local < opening else _at_clock(local + timedelta(days=1), OPENS)


def _at_clock(local: datetime, clock: time) -> datetime:
    return datetime.combine(local.date(), clock, local.tzinfo)
