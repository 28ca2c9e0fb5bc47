"""What a message, a letter or a call must contain, and media that no content makes right.

Sources: 12 CFR 1006.6(e), 1006.22(f)(1), (f)(4); D.C. Code 28-3814(d)(4)(B); C.R.S. 5-16-105(3); the Chinese
rules for card letters and SMS. An element that is not stated yet becomes an obligation of the text; one that
is stated to be missing objects.
"""

from __future__ import annotations

import re

from policies.facts import Contact, Frozen, Word
from policies.instant import FOREVER
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.verdict import Obligation
from policies.vocabulary import Channel, Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """`deny_channels`: these media are not permitted at all. `fields` and `statements` must be there, each
    by its name.

    `front_pointer`: the field that must stand on the front where the statements are on the back. `envelope`:
    regular expressions that must not match what is printed outside. `initial_only`: the first communication.
    `warn_undisclosed`: a flag where a private message does not say who writes.
    """

    deny_channels: tuple[Channel, ...] = ()
    opt_out_text: bool = False
    fields: tuple[Word, ...] = ()
    statements: tuple[Word, ...] = ()
    front_pointer: Word | None = None
    initial_only: bool = False
    sealed: bool = False
    envelope: tuple[str, ...] = ()
    warn_undisclosed: bool = False
    obligations: tuple[Word, ...] = ()
    why: str = ""


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to what is stated to be missing; `details.missing` lists it by name."""
    params = rule.params
    if traits.channel in params.deny_channels:
        barred = Blocked(Decision.DENY, params.why or f"{traits.channel} is not a permitted medium")
        return lambda prepared, moment: barred
    owed = tuple(Obligation(id=name, citation=rule.citation) for name in params.obligations)
    if params == Params(obligations=params.obligations):
        carries = Passed(obligations=owed)
        return lambda prepared, moment: carries
    passes = Passed(obligations=owed) if owed else FOREVER
    envelope = re.compile("|".join(params.envelope)) if params.envelope else None

    def check(prepared: Prepared, moment: Moment) -> Result:
        contact = prepared.contact
        if params.initial_only and contact.initial_communication is not True:
            return FOREVER
        missing = _missing(params, contact)
        why = _objection(params, contact, missing, envelope)
        if why is not None:
            return Blocked(Decision.DENY, why, details={"missing": missing})
        if params.warn_undisclosed and contact.discloses_collector is False:
            return Passed(obligations=owed, flags=("identity_not_disclosed",))
        return passes

    return check


def _missing(params: Params, contact: Contact) -> tuple[str, ...]:
    """Names of what is stated to be absent. Contents that are not stated at all are not absent."""
    found: list[str] = []
    if contact.fields is not None:
        found += [name for name in params.fields if name not in contact.fields]
    if contact.statements is not None:
        found += [name for name in params.statements if name not in contact.statements]
        pointer = params.front_pointer
        if pointer and contact.statements_on == "back" and pointer not in contact.statements:
            found.append(pointer)
    return tuple(found)


def _objection(
    params: Params, contact: Contact, missing: tuple[str, ...], envelope: re.Pattern[str] | None
) -> str | None:
    if missing:
        return f"it lacks: {', '.join(missing)}"
    if params.opt_out_text and not contact.opt_out_text:
        return "it does not say how to opt out of further messages"
    if params.sealed and contact.sealed is False:
        return "it would not be sealed"
    if envelope is not None and contact.envelope_text is not None and envelope.search(contact.envelope_text):
        return "what is printed on the outside shows that it is about a debt"
    return None


KIND = Kind(RuleKind.CONTENT_RULE, Params, compile_rule, needs=lambda params: (Fact.CONTENT,))
