"""Who makes the contact and how they show it: a named agency, an official line, a recorder, two visitors.

Sources: China Banking Association guideline of 2026-01-30; the Chinese rules for card issuers (recording);
RCW 19.16.250 (caller number). What is not stated yet becomes an obligation; what is stated to be absent
objects.
"""

from __future__ import annotations

from policies.facts import Contact, Facts, Frozen, Word
from policies.instant import FOREVER
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.verdict import Obligation
from policies.vocabulary import Decision, Fact, RuleKind

_RECORDING = "recording_notice"


class Params(Frozen, frozen=True):
    """`require`: recording, id_shown. `entry_consent_places` may be entered only with consent on file.

    `whitelist`: the agency must be on the creditor's published list, where one is kept.
    """

    require: tuple[Word, ...] = ()
    min_staff: int = 0
    entry_consent_places: tuple[Word, ...] = ()
    whitelist: bool = False
    deny_sender: tuple[Word, ...] = ()
    unless_principal_consent: bool = False
    max_active_placements: int | None = None


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to the first of the rule's requirements that the contact is stated to lack."""
    params = rule.params
    recorded = "recording" in params.require
    passed = Passed(obligations=(Obligation(id=_RECORDING, citation=rule.citation),)) if recorded else FOREVER

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        why = _conduct(params, facts.contact, facts) or _sender(params, facts.contact, facts)
        if why is not None:
            return Blocked(Decision.DENY, why)
        if params.whitelist and facts.agency_whitelist is not None and facts.contact.agency_id is None:
            return Blocked(
                Decision.HOLD, "the agency is not named, so it cannot be found on the published list"
            )
        return passed

    return check


def _conduct(params: Params, contact: Contact, facts: Facts) -> str | None:
    """What a call or a visit is stated to lack."""
    if "recording" in params.require and contact.recording is False:
        return "the call would not be recorded"
    if "id_shown" in params.require and contact.id_shown is False:
        return "the visitors would not show their identity cards"
    if contact.staff is not None and contact.staff < params.min_staff:
        return f"a visit needs at least {params.min_staff} collectors"
    if contact.place in params.entry_consent_places and contact.place not in facts.entry_consent:
        return f"entering the {contact.place.replace('_', ' ')} needs the consumer's consent"
    return None


def _sender(params: Params, contact: Contact, facts: Facts) -> str | None:
    """What is wrong with who sends and from what line."""
    consented = params.unless_principal_consent and facts.principal_consent is True
    if contact.sender_type in params.deny_sender and not consented:
        return f"contact from a {str(contact.sender_type).replace('_', ' ')} is not permitted"
    listed = facts.agency_whitelist if params.whitelist else None
    if listed is not None and contact.agency_id is not None and contact.agency_id not in listed:
        return "the agency is not on the creditor's published list"
    most = params.max_active_placements
    if most is not None and facts.active_placements is not None and facts.active_placements > most:
        return f"the debt is placed with {facts.active_placements} agencies at once"
    return None


KIND = Kind(RuleKind.IDENTITY_RULE, Params, compile_rule, needs=lambda params: (Fact.SENDER,))
