"""What the book lacks before a first contact is lawful: counts of open accounts by place, actor and creditor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from orchestrator.store.session import Session

# consumers that share one number or mailbox; more than this is hardly a household
CROWD = 10


class Lacking(NamedTuple):
    """`accounts` open in one place and under one creditor, and how many of them lack what."""

    jurisdictions: tuple[str, ...]
    country: str
    actor: str
    creditor_id: str
    accounts: int
    validation_notice: int
    agency_notice: int
    zone: int
    consent: int
    history: int
    contact_point: int


_SENT = "EXISTS (SELECT 1 FROM notice n WHERE n.account_id = a.id AND n.kind = '{kind}' AND NOT n.withdrawn)"
_COUNTS = {
    "validation_notice": "NOT " + _SENT.format(kind="validation"),
    "agency_notice": "NOT " + _SENT.format(kind="agency_notice"),
    "zone": "CAST(c.zones AS TEXT) IN ('[]', 'null')",
    "consent": "NOT EXISTS (SELECT 1 FROM consent s WHERE s.consumer_id = c.id AND s.type = 'electronic')",
    "history": "(a.history_complete_since IS NULL AND (a.new_placement IS NULL OR NOT a.new_placement))",
    "contact_point": (
        "NOT EXISTS (SELECT 1 FROM contact_point p WHERE p.consumer_id = c.id AND p.party_id IS NULL "
        "AND p.state IN ('unverified', 'valid'))"
    ),
}


def lacking(unit: Session) -> Iterator[Lacking]:
    """One row a place, actor and creditor; places as the consumers' jurisdictions, widest first."""
    counts = ", ".join(f"SUM(CASE WHEN {test} THEN 1 ELSE 0 END)" for test in _COUNTS.values())
    sql = (
        f"SELECT CAST(c.jurisdictions AS TEXT), c.country, a.actor, a.creditor_id, COUNT(*), {counts} "  # noqa: S608 - our own words
        "FROM account a JOIN account_consumer l ON l.account_id = a.id AND l.position = 0 "
        "JOIN consumer c ON c.id = l.consumer_id WHERE a.state = 'open' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
    for paths, *others in unit.query(sql):
        yield Lacking(tuple(json.loads(paths) or ()), *others)


def crowds(unit: Session) -> tuple[int, int]:
    """(pools, consumers in them) of more consumers than a household has."""
    sql = (
        "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM (SELECT COUNT(*) AS size FROM consumer "
        "GROUP BY pool_id HAVING COUNT(*) > :most) AS crowd"
    )
    found = unit.query(sql, {"most": CROWD})[0]
    return int(found[0]), int(found[1])


def sealed_sample(unit: Session) -> bytes | None:
    """Some sealed value, to see whether the keys open it; None in an empty book."""
    row = unit.one("SELECT value_sealed FROM contact_point LIMIT 1")
    return bytes(row[0]) if row is not None else None
