"""What becomes of a contact slot: started and committed, or voided. `reservation` takes them."""

from __future__ import annotations

from datetime import datetime

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import AttemptState
from orchestrator.engine.entry import enter_outcome
from orchestrator.engine.house import House
from orchestrator.engine.release import Release, release
from orchestrator.engine.stored import id_list
from orchestrator.errors import ConflictError, UnknownReference, UsageError
from orchestrator.store import claim, contacting
from orchestrator.store.contacting import AttemptRow
from orchestrator.store.session import Session
from orchestrator.store.tables.types import from_micros

_VOICE_DONE = frozenset({"conversation", "voicemail", "dropped", "callback_requested", "met"})


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


def _release(row: AttemptRow, reason: str, proof: str | None = None) -> Release:
    return Release(row.id, row.consumer_id, id_list(row.account_ids), None, None, reason, proof)


def _line(house: House, unit: Session, kind: LineKind, row: AttemptRow, body: dict[str, object]) -> None:
    reference = house.sealer.reference(row.consumer_id)
    ledger.append(unit, [Line(kind, unit.now_micros, body, reference, row.id)])
