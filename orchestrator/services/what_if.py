"""A recorded decision judged again with something changed: the time, the way, or a fact. Nothing is sent or stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from orchestrator.domain.instant import from_micros
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.handover import handover_opens
from orchestrator.engine.house import House
from orchestrator.engine.policy import policy_of
from orchestrator.engine.reading import read_batch
from orchestrator.engine.stored import id_list
from orchestrator.errors import ConflictError, InputError
from orchestrator.services.decision_view import PointName, Row, find, points_of
from orchestrator.store.dossier import PointRow
from orchestrator.store.session import Session
from policies import facts as f
from policies.compose import Stack
from policies.evaluate import judge
from policies.suppose import suppose
from policies.trace import Trace, trace
from policies.verdict import Decision, Finding, Verdict
from policies.vocabulary import Channel

CHANNELS_OF_KIND = {"phone": ("sms", "voice"), "email": ("email",), "postal": ("letter",)}


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed; left out: as it was. `at` is aware; `channel` goes with `point_id`; `suppose`: see
    `policies.suppose`."""

    at: datetime | None = None
    channel: str | None = None
    point_id: str | None = None
    suppose: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What would have been answered, and how it came about."""

    at: datetime
    channel: str
    point_id: str | None
    verdict: Verdict
    trace: Trace


@dataclass(frozen=True, slots=True)
class OtherWay:
    """Another channel of a contact point, asked about at the same moment with what was known then."""

    channel: str
    point: PointName
    verdict: Verdict


def what_if(house: House, key: str, change: Change) -> Answered:
    """Judge the decision's facts again, changed as said, by the rules that it cites.

    A change that does not fit the facts is an InputError; rules that were not kept are a ConflictError.
    """
    with house.database.read(house.clock) as unit:
        row = find(unit, key)
        stack = _stack(unit, row)
        facts, at = f.decode(bytes(row.facts)), change.at or from_micros(row.as_of)
        channel, point_id = change.channel or row.channel, change.point_id or row.contact_point_id
        if (channel, point_id) != (row.channel, row.contact_point_id):
            facts = _other_facts(_reader(house, unit, row), row, facts, channel, point_id)
    facts = replace(facts, contact=replace(facts.contact, at=at))
    try:
        facts = suppose(facts, change.suppose, at)
    except ValueError as error:
        raise InputError(
            "this cannot be supposed of these facts", where=str(error), hint="choose one that is offered"
        ) from None
    found = trace(facts, stack, at)
    return Answered(at, channel, point_id, _handed_over(found.verdict, channel, facts, at), found)


def _handed_over(verdict: Verdict, channel: str, facts: f.Facts, at: datetime) -> Verdict:
    """Letters are handed over by day, whatever the rules allow (a default of operation)."""
    opens = handover_opens(facts.zones, at) if channel == Channel.LETTER else None
    if verdict.decision is not Decision.ALLOW or opens is None:
        return verdict
    finding = Finding(
        id="letter_handover",
        answer=Decision.DEFER,
        found="letters are handed over from 08:00 to 20:00 local time",
        until=opens,
    )
    return replace(verdict, decision=Decision.DEFER, retry_at=opens, valid_until=None, rules=(finding,))


def other_ways(house: House, key: str, *, sees_values: bool = False) -> tuple[OtherWay, ...]:
    """The consumer's other channels and contact points at that moment, as known then, in their order of preference."""
    with house.database.read(house.clock) as unit:
        row = find(unit, key)
        stack = _stack(unit, row)
        facts, at = f.decode(bytes(row.facts)), from_micros(row.as_of)
        reader = _reader(house, unit, row)
        names = points_of(house, unit, row.consumer_id, sees_values=sees_values)
    found = []
    for channel, point in _ways(reader, row.consumer_id):
        if (channel, point.id) != (row.channel, row.contact_point_id) and point.id in names:
            asked = _other_facts(reader, row, facts, channel, point.id)
            verdict = _handed_over(judge(asked, stack, at), channel, asked, at)
            found.append(OtherWay(channel, names[point.id], verdict))
    return tuple(found)


def _ways(reader: Reader, consumer_id: str) -> Iterator[tuple[str, PointRow]]:
    """The consumer's own contact points; a text needs a mobile number, or one of an unknown line."""
    pool = reader.pool(consumer_id)
    for point in () if pool is None else pool.points:
        if point.consumer_id != consumer_id or point.party_id is not None:
            continue
        for channel in CHANNELS_OF_KIND.get(point.kind, ()):
            if channel != "sms" or point.number_kind in {None, "mobile"}:
                yield channel, point


def _stack(unit: Session, row: Row) -> Stack:
    stack = policy_of(unit, row.policy_digest)
    if stack is None:
        raise ConflictError(
            "the rules of this decision were not kept, so nothing can be judged by them",
            code="policy_not_kept",
        )
    return stack


def _reader(house: House, unit: Session, row: Row) -> Reader:
    """What was known at that moment; the decision's own reservation, made at it, is left out."""
    reader = read_batch(house, unit, [row.consumer_id], from_micros(row.as_of))
    for pool in reader.pools.values():
        pool.history = [
            one for one in pool.history if one.attempt_id is None or one.attempt_id != row.attempt_id
        ]
    return reader


def _other_facts(reader: Reader, row: Row, recorded: f.Facts, channel: str, point_id: str | None) -> f.Facts:
    """The facts about another way, all else as it was recorded."""
    ways: Sequence[tuple[str, str]] = [(one, point.id) for one, point in _ways(reader, row.consumer_id)]
    if (channel, point_id or "") not in ways:
        raise InputError(
            "this contact point has no such channel", where="point", hint="choose one that is offered"
        )
    proposal = Proposal(
        consumer_id=row.consumer_id,
        account_ids=id_list(row.account_ids),
        channel=channel,
        contact_point_id=point_id,
        content=recorded.contact.content,
        automated=recorded.contact.automated and channel == Channel.VOICE,
        language=recorded.contact.language,
        party=recorded.contact.party,
        in_reply_to=recorded.contact.in_reply_to if channel == row.channel else None,
    )
    asked = reader.facts(proposal, from_micros(row.as_of))
    return msgspec.structs.replace(
        recorded,
        contact=asked.contact,
        numbers=asked.numbers,
        addresses=asked.addresses,
        rnd_checks=asked.rnd_checks,
        unknown=asked.unknown,
    )
