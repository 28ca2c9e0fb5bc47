"""What rules say about one contact as structured facts: who words a reason for people starts from these.

The verdict's own `found` is English for the record. Here is what it is about instead: the kind of rule, its statement
with its values, the date of the fact it rests on, and how much of a window is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from orchestrator.engine.facts import Proposal
from orchestrator.engine.judgement import Judged
from policies.compose import Stack, spans_of
from policies.facts import Facts
from policies.instant import day_number
from policies.pack import Rule
from policies.statement import Statement, statement
from policies.trace import Answer, Reply, trace
from policies.verdict import Decision, Finding, Verdict, WindowUse, deciding
from policies.vocabulary import RuleKind

_REPLIES = {
    Decision.DENY: Reply.DENY,
    Decision.HOLD: Reply.HOLD,
    Decision.DEFER: Reply.WAIT,
    Decision.ALLOW: Reply.PASS,
}
_SAYS_SOMETHING = frozenset({Reply.DENY, Reply.HOLD, Reply.WAIT, Reply.LIFTED, Reply.PASS})
_COUNTING = frozenset({RuleKind.FREQUENCY_CAP, RuleKind.MIN_GAP})


@dataclass(frozen=True, slots=True)
class Said:
    """One rule's word. `kind`: of the rule; of an answer of the judge's own, then `rule` is None, its code.

    `about` is the word of the fact that decides (a hold's kind, the state of a number), `since` its date or moment,
    `until` when the rule stops objecting (aware UTC), `used` how much of its windows is used.
    """

    kind: str
    reply: Reply
    found: str = ""
    rule: Rule | None = None
    statement: Statement | None = None
    about: str = ""
    since: datetime | date | None = None
    until: datetime | None = None
    used: tuple[WindowUse, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def objects(self) -> bool:
        return self.reply in {Reply.DENY, Reply.HOLD, Reply.WAIT}


def reply_of(decision: Decision) -> Reply:
    """A decision as one rule's word."""
    return _REPLIES[decision]


def said_of_verdict(judged: Judged) -> tuple[Said, ...]:
    """What the rules of the verdict say, the one to name first."""
    first = deciding(judged.verdict)
    findings = sorted(judged.verdict.rules, key=lambda one: one is not first)
    return tuple(_of_finding(finding, judged) for finding in findings)


def said_of_record(verdict: Verdict, facts: Facts, stack: Stack | None) -> Said | None:
    """What the rule said that decided a recorded answer, of the facts and by the rules that it was given."""
    contact = facts.contact
    proposal = Proposal("", contact.debts, contact.channel, contact.address)
    return next(iter(said_of_verdict(Judged(proposal, facts, verdict, stack=stack))), None)


def said_of_all(judged: Judged, at: datetime) -> tuple[Said, ...]:
    """What every rule with a bearing on the contact says, those that object first; one that is only waiting for a
    fact that is not there says nothing."""
    if judged.stack is None:
        return said_of_verdict(judged)
    answers = trace(judged.facts, judged.stack, at).answers
    own = [_of_finding(one, judged) for one in judged.verdict.rules if one.id in _OPERATIONAL]
    return (*own, *(_of_answer(one, judged) for one in answers if one.reply in _SAYS_SOMETHING))


_OPERATIONAL = frozenset({"account_not_open", "letter_handover", "stop_switch"})
"""Objections of the engine, which the policies know nothing of."""


def agreed_at(facts: Facts, point_id: str) -> datetime | None:
    """Since when the consumer agrees to this channel or point; None: nothing is recorded, or it was taken back."""
    channel = facts.contact.channel
    given = [
        one.received_at
        for one in facts.consents
        if one.revoked_at is None and one.medium == channel and one.address in {None, point_id}
    ]
    points = [facts.addresses.get(point_id), facts.numbers.get(point_id)]
    given += [
        one.received_at
        for point in points
        if point is not None
        for one in point.consents
        if one.revoked_at is None and one.medium in {None, channel}
    ]
    return max((one for one in given if one is not None), default=None)


def _of_finding(finding: Finding, judged: Judged) -> Said:
    rule = None if judged.stack is None else judged.stack.by_id.get(finding.id)
    return _said(
        rule,
        judged,
        code=finding.id,
        reply=_REPLIES[finding.answer],
        found=finding.found,
        until=finding.until,
        counted=finding.counted,
        used=tuple(use for use in judged.verdict.used if rule is not None and use.rule == rule.id),
    )


def _of_answer(answer: Answer, judged: Judged) -> Said:
    return _said(
        answer.rule,
        judged,
        code=answer.code,
        reply=answer.reply,
        found=answer.found,
        until=answer.until,
        counted=answer.counted,
        used=answer.used,
    )


def _said(
    rule: Rule | None,
    judged: Judged,
    *,
    code: str,
    reply: Reply,
    found: str,
    until: datetime | None,
    counted: tuple[str, ...],
    used: tuple[WindowUse, ...],
) -> Said:
    if rule is None:
        about = code.removesuffix("_unknown") if code.endswith("_unknown") else ""
        return Said(kind=code or "unknown", reply=reply, found=found, about=about, until=until)
    facts = judged.facts
    params = params_on(rule, facts.contact.at.date())
    return Said(
        kind=rule.kind.value,
        reply=reply,
        found=found,
        rule=rule,
        statement=None if params is None else statement(rule, params, facts.settings),
        about=_about(rule, facts),
        since=_since(rule, facts, counted),
        until=until,
        used=used,
    )


def params_on(rule: Rule, day: date) -> Any:
    """The rule's typed parameters on a day, None: it is not in force."""
    number = day_number(day)
    return next((span.params for span in spans_of(rule) if span.first_day <= number < span.end_day), None)


def _about(rule: Rule, facts: Facts) -> str:
    """The word of the fact that the rule rests on."""
    if rule.kind is RuleKind.HOLD:
        holds = [one.type for one in facts.holds if one.debt is None or one.debt in facts.contact.debts]
        return "deceased" if facts.deceased else next(iter(holds), "")
    if rule.kind is RuleKind.POINT_RULE:
        address = facts.contact.address or ""
        point = facts.addresses.get(address) or facts.numbers.get(address)
        return str(point.state or "") if point is not None else ""
    return ""


def _since(rule: Rule, facts: Facts, counted: Iterable[str]) -> datetime | date | None:
    """When the fact happened that the rule rests on; None: it has no date, or more than one."""
    if rule.kind in _COUNTING:
        names = set(counted)
        times = [one.at for one in facts.history if one.id in names or one.at.isoformat() in names]
        return max(times, default=None)
    dated = _DATED.get(rule.kind)
    return dated(facts) if dated is not None else None


def _stopped(facts: Facts) -> datetime | None:
    contact = facts.contact
    stops = [
        one.at
        for one in facts.media_stop
        if one.medium == contact.channel and one.address in {None, contact.address}
    ]
    return max((one for one in stops if one is not None), default=None)


def _ceased(facts: Facts) -> datetime | None:
    return None if facts.cease is None else facts.cease.received_at or facts.cease.sent_at


def _represented(facts: Facts) -> datetime | None:
    return None if facts.attorney is None else facts.attorney.notice_at


def _disputed(facts: Facts) -> datetime | None:
    told = [one.at for one in facts.disputes if one.debt is None or one.debt in facts.contact.debts]
    return max([*told, *(one.at for one in facts.original_creditor_requests)], default=None)


def _held(facts: Facts) -> date | None:
    return next((one.from_ for one in facts.holds if one.from_ is not None), None)


_DATED: dict[RuleKind, Callable[[Facts], datetime | date | None]] = {
    RuleKind.MEDIUM_STOP: _stopped,
    RuleKind.CEASE: _ceased,
    RuleKind.REPRESENTATION: _represented,
    RuleKind.DISPUTE_HOLD: _disputed,
    RuleKind.HOLD: _held,
}
