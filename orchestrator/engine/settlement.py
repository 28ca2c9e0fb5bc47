"""Records what became of a chunk of hand-overs: accepted, given back, or ambiguous; in bulk, fenced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import AttemptState
from orchestrator.engine import failpoint
from orchestrator.engine.house import House
from orchestrator.engine.refusal import learn_from_refusals
from orchestrator.engine.release import Release, release
from orchestrator.engine.stored import id_list
from orchestrator.store.admission import Admitted
from orchestrator.store.campaign_progress import mark
from orchestrator.store.outcome import AttemptMove, add_event_versions, move_attempts
from orchestrator.store.session import Session


class Outcome(StrEnum):
    """How a hand-over ended."""

    ACCEPTED = "accepted"
    RELEASED = "released"
    PERMANENT = "permanent"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Settled:
    """One hand-over. `retry_after`: when its step may be judged again, for what was proven not sent."""

    attempt: Admitted
    outcome: Outcome
    failure: str | None = None
    detail: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    retry_after: timedelta | None = None
    asked_to_wait_s: float = 0.0
    is_provider_fault: bool = False


_SUBMITTED = (AttemptState.SUBMITTED.value, AttemptState.AMBIGUOUS.value)


def settle(house: House, settled: Sequence[Settled]) -> None:
    """Record outcomes in one transaction. A worker that was given up meanwhile reopens nothing."""
    with house.database.write(house.clock) as unit:
        _record_kept(
            house, unit, [one for one in settled if one.outcome in {Outcome.ACCEPTED, Outcome.AMBIGUOUS}]
        )
        refused = [one for one in settled if one.outcome in {Outcome.RELEASED, Outcome.PERMANENT}]
        release(house, unit, [_release(unit, one) for one in refused])
        learn_from_refusals(house, unit, [one.attempt for one in refused if one.outcome is Outcome.PERMANENT],
                            {one.attempt.id: one.failure or "" for one in refused})  # fmt: skip
        failpoint.reach("record.written")


def _record_kept(house: House, unit: Session, kept: Sequence[Settled]) -> None:
    moved = move_attempts(unit, [_move(one) for one in kept])
    mark(unit, "contacted", _accounts([one.attempt for one in kept if one.attempt.id in moved]))
    sent = [one for one in kept if one.outcome is Outcome.ACCEPTED and one.attempt.id in moved]
    # a call's outcome is known later; anything else that was accepted is sent
    messages = [one for one in sent if one.attempt.channel != "voice"]
    add_event_versions(
        unit, {(one.attempt.consumer_id, one.attempt.id): {"outcome": "sent"} for one in messages}
    )
    lines = [
        Line(
            LineKind.OUTCOME,
            unit.now_micros,
            {
                "outcome": one.outcome.value,
                "failure": one.failure,
                "content_digest": one.attempt.content_digest,
            },
            house.sealer.reference(one.attempt.consumer_id),
            one.attempt.id,
        )
        for one in kept
        if one.attempt.id in moved
    ]
    ledger.append(unit, lines)


def _accounts(attempts: Iterable[Admitted]) -> list[tuple[str, str]]:
    """(campaign id, account id) of what campaigns sent."""
    return [
        (one.campaign_id, account_id)
        for one in attempts
        if one.campaign_id is not None
        for account_id in id_list(one.account_ids)
    ]


def _move(one: Settled) -> AttemptMove:
    accepted = one.outcome is Outcome.ACCEPTED
    return AttemptMove(
        id=one.attempt.id,
        state=AttemptState.ACCEPTED.value if accepted else AttemptState.AMBIGUOUS.value,
        sources=_SUBMITTED if accepted else (AttemptState.SUBMITTED.value,),
        fence=one.attempt.fence,
        outcome="sent" if accepted and one.attempt.channel != "voice" else None,
        failure=one.failure,
        failure_detail=one.detail,
        provider=one.provider,
        provider_id=one.provider_id,
    )


def _release(unit: Session, one: Settled) -> Release:
    return Release(
        attempt_id=one.attempt.id,
        consumer_id=one.attempt.consumer_id,
        account_ids=id_list(one.attempt.account_ids),
        step=one.attempt.step,
        ordinal=one.attempt.ordinal,
        reason=one.failure or "refused",
        detail=one.detail,
        retry_at=unit.now + one.retry_after if one.retry_after is not None else None,
        fence=one.attempt.fence,
    )
