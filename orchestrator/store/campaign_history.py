"""What was done with a campaign and when its last call began, for people who look at it."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.store.session import Session

_LINES = 1_000


def lines(unit: Session, kind: str) -> list[tuple[int, bytes]]:
    """(microseconds, body) of the newest ledger lines of a kind that people cause, newest first."""
    sql = "SELECT at, body FROM ledger_entry WHERE kind = :kind ORDER BY at DESC, id DESC LIMIT :limit"
    found = unit.query(sql, {"kind": kind, "limit": _LINES})
    return [(int(row[0]), bytes(row[1])) for row in found]


def last_call(unit: Session, campaign_id: str) -> int | None:
    """When the last provider call of a campaign began (microseconds); None: there was none."""
    row = unit.one("SELECT max(submitted_at) FROM attempt WHERE campaign_id = :id", {"id": campaign_id})
    return int(row[0]) if row and row[0] else None


def reached(unit: Session, campaign_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """(enrolled, contacted) accounts of these campaigns, by id."""
    sql = (
        "SELECT campaign_id, count(*), count(contacted_at) FROM campaign_member "  # noqa: S608
        f"WHERE campaign_id {unit.within('ids')} AND held_out = :no GROUP BY campaign_id"
    )
    params = {"ids": unit.listed(sorted(set(campaign_ids))), "no": False}
    return {row[0]: (int(row[1]), int(row[2])) for row in unit.query(sql, params)}
