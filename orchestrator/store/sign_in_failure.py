"""Failed sign-ins that still count, in the database, so that several web processes count together."""

from __future__ import annotations

import msgspec

from orchestrator.domain.throttle import Limit, forgotten, wait_s
from orchestrator.store.session import Session

SECOND = 1_000_000


class Counted(msgspec.Struct, frozen=True):
    """What counts against an account or address: instants in microseconds."""

    kind: str
    subject: str
    failures: int
    since: int
    closed_until: int


def closed_until(unit: Session, kind: str, subject: str) -> int:
    """The instant until which this subject is closed; 0: nothing counts against it."""
    found = _find(unit, kind, subject, "")
    return 0 if found is None else found.closed_until


def hold(unit: Session, kind: str, subject: str, now: int) -> Counted:
    """What counts, locked until the end of the transaction; a first row is made where there is none."""
    unit.execute(
        "INSERT INTO sign_in_failure (kind, subject_hash, failures, since_at, closed_until)"
        " VALUES (:kind, :subject, 0, :now, 0) ON CONFLICT (kind, subject_hash) DO NOTHING",
        {"kind": kind, "subject": subject, "now": now},
    )
    return _find(unit, kind, subject, unit.for_update) or Counted(kind, subject, 0, now, 0)


def count(unit: Session, held: Counted, limit: Limit, now: int) -> None:
    """One more failure, and the time for which it closes the subject."""
    failures, since = forgotten(limit, held.failures, held.since // SECOND, now // SECOND)
    closed = now + wait_s(limit, failures + 1) * SECOND
    _set(unit, held, failures + 1, since * SECOND, closed)


def take_back(unit: Session, kind: str, subject: str, limit: Limit, now: int) -> None:
    """One attempt that was counted turned out right."""
    held = _find(unit, kind, subject, unit.for_update)
    if held is not None:
        failures = max(0, held.failures - 1)
        closed = min(held.closed_until, now + wait_s(limit, failures) * SECOND)
        _set(unit, held, failures, held.since, closed)


def clear(unit: Session, kind: str, subject: str) -> None:
    """Nothing counts any more."""
    unit.execute(
        "DELETE FROM sign_in_failure WHERE kind = :kind AND subject_hash = :subject",
        {"kind": kind, "subject": subject},
    )


def forget(unit: Session, before: int) -> None:
    """Removes what has been at rest since `before`."""
    unit.execute("DELETE FROM sign_in_failure WHERE since_at < :before", {"before": before})


def _find(unit: Session, kind: str, subject: str, lock: str) -> Counted | None:
    select = "SELECT failures, since_at, closed_until FROM sign_in_failure"
    where = "WHERE kind = :kind AND subject_hash = :subject"
    row = unit.one(" ".join((select, where, lock)), {"kind": kind, "subject": subject})
    return None if row is None else Counted(kind, subject, int(row[0]), int(row[1]), int(row[2]))


def _set(unit: Session, held: Counted, failures: int, since: int, closed: int) -> None:
    unit.execute(
        "UPDATE sign_in_failure SET failures = :failures, since_at = :since, closed_until = :closed"
        " WHERE kind = :kind AND subject_hash = :subject",
        {"kind": held.kind, "subject": held.subject, "failures": failures, "since": since, "closed": closed},
    )
