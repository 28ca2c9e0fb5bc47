"""Contacts that need a recorded consent first.

Sources: 6 RCNY 5-77 and D.C. Code 28-3814(d)(4)(B) (electronic), 47 USC 227(b) (automated voice to a
mobile), the Chinese rules on commercial SMS, and firm policy where no law is known. A consent that was
withdrawn is none; one obtained in a communication that itself broke a rule is ignored (1006.6(b)(4)(i)).
"""

from __future__ import annotations

from policies.facts import Consent, Facts, Frozen, PointConsent, Tagged, Word
from policies.instant import FOREVER, to_micros
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.vocabulary import Content, Decision, Fact, RuleKind

_OF_A_TIME = frozenset({"call_frequency", "time"})
"""Consents that say when or how often; they are no consent to be contacted through a medium."""


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
    stated = _stated(facts, params.need, address)
    fitting = [c for c in stated if params.per == "address" or _covers(c, channel, address)]
    if any(_holds(consent, at) for consent in fitting):
        return FOREVER
    what = params.need.replace("_", " ")
    if any(consent.revoked_at for consent in fitting):
        return Blocked(Decision.DENY, f"the {what} consent was withdrawn")
    if not params.presumed:
        return Blocked(Decision.HOLD, f"no {what} consent is recorded for this {channel} address")
    if stated or any(consent.type not in _OF_A_TIME for consent in facts.consents):
        return Blocked(Decision.HOLD, f"no {what} consent is recorded for {channel}")
    return FOREVER


def _stated(facts: Facts, need: str, address: str | None) -> list[Consent]:
    """The consents of a type, those to commercial messages and those kept with the number or address
    included.
    """
    found = [c for c in facts.consents if c.type == need and not c.obtained_during_violation]
    if need == "commercial" and address is not None and address in facts.commercial_consent:
        found.append(Consent(type=need, address=address))
    if address is not None:
        found += [_of_point(need, address, given) for given in _kept_with(facts, address)]
    return found


def _kept_with(facts: Facts, address: str) -> tuple[PointConsent, ...]:
    number, mailbox = facts.numbers.get(address), facts.addresses.get(address)
    return (*(number.consents if number else ()), *(mailbox.consents if mailbox else ()))


def _of_point(need: str, address: str, given: PointConsent) -> Consent:
    """Consent to one number or address: `medium` there is how it was given, so it is not narrowed by it."""
    return Consent(type=need, address=address, received_at=given.received_at, revoked_at=given.revoked_at)


def _covers(consent: Consent, channel: str, address: str | None) -> bool:
    return consent.medium in (None, channel) and consent.address in (None, address)


def _holds(consent: Consent, at: int) -> bool:
    if consent.received_at is not None and to_micros(consent.received_at) > at:
        return False
    return consent.revoked_at is None or to_micros(consent.revoked_at) > at


KIND = Kind(RuleKind.CONSENT_RULE, Params, compile_rule, needs=lambda params: (Fact.CONSENT,))
