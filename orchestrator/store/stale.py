"""Attempts that nobody speaks of any more: their worker died, or their provider never reported."""

from __future__ import annotations

from typing import NamedTuple

from orchestrator.store.session import Session


class StaleRow(NamedTuple):
    id: str
    consumer_id: str
    state: str
    fence: int
    failure: str | None


def expired_leases(unit: Session, limit: int) -> list[StaleRow]:
    """Handed over by somebody whose lease ran out: the provider may have it or not."""
    select = (
        "SELECT id, consumer_id, state, fence, 'lease_ran_out' FROM attempt WHERE state = 'submitted' "
        "AND lease_until < :now ORDER BY id LIMIT :limit"
    )
    return _rows(unit, select, {"now": unit.now_micros, "limit": limit})


def without_report(unit: Session, limit: int, *, before: int, letters_before: int) -> list[StaleRow]:
    """Taken by a provider that has said nothing for so long that nothing more is to be expected."""
    select = (
        "SELECT id, consumer_id, state, fence, failure FROM attempt WHERE state IN ('accepted', 'sent', 'ambiguous') "
        "AND submitted_at < CASE channel WHEN 'letter' THEN :letters WHEN 'task' THEN 0 ELSE :before END "
        "ORDER BY id LIMIT :limit"
    )
    return _rows(unit, select, {"before": before, "letters": letters_before, "limit": limit})


def _rows(unit: Session, select: str, params: dict[str, int]) -> list[StaleRow]:
    return [StaleRow._make(row) for row in unit.query(" ".join((select, unit.skip_locked)), params)]
