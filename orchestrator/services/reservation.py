"""Contact slots for dialers and other systems outside, taken atomically; what becomes of them is in `slot`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from orchestrator.domain.attempt import AttemptState
from orchestrator.engine import gate
from orchestrator.engine.choice import Wish
from orchestrator.engine.house import House
from orchestrator.engine.record import Origin
from orchestrator.errors import ConflictError, UnknownReference, UsageError
from orchestrator.services.contact import Contact, point_id, verdict_of
from orchestrator.store import contacting
from orchestrator.store.identifier import derived_id, new_id
from orchestrator.store.session import Session
from orchestrator.store.tables.types import from_micros
from policies.verdict import Decision, Verdict

LONGEST_S = 900


@dataclass(frozen=True, slots=True)
class Asked:
    """A slot that somebody wants. `external_id` makes repeating the request harmless."""

    consumer_id: str
    account_ids: tuple[str, ...]
    channel: str
    address: str | None = None
    ttl_s: int = 300
    external_id: str | None = None
    content: str = "collection"
    automated: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """The answer: `id` and `expires_at` only where the verdict allows."""

    verdict: Verdict
    id: str | None = None
    expires_at: datetime | None = None


_CLOSED = frozenset({AttemptState.RELEASED, AttemptState.EXPIRED})


def reserve(house: House, asked: Asked, *, requested_by: str) -> Slot:
    """Judge and take the slot in one transaction under the lock: it counts from here until it is voided or expires."""
    if not 1 <= asked.ttl_s <= LONGEST_S:
        raise UsageError(f"a slot is held from 1 to {LONGEST_S} seconds", where="ttl_s")
    attempt_id = (
        derived_id("at", "slot", asked.external_id) if asked.external_id is not None else new_id("at")
    )
    with house.database.write(house.clock) as unit:
        known = contacting.attempt_by_external_id(unit, asked.external_id) if asked.external_id else None
        if known is not None:
            if known.consumer_id != asked.consumer_id or known.state in _CLOSED:
                raise ConflictError("this external id was used for another slot", where="external_id")
            return _slot(unit, known.id)
        contact = Contact(
            asked.consumer_id, asked.channel, asked.account_ids, asked.address, content=asked.content
        )
        wish = Wish(
            consumer_id=asked.consumer_id,
            account_ids=asked.account_ids,
            template="",
            content=asked.content,
            channels=(asked.channel,),
            attempt_id=attempt_id,
            contact_point_id=point_id(house, unit, contact),
            automated=asked.automated,
            template_needed=False,
            exact=True,
        )
        origin = Origin(
            "reservation",
            attempt_id,
            requested_by=requested_by,
            external_id=asked.external_id,
            ttl=timedelta(seconds=asked.ttl_s),
        )
        choice = gate.reserve_within(house, unit, wish, origin)
        if choice.decision is not Decision.ALLOW or choice.judged is None:
            return Slot(verdict_of(choice, contact, unit.now))
        return _slot(unit, attempt_id)


def _slot(unit: Session, slot_id: str) -> Slot:
    """The slot as it was written: it ends with the hours in which it was allowed, however long it was asked for."""
    row = contacting.attempt(unit, slot_id)
    body = contacting.verdict_body(unit, row.verdict_id) if row is not None and row.verdict_id else None
    if row is None or body is None:
        raise UnknownReference(f"no slot {slot_id!r}", where="id")
    return Slot(msgspec.json.decode(body, type=Verdict), row.id, from_micros(row.valid_until))
