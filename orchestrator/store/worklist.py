"""What waits for people, a kind at a time, each read off its index in the order in which it is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from orchestrator.store.session import Session

DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where the work of one kind is: a table `t`, its columns, and which rows wait."""

    table: str
    where: str
    due: str = "t.due_at"
    kind: str = "t.kind"
    reason: str = "t.reason"
    account: str = "t.account_id"
    detail: str = "t.detail"
    amount: str = "NULL"
    currency: str = "NULL"


def _task(kind: str, more: str = "") -> Source:
    return Source("task", f"t.state = 'open' AND t.kind = '{kind}' AND t.due_at <= :now {more}")


_APPOINTED = "('call_back', 'reminder')"
SOURCES = {
    "call_back": _task("call", f"AND t.reason IN {_APPOINTED}"),
    "call": _task("call", f"AND t.reason NOT IN {_APPOINTED}"),
    "reply": _task("reply"),
    "hold": _task("hold"),
    "promise": Source(
        "promise",
        # one that is older was kept or broken long ago: the row that says so need not be looked for
        "t.state = 'open' AND t.due_on <= :today AND t.due_on >= :oldest AND NOT EXISTS "
        "(SELECT 1 FROM promise l WHERE l.corrects_id = t.id) AND (w.settled_at IS NULL OR w.settled_at < :midnight)",
        due="t.due_on",
        kind="'promise'",
        reason="t.state",
        detail="NULL",
        amount="t.amount_minor",
        currency="t.currency",
    ),
    "review": _task("review"),
    "complaint": Source(
        "complaint",
        "t.closed_at IS NULL AND NOT t.withdrawn AND t.occurred_at <= :now AND NOT EXISTS "
        "(SELECT 1 FROM complaint l WHERE l.corrects_id = t.id)",
        due="t.occurred_at",
        kind="'complaint'",
        # until when the law wants it answered, where it says
        reason="COALESCE(CAST(t.due_on AS TEXT), '')",
        detail="NULL",
    ),
    "quarantine": _task("quarantine"),
    "incident": Source(
        "incident",
        "t.closed_at IS NULL AND t.opened_at <= :now",
        due="t.opened_at",
        kind="'incident'",
        reason="t.kind",
        account="NULL",
    ),
}


class Moment(NamedTuple):
    """Now (microseconds) and today, as far as work is due: dates as ISO text."""

    now: int
    today: str
    oldest: str
    midnight: int


class WorkRow(NamedTuple):
    id: str
    due: Any
    kind: str
    reason: str
    consumer_id: str | None
    account_id: str | None
    detail: Any
    amount_minor: int | None
    currency: str | None
    taken_by: str | None
    taken_at: int | None
    given_name: str | None
    family_name: str | None
    organization: str | None
    zones: Any
    account_label: str | None
    creditor_id: str | None


def _columns(source: Source) -> str:
    return (
        f"t.id, {source.due}, {source.kind}, {source.reason}, t.consumer_id, {source.account}, {source.detail}, "
        f"{source.amount}, {source.currency}, w.taken_by, w.taken_at, c.given_name, c.family_name, c.organization, "
        "c.zones, a.account_label, a.creditor_id"
    )


def _from(source: Source) -> str:
    account = source.account if source.account != "NULL" else "''"
    return (
        f"FROM {source.table} t LEFT JOIN work_claim w ON w.item = t.id "
        f"LEFT JOIN consumer c ON c.id = t.consumer_id LEFT JOIN account a ON a.id = {account}"
    )


def count(unit: Session, group: str, moment: Moment, *, upto: tuple[Any, str] | None = None) -> int:
    """How much waits; with `upto` how much of it is due no later than that piece."""
    source = SOURCES[group]
    params: dict[str, Any] = moment._asdict()
    limit = ""
    if upto is not None:
        limit = f"AND ({source.due}, t.id) <= (:due, :id)"
        params |= {"due": upto[0], "id": upto[1]}
    claim = "LEFT JOIN work_claim w ON w.item = t.id" if "w." in source.where else ""
    sql = f"SELECT count(*) FROM {source.table} t {claim} WHERE {source.where} {limit}"  # noqa: S608 - our names
    row = unit.one(sql, _used(sql, params))
    return int(row[0]) if row is not None else 0


def page(
    unit: Session,
    group: str,
    moment: Moment,
    *,
    beyond: tuple[Any, str] | None = None,
    limit: int,
    backwards: bool = False,
    free_for: tuple[str, int] | None = None,
) -> list[WorkRow]:
    """What is due behind `beyond` (or before it, nearest first).

    `free_for`: a person and since when a case counts as taken: only what nobody else has in hand.
    """
    source = SOURCES[group]
    params: dict[str, Any] = {**moment._asdict(), "limit": limit}
    conditions = [source.where]
    if beyond is not None:
        conditions.append(f"({source.due}, t.id) {'<' if backwards else '>'} (:due, :id)")
        params |= {"due": beyond[0], "id": beyond[1]}
    if free_for is not None:
        conditions.append("(w.item IS NULL OR w.taken_by = :person OR w.taken_at <= :stale)")
        params |= {"person": free_for[0], "stale": free_for[1]}
    way = "DESC" if backwards else "ASC"
    sql = (
        f"SELECT {_columns(source)} {_from(source)} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {source.due} {way}, t.id {way} LIMIT :limit"
    )
    return [WorkRow._make(row) for row in unit.query(sql, _used(sql, params))]


def find(unit: Session, item: str) -> tuple[str, WorkRow] | None:
    """A piece of work by its id and the group it is in, also where it is done."""
    for table, groups in (("task", ("call",)), ("promise", ("promise",)), ("incident", ("incident",)),
                          ("complaint", ("complaint",))):  # fmt: skip
        source = SOURCES[groups[0]]
        sql = f"SELECT {_columns(source)} {_from(source)} WHERE t.id = :id"
        row = unit.one(sql, {"id": item})
        if row is not None:
            found = WorkRow._make(row)
            return (group_of(found.kind, found.reason) if table == "task" else groups[0]), found
    return None


def group_of(kind: str, reason: str) -> str:
    """Under which heading a task is listed."""
    return "call_back" if kind == "call" and reason in {"call_back", "reminder"} else kind


def take(unit: Session, item: str, person: str, stale: int) -> tuple[str, int]:
    """Take it unless somebody else has it in hand; gives who has it, since when."""
    unit.execute(
        "INSERT INTO work_claim (item, taken_by, taken_at) VALUES (:item, :person, :now) "
        "ON CONFLICT (item) DO UPDATE SET taken_by = excluded.taken_by, taken_at = excluded.taken_at "
        "WHERE work_claim.taken_by = excluded.taken_by OR work_claim.taken_at <= :stale",
        {"item": item, "person": person, "now": unit.now_micros, "stale": stale},
    )
    row = unit.one("SELECT taken_by, taken_at FROM work_claim WHERE item = :item", {"item": item})
    return (str(row[0]), int(row[1])) if row is not None else (person, unit.now_micros)


def release(unit: Session, item: str, person: str | None = None) -> None:
    """Give it back; `person`: only if they have it."""
    only = "AND taken_by = :person" if person is not None else ""
    params = {"item": item} | ({"person": person} if person is not None else {})
    unit.execute(f"DELETE FROM work_claim WHERE item = :item {only}", params)  # noqa: S608 - our names


def settle(unit: Session, item: str, person: str) -> None:
    """A promise's day was dealt with; it comes back tomorrow if it is still open."""
    unit.execute(
        "INSERT INTO work_claim (item, taken_by, taken_at, settled_at) VALUES (:item, :person, :now, :now) "
        "ON CONFLICT (item) DO UPDATE SET settled_at = excluded.settled_at",
        {"item": item, "person": person, "now": unit.now_micros},
    )


def _used(sql: str, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters that the statement names."""
    return {name: value for name, value in params.items() if f":{name}" in sql}
