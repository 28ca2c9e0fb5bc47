"""Finding people by what somebody types: the beginning of a name, an id, a blind index. Each is read off an index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from orchestrator.store.session import Session

# sorts behind every text that begins with what stands before it
_LAST = "\U0010ffff"


class PersonRow(NamedTuple):
    id: str
    given_name: str | None
    family_name: str | None
    organization: str | None
    country: str


class OwedRow(NamedTuple):
    consumer_id: str
    id: str
    creditor_id: str
    account_label: str | None
    currency: str
    balance_minor: int
    state: str


_COLUMNS = ", ".join(f"c.{name}" for name in PersonRow._fields)


def begins(unit: Session, column: str, name: str) -> str:
    """The condition that a name begins with the parameter `name`, in the words of its index."""
    over, under = ("~>=~", "~<~") if unit.dialect == "postgresql" else (">=", "<")
    folded = f"lower(c.{column})"
    return f"(c.{column} IS NOT NULL AND {folded} {over} :{name} AND {folded} {under} :{name}_end)"


def by_names(unit: Session, wanted: Sequence[dict[str, str]], limit: int) -> list[PersonRow]:
    """People each of whose named columns begins so: `wanted` are alternatives of column -> folded beginning.

    At most `limit` of each alternative, in no promised order.
    """
    found: dict[str, PersonRow] = {}
    for columns in wanted:
        params: dict[str, str | int] = {"limit": limit}
        for column, start in columns.items():
            params |= {column: start, f"{column}_end": start + _LAST}
        conditions = " AND ".join(begins(unit, column, column) for column in columns)
        sql = f"SELECT {_COLUMNS} FROM consumer c WHERE {conditions} LIMIT :limit"  # noqa: S608 - our names
        found |= {row[0]: PersonRow._make(row) for row in unit.query(sql, params)}
        if len(found) >= limit:
            break
    return list(found.values())


def by_ids(unit: Session, ids: Iterable[str]) -> list[PersonRow]:
    sql = f"SELECT {_COLUMNS} FROM consumer c WHERE c.id {unit.within('ids')} ORDER BY c.id"  # noqa: S608
    return [PersonRow._make(row) for row in unit.query(sql, {"ids": unit.listed(sorted(set(ids)))})]


def owners(unit: Session, account_ids: Sequence[str], number_indexes: Sequence[str]) -> list[str]:
    """Who owes an account of this id, or of this number."""
    sql = (  # noqa: S608 - our own names
        "SELECT l.consumer_id FROM account_consumer l WHERE l.account_id {} UNION SELECT l.consumer_id FROM account a "
        "JOIN account_consumer l ON l.account_id = a.id WHERE a.account_number_index {}"
    ).format(unit.within("ids"), unit.within("numbers"))
    params = {"ids": unit.listed(account_ids), "numbers": unit.listed(number_indexes)}
    return [row[0] for row in unit.query(sql, params)]


def holders(unit: Session, value_indexes: Sequence[str]) -> list[str]:
    """Who has one of these numbers or mailboxes."""
    sql = f"SELECT DISTINCT consumer_id FROM contact_point WHERE value_index {unit.within('values')}"  # noqa: S608
    return [row[0] for row in unit.query(sql, {"values": unit.listed(value_indexes)})]


def owed(unit: Session, consumer_ids: Iterable[str]) -> list[OwedRow]:
    """What these people owe, open accounts first."""
    sql = (
        "SELECT l.consumer_id, a.id, a.creditor_id, a.account_label, a.currency, a.balance_minor, a.state "  # noqa: S608
        f"FROM account_consumer l JOIN account a ON a.id = l.account_id WHERE l.consumer_id {unit.within('ids')} "
        "ORDER BY CASE a.state WHEN 'open' THEN 0 ELSE 1 END, a.id"
    )
    rows = unit.query(sql, {"ids": unit.listed(sorted(set(consumer_ids)))})
    return [OwedRow._make(row) for row in rows]
