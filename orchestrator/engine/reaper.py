"""Cleans up after workers that died and providers that never answered: nothing stays stuck, nothing is sent twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import AttemptState
from orchestrator.engine.house import House
from orchestrator.engine.release import release_lapsed
from orchestrator.store import stale
from orchestrator.store.outcome import AttemptMove, move_attempts
from orchestrator.store.session import Session
from orchestrator.store.stale import StaleRow

_SILENT_AFTER = timedelta(days=3)
_LETTER_SILENT_AFTER = timedelta(days=30)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Reaped:
    """How many attempts became ambiguous, were given back, or are past hope of a report."""

    ambiguous: int = 0
    released: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.ambiguous + self.released + self.unknown


def reap(house: House) -> Reaped:
    """One round; safe to run on every node at once."""
    with house.database.write(house.clock) as unit:
        ambiguous = _move(house, unit, stale.expired_leases(unit, _BATCH), AttemptState.AMBIGUOUS)
        released = release_lapsed(house, unit, _BATCH)
        silent = stale.without_report(
            unit,
            _BATCH,
            before=unit.now_micros - _SILENT_AFTER // timedelta(microseconds=1),
            letters_before=unit.now_micros - _LETTER_SILENT_AFTER // timedelta(microseconds=1),
        )
        unknown = _move(house, unit, silent, AttemptState.DELIVERY_UNKNOWN)
    return Reaped(ambiguous, released, unknown)


def _move(house: House, unit: Session, rows: list[StaleRow], state: AttemptState) -> int:
    """Ambiguous counts against every cap: its contact event keeps standing as the reservation wrote it."""
    moved = move_attempts(
        unit, [AttemptMove(row.id, state.value, (row.state,), row.fence, failure=row.failure) for row in rows]
    )
    ledger.append(
        unit,
        [
            Line(
                LineKind.OUTCOME,
                unit.now_micros,
                {"outcome": state.value},
                house.sealer.reference(row.consumer_id),
                row.id,
            )
            for row in rows
            if row.id in moved
        ],
    )
    return len(moved)
