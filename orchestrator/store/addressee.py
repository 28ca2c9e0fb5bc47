"""Who a hand-over goes to: contact values still sealed, the consumer's place, the account's creditor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orchestrator.store.session import Session


class Addressee(NamedTuple):
    """What a message needs beside its content. `value_sealed` is None for a task without a contact point."""

    attempt_id: str
    value_sealed: bytes | None
    country: str
    creditor_id: str | None
    contacts: int


def addressees(unit: Session, attempt_ids: Iterable[str]) -> dict[str, Addressee]:
    """By attempt id. `contacts`: how many attempts the consumer has had so far, this one included."""
    sql = (
        "SELECT t.id, p.value_sealed, c.country, a.creditor_id, "  # noqa: S608
        "(SELECT count(*) FROM attempt o WHERE o.consumer_id = t.consumer_id AND (o.reserved_at < t.reserved_at "
        "OR (o.reserved_at = t.reserved_at AND o.id <= t.id))) "
        "FROM attempt t JOIN consumer c ON c.id = t.consumer_id "
        "LEFT JOIN contact_point p ON p.id = t.contact_point_id LEFT JOIN account a ON a.id = t.account_id "
        f"WHERE t.id {unit.within('ids')}"
    )
    found = unit.query(sql, {"ids": unit.listed(sorted(set(attempt_ids)))})
    return {row[0]: Addressee._make(row) for row in found}
