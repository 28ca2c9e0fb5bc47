"""What a person leaves for later where a contact cannot be made now: a reminder to call, a question to compliance."""

from __future__ import annotations

from datetime import datetime

from orchestrator.domain.instant import to_micros
from orchestrator.engine.house import House
from orchestrator.errors import UnknownReference
from orchestrator.store import contacting, entry
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session


def remind(
    house: House, consumer_id: str, account_id: str, *, channel: str, point_id: str, due_at: datetime, by: str
) -> str:
    """Puts the contact on the work list for the time at which it may be made; asked twice it is there once."""
    with house.database.write(house.clock) as unit:
        _check(unit, consumer_id, account_id)
        detail = {"channel": channel, "contact_point_id": point_id, "by": by}
        key = (consumer_id, account_id, channel, point_id, str(to_micros(due_at)))
        return add_task(unit, "call", "reminder", consumer_id, account_id, due_at, detail, key)


def ask_review(
    house: House, consumer_id: str, account_id: str, *, channel: str, point_id: str, rule: str, by: str
) -> str:
    """Asks compliance to look at a contact that is held or not allowed; one open question a contact and day."""
    with house.database.write(house.clock) as unit:
        _check(unit, consumer_id, account_id)
        detail = {"channel": channel, "contact_point_id": point_id, "rule": rule, "by": by}
        key = (consumer_id, account_id, channel, point_id, unit.now.date().isoformat())
        return add_task(unit, "review", "contact", consumer_id, account_id, unit.now, detail, key)


def _check(unit: Session, consumer_id: str, account_id: str) -> None:
    if account_id not in contacting.accounts_of(unit, consumer_id):
        raise UnknownReference(f"{consumer_id} has no account {account_id!r}", where="account_id")


def add_task(  # noqa: PLR0917 - the columns of a task
    unit: Session,
    kind: str,
    reason: str,
    consumer_id: str,
    account_id: str,
    due_at: datetime,
    detail: dict[str, str],
    key: tuple[str, ...],
) -> str:
    """Puts work for a person on the list, once for each `key`."""
    made = derived_id("ta", kind, reason, *key)
    entry.add(
        unit,
        "task",
        {
            "id": made,
            "kind": kind,
            "consumer_id": consumer_id,
            "account_id": account_id,
            "state": "open",
            "reason": reason,
            "detail": detail,
            "due_at": to_micros(due_at),
            "created_at": unit.now_micros,
        },
    )
    return made
