"""A consumer whom an attorney represents: contact goes to the attorney.

Sources: 12 CFR 1006.6(b)(2) and comment 6(b)(2)-1; W. Va. Code 46A-2-128(e) (72 hours after written
notice). The consumer writing in does not end it; one reply is the business of an exception rule. Whether an
attorney's silence has lasted a reasonable time is decided by a person, never by a timer.
"""

from __future__ import annotations

from policies.facts import Attorney, Frozen, Tagged
from policies.instant import FOREVER, HOUR, to_micros
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.vocabulary import Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """`starts_after_hours` counts from the notice; a notice without a time has already been given.

    `contact_known`: binds only where the attorney's name and address are known or can readily be found.
    """

    starts_after_hours: int = 0
    contact_known: bool = True
    allowed: tuple[Tagged, ...] = ()
    outside: tuple[Tagged, ...] = ("consumer_attorney",)


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to contact with a represented consumer, about the account that the facts are about."""
    params = rule.params
    if matches(params.allowed, traits.content) or matches(params.outside, traits.party):
        return None
    delay, must_know = params.starts_after_hours * HOUR, params.contact_known

    def check(prepared: Prepared, moment: Moment) -> Result:
        attorney = prepared.facts.attorney
        if attorney is None or not _binds(attorney, must_know):
            return FOREVER
        starts = to_micros(attorney.notice_at) + delay if delay and attorney.notice_at else 0
        if starts > moment.at:
            return starts
        return Blocked(Decision.HOLD, "an attorney represents the consumer about this account")

    return check


def _binds(attorney: Attorney, must_know: bool) -> bool:
    """True while the attorney is known, can be reached, answers, and has not agreed to direct contact."""
    if not attorney.known or attorney.unresponsive or attorney.consents_direct:
        return False
    return attorney.contact_known or not must_know


KIND = Kind(
    RuleKind.REPRESENTATION,
    Params,
    compile_rule,
    needs=lambda params: (Fact.ATTORNEY,),
    reads=lambda params: ("attorney",),
)
