"""One rule as people read it: its sentence and values by date, its state, its source, and its worked cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import takewhile
from typing import Any

from policies.case import Case
from policies.cases import CaseResult
from policies.compose import Span, spans_of
from policies.facts import Settings
from policies.instant import FOREVER, date_of
from policies.pack import Pack, Rule, checked_on
from policies.rule_detail import Detail, conditions, details, needs
from policies.statement import Statement, figure, statement
from policies.vocabulary import RuleKind, Status

REVIEW_DAYS = 90
"""After so many days without a look at its source a rule is due for one."""
UNDATED = date(2000, 1, 1)
"""Packs write this date where a rule holds for every date that is judged."""
TOPICS: dict[str, tuple[RuleKind, ...]] = {
    "when": (RuleKind.CONTACT_WINDOW, RuleKind.CONSUMER_PREFERENCE),
    "how_often": (RuleKind.FREQUENCY_CAP, RuleKind.MIN_GAP),
    "whom": (
        RuleKind.PARTY_RULE,
        RuleKind.THIRD_PARTY_LADDER,
        RuleKind.REPRESENTATION,
        RuleKind.CEASE,
        RuleKind.LOCATION_RULE,
        RuleKind.IDENTITY_RULE,
    ),
    "which_address": (RuleKind.MEDIUM_STOP, RuleKind.CONSENT_RULE, RuleKind.POINT_RULE, RuleKind.SAFE_HARBOR),
    "before": (
        RuleKind.PRECONDITION,
        RuleKind.HOLD,
        RuleKind.DISPUTE_HOLD,
        RuleKind.VALIDATION_PERIOD,
        RuleKind.TIME_BARRED,
        RuleKind.PASSIVE_COLLECTION,
    ),
    "what_it_says": (
        RuleKind.DISCLOSURE_RULE,
        RuleKind.CONTENT_RULE,
        RuleKind.LIMITED_CONTENT,
        RuleKind.NOTICE_CONTENT,
        RuleKind.DELIVERY_RULE,
        RuleKind.WORDING_RULE,
    ),
    "exceptions": (RuleKind.EXCEPTION_RULE,),
    "other": (),
}
_TOPIC_OF = {kind: topic for topic, members in TOPICS.items() for kind in members}


@dataclass(frozen=True, slots=True)
class CaseView:
    """A worked case with its answer by the rules as they are now."""

    case: Case
    result: CaseResult


@dataclass(frozen=True, slots=True)
class SpanView:
    """A rule between two dates; `starts` None: for every date, `ends` None: open. `said` None: not in force."""

    starts: date | None
    ends: date | None
    said: Statement | None
    value: Statement | None


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule as it stands on a day. `state`: on, off (by its status), later, ended."""

    rule: Rule
    pack: Pack
    topic: str
    state: str
    said: Statement
    value: Statement | None
    spans: tuple[SpanView, ...]
    since: date | None
    until: date | None
    checked_on: date | None
    cases: tuple[CaseView, ...]
    conditions: tuple[Detail, ...]
    params: Any

    @property
    def is_on(self) -> bool:
        return self.state == "on"

    @property
    def passing(self) -> int:
        return sum(one.result.ok for one in self.cases)

    @property
    def details(self) -> tuple[Detail, ...]:
        return () if self.params is None else details(self.params)

    @property
    def needs(self) -> tuple[str, ...]:
        return needs(self.rule, self.params)


def view_rule(pack: Pack, rule: Rule, cases: Iterable[CaseView], settings: Settings, today: date) -> RuleView:
    """A rule as it stands on a day, with those of its pack's cases that are about it."""
    spans = spans_of(rule)
    now = next((span for span in spans if _starts(span) <= today < _ends(span)), None)
    shown = now if now is not None and now.params is not None else _nearest(spans, today)
    params = None if shown is None else shown.params
    said = statement(rule, params, settings)
    return RuleView(
        rule=rule,
        pack=pack,
        topic=_TOPIC_OF.get(rule.kind, "other"),
        state=_state(rule, now, spans, said, today),
        said=said,
        value=figure(rule, params, settings),
        spans=tuple(_span(span, settings) for span in spans),
        since=None if shown is None or _starts(shown) == UNDATED else _starts(shown),
        until=None if shown is None or shown.end_day >= FOREVER else _ends(shown),
        checked_on=checked_on(pack, rule),
        cases=tuple(cases_of(rule, pack, cases)),
        conditions=conditions(rule),
        params=params,
    )


def _nearest(spans: list[Span], today: date) -> Span | None:
    """Of a rule that is not in force: the span that comes, else the last one."""
    dated = [span for span in spans if span.params is not None]
    return next((span for span in dated if _starts(span) > today), dated[-1] if dated else None)


def _starts(span: Span) -> date:
    return date_of(span.first_day)


def _ends(span: Span) -> date:
    return date.max if span.end_day >= FOREVER else date_of(span.end_day)


def _state(rule: Rule, now: Span | None, spans: list[Span], said: Statement, today: date) -> str:
    if rule.status is not Status.ON or said.name == "off_by_setting":
        return "off"
    if now is not None and now.params is not None:
        return "on"
    return "later" if any(_starts(span) > today and span.params is not None for span in spans) else "ended"


def _span(span: Span, settings: Settings) -> SpanView:
    is_on = span.params is not None
    return SpanView(
        starts=None if _starts(span) == UNDATED else _starts(span),
        ends=None if span.end_day >= FOREVER else _ends(span),
        said=statement(span.rule, span.params, settings) if is_on else None,
        value=figure(span.rule, span.params, settings) if is_on else None,
    )


def cases_of(rule: Rule, pack: Pack, cases: Iterable[CaseView]) -> Iterator[CaseView]:
    """The cases about a rule: those that name it, and those that name no rule but are called like one that does."""
    views = tuple(cases)
    named = {one.case.id: _names(one.case) for one in views}
    for one in views:
        if rule.id in (named[one.case.id] or _by_likeness(one.case.id, named)):
            yield one


def _names(case: Case) -> frozenset[str]:
    expected = {case.expect.rule} if case.expect.rule is not None else set()
    return frozenset(case.given.rules or ()) | frozenset(expected)


def _by_likeness(case_id: str, named: dict[str, frozenset[str]]) -> frozenset[str]:
    """What the case most alike by name is about: `pack-regf-7in7-seventh` goes with `pack-regf-7in7-eighth`."""
    likeness = {other: _common(case_id, other) for other, names in named.items() if names}
    closest = max(likeness, key=likeness.__getitem__, default="")
    return named[closest] if closest and likeness[closest] >= 3 else frozenset()


def _common(one: str, other: str) -> int:
    """How many parts two names have in common at their start."""
    pairs = zip(one.split("-"), other.split("-"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def review_due(checked: date | None) -> date | None:
    """When the source of a rule is to be looked at again; None: at once, it never was."""
    return None if checked is None else checked + timedelta(days=REVIEW_DAYS)
