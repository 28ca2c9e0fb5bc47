"""The gate before a debtor's contact persons, as a state machine over the history.

Source: China Banking Association guideline of 2026-01-30 (press quotations). The gate is closed. It opens

* at once, when the number that the debtor left is no longer in service, or a person recorded that the debtor
  cannot be reached, or the debtor has died or lost capacity;
* from the next local day, after three consecutive failed calls to that number;
* after a failed call to it on each of three consecutive local days (at once; the strict reading: next day).

It closes when the debtor is reached again, through any channel, in either direction. A call that somebody
else answered moves nothing. While it is open a contact person may be asked for the debtor's whereabouts, or
to pass on a request to call; who refused is not asked again; the debt is never named.
"""

from __future__ import annotations

from dataclasses import dataclass

from policies.facts import Event, Facts, Frozen, Tagged, Word
from policies.instant import FOREVER, Zone, to_micros, zone
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.third_party import disclosure_objection, purpose_objection, refusal_objection
from policies.vocabulary import Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """`failures` in a row open from the next day, `failure_days` in a row at once (or, `strict_days`, next
    day).
    """

    parties: tuple[Tagged, ...] = ("reference", "family", "employer")
    purposes: tuple[Word, ...] = ("locate", "relay", "heir_contact")
    tz: str = "Asia/Shanghai"
    failures: int = 3
    failure_days: int = 3
    strict_days: bool = False
    failed: tuple[Word, ...] = ("no_answer", "busy", "power_off", "unreachable")
    invalid: tuple[Word, ...] = ("not_in_service",)
    reached: tuple[Word, ...] = ("conversation", "met", "visit_met", "callback_requested")
    offer_lifts: bool = True


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to a contact person: never for a wrong purpose, a refusal or a disclosure; else until
    it opens.
    """
    params = rule.params
    if not matches(params.parties, traits.party):
        return None
    place, purposes = zone(params.tz), frozenset(params.purposes)

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        why = purpose_objection(facts.contact, purposes) or refusal_objection(facts)
        why = why or disclosure_objection(facts, params.offer_lifts)
        if why is not None:
            return Blocked(Decision.DENY, why)
        return _gate(params, place, prepared, moment.at)

    return check


def _gate(params: Params, place: Zone, prepared: Prepared, at: int) -> Result:
    if _is_open_by_fact(prepared.facts):
        return FOREVER
    opens = _opens(params, place, prepared, at)
    if opens <= at:
        return FOREVER
    if opens < FOREVER:
        return Blocked(
            Decision.DEFER, "the debtor's contact persons may be approached from the next day", until=opens
        )
    return Blocked(Decision.DENY, "the debtor can still be reached: contact persons may not be approached")


def _is_open_by_fact(facts: Facts) -> bool:
    gone = facts.deceased or facts.consumer_status in ("deceased", "incapacitated")
    return gone or facts.consumer_unreachable is True


@dataclass
class _Gate:
    """What the failures so far amount to. `opens`: the instant from which the gate is open."""

    opens: int = FOREVER
    in_a_row: int = 0
    days_in_a_row: int = 0
    last_day: int = -1

    def close(self) -> None:
        self.opens, self.in_a_row, self.days_in_a_row, self.last_day = FOREVER, 0, 0, -1

    def fail(self, params: Params, place: Zone, at: int) -> None:
        day = place.day(at)
        self.in_a_row += 1
        if day != self.last_day:
            self.days_in_a_row = self.days_in_a_row + 1 if day == self.last_day + 1 else 1
            self.last_day = day
        next_day = place.at(day + 1, 0)
        if self.in_a_row >= params.failures:
            self.opens = min(self.opens, next_day)
        if self.days_in_a_row >= params.failure_days:
            self.opens = min(self.opens, next_day if params.strict_days else at)


def _opens(params: Params, place: Zone, prepared: Prepared, at: int) -> int:
    """Walk through the history up to `at`; FOREVER: nothing that happened opens the gate."""
    gate, number = _Gate(), prepared.facts.primary_number
    for event in prepared.events:
        when = to_micros(event.at)
        if when > at:
            break
        if _reaches_debtor(params, event):
            gate.close()
        elif number is not None and _is_call_to(event, number):
            if event.outcome in params.invalid:
                gate.opens = min(gate.opens, when)
            elif event.outcome in params.failed:
                gate.fail(params, place, when)
    return gate.opens


def _reaches_debtor(params: Params, event: Event) -> bool:
    if event.party != "consumer":
        return False
    return event.direction == "inbound" or event.outcome in params.reached


def _is_call_to(event: Event, number: str) -> bool:
    return event.channel == "voice" and event.address == number and event.party == "consumer"


KIND = Kind(
    RuleKind.THIRD_PARTY_LADDER,
    Params,
    compile_rule,
    needs=lambda params: (Fact.PARTY, Fact.HISTORY),
    window_days=lambda params: None,
)
