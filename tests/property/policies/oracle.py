"""A slow, plain second reading of the rules with windows, counts and pauses: datetimes and loops, nothing shared.

It knows the numbers by itself (it does not read the packs), and answers which rules object to a call, a text or a
letter at an instant. Used to check the judge and the next permitted time.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

COUNTED = {"conversation", "dropped", "no_answer", "voicemail", "voicemail_not_left", "voicemail_withheld",
           "ringless_voicemail", "wrong_number", "callback_requested", None}  # fmt: skip
ELECTRONIC = ("sms", "email")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Past:
    at: dt.datetime
    channel: str
    outcome: str | None
    debts: tuple[str, ...] = ("d1",)
    direction: str = "outbound"
    party: str = "consumer"


@dataclass(frozen=True)
class Agreed:
    """A consent to more calls."""

    received_at: dt.datetime
    scope_date: dt.date | None = None
    revoked_at: dt.datetime | None = None


@dataclass(frozen=True)
class Barred:
    """An inconvenient time: weekdays, and hours of the day or the whole of it."""

    days: tuple[str, ...]
    start: str | None = None
    end: str | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Question:
    zones: tuple[str, ...]
    channel: str
    past: tuple[Past, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    barred: tuple[Barred, ...] = ()
    debt: str = "d1"
    places: frozenset[str] = field(default_factory=frozenset)


def local(at: dt.datetime, zone: str) -> dt.datetime:
    return at.astimezone(ZoneInfo(zone))


def hours_open(at: dt.datetime, zone: str) -> bool:
    return 8 <= local(at, zone).hour < 21


def mine(past: Past, question: Question) -> bool:
    """Was it with the consumer, about this debt?"""
    return question.debt in past.debts and past.party == "consumer"


def covers(agreed: Agreed, at: dt.datetime, zone: str, question: Question) -> bool:
    """Does this consent let a call at this instant go uncounted?"""
    received = agreed.received_at
    if at < received or (agreed.revoked_at is not None and at >= agreed.revoked_at):
        return False
    if (local(at, zone).date() - local(received, zone).date()).days > 6:
        return False
    if agreed.scope_date is not None and local(at, zone).date() != agreed.scope_date:
        return False
    talks = [
        past.at
        for past in question.past
        if past.outcome == "conversation" and past.channel == "voice" and mine(past, question)
    ]
    return not any(received < talk < at for talk in talks)


def consented(at: dt.datetime, zone: str, question: Question) -> bool:
    return any(covers(agreed, at, zone, question) for agreed in question.agreed)


def seven_in_seven(at: dt.datetime, zone: str, question: Question) -> bool:
    """True if the rule objects to a call."""
    if question.channel != "voice" or consented(at, zone, question):
        return False
    today, count = local(at, zone).date(), 0
    for past in question.past:
        days = (today - local(past.at, zone).date()).days
        counts = past.channel == "voice" and past.direction == "outbound" and past.outcome in COUNTED
        if counts and mine(past, question) and days <= 6 and not consented(past.at, zone, question):
            count += 1
    return count >= 7


def after_conversation(at: dt.datetime, zone: str, question: Question) -> bool:
    if question.channel != "voice" or consented(at, zone, question):
        return False
    today = local(at, zone).date()
    for past in question.past:
        talked = past.channel == "voice" and past.outcome == "conversation"
        if talked and mine(past, question) and (today - local(past.at, zone).date()).days <= 6:
            return True
    return False


def inconvenient(at: dt.datetime, zone: str, question: Question) -> bool:
    here = local(at, zone)
    clock = f"{here:%H:%M}"
    for barred in question.barred:
        in_days = DAYS[here.weekday()] in barred.days
        in_dates = barred.until is None or here.date() <= barred.until
        in_hours = (barred.start or "00:00") <= clock and (barred.end is None or clock < barred.end)
        if in_days and in_dates and in_hours:
            return True
    return False


def three_a_week(at: dt.datetime, zone: str, question: Question) -> bool:
    """Washington: more than three in a calendar week from Sunday, household, any form, a busy line too."""
    here = local(at, zone).date()
    sunday = here - dt.timedelta(days=(here.weekday() + 1) % 7)
    count = 0
    for past in question.past:
        date = local(past.at, zone).date()
        household = past.party in ("consumer", "spouse")
        in_week = sunday <= date <= sunday + dt.timedelta(days=6)
        if household and in_week and past.direction == "outbound":
            count += 1
    return count >= 3


def three_in_seven(at: dt.datetime, zone: str, question: Question) -> bool:
    """New York City: three calls, texts and e-mails in seven dates for the account, a busy line too."""
    if question.channel not in ("voice", *ELECTRONIC):
        return False
    here, count = local(at, zone).date(), 0
    for past in question.past:
        days = (here - local(past.at, zone).date()).days
        ours = question.debt in past.debts and past.channel in ("voice", *ELECTRONIC)
        if ours and days <= 6 and past.direction == "outbound":
            count += 1
    return count >= 3


def objections(at: dt.datetime, question: Question) -> set[str]:
    """The rules that object at this instant, in any of the zones."""
    found: set[str] = set()
    for zone in question.zones:
        if question.channel != "letter" and not hours_open(at, zone):
            found.add("regf-hours-8-21")
        if seven_in_seven(at, zone, question):
            found.add("regf-7in7-attempts")
        if after_conversation(at, zone, question):
            found.add("regf-7day-after-conversation")
        if inconvenient(at, zone, question):
            found.add("regf-inconvenient-time")
        if "us-wa" in question.places and three_a_week(at, zone, question):
            found.add("wa-3-per-week")
        if "us-ny-nyc" in question.places and three_in_seven(at, zone, question):
            found.add("nyc-3-per-7")
    return found
