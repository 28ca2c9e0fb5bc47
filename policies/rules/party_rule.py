"""Who besides the consumer may be contacted, for what, and how often.

Sources: 12 CFR 1006.6(d)(1)-(2), 1006.10 (location information); GB/T 45251-2025; the Chinese rules for card
issuers and small-loan companies. A third party may be asked where the consumer is, never told of the debt.
"""

from __future__ import annotations

from collections.abc import Callable

from policies.facts import Event, Facts, Frozen, Tagged, Word
from policies.instant import FOREVER, to_micros
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.third_party import disclosure_objection, is_named, purpose_objection, refusal_objection
from policies.vocabulary import Decision, Fact, RuleKind

_PRECONDITIONS: dict[str, Callable[[Facts], bool]] = {
    "debt_related_evidence": lambda facts: facts.debt_related_evidence is True,
    "consumer_unreachable": lambda facts: facts.consumer_unreachable is True,
    "attorney_unknown": lambda facts: facts.attorney is None or not facts.attorney.known,
}
_EXCEPTIONS: dict[str, Callable[[Facts], bool]] = {
    "jointly_liable": lambda facts: is_named(facts.jointly_liable, facts.contact),
}


class Params(Frozen, frozen=True):
    """`parties`: the rule is about these, none named: about every party but the `free` ones.

    `purposes`: what they may be contacted for. `precondition`: a fact that must hold. `exception`: a fact
    that frees the party. `once`: one answered contact for that purpose, unless they ask or the answer was
    wrong.
    """

    parties: tuple[Tagged, ...] = ()
    free: tuple[Tagged, ...] = ("consumer",)
    purposes: tuple[Word, ...] = ()
    discloses_debt: bool = False
    offer_lifts: bool = False
    stop_on_refusal: bool = False
    precondition: Word | None = None
    exception: Word | None = None
    once: bool = False
    once_counts: tuple[Word, ...] = ("conversation", "sent", "delivered", "read", "letter_delivered", "met")


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to a party, a purpose, a second inquiry or a disclosure; None where the party is free."""
    params = rule.params
    if matches(params.free, traits.party) or (params.parties and not matches(params.parties, traits.party)):
        return None
    purposes = frozenset(params.purposes)
    required = _PRECONDITIONS[params.precondition] if params.precondition else None
    freed = _EXCEPTIONS[params.exception] if params.exception else None

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        if freed is not None and freed(facts):
            return FOREVER
        why = purpose_objection(facts.contact, purposes) or _disclosed(params, facts)
        if why is None and params.stop_on_refusal:
            why = refusal_objection(facts)
        if why is None and required is not None and not required(facts):
            why = f"this is permitted only with {str(params.precondition).replace('_', ' ')}"
        if why is not None:
            return Blocked(Decision.DENY, why)
        return _asked_before(params, prepared, moment.at) if params.once else FOREVER

    return check


def _disclosed(params: Params, facts: Facts) -> str | None:
    return None if params.discloses_debt else disclosure_objection(facts, params.offer_lifts)


def _asked_before(params: Params, prepared: Prepared, at: int) -> Result:
    """One inquiry for each third party; an attempt that nobody answered has not used it."""
    contact = prepared.contact
    if contact.in_response_to_request or "earlier_answer_wrong" in contact.flags:
        return FOREVER
    counted = tuple(
        event.id or event.at.isoformat()
        for event in prepared.events
        if to_micros(event.at) <= at and _is_inquiry(params, event, contact.party, contact.purpose)
    )
    if not counted:
        return FOREVER
    return Blocked(Decision.DENY, "this third party was already asked once", counted=counted)


def _is_inquiry(params: Params, event: Event, party: str, purpose: str | None) -> bool:
    if event.direction != "outbound" or event.party != party or event.purpose != purpose:
        return False
    return event.outcome is None or event.outcome in params.once_counts


def _needs(params: Params) -> tuple[str, ...]:
    return (Fact.PARTY, Fact.HISTORY) if params.once else (Fact.PARTY,)


KIND = Kind(
    RuleKind.PARTY_RULE,
    Params,
    compile_rule,
    needs=_needs,
    window_days=lambda params: None if params.once else 0,
)
