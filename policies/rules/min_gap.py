"""A pause after an event: so many local dates (the event's own is the first) or hours.

Sources of the kind: 12 CFR 1006.14(b)(2)(i)(B) with its comments (seven local dates from a telephone conversation,
whoever began it), and the pauses of states and of other laws that have the same shape.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import msgspec

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
from policies.facts import Frozen
from policies.instant import DAY, FOREVER, HOUR, Zone, date_of, from_micros, zone
from policies.prepare import Local, Moment, Prepared, Series
from policies.rule import Blocked, Check, Kind, Result, RuleInForce, Traits
from policies.vocabulary import Decision, Fact, RuleKind


class Params(Frozen, frozen=True):
    """`days`: free again on the date of the event plus `days`; or `hours` after it. `counts`: the events that start a
    pause; a consent in it lets calls through without undoing the pause. `rebuttal` as in frequency caps."""

    days: int | None = None
    hours: int | None = None
    counts: Counts = Counts()
    tz: str = "consumer"
    rebuttal: dict[str, str] = msgspec.field(default_factory=dict)


class _Gap:
    """The check of one rule: every bucket and zone."""

    __slots__ = ("clear_token", "counter", "own", "params", "token")

    def __init__(self, rule: RuleInForce[Params], traits: Traits) -> None:
        self.params = rule.params
        self.token = token_of(rule.id, rule.params.counts, traits.actor)
        self.clear_token = f"{self.token}/{rule.params.days}/{rule.params.hours}"
        self.counter = Counter(rule.params.counts, tuple(rule.rule.channels), open_counts=False)
        self.own = None if rule.params.tz == "consumer" else zone(rule.params.tz)

    def series(self, prepared: Prepared, bucket: Bucket) -> Series:
        key = (self.token, bucket, prepared.contact.collector)
        return prepared.series(key, lambda: self.counter.bucket_predicate(prepared, bucket))

    def clear_from(self, prepared: Prepared, at: int) -> int:
        """From when on this rule surely passes, whatever consents say."""
        worst, since = 0, bisect_right(prepared.times, at - self.length() - 2 * DAY)
        recent = prepared.events[since:]
        if not any(map(self.counter.plain, recent)):
            return at
        for bucket in self.counter.buckets(prepared):
            times = self.series(prepared, bucket).times
            for place in prepared.zones if self.own is None else (self.own,):
                worst = max(worst, self.free_at(place, times[-1]) if times else 0)
        return worst

    def check(self, prepared: Prepared, moment: Moment) -> Result:
        clear = prepared.own.get(self.clear_token)
        if clear is None:
            clear = prepared.own[self.clear_token] = self.clear_from(prepared, moment.at)
        if moment.at >= clear and prepared.history_since is None:
            return FOREVER
        return self.look(prepared, moment)

    def look(self, prepared: Prepared, moment: Moment) -> Result:
        """The whole question: every bucket, zone and consent."""
        if self.params.counts.ignore_replies and replying(prepared, moment):
            return FOREVER
        passes = FOREVER
        worst: Blocked | None = None
        for bucket in self.counter.buckets(prepared):
            series = self.series(prepared, bucket)
            for local in moment.locals if self.own is None else (moment.local(self.own),):
                answer = self.ask(prepared, moment.at, bucket, local, series)
                if not isinstance(answer, Blocked):
                    passes = min(passes, answer)
                elif worst is None or (answer.until or FOREVER) > (worst.until or FOREVER):
                    worst = answer
        if worst is not None and prepared.contact.call_reason in self.params.rebuttal:
            worst.flags = (self.params.rebuttal[prepared.contact.call_reason or ""],)
        return passes if worst is None else worst

    def free_at(self, place: Zone, event: int) -> int:
        if self.params.days is None:
            return event + (self.params.hours or 0) * HOUR
        return place.at(place.day(event) + self.params.days, 0)

    def ask(self, prepared: Prepared, at: int, bucket: Bucket, local: Local, series: Series) -> int | Blocked:
        place = local[0]
        spans = self.consents(prepared, bucket, place)
        covered = covered_until(spans, at) if spans else 0
        if covered:
            return covered
        until = self.free_at(place, series.times[-1]) if series.times else 0
        if until > at:
            begins = next_cover(spans, at) if spans else None
            date = date_of(place.day(series.times[-1])).isoformat()
            found = f"the pause after {date} is not over"
            until = until if begins is None else min(until, begins)
            return Blocked(Decision.DEFER, found, until=until, counted=series.ids(-1, len(series.times)))
        return FOREVER if prepared.history_since is None else self.known(prepared, at)

    def consents(self, prepared: Prepared, bucket: Bucket, place: Zone) -> list[tuple[int, int]]:
        counts = self.params.counts
        if counts.consent is None or not prepared.facts.consents:
            return []
        group = debt_group(prepared, bucket[-1], counts.merge_products) if bucket[-1] else frozenset()
        return consented(prepared, counts.consent, place, bucket, group)

    def known(self, prepared: Prepared, at: int) -> int | Blocked:
        """A history that does not reach back over the pause may hide the event that began it."""
        since = prepared.history_since or 0
        if at - self.length() < since:
            found = f"the history is complete only since {from_micros(since):%Y-%m-%d}"
            return Blocked(Decision.HOLD, found, code="history_unknown")
        return FOREVER

    def length(self) -> int:
        return (self.params.hours or 0) * HOUR if self.params.days is None else self.params.days * DAY


def compile_rule(rule: RuleInForce[Params], traits: Traits) -> Check | None:
    """Objects until the pause after the last such event is over, in every zone."""
    return _Gap(rule, traits).check


def _needs(params: Any) -> tuple[str, ...]:
    return (Fact.HISTORY, Fact.ZONE) if params.tz == "consumer" else (Fact.HISTORY,)


def _window_days(params: Any) -> int | None:
    return (params.days or 0) + (params.hours or 0) // 24 + 2


KIND = Kind(RuleKind.MIN_GAP, Params, compile_rule, needs=_needs, window_days=_window_days)
