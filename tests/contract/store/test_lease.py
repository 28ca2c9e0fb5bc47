"""A duty is held by one node; whoever takes it over moves the fence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orchestrator.clock import VirtualClock
from orchestrator.store.database import Database
from orchestrator.store.lease import fence_of, give_up, take_lease


def test_one_holds_it_until_it_runs_out(database: Database) -> None:
    clock = VirtualClock(datetime(2026, 3, 2, tzinfo=UTC))

    def take(owner: str) -> bool:
        with database.write(clock) as unit:
            return take_lease(unit, "duty", owner, 10)

    assert [take("a"), take("b"), take("a")] == [True, False, True]
    clock.advance(timedelta(seconds=10))
    assert not take("b")
    clock.advance(timedelta(seconds=1))
    assert take("b")
    assert not take("a")
    with database.read(clock) as unit:
        assert (fence_of(unit, "duty"), fence_of(unit, "other")) == (2, 0)


def test_given_up_it_is_free_at_once(database: Database) -> None:
    with database.write() as unit:
        assert take_lease(unit, "duty", "a", 60)
    with database.write() as unit:
        give_up(unit, "duty", "b")
        assert not take_lease(unit, "duty", "b", 60)
        give_up(unit, "duty", "a")
        assert take_lease(unit, "duty", "b", 60)
