"""Holds: an entry in the register stops contact from its first to its last local date, both inclusive.

Statutory holds (a breathing space, a debtor's offered date), and the firm's own (bankruptcy, death,
hardship, fraud, complaint, military service, ...). The end of a hold schedules a fresh judgement; it is no
time to retry.
"""

from __future__ import annotations

from policies.facts import Frozen, Hold, Tagged, Word
from policies.instant import FOREVER, LAST, Zone, day_number, zone
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.vocabulary import Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """`holds`: the types that stop contact, none named: every type but those in `except_holds`.

    `deceased`: the fact of death is such a hold too. `allowed` contents and `outside` parties pass; `heirs`
    are the parties and `heir_purposes` the purposes that a death does not stop. `collector_type`: only these
    are bound, and those whose type is not known.
    """

    holds: tuple[Word, ...] = ()
    except_holds: tuple[Word, ...] = ()
    deceased: bool = False
    allowed: tuple[Tagged, ...] = ()
    outside: tuple[Tagged, ...] = ()
    heirs: tuple[Tagged, ...] = ()
    heir_purposes: tuple[Word, ...] = ()
    collector_type: tuple[Word, ...] = ()
    tz: str | None = None


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection while one of the named holds runs, in any candidate zone, for one of the contact's
    debts.
    """
    params = rule.params
    if matches(params.allowed, traits.content) or matches(params.outside, traits.party):
        return None
    survives = matches(params.heirs, traits.party) or traits.purpose in params.heir_purposes
    own = zone(params.tz) if params.tz else None
    only, bound = frozenset(params.collector_type), params.deceased and not survives

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        if only and prepared.contact.collector_type not in (None, *only):
            return FOREVER
        if bound and (facts.deceased or facts.consumer_status == "deceased"):
            return Blocked(Decision.HOLD, "the consumer has died")
        return _running(params, survives, own, prepared, moment) if facts.holds else FOREVER

    return check


def _running(params: Params, survives: bool, own: Zone | None, prepared: Prepared, moment: Moment) -> Result:
    later = FOREVER
    for hold in prepared.facts.holds:
        if not _concerns(params, survives, hold, prepared.contact.debts):
            continue
        starts, ends = _bounds(hold, own, moment)
        if starts <= moment.at < ends:
            return Blocked(Decision.HOLD, _why(hold), until=ends if ends < FOREVER else None)
        if starts > moment.at:
            later = min(later, starts)
    return later


def _concerns(params: Params, survives: bool, hold: Hold, debts: tuple[str, ...]) -> bool:
    """True if the hold is of a type that the rule names and for a debt of the contact (or for all)."""
    if hold.type in params.except_holds or (params.holds and hold.type not in params.holds):
        return False
    if hold.type == "deceased" and survives:
        return False
    return hold.debt is None or not debts or hold.debt in debts


def _bounds(hold: Hold, own: Zone | None, moment: Moment) -> tuple[int, int]:
    """First instant of the first local date, first instant after the last one, over all candidate zones."""
    places = [own] if own else [place for place, _, _ in moment.locals]
    starts, ends = -FOREVER, FOREVER
    if hold.from_ is not None and places:
        starts = min(place.at(day_number(hold.from_), 0) for place in places)
    if hold.until is not None and places:
        ends = max(place.at(day_number(hold.until) + 1, 0) for place in places)
    # "until 9999-12-31" says that there is no end
    return starts, ends if ends <= LAST else FOREVER


def _why(hold: Hold) -> str:
    until = f" until {hold.until.isoformat()}" if hold.until else ""
    return f"contact is on hold{until}: {hold.type.replace('_', ' ')}"


KIND = Kind(
    RuleKind.HOLD,
    Params,
    compile_rule,
    needs=lambda params: (Fact.HOLDS,),
    reads=lambda params: ("holds", "deceased", "consumer_status"),
)
