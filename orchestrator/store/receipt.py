"""Callbacks as they came, and the attempts they are about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from orchestrator.store.session import Session


class ReportRow(NamedTuple):
    """One stored callback."""

    id: str
    provider: str
    provider_event_id: str
    attempt_id: str | None
    kind: str
    occurred_at: int
    recorded_at: int
    detail: str | None
    raw_sealed: bytes | None


class PendingRow(NamedTuple):
    id: str
    attempt_id: str | None
    kind: str
    occurred_at: int
    detail: Any


class ReportedAttempt(NamedTuple):
    """What a report needs to know of its attempt."""

    id: str
    consumer_id: str
    account_ids: Any
    enrollment_id: str | None
    campaign_id: str | None
    step: int | None
    ordinal: int | None
    channel: str
    contact_point_id: str | None
    state: str
    outcome: str | None
    cadence: str | None
    cadence_digest: str | None


def store(unit: Session, rows: Sequence[ReportRow]) -> None:
    """Keep callbacks; a repeated one is the same row and stays as it is."""
    names = ", ".join(ReportRow._fields)
    marks = ", ".join(f":{name}" for name in ReportRow._fields)
    unit.executemany(
        f"INSERT INTO delivery_event ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608
        [row._asdict() for row in rows],
    )


def pending(unit: Session, limit: int) -> list[PendingRow]:
    """Callbacks that were not applied yet, in the order they happened."""
    select = (
        "SELECT id, attempt_id, kind, occurred_at, detail FROM delivery_event WHERE applied_at IS NULL "
        "ORDER BY occurred_at, recorded_at, id LIMIT :limit"
    )
    found = unit.query(" ".join((select, unit.skip_locked)), {"limit": limit})
    return [PendingRow._make(row) for row in found]


def mark_applied(unit: Session, ids: Iterable[str]) -> None:
    unit.execute(
        f"UPDATE delivery_event SET applied_at = :now WHERE id {unit.within('ids')}",  # noqa: S608
        {"ids": unit.listed(sorted(ids)), "now": unit.now_micros},
    )


def attempts_of(unit: Session, ids: Iterable[str]) -> dict[str, ReportedAttempt]:
    """Attempts by id, locked, with the cadence version of their enrollment."""
    sql = (
        "SELECT t.id, t.consumer_id, t.account_ids, t.enrollment_id, t.campaign_id, t.step, t.ordinal, t.channel, "  # noqa: S608
        "t.contact_point_id, t.state, t.outcome, e.cadence, e.cadence_digest FROM attempt t "
        f"LEFT JOIN enrollment e ON e.id = t.enrollment_id WHERE t.id {unit.within('ids')} ORDER BY t.id "
        f"{'FOR UPDATE OF t' if unit.dialect == 'postgresql' else ''}"
    )
    found = [ReportedAttempt._make(row) for row in unit.query(sql, {"ids": unit.listed(sorted(set(ids)))})]
    return {row.id: row for row in found}


def attempt_by_provider_id(unit: Session, provider: str, provider_id: str) -> str | None:
    """The attempt that the provider knows by its own id."""
    row = unit.one(
        "SELECT id FROM attempt WHERE provider_id = :id AND (provider = :provider OR provider IS NULL)",
        {"id": provider_id, "provider": provider},
    )
    return None if row is None else str(row[0])
