"""Messages from people: who may have sent them, and the row that keeps each one once."""

from __future__ import annotations

from typing import Any

from orchestrator.store.session import Session


def keep(unit: Session, values: dict[str, Any]) -> bool:
    """Store an inbound message; False if this one is here already."""
    columns = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    done = unit.execute(
        f"INSERT INTO inbound_message ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608
        values,
    )
    return int(done.rowcount) == 1


def senders(unit: Session, value_index: str) -> list[tuple[str, str]]:
    """(consumer, contact point) of everyone who has this number or mailbox."""
    sql = "SELECT consumer_id, id FROM contact_point WHERE value_index = :value AND party_id IS NULL ORDER BY 1, 2"
    return [(row[0], row[1]) for row in unit.query(sql, {"value": value_index})]


def last_contact(unit: Session, consumer_ids: list[str]) -> tuple[str, Any] | None:
    """The last attempt (id, account ids) that went to one of these consumers: what an answer is about."""
    sql = (
        f"SELECT id, account_ids FROM attempt WHERE consumer_id {unit.within('ids')} AND state NOT IN "  # noqa: S608
        "('reserved', 'released', 'expired') ORDER BY reserved_at DESC, id DESC LIMIT 1"
    )
    row = unit.one(sql, {"ids": unit.listed(consumer_ids)})
    return None if row is None else (row[0], row[1])


def contacted(unit: Session, attempt_id: str) -> tuple[str, Any] | None:
    """Consumer and account ids of an attempt."""
    row = unit.one("SELECT consumer_id, account_ids FROM attempt WHERE id = :id", {"id": attempt_id})
    return None if row is None else (row[0], row[1])


def open_accounts(unit: Session, consumer_ids: list[str]) -> list[str]:
    """The accounts of these consumers that are still open."""
    sql = (
        "SELECT l.account_id FROM account_consumer l JOIN account a ON a.id = l.account_id "  # noqa: S608
        f"WHERE a.state = 'open' AND l.consumer_id {unit.within('ids')} ORDER BY 1"
    )
    return [row[0] for row in unit.query(sql, {"ids": unit.listed(consumer_ids)})]
