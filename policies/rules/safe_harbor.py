"""The e-mail and text procedures that keep the bona-fide-error defence. Losing it is no ban.

Source: 12 CFR 1006.6(d)(3)-(5) and comments. The firm's setting decides what a loss does: `advise` raises a
flag, `required` refuses the contact. One procedure that is met is enough; a recorded opt-out is the stop's
business.
"""

from __future__ import annotations

from datetime import date, timedelta

from policies.facts import Address, CreditorUse, Facts, Frozen, NumberCheck, PointConsent, Word
from policies.instant import DAY, FOREVER, Zone, day_number, to_micros
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.vocabulary import Answer, Channel, Decision, Fact, RuleKind

_FLAGS = ("no_safe_harbor",)


class Params(Frozen, frozen=True):
    """`min_opt_out_days` from sending to the date in the creditor's notice, `valid_days` of a number's
    evidence.
    """

    procedure: Word
    min_opt_out_days: int = 35
    valid_days: int = 60
    notice_elements: tuple[Word, ...] = ()
    account_uses: tuple[Word, ...] = ()


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection (or flag) where no procedure covers this address or number."""
    params = rule.params
    required = rule.settings.safe_harbor == "required"
    wanted = Channel.EMAIL if params.procedure == "email" else Channel.SMS
    if traits.channel != wanted or traits.party != "consumer":
        return None
    if wanted == Channel.EMAIL:
        return _email(params, required)
    return _text(params, required)


def _email(params: Params, required: bool) -> Check:
    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        mailbox = facts.addresses.get(facts.contact.address or "")
        chain = facts.contact.address_chain
        if not required and chain is None and not _says_something(mailbox):
            return FOREVER
        if mailbox is not None and (_was_used(mailbox, moment.at) or _agreed(mailbox.consents, moment.at)):
            return FOREVER
        if _from_prior(mailbox) or _chain_holds(chain):
            return FOREVER
        opens = _creditor_notice(params, mailbox, prepared) if mailbox is not None else FOREVER
        return FOREVER if opens <= moment.at else _lost(required, opens, "e-mail")

    return check


def _says_something(mailbox: Address | None) -> bool:
    """True if it was noted how we came by the mailbox; where nothing was, advice has nothing to say."""
    if mailbox is None:
        return False
    noted = (
        mailbox.consents,
        mailbox.consumer_used,
        mailbox.creditor,
        mailbox.prior_collectors,
        mailbox.provided,
    )
    return any(noted)


def _lost(required: bool, opens: int, what: str) -> Result:
    """A procedure that will be met later defers where it is required; none at all denies."""
    if not required:
        return Passed(opens, flags=_FLAGS)
    if opens < FOREVER:
        why = "the opt-out period of the creditor's notice is not over"
        return Blocked(Decision.DEFER, why, until=opens, flags=_FLAGS)
    return Blocked(Decision.DENY, f"no {what} procedure of the safe harbour is met", flags=_FLAGS)


def _was_used(mailbox: Address, at: int) -> bool:
    """The consumer wrote from it, or typed it in where its use for e-mail about the debt was made clear."""
    if mailbox.consumer_used is not None and to_micros(mailbox.consumer_used) <= at:
        return True
    given = mailbox.provided
    return given is not None and given.disclosed and (given.at is None or to_micros(given.at) <= at)


def _agreed(consents: tuple[PointConsent, ...], at: int) -> bool:
    return any(_given_at(consent, at) is not None for consent in consents)


def _given_at(consent: PointConsent, at: int) -> int | None:
    """When a consent that still holds was received; None if it does not hold."""
    received = 0 if consent.received_at is None else to_micros(consent.received_at)
    withdrawn = consent.revoked_at is not None and to_micros(consent.revoked_at) <= at
    return None if withdrawn or received > at else received


def _from_prior(mailbox: Address | None) -> bool:
    """A prior collector obtained it properly and the immediately prior one used it, without an opt-out."""
    prior = mailbox.prior_collectors if mailbox else ()
    if not prior or any(collector.opted_out for collector in prior):
        return False
    return prior[-1].used and any(collector.obtained_by in ("i", "ii") for collector in prior)


def _chain_holds(chain: tuple[str, ...] | None) -> bool:
    """`ABC:used, EFG:not_used, XYZ:proposed`: the last before the proposed one must have used the address."""
    used = [step.rpartition(":")[2] for step in chain or () if not step.endswith(":proposed")]
    return bool(used) and used[-1] == "used"


def _creditor_notice(params: Params, mailbox: Address, prepared: Prepared) -> int:
    """The instant from which the creditor's notice covers the mailbox; FOREVER: it never will."""
    use = mailbox.creditor
    if use is None or not _is_proper(params, mailbox, use):
        return FOREVER
    last = use.notice.opt_out_by if use.notice else None
    if last is None:
        return FOREVER
    return max((place.at(day_number(last) + 1, 0) for place in prepared.zones), default=FOREVER)


def _is_proper(params: Params, mailbox: Address, use: CreditorUse) -> bool:
    notice = use.notice
    if notice is None or notice.sent is None or notice.opt_out_by is None or use.opted_out_at is not None:
        return False
    if not use.obtained_from_consumer or not set(use.used_for) & set(params.account_uses):
        return False
    if (
        mailbox.domain_public is False
        or not notice.conspicuous
        or notice.respond_to not in ("collector", "creditor")
    ):
        return False
    long_enough = _days_between(notice.sent, notice.opt_out_by) >= params.min_opt_out_days
    return long_enough and set(params.notice_elements) <= set(notice.elements)


def _days_between(first: date, last: date) -> int:
    return (last - first) // timedelta(days=1)


def _text(params: Params, required: bool) -> Check:
    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        address = facts.contact.address or ""
        if not required and address not in facts.numbers and not facts.rnd_checks and not prepared.events:
            return FOREVER
        fresh = _evidence(prepared, address, moment.at)
        if fresh is None and not required:
            return FOREVER
        if any(_is_within(prepared.zones, when, params.valid_days, moment.at) for when in fresh or ()):
            return FOREVER
        return _lost(required, FOREVER, "text")

    return check


def _evidence(prepared: Prepared, address: str, at: int) -> list[int] | None:
    """Instants that keep the number alive; None: nothing was ever noted about this number."""
    facts = prepared.facts
    number = facts.numbers.get(address)
    texts: list[int] = prepared.once(("texts_from", address), lambda: _texts_from(prepared, address))
    kept = number.consents if number else ()
    consents = [when for consent in kept if (when := _given_at(consent, at)) is not None]
    if not texts and not consents:
        return [] if kept or _database(facts, address, at) else None
    return [*(when for when in texts if when <= at), *consents, *_database(facts, address, at)]


def _texts_from(prepared: Prepared, address: str) -> list[int]:
    """When the consumer wrote from this number; a call from it is no evidence."""
    return [
        to_micros(event.at)
        for event in prepared.events
        if event.channel == "sms" and event.direction == "inbound" and event.address == address
    ]


def _database(facts: Facts, address: str, at: int) -> list[int]:
    """Checks that answered that the number was not reassigned."""
    number = facts.numbers.get(address)
    loose = [check for check in facts.rnd_checks if check.number == address]
    checks: list[NumberCheck] = [*loose, *(number.rnd if number else ())]
    clean = [check for check in checks if check.reassigned_since == Answer.NO]
    return [to_micros(check.at) for check in clean if to_micros(check.at) <= at]


def _is_within(zones: tuple[Zone, ...], when: int, days: int, at: int) -> bool:
    """True on local dates up to and with day `days` after the evidence, in every candidate zone."""
    if not zones:
        return at - when <= days * DAY
    return all(place.day(at) - place.day(when) <= days for place in zones)


KIND = Kind(RuleKind.SAFE_HARBOR, Params, compile_rule, needs=lambda params: (Fact.CONTACT_POINT,))
