"""Named duties that one node holds at a time. A lease that ran out may be taken; each taking moves the fence."""

from __future__ import annotations

from orchestrator.store.session import Session


def take_lease(unit: Session, name: str, owner: str, seconds: float) -> bool:
    """Take or keep the lease for `seconds`; False while somebody else holds it. Never waits for another node."""
    now = unit.now_micros
    until = now + int(seconds * 1_000_000)
    values = {"name": name, "owner": owner, "until": until, "now": now}
    taken = unit.execute(
        "INSERT INTO lease (name, owner, until, fence) VALUES (:name, :owner, :until, 1) "
        "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until, "
        "fence = lease.fence + CASE WHEN lease.owner = excluded.owner THEN 0 ELSE 1 END "
        "WHERE lease.owner = excluded.owner OR lease.until < :now",
        values,
    )
    return int(taken.rowcount) == 1


def fence_of(unit: Session, name: str) -> int:
    """How often the lease changed hands; 0 if it was never taken."""
    row = unit.one("SELECT fence FROM lease WHERE name = :name", {"name": name})
    return int(row[0]) if row else 0


def give_up(unit: Session, name: str, owner: str) -> None:
    """Let the next one take it at once."""
    unit.execute(
        "UPDATE lease SET until = 0 WHERE name = :name AND owner = :owner", {"name": name, "owner": owner}
    )
