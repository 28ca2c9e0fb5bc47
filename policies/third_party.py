"""What every rule about third parties asks of one contact: its purpose, a refusal, what it would disclose."""

from __future__ import annotations

from policies.facts import Contact, Facts


def is_named(names: tuple[str, ...], contact: Contact) -> bool:
    """True if a register of third parties lists this one, by address or number, or by the party's own name."""
    who = contact.party.partition(":")[2]
    return (contact.address is not None and contact.address in names) or (bool(who) and who in names)


def purpose_objection(contact: Contact, purposes: frozenset[str]) -> str | None:
    """Why the purpose does not do; a purpose that is not stated is none of the permitted ones."""
    if contact.purpose in purposes:
        return None
    stated = "no stated purpose" if contact.purpose is None else f"the purpose {contact.purpose}"
    allowed = ", ".join(sorted(purposes)) or "none"
    return f"a third party may not be contacted with {stated} (permitted: {allowed})"


def refusal_objection(facts: Facts) -> str | None:
    """A contact person who refused is not asked again."""
    if is_named(facts.third_party_refused, facts.contact):
        return "this third party refused further contact"
    return None


def disclosure_objection(facts: Facts, offer_lifts: bool) -> str | None:
    """The debt is not disclosed, but for what payment needs where this very person offered to pay."""
    if not facts.contact.discloses_debt:
        return None
    if offer_lifts and is_named(facts.third_party_offered_to_pay, facts.contact):
        return None
    return "the contact would disclose the debt to a third party"
