"""Hours in which a contact may be made, in every candidate zone, or in the rule's own zone.

`windows` maps days (mon .. sun, weekdays, weekend, all, holiday) to "08:00-21:00", several spans joined by a comma,
or "closed"; holiday "same" is the default. With `flag_days` and no windows the rule only raises a flag.
"""

from __future__ import annotations

from typing import Any

from policies.errors import PackError
from policies.facts import Frozen, Word
from policies.holidays import Calendar, calendar
from policies.instant import FOREVER, Zone, weekday_of, zone
from policies.prepare import Local, Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.vocabulary import WEEKDAYS, Decision, Fact, RuleKind
from policies.windows import Schedule

_OWN_CALENDAR = "consumer"


_DEFER = Decision.DEFER


class Params(Frozen, frozen=True):
    """`tz` "consumer": the candidate zones; else the IANA zone that the rule names. `calendar` as in `holidays`, or
    "consumer": that of the consumer's country. `only_daytime_firms`: in force with the setting `daytime_only`."""

    windows: dict[str, str] | None = None
    tz: str = "consumer"
    calendar: str | None = None
    calendar_add: tuple[str, ...] = ()
    calendar_remove: tuple[str, ...] = ()
    calendar_categories: tuple[str, ...] = ()
    flag_days: tuple[Word, ...] = ()
    flag: Word = "outside_usual_days"
    only_daytime_firms: bool = False


def _calendar(params: Params) -> Calendar | None:
    if params.calendar is None:
        return None
    return calendar(params.calendar, params.calendar_add, params.calendar_remove, params.calendar_categories)


def _clock(local: Local) -> str:
    minutes = local[2] // 60_000_000
    return f"{minutes // 60:02}:{minutes % 60:02}"


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """Objects outside the hours until the next opening; in several zones until the last of them opens."""
    params = rule.params
    if params.only_daytime_firms and not rule.settings.daytime_only:
        return None
    own = None if params.tz == "consumer" else zone(params.tz)
    if params.windows is None:
        return _flagging(params, own) if params.flag_days else None
    hours = rule.rule.title.en
    if params.calendar == _OWN_CALENDAR:
        return _by_country(params, own, hours)
    return _within(Schedule(params.windows, _calendar(params)), own, hours)


def _within(schedule: Schedule, own: Zone | None, hours: str) -> Check:
    def check(prepared: Prepared, moment: Moment) -> Result:
        until, opens, shut = FOREVER, 0, None
        for place in moment.zones if own is None else (own,):
            is_open, edge = schedule.at(place, moment.at)
            if not is_open:
                if edge > opens:
                    opens, shut = edge, place
            elif edge < until:
                until = edge
        if shut is None:
            return until
        place = shut

        def found() -> str:
            clock = _clock(moment.local(place))
            return f"it is {clock} in {place.name}, outside the permitted hours ({hours})"

        if opens >= FOREVER:
            return Blocked(Decision.DENY, found)
        return Blocked(_DEFER, found, until=opens)

    return check


def _by_country(params: Params, own: Zone | None, hours: str) -> Check:
    """The holidays of the consumer's own country; a country whose holidays nobody here knows holds."""
    windows = params.windows or {}
    made: dict[str, Check | None] = {}

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        place = (facts.country or "-".join(facts.jurisdictions[:1]))[:2].upper()
        if place not in made:
            made[place] = _for_country(place, windows, own, hours)
        known = made[place]
        if known is None:
            return Blocked(Decision.HOLD, f"the public holidays of {place or 'this country'} are not known")
        return known(prepared, moment)

    return check


def _for_country(place: str, windows: dict[str, str], own: Zone | None, hours: str) -> Check | None:
    try:
        return _within(Schedule(windows, calendar(place)), own, hours)
    except PackError:
        return None


def _flagging(params: Params, own: Zone | None) -> Check:
    """Never objects: a flag on the named days."""
    days = frozenset(WEEKDAYS.index(day) for day in params.flag_days if day in WEEKDAYS)
    special = _calendar(params) if "holiday" in params.flag_days else None
    if special is None and "holiday" in params.flag_days:
        raise PackError("flag_days names holidays, but there is no calendar", code="no_calendar")
    flags = (params.flag,)

    def check(prepared: Prepared, moment: Moment) -> Result:
        for _, day, _ in moment.in_zone(own):
            if weekday_of(day) in days or (special is not None and day in special):
                return Passed(flags=flags)
        return FOREVER

    return check


def _needs(params: Any) -> tuple[str, ...]:
    return (Fact.ZONE,) if params.tz == "consumer" and params.windows is not None else ()


KIND = Kind(RuleKind.CONTACT_WINDOW, Params, compile_rule, needs=_needs)
