"""How a required disclosure may be delivered: a form that can be kept, in a manner that gives actual notice.

Source: 12 CFR 1006.42 and comments 42(a)(1)-1 to -4; 1006.34(a)(1)(i)(B). Mail to an address that the
consumer is known to have left gives no notice. Electronic delivery after the initial communication needs
consent under E-SIGN 101(c). A subject line without the creditor and one more identifier weakens the notice:
a flag.
"""

from __future__ import annotations

from policies.facts import Contact, Frozen, Tagged
from policies.instant import FOREVER
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.vocabulary import ELECTRONIC, Content, Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    contents: tuple[Tagged, ...] = (
        Content.VALIDATION_NOTICE,
        Content.VERIFICATION,
        Content.ORIGINAL_CREDITOR_ANSWER,
    )


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to a delivery that would give no notice, or that needs a consent which is not there."""
    if not matches(rule.params.contents, traits.content):
        return None
    electronic = traits.channel in ELECTRONIC

    def check(prepared: Prepared, moment: Moment) -> Result:
        contact = prepared.contact
        if not electronic:
            return _by_mail(contact)
        first = contact.content == Content.VALIDATION_NOTICE and contact.initial_communication is True
        if contact.esign_consent is False and not first:
            return Blocked(Decision.DENY, "electronic delivery needs the consumer's E-SIGN consent")
        if contact.subject_has_creditor is False or contact.subject_has_second_id is False:
            return Passed(flags=("weak_actual_notice",))
        return FOREVER

    return check


def _by_mail(contact: Contact) -> Result:
    if contact.mail_address != "known_moved":
        return FOREVER
    return Blocked(Decision.DENY, "the consumer is known not to receive mail at this address any more")


KIND = Kind(RuleKind.DELIVERY_RULE, Params, compile_rule, needs=lambda params: (Fact.CONTENT,))
