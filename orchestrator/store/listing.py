"""Pages of any table in the order of its key, for lists that people and programs look through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from orchestrator.store.session import Session
from orchestrator.store.tables.base import SQLModel
from orchestrator.store.tables.standing import ContactEvent

Model = type[SQLModel]


def columns_of(model: Model) -> list[sa.Column[Any]]:
    """The columns that a list shows: everything but sealed values, hashes and raw bytes."""
    table: sa.Table = model.__table__  # type: ignore[attr-defined]  # set by the mapper on every table class
    return [
        column
        for column in table.columns
        if not isinstance(column.type, sa.LargeBinary)
        and not column.name.endswith(("_index", "_hash", "_sealed"))
    ]


def page(
    unit: Session,
    model: Model,
    *,
    after: str | None,
    limit: int,
    where: Mapping[str, Any] | None = None,
    key: str = "id",
) -> list[dict[str, Any]]:
    """At most `limit + 1` rows behind `after`, ascending by `key`; the one too many says that there are more."""
    table: sa.Table = model.__table__  # type: ignore[attr-defined]  # set by the mapper on every table class
    query = sa.select(*columns_of(model)).order_by(table.c[key]).limit(limit + 1)
    for name, value in (where or {}).items():
        if value is not None:
            query = query.where(table.c[name] == value)
    if after is not None:
        query = query.where(table.c[key] > after)
    return [dict(row) for row in unit.connection.execute(query).mappings()]


def events(unit: Session, consumer_id: str, *, after: str | None, limit: int) -> list[dict[str, Any]]:
    """At most `limit + 1` contacts of a consumer behind the event `after`, each as it is known now."""
    table: sa.Table = ContactEvent.__table__  # type: ignore[attr-defined]  # set by the mapper on every table class
    later = table.alias("later")
    is_replaced = sa.exists().where(
        later.c.consumer_id == table.c.consumer_id,
        later.c.event_id == table.c.event_id,
        later.c.version > table.c.version,
    )
    query = (
        sa.select(*columns_of(ContactEvent))
        .where(table.c.consumer_id == consumer_id, ~is_replaced)
        .order_by(table.c.event_id)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(table.c.event_id > after)
    return [dict(row) for row in unit.connection.execute(query).mappings()]


def one(unit: Session, model: Model, identifier: str, key: str = "id") -> dict[str, Any] | None:
    """The row with this key, or None."""
    table: sa.Table = model.__table__  # type: ignore[attr-defined]  # set by the mapper on every table class
    query = sa.select(*columns_of(model)).where(table.c[key] == identifier)
    row = unit.connection.execute(query).mappings().first()
    return None if row is None else dict(row)
