"""What becomes of a contact slot: started and committed, or voided. `reservation` takes them."""

from __future__ import annotations

from datetime import datetime

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import AttemptState
from orchestrator.engine.entry import enter_outcome
from orchestrator.engine.house import House
from orchestrator.engine.permit import LIFETIME_S
from orchestrator.engine.release import Release, release
from orchestrator.engine.stored import id_list
from orchestrator.errors import ConflictError, UnknownReference, UsageError
from orchestrator.store import claim, contacting
from orchestrator.store.contacting import AttemptRow
from orchestrator.store.session import Session
from orchestrator.store.tables.types import from_micros

_VOICE_DONE = frozenset({"conversation", "voicemail", "dropped", "callback_requested", "met"})


def started(house: House, slot_id: str) -> datetime:
    """The contact is being made, at once: from here an expiry counts as an attempt. Gives when the slot expires.

    Asked again it is answered anew. A stop, a fact that moved since the reservation (an opt-out, a payment) or a time
    that is over (the slot's, or the legal hours') is a ConflictError, the first time and every time: do not contact.
    """
    with house.database.write(house.clock) as unit:
        row = _own(unit, slot_id)
        objection = why_unusable(unit, row)
        if objection is None:
            contacting.start(unit, slot_id, permit_us=int(LIFETIME_S * 1_000_000))
        if row.state == AttemptState.RESERVED and objection is None:
            _line(house, unit, LineKind.SUBMITTED, row, {"by": "reservation"})
        elif row.state == AttemptState.RESERVED and objection is not None and objection.code == "slot_void":
            release(house, unit, [_release(row, "facts_changed")])
    if objection is not None:
        raise objection
    return from_micros(row.valid_until)


def why_unusable(unit: Session, row: AttemptRow) -> ConflictError | None:
    """Why nobody may contact the consumer under this slot, now; None: nothing stands in the way.

    The caller holds the consumer's lock, so that a change either came first and is seen, or waits for this answer.
    """
    if row.state not in {AttemptState.RESERVED, AttemptState.SUBMITTED}:
        return ConflictError(f"the slot is {row.state}: do not contact", code="slot_closed", where=row.id)
    if claim.is_stopped(unit):
        return ConflictError("all contacts are stopped: do not contact", code="stopped", where=row.id)
    if row.valid_until <= unit.now_micros:
        return ConflictError("the slot's time is over: do not contact", code="slot_void", where=row.id)
    if row.epoch != contacting.epoch_of(unit, row.consumer_id):
        return ConflictError(
            "the slot is void, something about the consumer changed: do not contact",
            code="slot_void",
            where=row.id,
        )
    return None


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
    """The slot with its consumer's pool locked first and itself after, as everybody does."""
    row = contacting.attempt(unit, slot_id)
    if row is not None:
        claim.lock_pools(unit, [row.consumer_id])
        row = contacting.attempt(unit, slot_id, lock=True)
    if row is None or row.origin != "reservation":
        raise UnknownReference(f"no slot {slot_id!r}", where="id")
    return row


def _release(row: AttemptRow, reason: str, proof: str | None = None) -> Release:
    return Release(row.id, row.consumer_id, id_list(row.account_ids), None, None, reason, proof)


def _line(house: House, unit: Session, kind: LineKind, row: AttemptRow, body: dict[str, object]) -> None:
    reference = house.sealer.reference(row.consumer_id)
    ledger.append(unit, [Line(kind, unit.now_micros, body, reference, row.id)])
