"""The rules that stand over one contact: packs stacked by jurisdiction, actor and date, compiled once per kind of
contact.

A stack is made once for a combination and kept. A firm's own packs only add rules; the most protective answer wins,
so they can tighten and never loosen. What changes on a date is part of the stack: the judge moves through its spans.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from policies.errors import StackError
from policies.facts import Settings
from policies.instant import DAY, FOREVER, HOUR, day_number
from policies.pack import Applies, Rule, canonical_rule
from policies.prepare import REGISTERS, Moment, Prepared
from policies.rule import Check, Kind, Lift, Passed, Report, Result, RuleInForce, Traits, kinds

_ZONE_REACH = 15 * HOUR
"""No zone's local date begins further than this from UTC's."""


def _fits_word(patterns: tuple[str, ...], value: str | None) -> bool:
    """True if one of the patterns is the value, or its part before `:*`."""
    if value is None:
        return False
    return any(p == value or (p.endswith(":*") and value.startswith(p[:-1])) for p in patterns)


def fits(rule: Rule, traits: Traits) -> bool:
    """True if a rule can matter to contacts with these traits at all."""
    applies = rule.applies
    if rule.channels and traits.channel not in rule.channels:
        return False
    return _fits_person(applies, traits) and _fits_content(applies, traits)


def _fits_person(applies: Applies, traits: Traits) -> bool:
    if applies.actor and traits.actor not in applies.actor:
        return False
    if applies.not_actor and traits.actor in applies.not_actor:
        return False
    if applies.party and not _fits_word(applies.party, traits.party):
        return False
    return not (applies.not_party and _fits_word(applies.not_party, traits.party))


def _fits_content(applies: Applies, traits: Traits) -> bool:
    wanted: tuple[tuple[tuple[str, ...], str | None], ...] = (
        (applies.content, traits.content),
        (applies.number_kind, traits.number_kind),
        (applies.place, traits.place),
        (applies.purpose, traits.purpose),
        (applies.direction, traits.direction),
    )
    if any(patterns and not _fits_word(patterns, value) for patterns, value in wanted):
        return False
    if _fits_word(applies.not_content, traits.content) or _fits_word(applies.not_place, traits.place):
        return False
    return applies.automated is None or applies.automated == traits.automated


def traits_of_rule(rule: Rule) -> Traits:
    """The traits of some contact that the rule is about."""
    applies = rule.applies
    return Traits(
        channel=rule.channels[0] if rule.channels else "voice",
        actor=applies.actor[0] if applies.actor else "third_party_collector",
        party=applies.party[0] if applies.party else "consumer",
        content=applies.content[0] if applies.content else "collection",
        number_kind=applies.number_kind[0] if applies.number_kind else None,
        place=applies.place[0] if applies.place else None,
        purpose=applies.purpose[0] if applies.purpose else None,
        automated=bool(applies.automated),
        reply=False,
    )


@dataclass(frozen=True, slots=True)
class Span:
    """A rule between two of its dates, as day numbers; `params` None: not in force."""

    rule: Rule
    kind: Kind | None
    params: Any
    first_day: int
    end_day: int


def spans_of(rule: Rule) -> list[Span]:
    """The rule's dated values as typed spans, earliest first."""
    kind = kinds().get(rule.kind)
    dates = sorted(rule.values)
    found = []
    for index, date in enumerate(dates):
        raw = rule.values[date]
        params = raw if kind is None or raw is None else msgspec.convert(raw, kind.params, strict=False)
        end = day_number(dates[index + 1]) if index + 1 < len(dates) else FOREVER
        found.append(Span(rule, kind, params, day_number(date), end))
    return found


class Bearing(StrEnum):
    """What a rule of the stack has to do with one contact."""

    ASKED = "asked"
    SILENT = "silent"  # nothing is recorded that it could object to
    NONE = "none"  # it is about other contacts
    NOT_IN_FORCE = "not_in_force"
    EXCEPTION = "exception"  # it objects to nothing: it takes back what others say
    UNBUILT = "unbuilt"


@dataclass(frozen=True, slots=True)
class Part:
    """A rule of the stack as it stands to one contact. `check` is what is asked, `bare` the same without exceptions;
    `lifts`: the exceptions that could lift it, with the rules that they are of."""

    rule: Rule
    bearing: Bearing
    check: Check | None = None
    bare: Check | None = None
    lifts: tuple[tuple[Rule, Lift], ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What is asked for contacts with certain traits in one span of dates."""

    asked: tuple[tuple[Check, Rule], ...]
    needs: tuple[tuple[Rule, str], ...]
    unbuilt: tuple[Rule, ...]
    reports: tuple[Report, ...]
    begins: int
    ends: int
    """The instants (microseconds) from which it holds, and from which another may."""


def _outside_debts(applies: Applies) -> Callable[[Prepared], bool] | None:
    """A test whether every debt of the contact lies outside a rule's products or arrears; None: not asked."""
    if applies.days_past_due_over is None and not applies.not_product and not applies.category:
        return None

    def outside_one(prepared: Prepared, debt: str) -> bool:
        facts = prepared.facts
        known = facts.debts.get(debt)
        days = facts.days_past_due if known is None or known.days_past_due is None else known.days_past_due
        over = applies.days_past_due_over
        if over is not None and days is not None and days <= over:
            return True
        return known is not None and known.type is not None and known.type in applies.not_product

    def outside(prepared: Prepared) -> bool:
        contact = prepared.contact
        if applies.category and contact.category not in applies.category:
            return True
        debts = contact.debts or ("",)
        return all(outside_one(prepared, debt) for debt in debts)

    return outside


def _guard(rule: Rule, check: Check) -> Check:
    """The check behind its rule's conditions on facts: debts, agreements and written consents that name the rule."""
    outside = _outside_debts(rule.applies)
    by_agreement, by_consent = "agreement" in rule.unless, "written_consent" in rule.unless
    if outside is None and not by_agreement and not by_consent:
        return check
    name = rule.id

    def guarded(prepared: Prepared, moment: Moment) -> Result:
        facts = prepared.facts
        if by_agreement and name in facts.agreements:
            return FOREVER
        if by_consent and name in facts.written_consent:
            return FOREVER
        if outside is not None and outside(prepared):
            return FOREVER
        return check(prepared, moment)

    return guarded


def _liftable(check: Check, lifts: tuple[Lift, ...]) -> Check:
    """The check, unless an exception rule lifts it for this contact at this moment."""

    def lifted(prepared: Prepared, moment: Moment) -> Result:
        answer = check(prepared, moment)
        if not prepared.liftable:
            return answer
        if type(answer) is int:
            return max(answer, *(lift(prepared, prepared.moment(answer)) for lift in lifts))
        if isinstance(answer, Passed):
            return answer
        until = max(lift(prepared, moment) for lift in lifts)
        return until if until > moment.at else answer

    return lifted


class Stack:
    """All rules over one combination of jurisdictions, immutable. `digest` names it in every verdict."""

    def __init__(self, rules: Iterable[Rule], settings: Settings, *, covered: bool = True) -> None:
        self.rules = tuple(rules)
        self.settings = settings
        self.covered = covered
        self.by_id: Mapping[str, Rule] = {rule.id: rule for rule in self.rules}
        self._spans = [span for rule in self.rules for span in spans_of(rule)]
        self._changes = sorted({span.first_day for span in self._spans})
        self._profiles: dict[tuple[Traits, tuple[str, ...], int, int], Profile] = {}
        self.digest = _digest(self.rules, settings)
        self.longest_window_days = self.window_days_for("consumer")
        """Of contacts to the consumer; other parties may need the whole history: `window_days_for`."""

    def window_days_for(self, party: str) -> int | None:
        """How many days of history the rules look back over contacts to such a party, None: for ever."""
        longest = 0
        for span in self._spans:
            if span.kind is None or span.params is None:
                continue
            days = span.kind.window_days(span.params)
            if days is None or days > longest:
                rule = RuleInForce(span.rule, span.params, self.settings)
                traits = traits_of_rule(span.rule)._replace(party=party)
                if not fits(span.rule, traits) or span.kind.compile(rule, traits) is None:
                    continue
                if days is None:
                    return None
                longest = days
        return longest

    def profile_of(self, prepared: Prepared, at: int) -> Profile:
        """The profile of a contact at this instant; the last one is kept with the contact."""
        known: tuple[Stack, Profile] | None = prepared.profile
        if known is not None and known[0] is self and known[1].begins <= at < known[1].ends:
            return known[1]
        found = self.profile(prepared.traits, at, prepared.present)
        prepared.profile = (self, found)
        return found

    def profile(self, traits: Traits, at: int, present: tuple[str, ...] = REGISTERS) -> Profile:
        """What is asked of such a contact at this instant, with something in the registers named by `present`.

        Near a change of dates both sides are asked.
        """
        low, high = self._epochs(at)
        key = (traits, present, low, high)
        known = self._profiles.get(key)
        if known is None:
            known = self._profiles[key] = self._compile(traits, frozenset(present), low, high)
        return known

    def parts(self, prepared: Prepared, at: int) -> list[Part]:
        """Every rule as it stands to this contact at this instant, asked or not: for people who want to know why.

        Compiled afresh; judging uses `profile_of`, which asks the same checks.
        """
        low, high = self._epochs(at)
        traits, dated = prepared.traits, low != high
        spans = self._in_force(low, high)
        lifts = self._named_lifts([span for span in spans if fits(span.rule, traits)], traits)
        found = [self._part(span, prepared, lifts.get(span.rule.id, ()), dated=dated) for span in spans]
        known = {part.rule.id for part in found}
        return found + [Part(rule, Bearing.NOT_IN_FORCE) for rule in self.rules if rule.id not in known]

    def _part(
        self, span: Span, prepared: Prepared, lifts: tuple[tuple[Rule, Lift], ...], *, dated: bool
    ) -> Part:
        rule, kind, traits = span.rule, span.kind, prepared.traits
        if kind is None:
            return Part(rule, Bearing.UNBUILT if fits(rule, traits) else Bearing.NONE)
        if kind.lift:
            return Part(rule, Bearing.EXCEPTION if fits(rule, traits) else Bearing.NONE)
        check = None
        if fits(rule, traits):
            check = kind.compile(RuleInForce(rule, span.params, self.settings), traits)
        if check is None:
            return Part(rule, Bearing.NONE)
        reads = kind.reads(span.params)
        asked = reads is None or not frozenset(prepared.present).isdisjoint(reads)
        own = {rule.id: tuple(lift for _, lift in lifts)} if lifts else {}
        return Part(
            rule,
            Bearing.ASKED if asked else Bearing.SILENT,
            _wrap(span, check, own, dated=dated),
            _wrap(span, check, {}, dated=dated),
            lifts,
        )

    def _epochs(self, at: int) -> tuple[int, int]:
        """The epochs that this instant may lie in; near a change of dates there are two."""
        changes = self._changes
        low = bisect_right(changes, (at - _ZONE_REACH) // DAY)
        return low, bisect_right(changes, (at + _ZONE_REACH) // DAY)

    def _in_force(self, low: int, high: int) -> list[Span]:
        """The spans in force in one of the epochs `low` to `high` (an epoch is the index of its next change)."""
        first = self._changes[low - 1] if low else -FOREVER
        last = self._changes[high - 1] if high else -FOREVER
        return [s for s in self._spans if s.params is not None and s.first_day <= last and s.end_day > first]

    def _begins(self, low: int, high: int) -> int:
        changes = self._changes
        if low != high:
            return changes[high - 1] * DAY - _ZONE_REACH
        return changes[low - 1] * DAY + _ZONE_REACH if low else -FOREVER

    def _ends(self, low: int, high: int) -> int:
        changes = self._changes
        if low != high:
            return changes[low] * DAY + _ZONE_REACH
        return changes[high] * DAY - _ZONE_REACH if high < len(changes) else FOREVER

    def _compile(self, traits: Traits, present: frozenset[str], low: int, high: int) -> Profile:
        spans = [span for span in self._in_force(low, high) if fits(span.rule, traits)]
        lifts = self._lifts(spans, traits)
        asked: list[tuple[Check, Rule]] = []
        needs: list[tuple[Rule, str]] = []
        unbuilt: list[Rule] = []
        reports: list[Report] = []
        for span in spans:
            if span.kind is None:
                unbuilt.append(span.rule)
            elif not span.kind.lift:
                here = RuleInForce(span.rule, span.params, self.settings)
                check = span.kind.compile(here, traits)
                if check is not None:
                    reports += _reports(span.kind, here, traits)
                    needs.extend((span.rule, str(need)) for need in span.kind.needs(span.params))
                    reads = span.kind.reads(span.params)
                    if reads is None or not present.isdisjoint(reads):
                        asked.append((_wrap(span, check, lifts, dated=low != high), span.rule))
        return Profile(
            tuple(asked),
            tuple(needs),
            tuple(unbuilt),
            tuple(reports),
            self._begins(low, high),
            self._ends(low, high),
        )

    def _lifts(self, spans: list[Span], traits: Traits) -> dict[str, tuple[Lift, ...]]:
        named = self._named_lifts(spans, traits)
        return {target: tuple(lift for _, lift in lifts) for target, lifts in named.items()}

    def _named_lifts(self, spans: list[Span], traits: Traits) -> dict[str, tuple[tuple[Rule, Lift], ...]]:
        found: dict[str, tuple[tuple[Rule, Lift], ...]] = {}
        for span in spans:
            if span.kind is None or not span.kind.lift:
                continue
            lift = span.kind.compile(RuleInForce(span.rule, span.params, self.settings), traits)
            if lift is not None:
                for target in span.params.lifts:
                    found[target] = (*found.get(target, ()), (span.rule, lift))
        return found


def _reports(kind: Kind, rule: RuleInForce[Any], traits: Traits) -> list[Report]:
    report = kind.report(rule, traits) if kind.report is not None else None
    return [report] if report is not None else []


def _wrap(span: Span, check: Check, lifts: Mapping[str, tuple[Lift, ...]], *, dated: bool) -> Check:
    wrapped = _guard(span.rule, check)
    own = lifts.get(span.rule.id)
    wrapped = _liftable(wrapped, own) if own else wrapped
    return _dated(wrapped, span.first_day, span.end_day) if dated else wrapped


def _dated(check: Check, first_day: int, end_day: int) -> Check:
    """The check only on local dates of its span (in any candidate zone); before it, until the first of them."""

    def dated(prepared: Prepared, moment: Moment) -> Result:
        begins = FOREVER
        for place, day, _ in moment.locals:
            if first_day <= day < end_day:
                return check(prepared, moment)
            if day < first_day:
                begins = min(begins, place.at(first_day, 0))
        return begins

    return dated


def _digest(rules: tuple[Rule, ...], settings: Settings) -> str:
    found = hashlib.sha256(msgspec.json.encode(settings, order="deterministic"))
    for rule in sorted(rules, key=lambda r: r.id):
        found.update(canonical_rule(rule))
    return found.hexdigest()


def check_client_packs(law: Iterable[Rule], own: Iterable[tuple[str, int, Rule]]) -> None:
    """Refuse a firm's pack that would loosen: another rule of the same id, or an exception from a rule of law."""
    ids = {rule.id for rule in law}
    for origin, line, rule in own:
        if rule.id in ids:
            raise StackError(
                f"the rule {rule.id} is already there and a firm's pack may only add rules",
                code="rule_replaced",
                file=origin,
                line=line,
                hint="give it an id of your own; the stricter of the two decides",
            )
        kind = kinds().get(rule.kind)
        if kind is not None and kind.lift:
            raise StackError(
                f"the rule {rule.id} would lift other rules, which a firm's pack may not do",
                code="pack_loosens",
                file=origin,
                line=line,
                hint="remove it",
            )
