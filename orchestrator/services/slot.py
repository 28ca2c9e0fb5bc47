"""What becomes of a contact slot: started and committed, or voided. `reservation` takes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import LEAVE_S, UNCOUNTED, AttemptState
from orchestrator.domain.instant import from_micros
from orchestrator.engine.event import enter_outcome
from orchestrator.engine.house import House
from orchestrator.engine.point_learning import learn_from_outcome
from orchestrator.engine.release import Release, release
from orchestrator.engine.stored import id_list
from orchestrator.engine.task import open_incident
from orchestrator.engine.told import Told
from orchestrator.errors import ConflictError, UnknownReference, UsageError
from orchestrator.store import claim, contacting
from orchestrator.store.contacting import AttemptRow
from orchestrator.store.outcome import AttemptMove, latest_events, move_attempts
from orchestrator.store.session import Session
from policies.vocabulary import CALL_OUTCOMES, MESSAGE_OUTCOMES

CLOCKS_DIFFER = timedelta(seconds=5)
"""By how much the clock of a dialer may differ from the database's."""
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
            # the answer may be acted on as long as a permit lives, and an opt-out waits for it like for one
            contacting.start(unit, slot_id, permit_us=int(LEAVE_S * 1_000_000))
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
    """How the contact ended, in the words of the contact history; gives the attempt's state. Repeating is harmless.

    `started_at` and `ended_at` lie between the reservation and now, or are a UsageError. A contact that was made under
    a slot given back or run out counts all the same, and is an incident: whoever made it had no leave.
    """
    with house.database.write(house.clock) as unit:
        row = _own(unit, slot_id)
        _check_word(row.channel, outcome)
        began = _within("started_at", started_at, from_micros(row.reserved_at), unit.now)
        ended = _within("ended_at", ended_at, began or from_micros(row.reserved_at), unit.now)
        known = latest_events(unit, [(row.consumer_id, row.id)]).get((row.consumer_id, row.id), {})
        if known.get("outcome") not in {None, "released"}:
            return _reported_before(row, known, outcome, conversation_accounts)
        state = AttemptState.DELIVERED if outcome in _VOICE_DONE else AttemptState.UNDELIVERED
        enter_outcome(
            house,
            unit,
            row.id,
            row.consumer_id,
            state=(state if row.channel == "voice" else AttemptState.SENT).value,
            outcome=outcome,
            accounts=id_list(row.account_ids),
            discussed=conversation_accounts,
            occurred_at=began,
            ended_at=ended,
        )
        told = Told(began or unit.now, "reservation", row.id, row.requested_by)
        learn_from_outcome(house, unit, row.contact_point_id, outcome, told)
        if row.state in UNCOUNTED:
            _incident(house, unit, "contact_without_slot", row, outcome=outcome)
        moved = contacting.attempt(unit, row.id)
        return row.state if moved is None else moved.state


def _check_word(channel: str, outcome: str) -> None:
    words = CALL_OUTCOMES if channel == "voice" else MESSAGE_OUTCOMES
    if outcome not in words:
        hint = f"one of {', '.join(sorted(words))}"
        raise UsageError(f"{outcome!r} is no outcome of {channel}", where="outcome", hint=hint)


def _within(name: str, at: datetime | None, earliest: datetime, now: datetime) -> datetime | None:
    """A reported time, put between `earliest` and now where a clock is a few seconds off; else a UsageError.

    A contact dated back would fall out of the window that it counts in.
    """
    if at is None:
        return None
    if at.utcoffset() is None:
        hint = "RFC 3339 with its offset, like 2026-03-01T10:00:00-05:00"
        raise UsageError("a time needs its offset", where=name, hint=hint)
    if not earliest - CLOCKS_DIFFER <= at <= now + CLOCKS_DIFFER:
        hint = f"from {earliest.isoformat()} to {now.isoformat()}"
        raise UsageError(f"{at.isoformat()} is outside of what the slot can say", where=name, hint=hint)
    return min(max(at, earliest), now)


def _reported_before(
    row: AttemptRow, known: Mapping[str, Any], outcome: str, discussed: tuple[str, ...]
) -> str:
    """The state, where the same was reported; another report is a correction, which needs a reason."""
    if known["outcome"] != outcome or set(discussed) - set(id_list(known["debts_discussed"])):
        raise ConflictError(
            f"the slot was reported as {known['outcome']}",
            code="slot_closed",
            where=row.id,
            hint="correct the contact, with a reason",
        )
    return row.state


def void(house: House, slot_id: str, *, reason: str, proof: str) -> str:
    """Give the slot back: nothing was tried. Gives the attempt's state; repeating is harmless.

    After `started` words do not prove that nothing reached the consumer (only a provider's own refusal would): the
    attempt is ambiguous and counts, what was said is kept with it, and compliance finds an incident. A call that did
    not connect is committed instead, as busy or not_in_service, which counts leave out.
    """
    if not reason.strip() or not proof.strip():
        raise UsageError("a slot is given back with a reason and a proof", where="proof")
    with house.database.write(house.clock) as unit:
        row = _own(unit, slot_id)
        if row.state in UNCOUNTED or (row.failure or "").startswith("void:"):
            return row.state
        if row.state == AttemptState.RESERVED:
            release(house, unit, [_release(row, f"void: {reason}", proof)])
            return AttemptState.RELEASED.value
        if row.state not in {AttemptState.SUBMITTED, AttemptState.AMBIGUOUS}:
            raise ConflictError(f"the slot is {row.state}", code="slot_closed", where=slot_id)
        sources = (AttemptState.SUBMITTED.value, AttemptState.AMBIGUOUS.value)
        ambiguous = AttemptState.AMBIGUOUS.value
        failure = f"void: {reason}"
        move_attempts(unit, [AttemptMove(row.id, ambiguous, sources, failure=failure, failure_detail=proof)])
        _line(house, unit, LineKind.OUTCOME, row, {"outcome": ambiguous, "by": "void"})
        _incident(house, unit, "void_after_start", row, reason=reason, proof=proof)
        return ambiguous


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


def _incident(house: House, unit: Session, kind: str, row: AttemptRow, **detail: str) -> None:
    open_incident(house, unit, kind, row.consumer_id, attempt_ids=[row.id], key=row.id, **detail)
