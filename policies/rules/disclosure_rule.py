"""That a debt collector is collecting a debt: the long sentence in the first communication, the short one
later.

Source: 12 CFR 1006.18(e)(1), (2), (4). Who starts it does not matter, so a consumer who calls back after a
limited-content message gets the long one. It stands in the language of the rest of the message.
"""

from __future__ import annotations

from policies.facts import Contact, Event, Frozen, Tagged, Word
from policies.instant import FOREVER, to_micros
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.verdict import Obligation
from policies.vocabulary import Content, Decision, Fact, RuleKind

_SPOKEN = frozenset({"conversation", "met", "visit_met"})
_UNSENT = frozenset({"failed", "undelivered", "bounced", "returned"})
_SILENT_CHANNELS = frozenset({"credit_report", "court", "web_session"})


class Params(Frozen, frozen=True):
    """`first` and `later` name the obligations of the text."""

    first: Word = "mini_miranda_first"
    later: Word = "mini_miranda"
    exempt: tuple[Tagged, ...] = (
        Content.LIMITED_CONTENT,
        Content.OPT_OUT_CONFIRMATION,
        Content.SERVICE_OF_PROCESS,
        Content.PROOF_OF_CLAIM,
    )


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to a disclosure stated to be missing, too short for a first communication, or not
    understood.
    """
    params = rule.params
    if matches(params.exempt, traits.content) or traits.channel in _SILENT_CHANNELS:
        return None
    owed = {
        True: Passed(obligations=(Obligation(id=params.first, citation=rule.citation),)),
        False: Passed(obligations=(Obligation(id=params.later, citation=rule.citation),)),
    }

    def check(prepared: Prepared, moment: Moment) -> Result:
        contact = prepared.contact
        if contact.disclosure is None:
            return owed[_is_first(prepared, moment.at)]
        if contact.disclosure == "none":
            return Blocked(Decision.DENY, "it does not say that it is from a debt collector")
        if contact.disclosure != "initial" and _is_first(prepared, moment.at):
            return Blocked(Decision.DENY, "the first communication needs the whole disclosure")
        return _language(contact)

    return check


def _language(contact: Contact) -> Result:
    spoken, disclosed = contact.language, contact.disclosure_language
    if spoken is None or disclosed is None or spoken == disclosed:
        return FOREVER
    return Blocked(Decision.DENY, f"the disclosure is in {disclosed}, the message in {spoken}")


def _is_first(prepared: Prepared, at: int) -> bool:
    """True if no earlier event conveyed anything about a debt; an attempt or limited-content message did
    not.
    """
    stated = prepared.contact.initial_communication
    if stated is not None:
        return stated
    began: int = prepared.once("first communication", lambda: _began(prepared))
    return began >= at


def _began(prepared: Prepared) -> int:
    """The instant of the first event that conveyed anything about a debt; FOREVER: none did."""
    return next((to_micros(event.at) for event in prepared.events if _communicates(event)), FOREVER)


def _communicates(event: Event) -> bool:
    if event.party != "consumer" or event.content == Content.LIMITED_CONTENT:
        return False
    if event.channel in ("voice", "visit"):
        return event.outcome in _SPOKEN
    return event.direction == "inbound" or event.outcome not in _UNSENT


KIND = Kind(RuleKind.DISCLOSURE_RULE, Params, compile_rule, needs=lambda params: (Fact.CONTENT,))
