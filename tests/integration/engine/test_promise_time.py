"""When a promise was kept or broken, as its timeline tells it."""

from __future__ import annotations

from datetime import timedelta

from bench.book import Book
from orchestrator.services import fact
from orchestrator.services.fact import By
from orchestrator.services.timeline import read_timeline
from orchestrator.store.database import Database
from tests.integration.engine import stage
from tests.integration.engine.test_course import PROMISE

DAYS = timedelta(days=6)


def test_a_promise_is_broken_when_its_day_is_over_and_not_when_it_was_made(database: Database) -> None:
    played = stage.build(database, book=Book(count=1), body=PROMISE)
    played.plan()
    played.dispatch()
    due = (played.clock.now() + timedelta(days=3)).date()
    fact.record_promise(played.house, By("test"), "A-C0000000", amount_minor=5_000, due_on=due)
    played.clock.advance(DAYS)
    played.plan()
    now = played.clock.now()
    told = [one for one in read_timeline(played.house, "C0000000").entries if one.kind == "promise"]
    assert [(one.detail["state"], one.at) for one in told] == [("broken", now), ("open", now - DAYS)]
    earlier = read_timeline(played.house, "C0000000", before=now, show="payments").entries
    assert [one.detail["state"] for one in earlier] == ["open"]
