"""Writing one fact: a new row with two times and a source, never an update of an old one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from orchestrator.store.session import Session


def add(unit: Session, table: str, values: dict[str, Any]) -> None:
    """Insert one row; lists and mappings go in as JSON, an id that is there already is left as it is."""
    columns = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(f":{name}" for name in values)
    unit.execute(
        f'INSERT INTO "{table}" ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING',  # noqa: S608
        {name: _stored(value) for name, value in values.items()},
    )


def _stored(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, list | tuple | dict) else value


def pool_members(unit: Session, consumer_ids: Iterable[str]) -> list[str]:
    """Everyone who counts as one person with these consumers, them included."""
    sql = (
        "SELECT id FROM consumer WHERE pool_id IN (SELECT pool_id FROM consumer WHERE id "  # noqa: S608
        f"{unit.within('ids')}) ORDER BY id"
    )
    return [row[0] for row in unit.query(sql, {"ids": unit.listed(sorted(set(consumer_ids)))})]


def holders(unit: Session, value_index: str) -> list[str]:
    """Consumers who have the number or mailbox with this index."""
    sql = "SELECT DISTINCT consumer_id FROM contact_point WHERE value_index = :value AND party_id IS NULL ORDER BY 1"
    return [row[0] for row in unit.query(sql, {"value": value_index})]


def move_epoch(unit: Session, consumer_ids: Iterable[str]) -> None:
    """Make the unspent permits and reservations of these consumers void, in one order for everybody."""
    for consumer_id in sorted(set(consumer_ids)):
        unit.execute(
            "UPDATE consumer SET epoch = epoch + 1, changed_at = :now WHERE id = :id",
            {"id": consumer_id, "now": unit.now_micros},
        )


def wake(unit: Session, consumer_ids: Iterable[str]) -> None:
    """Have held and suspended enrollments looked at again at once; active ones keep their time."""
    params = {"ids": unit.listed(sorted(set(consumer_ids))), "now": unit.now_micros}
    within = unit.within("ids")
    unit.execute(
        f"UPDATE enrollment SET next_at = :now WHERE state = 'held' AND consumer_id {within}",  # noqa: S608
        params,
    )
    unit.execute(
        f"UPDATE enrollment SET suspended_until = :now WHERE state = 'suspended' AND consumer_id {within}",  # noqa: S608
        params,
    )


def permits_end(unit: Session, consumer_ids: Iterable[str]) -> int:
    """The instant (microseconds) after which no permit of these consumers can still be used; 0: none can."""
    sql = (
        "SELECT max(permit_expires_at) FROM attempt WHERE state = 'submitted' AND "  # noqa: S608
        f"consumer_id {unit.within('ids')} AND permit_expires_at > :now"
    )
    row = unit.one(sql, {"ids": unit.listed(sorted(set(consumer_ids))), "now": unit.now_micros})
    return int(row[0]) if row is not None and row[0] is not None else 0


def revise(
    unit: Session, subject: str, subject_id: str, *, before: dict[str, Any], source: str, revision_id: str
) -> None:
    """Keep what a consumer, account or contact point row held before it changes."""
    add(
        unit,
        "revision",
        {
            "id": revision_id,
            "subject": subject,
            "subject_id": subject_id,
            "recorded_at": unit.now_micros,
            "source": source,
            "before": before,
        },
    )


def account_of(unit: Session, account_id: str) -> tuple[int, str, str, int | None] | None:
    """Balance, currency, state and since when, locked; None: no such account."""
    select = "SELECT balance_minor, currency, state, state_changed_at FROM account WHERE id = :id"
    row = unit.one(" ".join((select, unit.for_update)), {"id": account_id})
    return None if row is None else (row[0], row[1], row[2], row[3])


def owners_of(unit: Session, account_id: str) -> list[str]:
    """The consumers who owe an account, the first one first."""
    sql = "SELECT consumer_id FROM account_consumer WHERE account_id = :id ORDER BY position, consumer_id"
    return [row[0] for row in unit.query(sql, {"id": account_id})]


def is_consumer(unit: Session, consumer_id: str) -> bool:
    """Whether this consumer is in the book."""
    return unit.one("SELECT 1 FROM consumer WHERE id = :id", {"id": consumer_id}) is not None


def told_of(unit: Session, table: str, fact_id: str) -> str | None:
    """The consumer of whom a hold or dispute was recorded; None: no such fact."""
    row = unit.one(f"SELECT consumer_id FROM {table} WHERE id = :id", {"id": fact_id})  # noqa: S608 - our own names
    return None if row is None else row[0]


def open_complaint(unit: Session, complaint_id: str) -> tuple[str | None, Any] | None:
    """The account that it is about and until when to be answered, locked; None: it is closed, or there is none."""
    row = unit.one(
        "SELECT account_id, due_on FROM complaint t WHERE id = :id AND closed_at IS NULL AND NOT EXISTS "  # noqa: S608
        f"(SELECT 1 FROM complaint l WHERE l.corrects_id = t.id) {unit.for_update}",
        {"id": complaint_id},
    )
    return None if row is None else (row[0], row[1])


def payment_named(unit: Session, account_id: str, name: str) -> str | None:
    """The payment on this account with this id, ours or the outside one; None: there is none."""
    row = unit.one(
        "SELECT id FROM payment WHERE account_id = :account AND (id = :name OR external_id = :name) ORDER BY id",
        {"account": account_id, "name": name},
    )
    return None if row is None else row[0]


def concerned(unit: Session, consumer_id: str, account_id: str | None) -> list[str]:
    """Whom a fact that this consumer told us is about: them, and everyone who owes the account that it names."""
    return sorted({consumer_id, *owners_of(unit, account_id)}) if account_id is not None else [consumer_id]


def account_named(unit: Session, table: str, fact_id: str) -> str | None:
    """The account that a recorded hold or dispute is about; None: the whole person, or no such fact."""
    row = unit.one(f"SELECT account_id FROM {table} WHERE id = :id", {"id": fact_id})  # noqa: S608 - our own names
    return None if row is None else row[0]


def set_account(unit: Session, account_id: str, balance_minor: int, state: str, changed: bool) -> None:
    """The account's new balance and state."""
    since = ", state_changed_at = :now" if changed else ""
    unit.execute(
        f"UPDATE account SET balance_minor = :balance, state = :state, changed_at = :now{since} WHERE id = :id",  # noqa: S608
        {"id": account_id, "balance": balance_minor, "state": state, "now": unit.now_micros},
    )


def set_point_state(unit: Session, point_id: str, state: str) -> None:
    unit.execute(
        "UPDATE contact_point SET state = :state, changed_at = :now WHERE id = :id",
        {"id": point_id, "state": state, "now": unit.now_micros},
    )


def point(unit: Session, point_id: str) -> tuple[str, str, str] | None:
    """Consumer, value index and state of a contact point."""
    row = unit.one(
        "SELECT consumer_id, value_index, state FROM contact_point WHERE id = :id", {"id": point_id}
    )
    return None if row is None else (row[0], row[1], row[2])


class Stop(NamedTuple):
    """An opt-out as it is kept: of a consumer, or of a number or mailbox; `channel` None: every channel."""

    id: str
    consumer_id: str | None
    value_index: str | None
    channel: str | None
    source: str
    recorded_by: str
    proof: str | None
    occurred_at: int


def stops_in_force(
    unit: Session, value_indexes: Sequence[str] = (), consumer_ids: Sequence[str] = ()
) -> list[Stop]:
    """The opt-outs of these numbers or mailboxes, and of these consumers, that nobody withdrew."""
    sql = (
        f"SELECT {', '.join(Stop._fields)} FROM opt_out o WHERE (value_index {unit.within('values')} "  # noqa: S608
        f"OR consumer_id {unit.within('ids')}) AND NOT withdrawn AND NOT EXISTS "
        "(SELECT 1 FROM opt_out l WHERE l.corrects_id = o.id) ORDER BY id"
    )
    lists = {"values": unit.listed(list(value_indexes)), "ids": unit.listed(list(consumer_ids))}
    return [Stop._make(row) for row in unit.query(sql, lists)]


def is_withdrawn(unit: Session, stop_id: str) -> bool:
    """Whether somebody withdrew this opt-out."""
    sql = "SELECT 1 FROM opt_out WHERE corrects_id = :id AND withdrawn"
    return unit.one(sql, {"id": stop_id}) is not None


_ENDS = {"hold": ("hold_release", "hold_id"), "dispute": ("dispute_answer", "dispute_id")}
"""Where a row of its own says that a fact is over: a hold released, a dispute answered."""
_DATED = frozenset({"hold", "preference"})


def is_over(unit: Session, table: str, fact_id: str) -> bool:
    """Whether this fact holds nobody any more: released, answered, closed, corrected, taken back, or past its day."""
    sql = f'SELECT 1 FROM "{table}" WHERE corrects_id = :id'  # noqa: S608 - our own names, here and below
    params: dict[str, Any] = {"id": fact_id}
    if table in _ENDS:
        ending, names = _ENDS[table]
        sql += f" UNION ALL SELECT 1 FROM {ending} WHERE {names} = :id"  # noqa: S608
    if table in _DATED:
        # local dates: the last one may still be going on a day after it ended in UTC
        sql += f' UNION ALL SELECT 1 FROM "{table}" WHERE id = :id AND until < :day'  # noqa: S608
        params["day"] = unit.now.date() - timedelta(days=1)
    return unit.one(sql, params) is not None


def is_liftable(source: str, recorded_by: str) -> bool:
    """True for a stop that a person sent by text: a later START from the same number may lift it, and nothing else."""
    return source == "inbound:sms" and recorded_by == "system"


def payment_amount(unit: Session, payment_id: str) -> int:
    """What a recorded payment was, in minor units; 0: no such payment."""
    row = unit.one("SELECT amount_minor FROM payment WHERE id = :id", {"id": payment_id})
    return 0 if row is None else int(row[0])
