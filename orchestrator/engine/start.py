"""What a START may lift: only what the same number stopped by text, and only where one person has that number.

A stop of another number or channel, of an import, a provider's list, the API or a collector is not this
message's to lift.
"""

from __future__ import annotations

from orchestrator.domain.instant import to_micros
from orchestrator.engine.sender import Sender
from orchestrator.engine.told import Told
from orchestrator.store import entry, inbound
from orchestrator.store.entry import Stop
from orchestrator.store.session import Session

CHANNEL = "sms"


def is_sure(unit: Session, sender: Sender) -> bool:
    """True for a text from a number that can only be one person's."""
    return (
        sender.channel == CHANNEL
        and len(sender.value_indexes) == 1
        and inbound.is_one_persons(unit, sender.value_index)
    )


def own_stops(unit: Session, sender: Sender, told: Told) -> list[Stop]:
    """The stops that earlier texts from this number entered: of the number, and of this channel of its holder."""
    texts = inbound.messages_from(unit, CHANNEL, sender.value_index)
    return [
        stop
        for stop in _in_force(unit, sender)
        if entry.is_liftable(stop.source, stop.recorded_by)
        and stop.proof in texts
        # of two at one moment the stop counts
        and stop.occurred_at < to_micros(told.at)
        and (stop.value_index is not None or stop.channel == CHANNEL)
    ]


def is_still_closed(unit: Session, sender: Sender) -> bool:
    """True if a text to the sender is still stopped."""
    return any(stop.channel in {None, CHANNEL} for stop in _in_force(unit, sender))


def _in_force(unit: Session, sender: Sender) -> list[Stop]:
    return entry.stops_in_force(unit, sender.value_indexes, sender.consumer_ids)
