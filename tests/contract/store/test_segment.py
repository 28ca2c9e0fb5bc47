"""The bulk records of a segment are those that a cadence's conditions are asked about, field by field."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.book import Book, write
from orchestrator.clock import VirtualClock
from orchestrator.domain.field import FIELDS
from orchestrator.services import fact
from orchestrator.services.fact import By
from orchestrator.store import dossier, segment
from orchestrator.store.account_field import record_of
from orchestrator.store.database import Database
from tests.integration.engine.stage import build

NOW = datetime(2026, 3, 4, 18, tzinfo=UTC)


def test_every_field_is_the_same_as_from_the_pool(database: Database) -> None:
    stage = build(database, book=Book(count=6), enroll=False, at=NOW)
    told = By("test")
    fact.record_opt_out(stage.house, told, consumer_id="C0000000", channel="sms")
    fact.record_opt_out(stage.house, told, address="c0000001@example.org", channel="email")
    fact.place_hold(stage.house, told, "C0000002", kind="legal", account_id="A-C0000002", until=None)
    lifted = fact.place_hold(stage.house, told, "C0000003", kind="other", account_id=None, until=None)
    fact.release_hold(stage.house, told, "C0000003", lifted, reason="done")
    fact.place_hold(stage.house, told, "C0000004", kind="military", account_id=None, until=NOW.date())
    write(
        database,
        stage.house.sealer,
        Book(count=2, prefix="D", country="CN", currency="JPY"),
        None,
        VirtualClock(NOW),
    )
    with database.write(stage.clock) as unit:
        unit.execute("UPDATE consumer SET pool_id = 'C0000000' WHERE id = 'C0000005'")
        unit.execute("UPDATE consumer SET date_of_birth = '1980-03-05' WHERE id = 'C0000001'")
        unit.execute(
            "UPDATE account SET placed_on = '2026-01-05', limitation_on = '2029-02-03' WHERE id = 'A-C0000001'"
        )
        unit.execute("UPDATE account SET state = 'paid' WHERE id = 'A-D0000001'")
    with database.read(stage.clock) as unit:
        bulk = {one.account_id: one for one in segment.owed(unit, set(FIELDS), unit.now)}
        pools = dossier.load(
            unit, {one.consumer_id for one in bulk.values()}, unit.now_micros, unit.now_micros
        )
        assert len(bulk) == 7
        for pool in pools.values():
            for rows in pool.accounts.values():
                for account in rows:
                    if account.id in bulk:
                        assert bulk[account.id].record == record_of(pool, account, unit.now)


def test_only_the_fields_that_are_asked_for_are_read(database: Database) -> None:
    stage = build(database, book=Book(count=2), enroll=False, at=NOW)
    with database.read(stage.clock) as unit:
        found = list(segment.owed(unit, {"balance", "has_email"}, unit.now))
    assert [set(one.record) for one in found] == [{"balance", "has_email"}] * 2
