"""Which events a cap or a gap counts, in which bucket, and which calls a consent takes out of the count.

Buckets follow the law's units: a person and a debt, a household, an address, one third party. A conversation
belongs to every debt talked about; everything else to the debts it was attributed to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from policies.facts import Consent, Event, Frozen, Touch, Word
from policies.instant import Zone, day_number, to_micros
from policies.prepare import Moment, Prepared
from policies.vocabulary import UNCONNECTED, Channel, Direction, EventActor, NumberKind, Outcome

Predicate = Callable[[Event], bool]
Bucket = tuple[str, ...]
Interval = tuple[int, int]

HOUSEHOLD = frozenset({"consumer", "spouse"})
_LENDERS = frozenset({EventActor.LENDER, EventActor.ORIGINAL_CREDITOR})


class Consenting(Frozen, frozen=True):
    """A consent that takes calls out of the count: its `type`, and the local dates it lasts, the first included."""

    type: Word = "call_frequency"
    days: int = 7


class Counts(Frozen, frozen=True):
    """What is counted. Left out: every outbound event on the rule's own channels that connected.

    `scope`: person, household, debt, address, place, channel. `ignore_replies`: answers to the consumer are
    neither counted nor limited. `ignore_flags`: events that carry one of these are not counted. `unconnected`: a
    law that counts attempts counts calls that did not connect as well.
    `merge_products`: debts of these types under one account number are one debt. `any_collector`: what other
    collectors did counts too.
    """

    channels: tuple[Channel, ...] = ()
    direction: tuple[Direction, ...] = (Direction.OUTBOUND,)
    outcomes: tuple[Outcome, ...] = ()
    not_outcomes: tuple[Outcome, ...] = ()
    unconnected: bool = False
    content: tuple[str, ...] = ()
    not_content: tuple[str, ...] = ()
    place: tuple[Word, ...] = ()
    not_place: tuple[Word, ...] = ()
    number_kind: tuple[NumberKind, ...] = ()
    purpose: tuple[Word, ...] = ()
    ignore_flags: tuple[Word, ...] = ()
    ignore_replies: bool = False
    scope: tuple[Word, ...] = ("person", "debt")
    merge_products: tuple[Word, ...] = ()
    any_collector: bool = False
    consent: Consenting | None = None


def token_of(rule_id: str, counts: Counts, actor: str) -> str:
    """What a series of events depends on beside its bucket, as one text (its hash is kept, a struct's is not)."""
    return f"{rule_id}/{actor}/{msgspec.json.encode(counts, order='deterministic').decode()}"


def is_reply(touch: Touch) -> bool:
    """True if the contact answers what the consumer asked."""
    return touch.reply or touch.in_response_to_request


@dataclass(frozen=True, slots=True)
class Answers:
    """How many messages of the consumer there are on a channel, and how many of them are answered."""

    received: int
    used: int

    @property
    def left(self) -> int:
        return self.received - self.used


def answers(events: Iterable[Event], channel: str, at: int) -> Answers:
    """The count of the one-answer rule until `at` (microseconds), over events in the order of their times.

    Any message of ours on that channel answers one that was waiting, an automatic one as well: comment 6(b)(1)-2 to
    12 CFR 1006. What was answered stays answered. A message of two who count as one person is one message.
    """
    received = used = 0
    known: set[str] = set()
    for event in events:
        if event.channel != channel or to_micros(event.at) > at:
            continue
        if event.direction != Direction.INBOUND:
            used += used < received
        elif event.id is None or event.id not in known:
            received += 1
            known |= {event.id} if event.id is not None else set()
    return Answers(received, used)


def _counted_outcome(counts: Counts, *, open_counts: bool) -> Predicate:
    """An event without an outcome is a reservation or an ambiguous sending: a cap counts it, a pause needs to know."""
    wanted: frozenset[str] = frozenset(counts.outcomes)
    refused: frozenset[str] = frozenset(counts.not_outcomes)
    if not counts.unconnected:
        refused |= UNCONNECTED
    if wanted:
        return lambda event: event.outcome in wanted or (open_counts and event.outcome is None)
    return lambda event: event.outcome not in refused


def _plain(counts: Counts, channels: tuple[str, ...], *, open_counts: bool) -> Predicate:
    """The conditions on an event that do not depend on the contact."""
    on, ways = frozenset(channels), frozenset(counts.direction)
    outcome_counts = _counted_outcome(counts, open_counts=open_counts)
    rest = _rest(counts)

    def matches(event: Event) -> bool:
        return (
            (not on or event.channel in on)
            and event.direction in ways
            and outcome_counts(event)
            and (not rest or all(condition(event) for condition in rest))
        )

    return matches


def _among(key: str, wanted: frozenset[str]) -> Predicate:
    return lambda event: getattr(event, key) in wanted


def _not_among(key: str, refused: frozenset[str]) -> Predicate:
    return lambda event: getattr(event, key) not in refused


def _rest(counts: Counts) -> tuple[Predicate, ...]:
    """The conditions that few rules have."""
    keys = ("content", "place", "number_kind", "purpose")
    found = [_among(key, frozenset(getattr(counts, key))) for key in keys if getattr(counts, key)]
    if counts.not_content:
        found.append(_not_among("content", frozenset(counts.not_content)))
    if counts.not_place:
        found.append(_not_among("place", frozenset(counts.not_place)))
    if counts.ignore_flags:
        ignored = frozenset(counts.ignore_flags)
        found.append(lambda event: ignored.isdisjoint(event.flags))
    if counts.ignore_replies:
        found.append(lambda event: not is_reply(event))
    return tuple(found)


def _same_collector(prepared: Prepared) -> Predicate:
    """Ours only: another collector's calls, or the creditor's own, are not in our count."""
    own = prepared.contact.collector
    lending = prepared.traits.actor == EventActor.ORIGINAL_CREDITOR

    def ours(event: Event) -> bool:
        if event.collector is not None and event.collector != own:
            return False
        return event.actor is None or (event.actor in _LENDERS) == lending

    return ours


def debt_group(prepared: Prepared, debt: str, products: tuple[str, ...]) -> frozenset[str]:
    """The debts that are one with this debt: same product, same account number when obtained."""
    known = prepared.facts.debts.get(debt)
    if not products or known is None or known.account_number is None or known.type not in products:
        return frozenset((debt,))
    return frozenset(
        name
        for name, other in prepared.facts.debts.items()
        if other.type in products and other.account_number == known.account_number
    )


def about(event: Event) -> frozenset[str]:
    """The debts that an event counts for; empty: not known, so it counts for each."""
    return frozenset(event.debts).union(event.debts_discussed or ())


class Counter:
    """The counted events of one rule, by bucket of the contact that is judged."""

    __slots__ = ("counts", "plain")

    def __init__(self, counts: Counts, channels: tuple[str, ...], *, open_counts: bool = True) -> None:
        self.counts = counts
        self.plain = _plain(counts, tuple(counts.channels) or channels, open_counts=open_counts)

    def buckets(self, prepared: Prepared) -> list[Bucket]:
        """One for each debt of the contact where the rule counts by debt, else one."""
        scope, contact = self.counts.scope, prepared.contact
        head = (
            contact.party if "person" in scope else "",
            contact.address or "" if "address" in scope else "",
            contact.place or "" if "place" in scope else "",
            contact.channel if "channel" in scope else "",
        )
        if "debt" not in scope:
            return [(*head, "")]
        return [(*head, debt) for debt in contact.debts] or [(*head, "")]

    def bucket_predicate(self, prepared: Prepared, bucket: Bucket) -> Predicate:
        """Does an event lie in this bucket?"""
        party, address, place, channel, debt = bucket
        scope = self.counts.scope
        group = debt_group(prepared, debt, self.counts.merge_products) if debt else frozenset()
        ours = (lambda event: True) if self.counts.any_collector else _same_collector(prepared)
        household = "household" in scope
        plain = self.plain

        def inside(event: Event) -> bool:
            if not plain(event) or not ours(event):
                return False
            if household:
                if event.party not in HOUSEHOLD:
                    return False
            elif party and event.party != party:
                return False
            if (address and event.address != address) or (place and event.place != place):
                return False
            if channel and event.channel != channel:
                return False
            debts = about(event) if group else frozenset()
            return not group or not debts or not group.isdisjoint(debts)

        return inside


def _talks(prepared: Prepared, party: str, group: frozenset[str]) -> list[int]:
    """The instants of the conversations with this person about these debts, ascending."""
    found = []
    for event in prepared.events:
        if event.outcome == Outcome.CONVERSATION and event.channel == Channel.VOICE and event.party == party:
            debts = about(event)
            if not group or not debts or not group.isdisjoint(debts):
                found.append(to_micros(event.at))
    return found


def _interval(consent: Consent, rule: Consenting, place: Zone, talks: list[int]) -> Interval | None:
    """When calls are consented to, [start, end): from receipt over its local dates, ended early by the consumer's own
    narrower date, by revocation, or by a conversation (that call itself is still inside)."""
    if consent.received_at is None:
        return None
    start = to_micros(consent.received_at)
    end = place.at(place.day(start) + rule.days, 0)
    if consent.scope_date is not None:
        day = day_number(consent.scope_date)
        start, end = max(start, place.at(day, 0)), min(end, place.at(day + 1, 0))
    if consent.revoked_at is not None:
        end = min(end, to_micros(consent.revoked_at))
    received = to_micros(consent.received_at)
    for talk in talks:
        if talk > received:
            end = min(end, talk + 1)
            break
    return (start, end) if start < end else None


def consented(
    prepared: Prepared, rule: Consenting, place: Zone, bucket: Bucket, group: frozenset[str]
) -> list[Interval]:
    """The spans in which calls in this bucket are consented to, earliest first."""
    party = bucket[0] or "consumer"
    key = ("consented", rule.type, rule.days, place.name, bucket, group)

    def make() -> list[Interval]:
        talks = _talks(prepared, party, group)
        found = []
        for consent in prepared.facts.consents:
            mine = (
                consent.type == rule.type and not consent.obtained_during_violation and consent.party == party
            )
            if mine and (consent.debt is None or not group or consent.debt in group):
                span = _interval(consent, rule, place, talks)
                if span is not None:
                    found.append(span)
        return sorted(found)

    spans: list[Interval] = prepared.once(key, make)
    return spans


def covered_until(spans: list[Interval], at: int) -> int:
    """Until when a consent covers this instant; 0: none does."""
    return max((end for start, end in spans if start <= at < end), default=0)


def next_cover(spans: list[Interval], at: int) -> int | None:
    """The next instant at which a consent begins to cover, None: none will."""
    return min((start for start, _ in spans if start > at), default=None)


def replying(prepared: Prepared, moment: Moment) -> bool:
    """True if the contact answers the consumer: it says so, and there is a message or call of theirs before it."""
    if not is_reply(prepared.contact):
        return False
    return any(
        event.direction == Direction.INBOUND and to_micros(event.at) <= moment.at for event in prepared.events
    )
