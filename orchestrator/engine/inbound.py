"""What people write and say to us: kept, read for what it asks, and acted on in the same transaction.

A stop counts whoever of the holders of a number sent it. Whatever is not understood goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from channels.events import Event, EventKind
from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.instant import to_micros
from orchestrator.domain.intent import Intent, Reading, read
from orchestrator.engine import failpoint
from orchestrator.engine.house import House
from orchestrator.engine.reaction import react
from orchestrator.engine.sender import find as sender_of
from orchestrator.engine.told import Told
from orchestrator.store import inbound
from orchestrator.store.campaign_progress import answered
from orchestrator.store.identifier import derived_id
from orchestrator.store.reservation import NewContactEvent, insert
from orchestrator.store.session import Session


@dataclass(frozen=True, slots=True)
class Heard:
    """An inbound message as the provider gave it. `key` is the same when it is delivered twice."""

    provider: str
    key: str
    channel: str
    address: str
    text: str
    at: datetime
    attempt_id: str | None = None
    kind: str = "reply"
    # the provider says that this person opted out; nobody wrote to us
    reported: bool = False


def heard(event: Event, now: datetime) -> Heard:
    """An inbound event of a channel."""
    return Heard(
        provider=event.provider,
        key=event.provider_event_id,
        channel=event.channel.value,
        address=event.address,
        text=event.text,
        at=event.occurred_at or now,
        attempt_id=event.attempt_id,
        kind=event.kind.value,
        reported=event.kind is EventKind.OPT_OUT and event.detail.get("reason") == "opted_out",
    )


def receive(house: House, messages: Sequence[Heard]) -> list[Reading]:
    """Keep and act on messages; durable when this returns. A repeated one changes nothing."""
    with house.database.write(house.clock, urgent=True) as unit:
        readings = [receive_one(house, unit, message) for message in messages]
        failpoint.reach("reaction.written")
    return readings


def receive_one(house: House, unit: Session, message: Heard) -> Reading:
    """One message inside a transaction of the caller."""
    # what is dated later holds from now: a stop must not wait for the date of its mail
    message = replace(message, at=min(message.at, unit.now))
    reading = _reading(message)
    sender = sender_of(house, unit, message.channel, message.address, message.attempt_id)
    consumers = sender.consumer_ids
    made = derived_id("im", message.provider, message.key)
    is_new = inbound.keep(
        unit,
        {
            "id": made,
            "provider": message.provider,
            "provider_event_id": message.key,
            "channel": message.channel,
            "value_index": sender.value_index,
            "consumer_id": consumers[0] if consumers else None,
            "attempt_id": message.attempt_id,
            "address_sealed": house.sealer.seal(message.address),
            "body_sealed": house.sealer.seal(message.text),
            "intent": ",".join(reading.intents),
            "occurred_at": to_micros(message.at),
            "recorded_at": unit.now_micros,
            "handled_at": unit.now_micros,
        },
    )
    if not is_new:
        return reading
    for consumer_id in consumers:
        _remember(unit, message, consumer_id, made, list(sender.account_ids))
        reference = house.sealer.reference(consumer_id)
        body = {"intents": list(reading.intents), "message_id": made}
        ledger.append(unit, [Line(LineKind.INBOUND, unit.now_micros, body, reference, message.attempt_id)])
    if not message.reported:
        answered(unit, consumers)
    source = f"provider:{message.channel}" if message.reported else f"inbound:{message.channel}"
    react(house, unit, sender, reading, Told(message.at, source, made, proof=made))
    return reading


def _reading(message: Heard) -> Reading:
    """A provider's own word for a stop or a complaint counts as much as the text, and takes nothing from it."""
    said = read(message.text)
    if message.kind == EventKind.OPT_OUT:
        return _with(said, Intent.STOP)
    if message.kind == EventKind.COMPLAINT and message.channel == "email":
        return _with(said, Intent.STOP, Intent.COMPLAINT)
    return said


def _with(said: Reading, *known: Intent) -> Reading:
    """What was said and what is known besides, the most protective first; doubts about a stop are settled."""
    found = {*known, *said.intents} - {Intent.MAYBE_STOP, Intent.START, Intent.OTHER}
    return Reading(tuple(intent for intent in Intent if intent in found))


def _remember(unit: Session, message: Heard, consumer_id: str, event_id: str, account_ids: list[str]) -> None:
    """The message in the contact history: rules look at what the consumer started."""
    is_call = message.kind == EventKind.INBOUND_CALL
    row = NewContactEvent(
        consumer_id=consumer_id,
        event_id=event_id,
        version=0,
        occurred_at=to_micros(message.at),
        recorded_at=unit.now_micros,
        channel=message.channel,
        direction="inbound",
        outcome="conversation" if is_call else "received",
        account_ids=_json(account_ids),
        contact_point_id=None,
        party="consumer",
        actor=None,
        content="collection",
        number_kind=None,
        place=None,
        detail=None,
        attempt_id=None,
        source="inbound",
        recorded_by="system",
    )
    insert(unit, "contact_event", NewContactEvent, [row])


def _json(values: list[str]) -> str:
    return msgspec.json.encode(values).decode()
