"""Two people who settle one case at the same moment, on both databases: one does it, the other is told so."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bench.book import Book
from orchestrator.domain.instant import to_micros
from orchestrator.domain.permission import Role
from orchestrator.engine.event import enter_conversation
from orchestrator.engine.told import Told
from orchestrator.errors import ConflictError, UnknownReference
from orchestrator.services import correction, fact, worklist
from orchestrator.services.fact import By
from orchestrator.store.database import Database
from tests.integration.engine import stage

ANN = "C0000000"


@pytest.fixture
def played(database: Database) -> stage.Stage:
    return stage.build(database, book=Book(count=1))


def both(
    played: stage.Stage, table: str, row: str, *acts: Callable[[], object]
) -> list[BaseException | None]:
    """What became of acts that come to the row while somebody else still has it."""
    with ThreadPoolExecutor(len(acts)) as pool:
        with played.database.write(played.clock) as unit:
            unit.query(f"SELECT id FROM {table} WHERE id = :id {unit.for_update}", {"id": row})
            begun: list[Future[Any]] = [pool.submit(act) for act in acts]
            # time for them to come; who comes later finds the same
            for one in begun:
                with pytest.raises(TimeoutError):
                    one.result(0.2)
        return [one.exception() for one in begun]


def test_a_complaint_is_closed_once(played: stage.Stage) -> None:
    made = fact.record_complaint(played.house, By("test"), ANN, text="You call too often")

    def close(way: str) -> Callable[[], str]:
        by = By("test", f"user:{way}")
        return lambda: fact.close_complaint(played.house, by, ANN, made, closed_as=way, reason=f"it is {way}")

    ends = both(played, "complaint", made, close("answered"), close("resolved"))
    assert [type(one) for one in ends if one is not None] == [ConflictError]
    assert played.scalar("SELECT count(*) FROM complaint") == 2
    assert played.scalar("SELECT count(*) FROM hold") == 1


def test_a_correction_is_confirmed_or_rejected(played: stage.Stage) -> None:
    with played.database.write(played.clock) as unit:
        told = Told(unit.now, "test", "k")
        event = enter_conversation(played.house, unit, ANN, told, account_ids=[])
    asked: dict[str, Any] = {"reason": "nobody picked up", "by": "user:cal", "role": Role.COLLECTOR}
    made = correction.correct_event(played.house, ANN, event, {"outcome": "no_answer"}, **asked)
    assert made.waits is not None

    def answer(outcome: str) -> Callable[[], None]:
        return lambda: worklist.close(played.house, made.waits or "", by=f"user:{outcome}", outcome=outcome)

    ends = both(played, "task", made.waits, answer("confirmed"), answer("rejected"))
    assert [type(one) for one in ends if one is not None] == [UnknownReference]
    outcome = played.scalar("SELECT outcome FROM task WHERE id = :id", id=made.waits)
    versions = played.scalar("SELECT count(*) FROM contact_event")
    assert (outcome, versions) in {("confirmed", 2), ("rejected", 1)}


def test_a_dated_hold_ends_when_the_other_one_is_released(played: stage.Stage) -> None:
    day = played.clock.now().date()
    undated = fact.place_hold(played.house, By("test"), ANN, kind="legal")
    open_end = played.scalar("SELECT suspended_until FROM enrollment")
    fact.place_hold(played.house, By("test"), ANN, kind="hardship", until=day)
    assert played.scalar("SELECT suspended_until FROM enrollment") == open_end
    fact.release_hold(played.house, By("test"), ANN, undated, reason="withdrawn")
    until = played.scalar("SELECT suspended_until FROM enrollment")
    assert until == to_micros(datetime.combine(day + timedelta(days=1), time(), ZoneInfo("America/Chicago")))
