"""What must have happened, and how long ago, before a contact of this kind may be made.

Sources of the kind: first-contact notices (the validation notice, an agency's notice of placement), and waiting
periods after a letter that later packs bring. An event that a case does not mention is taken as done; live facts name
it in `unknown` when it is not, and that is a HOLD.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec

from policies.facts import Facts, Frozen, Word
from policies.holidays import Calendar, calendar
from policies.instant import FOREVER, day_number, weekday_of, zone
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.vocabulary import Decision, RuleKind


class Params(Frozen, frozen=True):
    """`event` is a key of `notices`, or `validation_notice` or `dc_notice_mailed`; `min_days` after its local date, in
    calendar days or in business days of `calendar`. `absent`: what an event that nothing mentions is taken for."""

    event: Word
    min_days: int = 0
    count: Literal["calendar_days", "business_days"] = "calendar_days"
    calendar: str | None = None
    absent: Literal["ordinary", "missing"] = "ordinary"
    tz: str = "consumer"


def _date(facts: Facts, event: str) -> dt.date | msgspec.UnsetType | None:
    """When the event was, None: it is recorded as not done, UNSET: nothing is recorded."""
    if event == "dc_notice_mailed":
        return facts.dc_notice_mailed
    if event == "validation_notice" and facts.validation is not None:
        return facts.validation.sent
    return facts.notices.get(event, msgspec.UNSET)


def _free_day(day: int, params: Params, holidays: Calendar | None) -> int:
    """The first local date on which the waiting period is over."""
    if params.count == "calendar_days":
        return day + params.min_days
    left = params.min_days
    while left:
        day += 1
        if weekday_of(day) < 5 and (holidays is None or day not in holidays):
            left -= 1
    return day


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """Objects until the event is long enough ago, in every zone; without end while it has not happened."""
    params = rule.params
    own = None if params.tz == "consumer" else zone(params.tz)
    holidays = calendar(params.calendar) if params.calendar else None
    what = params.event.replace("_", " ")

    def check(prepared: Prepared, moment: Moment) -> Result:
        date = _date(prepared.facts, params.event)
        if date is msgspec.UNSET and params.absent == "ordinary":
            return FOREVER
        if date is None or isinstance(date, msgspec.UnsetType):
            return Blocked(Decision.HOLD, f"the {what} has not been sent")
        day = day_number(date)
        free = _free_day(day, params, holidays)
        until = max((place.at(free, 0) for place, today, _ in moment.in_zone(own) if today < free), default=0)
        if not until:
            return FOREVER
        if free == day:
            return Blocked(Decision.HOLD, f"the {what} is dated {date.isoformat()}, after this contact")
        found = (
            f"the {what} of {date.isoformat()} is not {params.min_days} {params.count.replace('_', ' ')} old"
        )
        return Blocked(Decision.DEFER, found, until=until)

    return check


def _needs(params: Any) -> tuple[str, ...]:
    return (params.event,)


def _reads(params: Any) -> tuple[str, ...] | None:
    if params.absent == "missing":
        return None
    return ("dc_notice_mailed",) if params.event == "dc_notice_mailed" else ("notices", "validation")


KIND = Kind(RuleKind.PRECONDITION, Params, compile_rule, needs=_needs, reads=_reads)
