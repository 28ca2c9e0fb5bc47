"""The last look before a hand-over: one statement, on both databases."""

from __future__ import annotations

import threading

import pytest

from orchestrator.store import entry
from orchestrator.store.admission import admit, lapsed
from orchestrator.store.database import Database
from orchestrator.store.outcome import AttemptMove, move_attempts
from orchestrator.store.session import Session
from tests.contract.store.seed import attempt, attempts, consumers

HOUR = 3_600_000_000


def reserve(unit: Session, *consumer_ids: str, valid_us: int = HOUR, not_after_us: int = HOUR) -> None:
    """An attempt `t-ID` for each."""
    now = unit.now_micros
    attempts(
        unit,
        [
            attempt(one, f"t-{one}", valid_until=now + valid_us, not_after=now + not_after_us, at=now + place)
            for place, one in enumerate(consumer_ids)
        ],
    )


def admitted(database: Database, limit: int = 10) -> list[str]:
    with database.write() as unit:
        rows = admit(unit, "sms", limit, owner="me", permit_us=1_000_000, lease_us=60_000_000)
    return [row.id for row in rows]


def test_a_reserved_attempt_is_admitted_once_and_fenced(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        reserve(unit, "c1")
    assert admitted(database) == ["t-c1"]
    assert admitted(database) == []
    with database.read() as unit:
        found = unit.one("SELECT state, fence, lease_owner, permit_expires_at > submitted_at FROM attempt")
    assert found == ("submitted", 1, "me", True)


def test_the_oldest_are_admitted_first_and_no_more_than_asked_for(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c3", "c1", "c2"])
        reserve(unit, "c3", "c1", "c2")
    assert admitted(database, 2) == ["t-c1", "t-c3"]
    assert admitted(database, 2) == ["t-c2"]


@pytest.mark.parametrize(("valid_us", "not_after_us"), [(-1, HOUR), (0, HOUR), (HOUR, -1), (HOUR, 0)])
def test_a_time_that_is_over_admits_nothing(database: Database, valid_us: int, not_after_us: int) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        reserve(unit, "c1", valid_us=valid_us, not_after_us=not_after_us)
    assert admitted(database) == []
    with database.write() as unit:
        assert [(row.id, row.reason) for row in lapsed(unit, 10)] == [("t-c1", "reservation_ran_out")]


def test_whoever_said_stop_since_is_not_admitted(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2"])
        reserve(unit, "c1", "c2")
    with database.write(urgent=True) as unit:
        entry.move_epoch(unit, ["c1"])
    assert admitted(database) == ["t-c2"]
    with database.write() as unit:
        assert [(row.id, row.reason) for row in lapsed(unit, 10)] == [("t-c1", "facts_changed")]


def test_a_stop_is_acknowledged_only_after_the_last_permit(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        reserve(unit, "c1")
    admitted(database)
    with database.write(urgent=True) as unit:
        entry.move_epoch(unit, ["c1"])
        assert 0 < entry.permits_end(unit, ["c1"]) <= unit.now_micros + 1_000_000


def test_a_stop_that_is_being_written_holds_the_contact_back_and_nobody_waits(postgres: Database) -> None:
    with postgres.write() as unit:
        consumers(unit, ["c1", "c2"])
        reserve(unit, "c1", "c2")
    with postgres.write() as stop:
        entry.move_epoch(stop, ["c1"])
        with postgres.write() as unit:
            unit.execute("SET LOCAL lock_timeout = '50ms'")
            rows = admit(unit, "sms", 10, owner="me", permit_us=1, lease_us=1)
            assert [row.id for row in rows] == ["t-c2"]
    assert admitted(postgres) == []


def test_many_dispatchers_admit_each_attempt_once(database: Database) -> None:
    ids = [f"c{n:03}" for n in range(120)]
    with database.write() as unit:
        consumers(unit, ids)
        reserve(unit, *ids)
    found: list[str] = []

    def work() -> None:
        for _ in range(40):
            found.extend(admitted(database, 7))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.extend(admitted(database, 200))
    assert sorted(found) == [f"t-{one}" for one in ids]


def test_a_report_after_the_lease_was_taken_away_changes_nothing(database: Database) -> None:
    """A worker that was given up may turn an ambiguous attempt into a known one, and nothing else."""
    with database.write() as unit:
        consumers(unit, ["c1", "c2"])
        reserve(unit, "c1", "c2")
    admitted(database)
    with database.write() as unit:
        unit.execute("UPDATE attempt SET fence = 2 WHERE id = 't-c1'")
        unit.execute("UPDATE attempt SET fence = 2, state = 'ambiguous' WHERE id = 't-c2'")
    sources = ("submitted", "ambiguous")
    with database.write() as unit:
        moves = [
            AttemptMove(f"t-{one}", "accepted", sources, fence=1, provider_id="x") for one in ("c1", "c2")
        ]
        assert move_attempts(unit, moves) == {"t-c2"}
    with database.read() as unit:
        found = unit.query("SELECT id, state, provider_id FROM attempt ORDER BY id")
    assert found == [("t-c1", "submitted", None), ("t-c2", "accepted", "x")]
