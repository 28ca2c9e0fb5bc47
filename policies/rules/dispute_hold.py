"""Disputes and requests for the original creditor: collection stops until the answer is sent.

Sources: 12 CFR 1006.38(c), (d)(2), 1006.34(c)(3) and comments 38-1 to -3, 38(d)(2)(ii)-1, 42(a)(1)-2. In
writing means mail, the response form, a courier, in person, or an electronic medium that we accept. Timely
means received on or before the stated end of the validation period; with no notice known, every one is.
"""

from __future__ import annotations

from datetime import date

from policies.facts import Dispute, Facts, Frozen, Tagged, Verification, Word
from policies.instant import EPOCH, FOREVER, date_of, from_micros, to_micros
from policies.pattern import matches
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.validation import period_of
from policies.vocabulary import Content, Decision, Fact, RuleKind

_DISPUTES = "disputes"
_ANSWERS = (Content.VERIFICATION, Content.ORIGINAL_CREDITOR_ANSWER, "legally_required:*")


class Params(Frozen, frozen=True):
    """`register`: disputes, or original_creditor_requests. `not_written` forms hold nothing but raise a
    flag.
    """

    register: Word = _DISPUTES
    not_written: tuple[Word, ...] = ("oral", "unaccepted_electronic")
    allowed: tuple[Tagged, ...] = _ANSWERS
    observed: bool = True


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection while a timely written dispute or request about a debt of the contact is unanswered."""
    params = rule.params
    if matches(params.allowed, traits.content) or traits.content == Content.OPT_OUT_CONFIRMATION:
        return None
    if params.register != _DISPUTES:
        return _requests(params)

    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        if not facts.disputes and facts.dispute is None:
            return FOREVER
        flags: list[str] = []
        later = FOREVER
        for dispute in _disputes(facts):
            if to_micros(dispute.at) > moment.at:
                later = min(later, to_micros(dispute.at))
                continue
            found = _standing(params, dispute, prepared, moment.at)
            if isinstance(found, Blocked):
                return found
            flags += [found] if found else []
        return Passed(later, flags=tuple(flags)) if flags else later

    return check


def _disputes(facts: Facts) -> tuple[Dispute, ...]:
    """The register, with the short form of a single dispute written out."""
    short = facts.dispute
    if short is None:
        return facts.disputes
    answer = Verification(sent_at=short.verification_sent_at) if short.verification_sent_at else None
    whole = Dispute(at=short.received_at or EPOCH, form=short.form, verification=answer)
    return (*facts.disputes, whole)


def _standing(params: Params, dispute: Dispute, prepared: Prepared, at: int) -> Blocked | str | None:
    """An objection, a flag, or nothing to say about one dispute that has been received."""
    contact = prepared.contact
    if dispute.debt is not None and contact.debts and dispute.debt not in contact.debts:
        return None
    if _answered(dispute, at):
        return None
    if dispute.form in params.not_written:
        return "disputed_orally" if dispute.form == "oral" else "policy_may_hold"
    if _is_late(params, to_micros(dispute.at), prepared):
        return "late_dispute"
    if dispute.portion == "part" and contact.portion == "undisputed":
        return None
    when = dispute.at.date().isoformat() if dispute.at > EPOCH else "an unnoted date"
    return Blocked(Decision.HOLD, f"a written dispute received on {when} is not answered yet")


def _answered(dispute: Dispute, at: int) -> bool:
    """True once verification left and did not come back, or a full notice that the dispute repeats an
    earlier one.

    A dispute with new and material information is no repetition, so such a notice does not answer it.
    """
    answer = dispute.verification
    if answer is not None and answer.sent_at is not None and not answer.undeliverable:
        return to_micros(answer.sent_at) <= at
    notice = dispute.duplicative_notice
    if not dispute.duplicative or notice is None or notice.sent_at is None:
        return False
    return notice.reasons and notice.refers_to_earlier and to_micros(notice.sent_at) <= at


def _is_late(params: Params, received: int, prepared: Prepared) -> bool:
    """True if it came after the stated end date in every candidate zone."""
    end = _period_end(params, prepared.facts)
    if end is None:
        return False
    return all(date_of(place.day(received)) > end for place in prepared.zones) and bool(prepared.zones)


def _period_end(params: Params, facts: Facts) -> date | None:
    period = period_of(facts.validation, params.observed) if facts.validation else None
    return period[2] if period else None


def _requests(params: Params) -> Check:
    def check(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        if not facts.original_creditor_requests:
            return FOREVER
        later = FOREVER
        for request in facts.original_creditor_requests:
            received = to_micros(request.at)
            if request.form in params.not_written or _is_late(params, received, prepared):
                continue
            if received > moment.at:
                later = min(later, received)
            elif request.answered_at is None or to_micros(request.answered_at) > moment.at:
                when = from_micros(received).date().isoformat()
                why = f"the original creditor's name and address, asked for on {when}, are not sent yet"
                return Blocked(Decision.HOLD, why)
        return later

    return check


KIND = Kind(
    RuleKind.DISPUTE_HOLD,
    Params,
    compile_rule,
    needs=lambda params: (Fact.DISPUTES,),
    reads=lambda params: ("disputes", "dispute", "original_creditor_requests"),
)
