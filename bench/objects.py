"""The planner's peer: the same batch, the same judging and words, read and written as one ORM object a row.

Nothing is left out and nothing is made slow on purpose: related rows are read with one query a table, and the
session inserts in batches of its own.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

import msgspec
import sqlmodel
from sqlmodel import SQLModel, col, select

from orchestrator.audit.ledger import COLUMNS, row_of
from orchestrator.domain.instant import to_micros
from orchestrator.engine.campaign import Turns
from orchestrator.engine.facts import Reader
from orchestrator.engine.house import House
from orchestrator.engine.planner import Planning
from orchestrator.engine.policy import remember_policy
from orchestrator.engine.record import Recorder
from orchestrator.store import dossier
from orchestrator.store.claim import EnrollmentRow
from orchestrator.store.dossier import AccountRow, ConsumerRow, ContactRow, PointRow, Pool
from orchestrator.store.session import Session
from orchestrator.store.tables import (
    Account,
    AccountConsumer,
    Attempt,
    Consumer,
    ContactEvent,
    ContactPoint,
    Enrollment,
    LedgerEntry,
    OptOut,
    Verdict,
)

_JSON = frozenset({"account_ids", "detail"})
_BY_TABLE: dict[str, Any] = {
    str(getattr(mapper.local_table, "name", "")): mapper.class_
    for mapper in sqlmodel.main.default_registry.mappers
}


def plan(house: House, limit: int) -> int:
    """One batch in one transaction; how many enrollments it took."""
    with house.database.write(house.clock) as unit:
        orm = unit.orm
        due = select(Enrollment).where(Enrollment.state == "active", col(Enrollment.next_at) <= unit.now)
        batch = orm.exec(
            due.order_by(col(Enrollment.next_at)).limit(limit).with_for_update(skip_locked=True)
        ).all()
        if not batch:
            return 0
        people = sorted({one.consumer_id for one in batch})
        orm.exec(select(Consumer).where(col(Consumer.id).in_(people)).with_for_update()).all()
        reader = Reader(_pools(orm, people), house.settings, house.assume_complete)
        recorder = Recorder(house, unit, reader, unit.now)
        rows = [_row(EnrollmentRow, one) for one in batch]
        Planning(house, reader, recorder, unit.now, Counter(), Turns()).work(rows)
        remember_policy(house, unit, recorder.stacks)
        _write(unit, recorder, {one.id: one for one in batch})
    return len(batch)


def _pools(orm: sqlmodel.Session, people: list[str]) -> dict[str, Pool]:
    pools = {
        one.id: Pool(one.pool_id, {one.id: _row(ConsumerRow, one)})
        for one in orm.exec(select(Consumer).where(col(Consumer.id).in_(people))).all()
    }
    owned = select(AccountConsumer, Account).join(Account).where(col(AccountConsumer.consumer_id).in_(people))
    for link, account in orm.exec(owned).all():
        row = _row(AccountRow, account, consumer_id=link.consumer_id, position=link.position)
        pools[link.consumer_id].accounts.setdefault(link.consumer_id, []).append(row)
    for point in orm.exec(select(ContactPoint).where(col(ContactPoint.consumer_id).in_(people))).all():
        pools[point.consumer_id].points.append(_row(PointRow, point))
    _registers(orm, people, pools)
    for happened in orm.exec(select(ContactEvent).where(col(ContactEvent.consumer_id).in_(people))).all():
        pools[happened.consumer_id].history.append(_row(ContactRow, happened))
    return pools


def _registers(orm: sqlmodel.Session, people: list[str], pools: dict[str, Pool]) -> None:
    for source in dossier.SOURCES:
        table: Any = _BY_TABLE[source.table]
        for found in orm.exec(select(table).where(table.consumer_id.in_(people))).all():
            kept = getattr(pools[found.consumer_id], source.attribute)
            setattr(pools[found.consumer_id], source.attribute, [*kept, _row(source.row, found)])
    values = {point.value_index: pool for pool in pools.values() for point in pool.points}
    for stop in orm.exec(select(OptOut).where(col(OptOut.value_index).in_(list(values)))).all():
        pool = values[stop.value_index or ""]
        pool.opt_outs = [*pool.opt_outs, _row(dossier.OptOutRow, stop)]


def _row(shape: Any, found: SQLModel, **more: Any) -> Any:
    """An object as the named tuple that the engine reads; instants as microseconds."""
    values = {name: more[name] if name in more else getattr(found, name) for name in shape._fields}
    return shape(**{name: to_micros(one) if hasattr(one, "hour") else one for name, one in values.items()})


def _write(unit: Session, recorder: Recorder, batch: dict[str, Enrollment]) -> None:
    orm, writes = unit.orm, recorder.writes
    for verdict in writes.verdicts:
        orm.add(_object(Verdict, verdict))
    orm.flush()  # attempts name their verdicts
    for attempt in writes.attempts:
        orm.add(_object(Attempt, attempt))
    for happened in writes.events:
        orm.add(_object(ContactEvent, happened))
    for line in recorder.lines:
        values: dict[str, Any] = dict(zip(COLUMNS, row_of(line), strict=True))
        orm.add(LedgerEntry(**values))
    for move in writes.moves:
        for name, value in move._asdict().items():
            setattr(batch[move.id], name, value)
    orm.flush()


def _object(table: type[SQLModel], row: NamedTuple) -> SQLModel:
    values = row._asdict()
    for name in _JSON & values.keys():
        values[name] = msgspec.json.decode(values[name]) if isinstance(values[name], str) else values[name]
    return table(**values)
