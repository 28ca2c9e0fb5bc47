"""At most so many contacts in a window: calendar days, weeks or months of the consumer's local dates, or rolling hours.

Sources of the kind: 12 CFR 1006.14(b)(2)(i)(A) with its comments (seven calls in seven local dates), and the state,
city and firm caps that have the same shape. Calendar windows are evaluated in every candidate zone and object if any
does. What is reserved or already dated later counts too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Any

import msgspec

from policies.cap import Cap, CapWindow, days_back
from policies.counting import (
    Bucket,
    Counter,
    Counts,
    consented,
    covered_until,
    debt_group,
    next_cover,
    replying,
    token_of,
)
from policies.errors import PackError
from policies.facts import Frozen, Word
from policies.instant import FOREVER, Zone, from_micros, to_micros, zone
from policies.prepare import Local, Moment, Prepared, Series
from policies.rule import Blocked, Check, Kind, Passed, Report, Result, RuleInForce, Traits
from policies.verdict import WindowUse
from policies.vocabulary import Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """All `caps` hold at once. `setting` takes the limit from the firm's settings (None there: no cap). `flag`: say
    so instead of objecting. `rebuttal`: flags for reasons of a call that may rebut a presumption."""

    caps: tuple[Cap, ...]
    counts: Counts = Counts()
    tz: str = "consumer"
    setting: Word | None = None
    flag: Word | None = None
    rebuttal: dict[str, str] = msgspec.field(default_factory=dict)


class _Capper:
    """The check of one rule: every cap, bucket and zone."""

    __slots__ = ("clear_token", "counter", "fewest", "own", "params", "reach", "token", "windows")

    def __init__(self, rule: RuleInForce[Params], traits: Traits, caps: tuple[Cap, ...]) -> None:
        self.params = rule.params
        self.token = token_of(rule.id, rule.params.counts, traits.actor)
        self.clear_token = f"{self.token}/{caps}"
        self.counter = Counter(rule.params.counts, tuple(rule.rule.channels))
        self.own = None if rule.params.tz == "consumer" else zone(rule.params.tz)
        self.windows = tuple(CapWindow(cap) for cap in caps)
        self.fewest = min(cap.limit for cap in caps)
        self.reach = max(window.reach for window in self.windows)

    def series(self, prepared: Prepared, bucket: Bucket, place: Zone) -> Series:
        """The counted events of a bucket; consented calls are out, which depends on the zone's dates."""
        consent = self.params.counts.consent
        if consent is None or not prepared.facts.consents:
            return self.plain_series(prepared, bucket)
        spans = self.consents(prepared, bucket, place)

        def outside() -> Any:
            inside = self.counter.bucket_predicate(prepared, bucket)
            return lambda event: inside(event) and not covered_until(spans, to_micros(event.at))

        return prepared.series((self.token, bucket, prepared.contact.collector, place.name), outside)

    def plain_series(self, prepared: Prepared, bucket: Bucket) -> Series:
        """The counted events of a bucket, consented calls among them."""
        key = (self.token, bucket, prepared.contact.collector)
        return prepared.series(key, lambda: self.counter.bucket_predicate(prepared, bucket))

    def consents(self, prepared: Prepared, bucket: Bucket, place: Zone) -> list[tuple[int, int]]:
        consent = self.params.counts.consent
        if consent is None or not prepared.facts.consents:
            return []
        group = (
            debt_group(prepared, bucket[-1], self.params.counts.merge_products) if bucket[-1] else frozenset()
        )
        return consented(prepared, consent, place, bucket, group)

    def clear_from(self, prepared: Prepared, at: int) -> int:
        """From when on this rule surely passes, whatever consents say: they only take calls out of the count.

        Most contacts have too few events within reach of the windows: then that is `at` itself, and no series is
        made.
        """
        if self.fewest > len(prepared.times) or self.few(prepared, at):
            return at
        worst = 0
        for bucket in self.counter.buckets(prepared):
            series = self.plain_series(prepared, bucket)
            for place in prepared.zones if self.own is None else (self.own,):
                worst = max(worst, *(window.clear_from(series, place) for window in self.windows))
        return worst

    def few(self, prepared: Prepared, at: int) -> bool:
        """True if no bucket has as many events within reach of `at` as the smallest limit."""
        since = bisect_right(prepared.times, at - self.reach)
        recent = prepared.events[since:]
        if len(recent) < self.fewest:
            return True
        for bucket in self.counter.buckets(prepared):
            inside = self.counter.bucket_predicate(prepared, bucket)
            if sum(map(inside, recent)) >= self.fewest:
                return False
        return True

    def check(self, prepared: Prepared, moment: Moment) -> Result:
        clear = prepared.own.get(self.clear_token)
        if clear is None:
            clear = prepared.own[self.clear_token] = self.clear_from(prepared, moment.at)
        if moment.at >= clear and prepared.history_since is None:
            return FOREVER
        return self.look(prepared, moment)

    def look(self, prepared: Prepared, moment: Moment) -> Result:
        """The whole question: every bucket, zone, window and consent."""
        if self.params.counts.ignore_replies and replying(prepared, moment):
            return FOREVER
        passes = FOREVER
        worst: Blocked | None = None
        for bucket in self.counter.buckets(prepared):
            for local in moment.locals if self.own is None else (moment.local(self.own),):
                answer = self.ask(prepared, moment, bucket, local)
                if not isinstance(answer, Blocked):
                    passes = min(passes, answer)
                elif worst is None or _later(answer, worst):
                    worst = answer
        return passes if worst is None else worst

    def ask(self, prepared: Prepared, moment: Moment, bucket: Bucket, local: Local) -> int | Blocked:
        """One bucket in one zone: until when it passes, or the objection."""
        at = moment.at
        series = self.series(prepared, bucket, local[0])
        until, hit = 0, None
        for window in self.windows:
            low, high = window.range(series, local, at)
            if high - low >= window.cap.limit:
                free = window.free_at(series, local, high)
                if free > until:
                    until, hit = free, (window, low, high)
        spans = self.consents(prepared, bucket, local[0])
        covered = covered_until(spans, at) if spans else 0
        if covered:
            return covered
        if hit is None:
            return FOREVER if prepared.history_since is None else self.known(prepared, at, local)
        begins = next_cover(spans, at) if spans else None
        until = until if begins is None else min(until, begins)
        if moment.brief and until < FOREVER:
            return Blocked(Decision.DEFER, "", until=until)
        return self.object(series, bucket, hit, until)

    def known(self, prepared: Prepared, at: int, local: Local) -> int | Blocked:
        """A history that does not reach back over the window counts as used up."""
        since = prepared.history_since or 0
        for window in self.windows:
            if window.edges(local, at)[0] < since:
                found = f"the history is complete only since {from_micros(since):%Y-%m-%d}"
                return Blocked(Decision.HOLD, found, code="history_unknown")
        return FOREVER

    def object(self, series: Series, bucket: Bucket, hit: tuple[CapWindow, int, int], until: int) -> Blocked:
        window, low, high = hit
        limit, words = window.cap.limit, window.words()

        def found() -> str:
            about = f" about {bucket[-1]}" if bucket[-1] else ""
            return f"{high - low} contacts{about} are counted in {words}, the limit is {limit}"

        answer = Decision.DENY if until >= FOREVER else Decision.DEFER
        counted = series.ids(low, high)
        return Blocked(answer, found, until=None if until >= FOREVER else until, counted=counted)

    def report(self, prepared: Prepared, moment: Moment, rule_id: str) -> tuple[WindowUse, ...]:
        """What is used of each window, in the first zone and for the debt with most."""
        found = []
        for local in moment.in_zone(self.own)[:1]:
            for window in self.windows:
                edges = window.edges(local, moment.at)
                used = max(
                    self.count(prepared, bucket, local, edges) for bucket in self.counter.buckets(prepared)
                )
                found.append(
                    WindowUse(
                        rule=rule_id,
                        window_start=from_micros(edges[0]),
                        window_end=from_micros(edges[1]),
                        used=used,
                        limit=window.cap.limit,
                    )
                )
        return tuple(found)

    def count(self, prepared: Prepared, bucket: Bucket, local: Local, edges: tuple[int, int]) -> int:
        """The counted events of a bucket between two instants; what lies at the end or later is not in it yet."""
        inside = self.counter.bucket_predicate(prepared, bucket)
        spans = self.consents(prepared, bucket, local[0])
        low, high = bisect_left(prepared.times, edges[0]), bisect_left(prepared.times, edges[1])
        counted = 0
        for index in range(low, high):
            if inside(prepared.events[index]) and not (spans and covered_until(spans, prepared.times[index])):
                counted += 1
        return counted


def _later(answer: Blocked, other: Blocked) -> bool:
    """True if this objection is the weightier: a HOLD, one that never ends, or the later."""
    if (answer.until is None) != (other.until is None):
        return answer.until is None
    return (answer.until or 0) > (other.until or 0)


def _caps(rule: RuleInForce[Params]) -> tuple[Cap, ...]:
    params = rule.params
    if params.setting is None:
        return params.caps
    if params.setting not in rule.settings.__struct_fields__:
        raise PackError(f"there is no setting {params.setting}", code="no_setting")
    limit = getattr(rule.settings, params.setting)
    if limit is None:
        return ()
    return tuple(
        Cap(limit=limit, window=cap.window, n=cap.n, week_start=cap.week_start) for cap in params.caps
    )


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """Objects while a window is used up; until the first instant at which it is not, in every zone."""
    params, caps = rule.params, _caps(rule)
    if not caps:
        return None
    capper = _Capper(rule, traits, caps)
    if params.flag is not None:
        return _flagging(capper, params.flag)
    if params.rebuttal:
        return _with_rebuttal(capper, params.rebuttal)
    return capper.check


def _flagging(capper: _Capper, flag: str) -> Check:
    flags = (flag,)

    def check(prepared: Prepared, moment: Moment) -> Result:
        answer = capper.check(prepared, moment)
        return Passed(flags=flags) if isinstance(answer, Blocked) and answer.counted else FOREVER

    return check


def _with_rebuttal(capper: _Capper, rebuttal: dict[str, str]) -> Check:
    def check(prepared: Prepared, moment: Moment) -> Result:
        answer = capper.check(prepared, moment)
        if isinstance(answer, Blocked) and prepared.contact.call_reason in rebuttal:
            answer.flags = (rebuttal[prepared.contact.call_reason or ""],)
        return answer

    return check


def report_rule(rule: RuleInForce[Params], traits: Traits) -> Report | None:
    """What is used of the windows; an advisory cap does not report."""
    caps = _caps(rule)
    if not caps or rule.params.flag is not None:
        return None
    capper, name = _Capper(rule, traits, caps), rule.id
    return lambda prepared, moment: capper.report(prepared, moment, name)


def _needs(params: Any) -> tuple[str, ...]:
    if params.flag is not None:
        return ()
    return (Fact.HISTORY, Fact.ZONE) if params.tz == "consumer" else (Fact.HISTORY,)


def _window_days(params: Any) -> int | None:
    return max((days_back(cap) for cap in params.caps), default=0) + 1


KIND = Kind(
    RuleKind.FREQUENCY_CAP,
    Params,
    compile_rule,
    needs=_needs,
    window_days=_window_days,
    report=report_rule,
)
