"""The last forecast of each campaign, and what it foresees for each account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from orchestrator.store.session import Session


class NewPerson(NamedTuple):
    """One account of a forecast; instants are microseconds, dates ISO text (or what the driver gives)."""

    campaign_id: str
    account_id: str
    consumer_id: str
    outcome: str
    channel: str | None
    rule: str | None
    allowed_at: int | None
    allowed_on: Any
    expected_at: int | None
    expected_on: Any


_PEOPLE = "campaign_forecast_account"


def drop(unit: Session, campaign_id: str) -> None:
    unit.execute("DELETE FROM campaign_forecast WHERE campaign_id = :id", {"id": campaign_id})


def drop_people(unit: Session, campaign_id: str, limit: int) -> int:
    """Forget at most `limit` accounts of the campaign's forecast; how many."""
    sql = (
        f"DELETE FROM {_PEOPLE} WHERE campaign_id = :id AND account_id IN "  # noqa: S608 - our own names
        f"(SELECT account_id FROM {_PEOPLE} WHERE campaign_id = :id LIMIT :limit)"
    )
    return int(unit.execute(sql, {"id": campaign_id, "limit": limit}).rowcount)


def add_people(unit: Session, people: Sequence[NewPerson]) -> None:
    unit.insert_many(_PEOPLE, NewPerson._fields, people)


def add(unit: Session, **values: Any) -> None:
    """Keep a forecast; of two made at once the one that comes last stays."""
    columns, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    sets = ", ".join(f"{name} = excluded.{name}" for name in values)
    unit.execute(
        f"INSERT INTO campaign_forecast ({columns}) VALUES ({marks}) ON CONFLICT (campaign_id) DO UPDATE SET {sets}",  # noqa: S608
        values,
    )


def body(unit: Session, campaign_id: str) -> bytes | None:
    """The encoded forecast."""
    row = unit.one("SELECT body FROM campaign_forecast WHERE campaign_id = :id", {"id": campaign_id})
    return None if row is None else bytes(row[0])


def people(
    unit: Session, campaign_id: str, where: Mapping[str, Any], after: str | None, limit: int
) -> list[NewPerson]:
    """At most `limit + 1` accounts behind `after` of which every given column has its value."""
    asked = {name: value for name, value in where.items() if value is not None}
    conditions = "".join(f" AND {name} = :{name}" for name in asked)
    sql = (
        f"SELECT {', '.join(NewPerson._fields)} FROM {_PEOPLE} WHERE campaign_id = :id AND account_id > :after"  # noqa: S608
        f"{conditions} ORDER BY account_id LIMIT :limit"
    )
    params = {**asked, "id": campaign_id, "after": after or "", "limit": limit + 1}
    return [NewPerson._make(row) for row in unit.query(sql, params)]
