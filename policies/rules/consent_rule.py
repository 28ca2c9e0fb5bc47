"""Contacts that need a recorded consent first.

Sources: 6 RCNY 5-77 and D.C. Code 28-3814(d)(4)(B) (electronic), 47 USC 227(b) (automated voice to a
mobile), the Chinese rules on commercial SMS, and firm policy where no law is known. A consent that was
withdrawn is none; one obtained in a communication that itself broke a rule is ignored (1006.6(b)(4)(i)).
"""

from __future__ import annotations

from policies.consent import any_stated, covers, holds_at, stated
from policies.facts import Facts, Frozen, Tagged, Word
from policies.instant import FOREVER
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.vocabulary import Content, Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """`need`: the type of consent. `per` medium: given for the channel (or for all); per address: for that
    one.

    `number_kind`: binds numbers of these kinds and of unknown kind. `replies`: an answer to the consumer
    needs none. `presumed`: absent consents are ordinary; left off, nothing recorded means none was given.
    """

    need: Word
    per: Word = "medium"
    number_kind: tuple[Word, ...] = ()
    automated: bool | None = None
    replies: bool = False
    exempt: tuple[Tagged, ...] = (Content.CONSENT_REQUEST, Content.OPT_OUT_CONFIRMATION)
    presumed: bool = True
    opt_out_text: bool = False


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection where the consent is not recorded (HOLD) or was withdrawn (DENY)."""
    params = rule.params
    if matches(params.exempt, traits.content) or (params.replies and traits.reply):
        return None
    if params.automated is not None and traits.automated != params.automated:
        return None
    if params.number_kind and traits.number_kind not in (None, *params.number_kind):
        return None
    channel = traits.channel

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        if params.opt_out_text and not prepared.contact.opt_out_text:
            return Blocked(Decision.DENY, "the message does not say how to opt out")
        if params.replies and prepared.contact.in_response_to_request:
            return FOREVER
        return _answer(params, facts, channel, moment.at)

    return check


def _answer(params: Params, facts: Facts, channel: str, at: int) -> Result:
    address = facts.contact.address
    known = stated(facts, params.need)
    fitting = [c for c in known if params.per == "address" or covers(c, channel, address)]
    if any(holds_at(consent, at) for consent in fitting):
        return FOREVER
    what = params.need.replace("_", " ")
    if any(consent.revoked_at for consent in fitting):
        return Blocked(Decision.DENY, f"the {what} consent was withdrawn")
    if Fact.CONSENT in facts.unknown:
        return FOREVER  # the judge itself holds for a needed fact that is missing; once is enough
    if known or not params.presumed or any_stated(facts):
        return Blocked(Decision.HOLD, f"no {what} consent is recorded for {channel}")
    return FOREVER


KIND = Kind(RuleKind.CONSENT_RULE, Params, compile_rule, needs=lambda params: (Fact.CONSENT,))
