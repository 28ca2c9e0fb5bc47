"""A wish of a consumer: a time or place that does not suit, a channel to leave out or to take first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from orchestrator.errors import UsageError
from policies.vocabulary import WEEKDAYS

CHOICES = {"place": ("work", "home"), "channel": ("sms", "email", "voice", "letter")}
NEEDS = {
    "inconvenient_time": "",
    "inconvenient_place": "place",
    "excluded_channel": "channel",
    "preferred_channel": "channel",
}
"""The kinds, and what each of them has to name."""
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Wish:
    """`kind`: one of NEEDS.

    A time has `days` (none: every day) and the clock times "HH:MM" of the consumer's day between which it does not
    suit; without `start` from midnight, without `end` to midnight, past midnight where `end` is the earlier one.
    `until` is its last day.
    """

    kind: str
    days: tuple[str, ...] = ()
    start: str | None = None
    end: str | None = None
    until: date | None = None
    place: str | None = None
    channel: str | None = None


def check(wish: Wish) -> None:
    """Raise UsageError for what no rule would read: it would be acknowledged and honoured by nobody."""
    if wish.kind not in NEEDS:
        raise UsageError(f"{wish.kind!r} is no kind of wish", where="kind", hint=f"one of {', '.join(NEEDS)}")
    needed = NEEDS[wish.kind]
    for name, choices in CHOICES.items():
        given = getattr(wish, name)
        if name == needed and given not in choices:
            raise UsageError(f"a wish {wish.kind} names one", where=name, hint=f"one of {', '.join(choices)}")
        if name != needed and given is not None:
            raise UsageError(f"a wish {wish.kind} names none", where=name, hint="leave it out")
    if wish.kind == "inconvenient_time":
        _check_time(wish)
        return
    for name in ("days", "start", "end", "until"):
        if getattr(wish, name):
            raise UsageError(f"a wish {wish.kind} names no time", where=name, hint="leave it out")


def _check_time(wish: Wish) -> None:
    for name, clock in (("start", wish.start), ("end", wish.end)):
        if clock is not None and not _CLOCK.fullmatch(clock):
            raise UsageError(f"{clock!r} is no time of day", where=name, hint="like 12:00")
    if wish.start is not None and wish.start == wish.end:
        raise UsageError(
            "the time ends when it starts", where="end", hint="the whole day is meant without both"
        )
    strange = [day for day in wish.days if day not in WEEKDAYS]
    if strange:
        raise UsageError(f"{strange[0]!r} is no day", where="days", hint=f"of {', '.join(WEEKDAYS)}")
