"""Who may have written to us: everyone who has the number or mailbox, however the provider spelled it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.domain.contact_value import KIND_OF_CHANNEL, spellings
from orchestrator.engine.house import House
from orchestrator.engine.stored import id_list
from orchestrator.store import book, inbound
from orchestrator.store.session import Session


@dataclass(frozen=True, slots=True)
class Sender:
    """Everyone whose words these may be, and what the last contact with them was about.

    `value_indexes`: every number or mailbox that the address can mean, one that somebody has first; never empty.
    """

    consumer_ids: Sequence[str]
    point_ids: frozenset[str]
    account_ids: Sequence[str]
    value_indexes: tuple[str, ...]
    channel: str

    @property
    def value_index(self) -> str:
        """The number or mailbox as the book has it, if it has it."""
        return self.value_indexes[0]


def find(house: House, unit: Session, channel: str, address: str, attempt_id: str | None) -> Sender:
    """The holders of `address`, and whom the attempt went to that the message answers."""
    kind = KIND_OF_CHANNEL[channel]
    values = spellings(kind, address, lambda: book.countries(unit)) or ("",)
    indexes = [house.sealer.index(kind, value) for value in values]
    held = {index: inbound.senders(unit, index) for index in indexes}
    people = {person for found in held.values() for person in found}
    about = inbound.contacted(unit, attempt_id) if attempt_id is not None else None
    consumers = sorted({person[0] for person in people} | ({about[0]} if about is not None else set()))
    last = about or (inbound.last_contact(unit, consumers) if consumers else None)
    return Sender(
        consumer_ids=consumers,
        point_ids=frozenset(person[1] for person in people),
        account_ids=id_list(last[1] if last is not None else None),
        value_indexes=tuple(sorted(indexes, key=lambda index: not held[index])),
        channel=channel,
    )
