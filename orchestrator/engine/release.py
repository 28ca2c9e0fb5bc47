"""Giving a slot back: proven not sent, so it counts nowhere, and the step is judged again from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import AttemptState
from orchestrator.domain.instant import to_micros
from orchestrator.engine.house import House
from orchestrator.engine.stored import id_list
from orchestrator.store import admission
from orchestrator.store.outcome import (
    AttemptMove,
    Rewind,
    add_event_versions,
    move_attempts,
    rewind_enrollments,
)
from orchestrator.store.session import Session

_SOURCES = (AttemptState.RESERVED.value, AttemptState.SUBMITTED.value)


@dataclass(frozen=True, slots=True)
class Release:
    """One attempt to give back; `retry_at` says when its step may be judged again, None: never."""

    attempt_id: str
    consumer_id: str
    account_ids: tuple[str, ...]
    step: int | None
    ordinal: int | None
    reason: str
    detail: str | None = None
    retry_at: datetime | None = None
    fence: int | None = None
    state: AttemptState = AttemptState.RELEASED


def release(house: House, unit: Session, releases: Sequence[Release]) -> set[str]:
    """Give slots back; gives the ids of those that really were: a late report changes nothing."""
    by_id: Mapping[str, Release] = {one.attempt_id: one for one in releases}
    moved = move_attempts(unit, [_move(one) for one in releases])
    given_back = [by_id[attempt_id] for attempt_id in sorted(moved)]
    add_event_versions(
        unit, {(one.consumer_id, one.attempt_id): {"outcome": "released"} for one in given_back}
    )
    rewind_enrollments(unit, [rewind for one in given_back if (rewind := _rewind(one)) is not None])
    ledger.append(
        unit,
        [
            Line(
                LineKind.RELEASED,
                unit.now_micros,
                {"reason": one.reason},
                house.sealer.reference(one.consumer_id),
                one.attempt_id,
            )
            for one in given_back
        ],
    )
    return moved


def release_lapsed(house: House, unit: Session, limit: int, channel: str | None = None) -> int:
    """Give back reservations that nobody can use any more: out of time, or their consumer's facts moved."""
    found = admission.lapsed(unit, limit, channel)
    releases = [
        Release(
            attempt_id=row.id,
            consumer_id=row.consumer_id,
            account_ids=id_list(row.account_ids),
            step=row.step,
            ordinal=row.ordinal,
            reason=row.reason,
            retry_at=unit.now,
            state=AttemptState.EXPIRED if row.origin == "reservation" else AttemptState.RELEASED,
        )
        for row in found
    ]
    return len(release(house, unit, releases))


def _move(one: Release) -> AttemptMove:
    return AttemptMove(
        id=one.attempt_id,
        state=one.state.value,
        sources=_SOURCES,
        fence=one.fence,
        outcome="released",
        failure=one.reason,
        failure_detail=one.detail,
    )


def _rewind(one: Release) -> Rewind | None:
    if one.retry_at is None or one.step is None or one.ordinal is None:
        return None
    return Rewind(one.attempt_id, one.account_ids, one.step, one.ordinal + 1, to_micros(one.retry_at))
