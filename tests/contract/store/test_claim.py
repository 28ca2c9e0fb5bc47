"""What is due is claimed once, oldest first, by any number of workers."""

from __future__ import annotations

from orchestrator.store import claim
from orchestrator.store.database import Database
from orchestrator.store.reservation import EnrollmentMove, move_enrollments
from orchestrator.store.session import Session
from tests.contract.store.seed import consumers, enrollments


def names(rows: list[claim.EnrollmentRow]) -> list[str]:
    return [row.id for row in rows]


def fill(unit: Session, count: int) -> list[str]:
    """`count` consumers, due one second after another, the last of them now."""
    ids = [f"c{n:02}" for n in range(count)]
    consumers(unit, ids)
    for place, one in enumerate(ids):
        enrollments(unit, [one], next_at=unit.now_micros - (count - place) * 1_000_000)
    return ids


def test_the_oldest_come_first_and_the_future_does_not_come(database: Database) -> None:
    with database.write() as unit:
        fill(unit, 5)
        consumers(unit, ["later"])
        enrollments(unit, ["later"], next_at=unit.now_micros + 60_000_000)
    with database.write() as unit:
        assert names(claim.claim_due(unit, 3)) == ["e-c00", "e-c01", "e-c02"]
        assert names(claim.claim_due(unit, 10)) == [f"e-c0{n}" for n in range(5)]


def test_everything_due_of_a_consumer_comes_together(database: Database) -> None:
    """One contact may cover several accounts, so a batch never cuts a consumer in two."""
    with database.write() as unit:
        fill(unit, 3)
        unit.execute("UPDATE enrollment SET consumer_id = 'c00' WHERE id = 'e-c02'")
    with database.write() as unit:
        assert names(claim.claim_due(unit, 1)) == ["e-c00", "e-c02"]


def test_suspended_and_held_ones_come_back_and_ended_ones_never(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["s", "t", "h", "x"])
        past, future = unit.now_micros - 1, unit.now_micros + 60_000_000
        enrollments(unit, ["s"], next_at=past, state="suspended")
        enrollments(unit, ["t"], next_at=future, state="suspended")
        enrollments(unit, ["h"], next_at=past, state="held")
        enrollments(unit, ["x"], next_at=past, state="ended")
    with database.write() as unit:
        assert set(names(claim.claim_due(unit, 10))) == {"e-s", "e-h"}


def test_two_workers_never_claim_the_same(postgres: Database) -> None:
    with postgres.write() as unit:
        fill(unit, 6)
    with postgres.write() as one, postgres.write() as two:
        first = names(claim.claim_due(one, 2))
        second = names(claim.claim_due(two, 2))
        assert (first, second) == (["e-c00", "e-c01"], ["e-c02", "e-c03"])
    with postgres.write() as unit:
        assert len(claim.claim_due(unit, 10)) == 6


def test_what_is_moved_on_is_not_due_and_an_ended_one_stays_ended(database: Database) -> None:
    with database.write() as unit:
        fill(unit, 3)
        unit.execute("UPDATE enrollment SET state = 'ended' WHERE id = 'e-c02'")
    with database.write() as unit:
        later = unit.now_micros + 60_000_000
        moves = [
            EnrollmentMove("active", None, None, 1, 0, later, None, unit.now_micros, 0, "e-c00"),
            EnrollmentMove("suspended", "promise", None, 0, 0, None, later, unit.now_micros, 0, "e-c01"),
            EnrollmentMove("active", None, None, 5, 0, 0, None, unit.now_micros, 0, "e-c02"),
        ]
        move_enrollments(unit, moves)
    with database.write() as unit:
        assert claim.claim_due(unit, 10) == []
        found = unit.query("SELECT id, state, reason, step, next_at IS NULL FROM enrollment ORDER BY id")
        assert [(*row[:4], bool(row[4])) for row in found] == [
            ("e-c00", "active", None, 1, False),
            ("e-c01", "suspended", "promise", 0, True),
            ("e-c02", "ended", None, 0, False),
        ]
