"""Recorded consents read together: those of the consumer and those kept with one number or address."""

from __future__ import annotations

from policies.facts import Consent, Facts, PointConsent
from policies.instant import to_micros

_OF_A_TIME = frozenset({"call_frequency", "time"})
"""Consents that say when or how often; they are no consent to be contacted through a medium."""


def stated(facts: Facts, need: str) -> list[Consent]:
    """Every consent of a type that counts for the contact's address, withdrawn ones included.

    A consent obtained in a communication that itself broke a rule is none (1006.6(b)(4)(i)).
    """
    address = facts.contact.address
    found = [c for c in facts.consents if c.type == need and not c.obtained_during_violation]
    if address is None:
        return found
    if need == "commercial" and address in facts.commercial_consent:
        found.append(Consent(type=need, address=address))
    if need != "electronic":
        return found  # what is kept with a number or mailbox was given to messages, to no machine's voice and no offers
    return found + [_of_point(need, address, given) for given in _kept_with(facts, address)]


def covers(consent: Consent, channel: str, address: str | None) -> bool:
    """True if it was given for this channel (or for all) and for this address (or for none in particular)."""
    return consent.medium in (None, channel) and consent.address in (None, address)


def holds_at(consent: Consent, at: int) -> bool:
    """True if it was received by `at` (microseconds) and not withdrawn by then."""
    if consent.received_at is not None and to_micros(consent.received_at) > at:
        return False
    return consent.revoked_at is None or to_micros(consent.revoked_at) > at


def any_stated(facts: Facts) -> bool:
    """True if a consent to a medium was recorded at all: then what is not recorded was not given."""
    return any(consent.type not in _OF_A_TIME for consent in facts.consents)


def is_recorded(facts: Facts) -> bool:
    """True if something is recorded about consent to this contact's channel and address, be it a withdrawal.

    Who builds live facts names `consent` among the unknown ones where this is False.
    """
    contact = facts.contact
    if any(c.type not in _OF_A_TIME and covers(c, contact.channel, contact.address) for c in facts.consents):
        return True
    return contact.address is not None and bool(_kept_with(facts, contact.address))


def _kept_with(facts: Facts, address: str) -> tuple[PointConsent, ...]:
    number, mailbox = facts.numbers.get(address), facts.addresses.get(address)
    return (*(number.consents if number else ()), *(mailbox.consents if mailbox else ()))


def _of_point(need: str, address: str, given: PointConsent) -> Consent:
    """Its `medium` is how the consent was given, not what it was given for, so it narrows nothing."""
    return Consent(type=need, address=address, received_at=given.received_at, revoked_at=given.revoked_at)
