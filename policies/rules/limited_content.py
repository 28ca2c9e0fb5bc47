"""Whether a voicemail is a limited-content message: an attempt that says nothing about a debt.

Source: 12 CFR 1006.2(j) and comment 2(j). Four required and four optional elements and nothing else, in a
voicemail only. A missing one makes it no such message; an extra one makes it a communication.
"""

from __future__ import annotations

from policies.facts import Contact, Frozen, Word
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.verdict import Obligation
from policies.vocabulary import Channel, Content, Decision, Fact, RuleKind

_IS_ONE, _IS_NONE, _SAYS_MORE = "limited_content_message", "not_lcm", "communication"


class Params(Frozen, frozen=True):
    required: tuple[Word, ...] = ("business_name", "reply_request", "person_name", "phone_number")
    optional: tuple[Word, ...] = (
        "salutation",
        "message_datetime",
        "suggested_reply_times",
        "any_representative",
    )
    channels: tuple[Word, ...] = (Channel.VOICE, Channel.VOICEMAIL)


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """Classifies the message; objects to any other where the firm leaves limited-content messages only."""
    params = rule.params
    only = rule.settings.voicemail == "limited_content_only"
    if traits.content != Content.LIMITED_CONTENT:
        return _refuse_other if only and traits.channel == Channel.VOICEMAIL else None
    owed = (Obligation(id="limited_content", citation=rule.citation),)

    def check(prepared: Prepared, moment: Moment) -> Result:
        contact = prepared.contact
        if contact.elements is None:
            return Passed(obligations=owed)
        reading = _classify(params, contact)
        details = {"classification": reading}
        if reading == _IS_ONE or not only:
            return Passed(details=details)
        return Blocked(Decision.DENY, "the message is not a limited-content message", details=details)

    return check


def _refuse_other(prepared: Prepared, moment: Moment) -> Result:
    why = "only limited-content messages are left on voicemail"
    return Blocked(Decision.DENY, why, details={"classification": _SAYS_MORE})


def _classify(params: Params, contact: Contact) -> str:
    elements = frozenset(contact.elements or ())
    if elements - {*params.required, *params.optional} or contact.business_name_reveals:
        return _SAYS_MORE
    if contact.channel not in params.channels or frozenset(params.required) - elements:
        return _IS_NONE
    return _IS_ONE


KIND = Kind(RuleKind.LIMITED_CONTENT, Params, compile_rule, needs=lambda params: (Fact.CONTENT,))
