"""What lifts other rules for one contact: an answer to the consumer, a web session, a consent to a time of day.

Sources: comments 6(b)(1)-2, 6(b)(1)-2.iii, 6(b)(2)-1 and 6(b)(4)(i)-1 to 12 CFR 1006. An exception never allows by
itself; it takes back the objections of the rules that it names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from policies.counting import answers
from policies.facts import Consent, Frozen, RuleId
from policies.instant import DAY, FOREVER, clock_micros, to_micros
from policies.prepare import Local, Moment, Prepared
from policies.rule import Kind, Lift, RuleInForce, Traits
from policies.vocabulary import Channel, RuleKind


class Params(Frozen, frozen=True):
    """`condition`: respond_once (one answer in the same medium to each message of the consumer), consumer_session
    (while the consumer is in the portal), time_consent (a consented span of the local day)."""

    condition: Literal["respond_once", "consumer_session", "time_consent"]
    lifts: tuple[RuleId, ...]


def _respond_once(prepared: Prepared, moment: Moment) -> int:
    if not prepared.contact.reply:
        return 0
    return FOREVER if answers(prepared.events, prepared.contact.channel, moment.at).left else 0


def _consumer_session(prepared: Prepared, moment: Moment) -> int:
    """The end of the session that is active at this moment."""
    if not prepared.contact.in_session:
        return 0
    for event in prepared.events:
        if event.channel == Channel.WEB_SESSION and to_micros(event.at) <= moment.at:
            end = FOREVER if event.session_end is None else to_micros(event.session_end)
            if moment.at < end:
                return end
    return 0


def _consented_span(consent: Consent, local: Local) -> tuple[int, int]:
    """Today's consented span in one zone, as instants; a span may run past midnight."""
    place, day, clock = local
    start, end = (clock_micros(text) for text in consent.window or ("00:00", "00:00"))
    if end <= start:
        day = day - 1 if clock < end else day
        end += DAY
    return place.at(day, start), place.at(day + end // DAY, end % DAY)


def _time_consent(prepared: Prepared, moment: Moment) -> int:
    """Until when a consent given directly, and not during a violation, covers this moment in every zone."""
    best = 0
    for consent in prepared.facts.consents:
        if consent.type != "time" or consent.window is None or consent.obtained_during_violation:
            continue
        if consent.party != prepared.contact.party or not _given(consent, moment.at):
            continue
        spans = [_consented_span(consent, local) for local in moment.locals]
        if spans and all(start <= moment.at < end for start, end in spans):
            ends = min(end for _, end in spans)
            best = max(best, ends if consent.revoked_at is None else min(ends, to_micros(consent.revoked_at)))
    return best


def _given(consent: Consent, at: int) -> bool:
    if consent.received_at is not None and at < to_micros(consent.received_at):
        return False
    return consent.revoked_at is None or at < to_micros(consent.revoked_at)


_CONDITIONS: dict[str, Callable[[Prepared, Moment], int]] = {
    "respond_once": _respond_once,
    "consumer_session": _consumer_session,
    "time_consent": _time_consent,
}


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Lift | None:
    """The condition of this exception; None where such a contact can never meet it."""
    if rule.params.condition == "respond_once" and not traits.reply:
        return None
    return _CONDITIONS[rule.params.condition]


def _no_window(params: Any) -> int | None:
    return 31


KIND = Kind(RuleKind.EXCEPTION_RULE, Params, compile_rule, lift=True, window_days=_no_window)
