"""Contact slots for dialers and other systems outside: reserved atomically, then started and committed, or voided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import AttemptState
from orchestrator.engine import gate
from orchestrator.engine.choice import Wish
from orchestrator.engine.entry import enter_outcome
from orchestrator.engine.house import House
from orchestrator.engine.record import Origin
from orchestrator.engine.release import Release, release
from orchestrator.engine.stored import id_list
from orchestrator.errors import ConflictError, UnknownReference, UsageError
from orchestrator.services.contact import Contact, point_id, verdict_of
from orchestrator.store import claim, contacting
from orchestrator.store.contacting import AttemptRow
from orchestrator.store.identifier import derived_id, new_id
from orchestrator.store.session import Session
from orchestrator.store.tables.types import from_micros
from policies.verdict import Decision, Verdict

LONGEST_S = 900
_VOICE_DONE = frozenset({"conversation", "voicemail", "dropped", "callback_requested", "met"})


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
            return _slot(unit, known)
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
        return Slot(choice.judged.verdict, attempt_id, unit.now + timedelta(seconds=asked.ttl_s))


def started(house: House, slot_id: str) -> datetime:
    """The contact is being made: from here an expiry counts as an attempt. Gives when the slot expires.

    Facts that moved since the reservation (a stop, a payment) void the slot with a ConflictError: do not contact.
    """
    with house.database.write(house.clock) as unit:
        row = _own(unit, slot_id)
        if claim.is_stopped(unit):
            raise ConflictError("all contacts are stopped: do not contact", code="stopped", where=slot_id)
        is_stale = (
            row.epoch != contacting.epoch_of(unit, row.consumer_id) or row.valid_until <= unit.now_micros
        )
        if row.state == AttemptState.RESERVED and is_stale:
            release(house, unit, [_release(row, "facts_changed")])
        elif row.state == AttemptState.RESERVED:
            contacting.start(unit, slot_id)
            _line(house, unit, LineKind.SUBMITTED, row, {"by": "reservation"})
    if row.state == AttemptState.RESERVED and is_stale:
        raise ConflictError(
            "the slot is void: something changed or its time is over", code="slot_void", where=slot_id
        )
    if row.state not in {AttemptState.RESERVED, AttemptState.SUBMITTED}:
        raise ConflictError(f"the slot is {row.state}", code="slot_closed", where=slot_id)
    return from_micros(row.valid_until)


def commit(
    house: House,
    slot_id: str,
    *,
    outcome: str,
    conversation_accounts: tuple[str, ...] = (),
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> str:
    """How the contact ended, in the words of the contact history; gives the attempt's state. Repeating is harmless."""
    with house.database.write(house.clock) as unit:
        row = _own(unit, slot_id)
        if row.outcome == outcome and row.state not in {AttemptState.RESERVED, AttemptState.SUBMITTED}:
            return row.state
        if row.state not in {AttemptState.RESERVED, AttemptState.SUBMITTED, AttemptState.AMBIGUOUS}:
            raise ConflictError(f"the slot is {row.state}", code="slot_closed", where=slot_id)
        state = AttemptState.DELIVERED if outcome in _VOICE_DONE else AttemptState.UNDELIVERED
        if row.channel != "voice":
            state = AttemptState.SENT
        enter_outcome(
            house,
            unit,
            row.id,
            row.consumer_id,
            state=state.value,
            outcome=outcome,
            accounts=id_list(row.account_ids),
            discussed=conversation_accounts,
            occurred_at=started_at,
            ended_at=ended_at,
        )
        return state.value


def void(house: House, slot_id: str, *, reason: str, proof: str) -> None:
    """Give the slot back: nothing was tried. After `started` the proof must say why nothing reached the consumer."""
    if not reason.strip() or not proof.strip():
        raise UsageError("a slot is given back with a reason and a proof", where="proof")
    with house.database.write(house.clock) as unit:
        row = _own(unit, slot_id)
        if row.state in {AttemptState.RELEASED, AttemptState.EXPIRED}:
            return
        if row.state not in {AttemptState.RESERVED, AttemptState.SUBMITTED}:
            raise ConflictError(f"the slot is {row.state}", code="slot_closed", where=slot_id)
        release(house, unit, [_release(row, f"void: {reason}", proof)])


def _own(unit: Session, slot_id: str) -> AttemptRow:
    row = contacting.attempt(unit, slot_id, lock=True)
    if row is None or row.origin != "reservation":
        raise UnknownReference(f"no slot {slot_id!r}", where="id")
    return row


def _slot(unit: Session, row: AttemptRow) -> Slot:
    body = contacting.verdict_body(unit, row.verdict_id) if row.verdict_id is not None else None
    verdict = (
        msgspec.json.decode(body, type=Verdict) if body is not None else Verdict(decision=Decision.ALLOW)
    )
    return Slot(verdict, row.id, from_micros(row.valid_until))


def _release(row: AttemptRow, reason: str, proof: str | None = None) -> Release:
    return Release(row.id, row.consumer_id, id_list(row.account_ids), None, None, reason, proof)


def _line(house: House, unit: Session, kind: LineKind, row: AttemptRow, body: dict[str, object]) -> None:
    reference = house.sealer.reference(row.consumer_id)
    ledger.append(unit, [Line(kind, unit.now_micros, body, reference, row.id)])
