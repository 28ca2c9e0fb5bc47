"""A notice to cease communication, for all channels and without end.

Sources: 12 CFR 1006.6(c) and comments 6(c)(1)-1, -2; firm policy for actors that no law binds. It counts
from its receipt, not from its postmark. Words spoken are a stop of that medium (`medium_stop`), not a cease
notice.
"""

from __future__ import annotations

from policies.facts import Cease, Frozen, Tagged, Word
from policies.instant import FOREVER, to_micros
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.vocabulary import Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """`forms` that are a notice; an electronic one counts unless it came through a medium that is not
    accepted.

    `allowed` contents may still be sent; `outside` parties are not communication with the consumer.
    """

    forms: tuple[Word, ...] = ("written", "electronic")
    allowed: tuple[Tagged, ...] = ()
    outside: tuple[Tagged, ...] = ("consumer_attorney",)


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to any contact after receipt, but for the contents that the rule allows."""
    if matches(rule.params.allowed, traits.content) or matches(rule.params.outside, traits.party):
        return None
    forms = frozenset(rule.params.forms)

    def check(prepared: Prepared, moment: Moment) -> Result:
        cease = prepared.facts.cease
        if cease is None:
            return FOREVER
        if cease.form not in forms:
            return FOREVER
        if cease.form == "electronic" and cease.accepted_medium is False:
            return Passed(flags=("policy_may_hold",))
        return _from_receipt(cease, moment.at)

    return check


def _from_receipt(cease: Cease, at: int) -> Result:
    """A notice whose receipt was not noted has been received: it is in the register."""
    received = 0 if cease.received_at is None else to_micros(cease.received_at)
    if received > at:
        return received
    when = "" if cease.received_at is None else f", received {cease.received_at.isoformat()}"
    return Blocked(Decision.DENY, f"the consumer gave notice to cease communication{when}")


KIND = Kind(
    RuleKind.CEASE, Params, compile_rule, needs=lambda params: (Fact.CEASE,), reads=lambda params: ("cease",)
)
