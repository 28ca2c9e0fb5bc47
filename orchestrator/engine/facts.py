"""From stored rows to the frozen facts that policies judge: in bulk, as known at one moment, without personal data.

One `Reader` serves a whole batch. What does not depend on the contact (registers, history, consents) is built
once per consumer and set of accounts and shared by every channel and contact point that is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import compress
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine import register
from orchestrator.store.dossier import AccountRow, ConsumerRow, ContactRow, PointRow, Pool
from policies import consent
from policies import facts as f
from policies.counting import Answers, answers
from policies.pack import BUSINESS
from policies.vocabulary import Actor, Channel, Direction, EventActor, Fact, NumberKind, Outcome

_DEFAULTS = f.Settings(daytime_only=True)
_AGENCIES = frozenset({"third_party_collector", "debt_buyer"})
_POINT_KIND = {"sms": "phone", "voice": "phone", "email": "email", "letter": "postal", "task": "phone"}
# a dictionary finds a member six times as fast as a call of its class
_ACTORS = {actor.value: actor for actor in Actor}
_CHANNELS = {channel.value: channel for channel in Channel}
_DIRECTIONS = {direction.value: direction for direction in Direction}
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_EVENT_ACTORS = {actor.value: actor for actor in EventActor}
_NUMBER_KINDS = {kind.value: kind for kind in NumberKind}
_USABLE = frozenset({"unverified", "valid"})


class Proposal(msgspec.Struct, frozen=True):
    """The contact somebody wants to make: what the planner, an API caller or a collector asks the gate about."""

    consumer_id: str
    account_ids: tuple[str, ...]
    channel: str
    contact_point_id: str | None
    content: str = "collection"
    automated: bool = False
    language: str | None = None
    party: str = "consumer"
    in_reply_to: str | None = None
    """The inbound message that it answers."""


@dataclass(frozen=True, slots=True)
class Replies:
    """One message of the consumer as recorded facts have it. `is_known`: it is recent enough to be counted.

    `answers`: the count of the one-answer rule on its channel. `answered_at`: when something left in answer to it.
    """

    answers: Answers
    is_known: bool
    answered_at: datetime | None

    @property
    def is_free(self) -> bool:
        """What is said in answer to it now is the one answer of the rule, not a contact like any other."""
        return self.is_known and self.answered_at is None and self.answers.left > 0


@dataclass(slots=True)
class Reader:
    """Builds facts from the pools of a batch. `assume_complete`: nothing happened before what is recorded.

    `keeps`: verdicts will be kept, with the bytes of their facts; a forecast wants the answers alone.
    """

    pools: Mapping[str, Pool]
    settings: f.Settings = _DEFAULTS
    assume_complete: bool = False
    keeps: bool = True
    _by_consumer: dict[str, Pool] = field(default_factory=dict)
    _given: dict[tuple[str, tuple[str, ...], date], dict[str, Any]] = field(default_factory=dict)
    _events: dict[str, tuple[f.Event, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for pool in self.pools.values():
            for consumer_id in pool.consumers:
                self._by_consumer[consumer_id] = pool

    def pool(self, consumer_id: str) -> Pool | None:
        return self._by_consumer.get(consumer_id)

    def consumer(self, consumer_id: str) -> ConsumerRow:
        return self._by_consumer[consumer_id].consumers[consumer_id]

    def accounts(self, consumer_id: str) -> list[AccountRow]:
        return self._by_consumer[consumer_id].accounts.get(consumer_id, [])

    def points(self, consumer_id: str, channel: str) -> list[PointRow]:
        """The consumer's own usable contact points for a channel, best first; a text needs a mobile number."""
        kind = _POINT_KIND[channel]
        return [
            point
            for point in self._by_consumer[consumer_id].points
            if point.consumer_id == consumer_id
            and point.party_id is None
            and point.kind == kind
            and point.state in _USABLE
            and (channel != "sms" or point.number_kind in (None, "mobile"))
        ]

    def facts(self, proposal: Proposal, at: datetime) -> f.Facts:
        """The whole question for one contact at `at` (aware)."""
        pool = self._by_consumer[proposal.consumer_id]
        key = (proposal.consumer_id, proposal.account_ids, at.date())
        base = self._given.get(key)
        if base is None:
            base = self._given[key] = self._base(pool, proposal, at)
        point = next((row for row in pool.points if row.id == proposal.contact_point_id), None)
        contact = _contact(proposal, point, at)
        if proposal.in_reply_to is not None:
            contact = msgspec.structs.replace(
                contact, in_reply_to=proposal.in_reply_to, reply=self.replies(proposal, at).is_free
            )
        given = base if point is None else base | register.point_facts(pool, point)
        if point is None and proposal.contact_point_id is not None:
            given = given | {"unknown": (*base["unknown"], Fact.CONTACT_POINT.value)}
        whole = f.Facts(contact=contact, history=self._history(pool), **given)
        if consent.is_recorded(whole):
            return whole
        # nothing recorded is not a yes: rules that need a consent hold, the others do not ask
        return msgspec.structs.replace(whole, unknown=(*whole.unknown, Fact.CONSENT.value))

    def replies(self, proposal: Proposal, at: datetime) -> Replies:
        """How the message stands that the contact answers, and how many answers the channel has left."""
        pool = self._by_consumer[proposal.consumer_id]
        events = sorted(self._history(pool), key=lambda one: one.at)
        channel = Channel.VOICE if proposal.channel == "task" else _CHANNELS[proposal.channel]
        named = proposal.in_reply_to
        return Replies(
            answers=answers(events, channel, to_micros(at)),
            is_known=any(
                one.id == named and one.direction == Direction.INBOUND and one.channel == channel
                for one in events
            ),
            answered_at=next((one.at for one in events if one.in_reply_to == named), None),
        )

    def happened(self, pool: Pool, row: ContactRow) -> None:
        """Add a contact that was just reserved, so that the next question of this batch counts it."""
        pool.history.append(row)

    def _chosen(self, proposal: Proposal) -> list[AccountRow]:
        return [row for row in self.accounts(proposal.consumer_id) if row.id in proposal.account_ids]

    def _history(self, pool: Pool) -> tuple[f.Event, ...]:
        known = self._events.get(pool.id)
        if known is None:
            known = self._events[pool.id] = tuple(event(row) for row in pool.history)
        elif len(known) < len(pool.history):
            # what was reserved meanwhile; most people are asked about once, so it is made only when it is needed
            known = self._events[pool.id] = (*known, *(event(row) for row in pool.history[len(known) :]))
        return known

    def _base(self, pool: Pool, proposal: Proposal, at: datetime) -> dict[str, Any]:
        """What does not depend on the channel and the contact point, by its name in Facts."""
        consumer = pool.consumers[proposal.consumer_id]
        chosen = self._chosen(proposal)
        zones = {entry["zone"]: entry["source"] for entry in consumer.zones or ()}
        given: dict[str, Any] = {
            "jurisdictions": _jurisdictions(consumer),
            "zones": tuple(sorted(zones)),
            "zone_sources": zones,
            "country": consumer.country or None,
            "currency": chosen[0].currency if chosen else None,
            "settings": self.settings,
            "debts": {row.id: _debt(row, at) for row in chosen},
            "days_past_due": max([_days_past_due(row, at) for row in chosen], default=None),
            "time_barred": any(
                row.limitation_on is not None and row.limitation_on < at.date() for row in chosen
            ),
            **register.standing_facts(pool, consumer, proposal.account_ids, at),
        }
        actor = chosen[0].actor if chosen else ""
        if actor in _ACTORS:
            given["actor"] = _ACTORS[actor]
        if not self.assume_complete:
            given["history_since"] = _history_since(chosen, zones)
        given["unknown"] = _unknown(consumer, chosen, proposal.account_ids, given)
        return given


def _jurisdictions(consumer: ConsumerRow) -> tuple[str, ...]:
    """Laws about consumers do not protect companies: those stand under the firm's own pack for business."""
    return (BUSINESS,) if consumer.kind == BUSINESS else tuple(consumer.jurisdictions or ())


def _contact(proposal: Proposal, point: PointRow | None, at: datetime) -> f.Contact:
    channel = Channel.VOICE if proposal.channel == "task" else _CHANNELS[proposal.channel]
    return f.Contact(
        at=at,
        channel=channel,
        debts=proposal.account_ids,
        party=proposal.party,
        address=proposal.contact_point_id,
        content=proposal.content,
        automated=proposal.automated,
        number_kind=_NUMBER_KINDS[point.number_kind] if point is not None and point.number_kind else None,
        place=point.place if point is not None and point.place in {"work", "home"} else None,
        language=proposal.language,
        disclosure_language=proposal.language,
    )


def _debt(row: AccountRow, at: datetime) -> f.Debt:
    return f.Debt(type=row.product, days_past_due=_days_past_due(row, at))


def _days_past_due(row: AccountRow, at: datetime) -> int:
    return max(0, (at.date() - row.delinquent_since).days)


def _history_since(chosen: Sequence[AccountRow], zones: Iterable[str]) -> datetime | None:
    """Since when every chosen account's history is whole: as imported, else since we have the account."""
    starts = [
        _midnight(row.history_complete_since, zones)
        if row.history_complete_since is not None
        else from_micros(row.created_at)
        for row in chosen
        if not row.new_placement
    ]
    return max(starts, default=None)


def _midnight(day: date, zones: Iterable[str]) -> datetime:
    starts = [datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for zone in zones]
    return max(starts, default=datetime.combine(day, time(), UTC))


_MUST_HAVE = tuple(
    fact.value
    for fact in (
        Fact.ZONE,
        Fact.COUNTRY,
        Fact.ACTOR,
        Fact.CURRENCY,
        Fact.RECIPIENT,
        Fact.VALIDATION_NOTICE,
        Fact.AGENCY_NOTICE,
    )
)


def _unknown(
    consumer: ConsumerRow, chosen: Sequence[AccountRow], wanted: Sequence[str], given: Mapping[str, Any]
) -> tuple[str, ...]:
    """Which facts are missing that no contact, or not this one, may be made without."""
    is_agency = any(row.actor in _AGENCIES for row in chosen)
    notice = given.get("validation")
    is_missing = (
        not given["zones"],
        not consumer.country,
        not chosen or any(row.actor not in _ACTORS for row in chosen),
        any(not row.currency for row in chosen),
        len(chosen) != len(set(wanted)),
        consumer.country == "US" and is_agency and (notice is None or notice.sent is None),
        consumer.country == "CN" and is_agency and "agency_notice" not in given.get("notices", {}),
    )
    return tuple(compress(_MUST_HAVE, is_missing)) if True in is_missing else ()


_DETAIL = frozenset(f.Event.__struct_fields__) - {"at", "channel", "direction", "debts", "outcome", "id"}


def event(row: ContactRow) -> f.Event:
    """One contact of the past as policies see it."""
    if row.detail:
        known = {name: value for name, value in row.detail.items() if name in _DETAIL}
        return msgspec.convert({**_plain(row), **known}, f.Event, strict=False)
    if row.party == "consumer" and row.debts_discussed is None and not row.intended_debts:
        return _ordinary(row)
    return msgspec.convert(_plain(row), f.Event, strict=False)


def _ordinary(row: ContactRow) -> f.Event:
    return f.Event(
        id=row.attempt_id or row.event_id,
        at=from_micros(row.occurred_at),
        channel=_CHANNELS[row.channel],
        direction=_DIRECTIONS[row.direction],
        outcome=_OUTCOMES[row.outcome] if row.outcome else None,
        debts=tuple(row.account_ids),
        address=row.contact_point_id,
        content=row.content,
        actor=_EVENT_ACTORS[row.actor] if row.actor else None,
        number_kind=_NUMBER_KINDS[row.number_kind] if row.number_kind else None,
        place=row.place,
    )


def _plain(row: ContactRow) -> dict[str, Any]:
    plain = {
        "id": row.attempt_id or row.event_id,
        "at": from_micros(row.occurred_at),
        "channel": row.channel,
        "direction": row.direction,
        "outcome": row.outcome,
        "debts": row.account_ids,
        "debts_discussed": row.debts_discussed,
        "intended_debts": row.intended_debts or (),
        "address": row.contact_point_id,
        "party": row.party,
        "content": row.content,
        "actor": row.actor,
        "number_kind": row.number_kind,
        "place": row.place,
    }
    return {name: value for name, value in plain.items() if value is not None}
