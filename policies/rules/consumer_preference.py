"""Times and places that the consumer calls inconvenient.

Sources: 12 CFR 1006.6(b)(1) and comments 6(b)(1)-1, 6(b)(1)(ii)-1. A time bars every channel until it is over; a
place bars what is bound to it (mail, a landline, a visit), and a mobile only where the consumer is known to be there.
"""

from __future__ import annotations

from typing import Any, Literal

from policies.facts import Contact, Frozen, Inconvenient
from policies.instant import DAY, FOREVER, clock_micros, day_number, weekday_of, zone
from policies.prepare import Local, Moment, Prepared
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.vocabulary import WEEKDAYS, Channel, Decision, Fact, NumberKind, RuleKind

_AHEAD = 15
"""Days that are looked ahead for the next inconvenient time; later than that is asked again."""
_TO_THE_HOME = frozenset({Channel.LETTER, Channel.POSTCARD, Channel.VISIT})


class Params(Frozen, frozen=True):
    """Which register is read: `inconvenient` (times) or `inconvenient_places`."""

    fact: Literal["inconvenient", "inconvenient_places"]
    tz: str = "consumer"


class _Time:
    """One designation as integers: weekdays, and a span of the local day that may run past midnight."""

    __slots__ = ("days", "end", "start", "until")

    def __init__(self, entry: Inconvenient) -> None:
        self.days = frozenset(WEEKDAYS.index(day) for day in entry.days) or frozenset(range(7))
        self.start = clock_micros(entry.start) if entry.start else 0
        end = clock_micros(entry.end) if entry.end else DAY
        self.end = end if end > self.start else end + DAY
        self.until = None if entry.until is None else day_number(entry.until)

    def spans(self, local: Local, first: int, last: int) -> list[tuple[int, int]]:
        """The barred spans that begin on local dates `first` to `last`, as instants."""
        place, found = local[0], []
        for day in range(first, last + 1):
            if weekday_of(day) in self.days and (self.until is None or day <= self.until):
                found.append((place.at(day, self.start), place.at(day + self.end // DAY, self.end % DAY)))
        return found


def _times(prepared: Prepared) -> tuple[_Time, ...]:
    made: tuple[_Time, ...] = prepared.once(
        "inconvenient", lambda: tuple(_Time(entry) for entry in prepared.facts.inconvenient)
    )
    return made


def _ask_time(prepared: Prepared, moment: Moment, local: Local) -> tuple[int, int]:
    """(until when it is barred or 0, when it next is) in one zone."""
    day = local[1]
    barred, begins = 0, local[0].at(day + _AHEAD, 0)
    for entry in _times(prepared):
        for start, end in entry.spans(local, day - 1, day + _AHEAD):
            if start <= moment.at < end:
                barred = max(barred, end)
            elif start > moment.at:
                begins = min(begins, start)
    return barred, begins


def _time_check(params: Params) -> Check:
    own = None if params.tz == "consumer" else zone(params.tz)

    def check(prepared: Prepared, moment: Moment) -> Result:
        if not prepared.facts.inconvenient:
            return FOREVER
        until, passes = 0, FOREVER
        for local in moment.in_zone(own):
            barred, begins = _ask_time(prepared, moment, local)
            until, passes = max(until, barred), min(passes, begins)
        if until:
            return Blocked(Decision.DEFER, "the consumer has called this time inconvenient", until=until)
        return passes

    return check


def _usual_places(contact: Contact) -> set[str | None]:
    """Mail, a visit and a landline whose place nobody noted reach the home; a work number rings at work."""
    if contact.channel in _TO_THE_HOME or contact.number_kind == NumberKind.LANDLINE:
        return {"home"}
    return {"work"} if contact.number_kind == NumberKind.WORK else set()


def _place_check() -> Check:
    def check(prepared: Prepared, moment: Moment) -> Result:
        facts, contact = prepared.facts, prepared.contact
        if not facts.inconvenient_places:
            return FOREVER
        places = {contact.place, contact.known_place} - {None} or _usual_places(contact)
        for entry in facts.inconvenient_places:
            if entry.place in places:
                found = f"the consumer has called this place ({entry.place}) inconvenient"
                return Blocked(Decision.DENY, found)
        return FOREVER

    return check


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """Times: objects until the barred time ends, in every zone. Places: objects without end."""
    return _time_check(rule.params) if rule.params.fact == "inconvenient" else _place_check()


def _needs(params: Any) -> tuple[str, ...]:
    if params.fact == "inconvenient_places":
        return (Fact.INCONVENIENT_PLACES,)
    return (Fact.INCONVENIENT, Fact.ZONE) if params.tz == "consumer" else (Fact.INCONVENIENT,)


KIND = Kind(
    RuleKind.CONSUMER_PREFERENCE, Params, compile_rule, needs=_needs, reads=lambda params: (params.fact,)
)
