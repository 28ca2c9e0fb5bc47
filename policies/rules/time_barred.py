"""A debt too old to sue for: no suit and no threat of one. A plain request to pay stays, with a flag.

Source: 12 CFR 1006.26(b). A proof of claim in bankruptcy is not a suit.
"""

from __future__ import annotations

from policies.facts import Frozen, Tagged, Word
from policies.instant import FOREVER
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.vocabulary import Content, Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    deny_content: tuple[Tagged, ...] = (Content.THREAT_OF_SUIT,)
    deny_channels: tuple[Word, ...] = ("court",)
    allowed: tuple[Tagged, ...] = (Content.PROOF_OF_CLAIM,)
    flag: Word = "time_barred_disclosure_check"


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to suing, or threatening to, where the facts say that the debt is time-barred."""
    params = rule.params
    if matches(params.allowed, traits.content):
        return None
    barred = matches(params.deny_content, traits.content) or traits.channel in params.deny_channels

    def check(prepared: Prepared, moment: Moment) -> Result:
        if not prepared.facts.time_barred:
            return FOREVER
        if barred:
            return Blocked(Decision.DENY, "the debt is time-barred: no suit and no threat of one")
        return Passed(flags=(params.flag,))

    return check


KIND = Kind(
    RuleKind.TIME_BARRED,
    Params,
    compile_rule,
    needs=lambda params: (Fact.CONTENT,),
    reads=lambda params: ("time_barred",),
)
