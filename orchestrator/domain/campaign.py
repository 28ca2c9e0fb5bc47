"""A campaign: a segment of the book worked by one cadence within dates and limits. Plain rules, no I/O.

draft ── running ⇄ paused
  │         ├────────┴── done (its end is over, or everybody went through)
  └─────────┴─────────── stopped (for good: one that was stopped never runs again)
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from orchestrator.domain import condition, horizon
from orchestrator.domain.condition import ConditionError
from orchestrator.errors import InputError

MAX_HELD_OUT = 0.5
MAX_NAME = 120
MAX_LIMIT = 10_000_000


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"


_S = CampaignState
TRANSITIONS: dict[CampaignState, frozenset[CampaignState]] = {
    _S.DRAFT: frozenset({_S.RUNNING, _S.STOPPED}),
    _S.RUNNING: frozenset({_S.PAUSED, _S.STOPPED, _S.DONE}),
    _S.PAUSED: frozenset({_S.RUNNING, _S.STOPPED, _S.DONE}),
    _S.STOPPED: frozenset(),
    _S.DONE: frozenset(),
}


def may_become(current: CampaignState, following: CampaignState) -> bool:
    """Whether a campaign may move so; stopped and done are the end."""
    return following in TRANSITIONS[current]


class Wait(StrEnum):
    """Why an enrollment waits for its campaign rather than for the law; kept as the enrollment's reason."""

    PAUSED = "campaign_paused"
    HOURLY_LIMIT = "campaign_hourly_limit"
    DAILY_LIMIT = "campaign_daily_limit"


WAITS = tuple(wait.value for wait in Wait)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a campaign is before it is started.

    segment: a condition in CEL over the documented fields, empty: the whole book. starts_on, ends_on: whole days
    of the firm's time zone, both included. Limits count contacts, from their reservation. held_out_share: 0 to 0.5.
    """

    name: str
    cadence: str
    segment: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    hourly_limit: int | None = None
    daily_limit: int | None = None
    held_out_share: float = 0.0


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field. `where` is line:column within a segment.

    kind, about: of a segment, as in a ConditionError.
    """

    field: str
    message: str
    hint: str | None = None
    where: str | None = None
    kind: str = ""
    about: str = ""


class CampaignError(InputError):
    """A campaign that is not taken; `problems` says for each field what is wrong with it."""

    code = "bad_campaign"

    def __init__(self, problems: list[FieldProblem]) -> None:
        first = problems[0]
        place = first.field + (f" {first.where}" if first.where else "")
        super().__init__(first.message, where=place, hint=first.hint)
        self.problems = tuple(problems)


def check(definition: Definition) -> None:
    """Everything that is wrong with a definition as one CampaignError; whether the cadence exists is not asked here."""
    found = [*_name(definition), *_segment(definition.segment), *_dates(definition)]
    for field in ("hourly_limit", "daily_limit"):
        limit = getattr(definition, field)
        if limit is not None and not 1 <= limit <= MAX_LIMIT:
            found.append(FieldProblem(field, "a limit is one contact or more", "leave it empty for no limit"))
    if not 0.0 <= definition.held_out_share <= MAX_HELD_OUT:
        found.append(FieldProblem("held_out_share", f"a held-out share is 0 to {MAX_HELD_OUT}"))
    if found:
        raise CampaignError(found)


def check_segment(text: str) -> None:
    """A segment that cannot be read is a CampaignError with its position and the fields that exist."""
    found = _segment(text)
    if found:
        raise CampaignError(found)


def _name(definition: Definition) -> list[FieldProblem]:
    name = definition.name
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable() or name != name.strip():
        return [FieldProblem("name", f"a name is 1 to {MAX_NAME} printable characters")]
    return []


def _segment(text: str) -> list[FieldProblem]:
    if not text.strip():
        return []
    try:
        condition.parse(text)
    except ConditionError as error:
        return [FieldProblem("segment", error.message, error.hint, error.where, error.kind, error.about)]
    return []


def _dates(definition: Definition) -> list[FieldProblem]:
    start, end = definition.starts_on, definition.ends_on
    found = [
        FieldProblem(field, f"{day} cannot be meant", f"a day is {horizon.SPAN}; leave it empty for none")
        for field, day in (("starts_on", start), ("ends_on", end))
        if day is not None and not horizon.is_within(day)
    ]
    if found:
        return found
    if start is not None and end is not None and end < start:
        return [FieldProblem("ends_on", "the last day is before the first", f"{start} or later")]
    return []


def is_held_out(campaign_id: str, consumer_id: str, share: float) -> bool:
    """Whether this campaign leaves the consumer alone, to measure its effect: the same answer for ever.

    By consumer, so that nobody is left alone about one account and contacted about the next. A larger share holds
    out everybody that a smaller one does.
    """
    text = f"{campaign_id}\x1f{consumer_id}".encode()
    drawn = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())
    return drawn < share * 2**64


def day_start(day: date, zone: str) -> datetime:
    """The first instant of a day of the firm, in UTC."""
    # a draft that is older than the horizon may name the ends of the calendar, where not every zone has an instant
    day = min(max(day, horizon.FIRST), horizon.LAST + timedelta(days=1))
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def end_of(definition: Definition, zone: str) -> datetime | None:
    """The first instant after the campaign; None: it has no end."""
    last = definition.ends_on
    return None if last is None else day_start(min(last, horizon.LAST) + timedelta(days=1), zone)


@dataclass(frozen=True, slots=True)
class Window:
    """A span in which contacts are counted: aware UTC, `ends_at` is the first instant of the next one."""

    starts_at: datetime
    ends_at: datetime


def hour_of(at: datetime, zone: str) -> Window:
    """The clock hour of `at` where the firm works."""
    local = at.astimezone(ZoneInfo(zone))
    into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    start = at.astimezone(UTC) - into
    return Window(start, start + timedelta(hours=1))


def day_of(at: datetime, zone: str) -> Window:
    """The date of `at` where the firm works, 23 or 25 hours when the clocks change."""
    today = at.astimezone(ZoneInfo(zone)).date()
    return Window(day_start(today, zone), day_start(today + timedelta(days=1), zone))
