"""Credit reporting only after the consumer heard of the debt: a conversation, or a notice that did not come
back.

Source: 12 CFR 1006.30(a) and comments 30(a)(1)(ii)-2, -3. The date of sending is day 1 of fourteen; a
notice that comes back within them does not count, a later bounce does not undo a clean period.
"""

from __future__ import annotations

from policies.facts import Event, Frozen, Word
from policies.instant import FOREVER, to_micros
from policies.prepare import Moment, Prepared
from policies.rule import Blocked, Check, Kind, Passed, Result, RuleInForce, Traits
from policies.vocabulary import Content, Decision, Fact, RuleKind

_WRITTEN = frozenset({"letter", "email", "sms", "im"})
_CAME_BACK = frozenset({"bounced", "returned", "failed", "undelivered"})


class Params(Frozen, frozen=True):
    wait_days: int = 14
    channel: Word = "credit_report"
    late_bounce_flag: Word = "resend_advised"


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """The objection to furnishing too early: until the first date after the wait, or until a notice is
    sent.
    """
    params = rule.params
    if traits.channel != params.channel:
        return None

    def check(prepared: Prepared, moment: Moment) -> Result:
        past = [e for e in prepared.events if to_micros(e.at) <= moment.at and _is_about(e, prepared)]
        if any(_is_furnished(event, params) or _is_conversation(event) for event in past):
            return FOREVER
        notices = [event for event in past if _is_notice(event)]
        frees = [(_free_from(event, params, prepared, moment.at), event) for event in notices]
        opens = min((free for free, _ in frees), default=FOREVER)
        if opens <= moment.at:
            late = any(free <= moment.at and event.undeliverable_at for free, event in frees)
            return Passed(flags=(params.late_bounce_flag,)) if late else FOREVER
        if opens < FOREVER:
            why = f"the {params.wait_days} days after the notice are not over"
            return Blocked(Decision.DEFER, why, until=opens)
        return Blocked(Decision.HOLD, "the consumer has not been told of the debt yet")

    return check


def _is_about(event: Event, prepared: Prepared) -> bool:
    debts = prepared.contact.debts
    about = (*event.debts, *(event.debts_discussed or ()))
    return not debts or not about or any(debt in debts for debt in about)


def _is_furnished(event: Event, params: Params) -> bool:
    return event.channel == params.channel and event.outcome == "furnished"


def _is_conversation(event: Event) -> bool:
    return event.outcome in ("conversation", "met", "visit_met") and event.party == "consumer"


def _is_notice(event: Event) -> bool:
    if event.direction != "outbound" or event.channel not in _WRITTEN:
        return False
    if event.content == Content.LIMITED_CONTENT or event.party != "consumer":
        return False
    return event.outcome not in _CAME_BACK or event.undeliverable_at is not None


def _free_from(event: Event, params: Params, prepared: Prepared, at: int) -> int:
    """The first instant of the first free date in every candidate zone; FOREVER if it came back before
    that.
    """
    sent = to_micros(event.at)
    free = max((z.at(z.day(sent) + params.wait_days, 0) for z in prepared.zones), default=FOREVER)
    back = to_micros(event.undeliverable_at) if event.undeliverable_at else FOREVER
    return FOREVER if back < free and back <= at else free


KIND = Kind(RuleKind.PASSIVE_COLLECTION, Params, compile_rule, needs=lambda params: (Fact.HISTORY,))
