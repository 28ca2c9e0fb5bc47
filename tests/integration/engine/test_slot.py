"""A contact slot of a dialer: what it says and when, under stops, changed facts, and clocks that lie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bench.book import Book
from orchestrator.errors import ConflictError
from orchestrator.services import fact, switch
from orchestrator.services.fact import By
from orchestrator.services.reservation import Asked, Slot, reserve
from orchestrator.services.slot import started
from orchestrator.store import entry
from orchestrator.store.database import Database
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage

WHO = "C0000000"
ACCOUNT = f"A-{WHO}"


@pytest.fixture
def played(database: Database) -> Stage:
    """Wednesday 2026-03-04, noon in Chicago; nobody is enrolled."""
    return stage.build(database, book=Book(count=2), enroll=False)


def ask(played: Stage, external_id: str | None = None, ttl_s: int = 300, number: int = 0) -> Slot:
    who = f"C{number:07}"
    asked = Asked(who, (f"A-{who}",), "voice", ttl_s=ttl_s, external_id=external_id)
    return reserve(played.house, asked, requested_by="dialer")


def taken(played: Stage, external_id: str | None = None, ttl_s: int = 300) -> str:
    slot_id = ask(played, external_id, ttl_s).id
    assert slot_id is not None
    return slot_id


def state(played: Stage, slot_id: str) -> object:
    return played.scalar("SELECT state FROM attempt WHERE id = :id", id=slot_id)


def refused(played: Stage, slot_id: str) -> str:
    """The code with which `started` says: do not contact."""
    with pytest.raises(ConflictError) as caught:
        started(played.house, slot_id)
    return caught.value.code


class TestStopSwitch:
    def test_no_slot_is_given_while_it_is_on(self, played: Stage) -> None:
        switch.stop(played.house, "tester")
        slot = ask(played, "x-1")
        assert (slot.verdict.decision, slot.id, slot.expires_at) == ("hold", None, None)
        assert [rule.id for rule in slot.verdict.rules] == ["stop_switch"]
        assert played.scalar("SELECT count(*) FROM attempt") == 0

    def test_a_slot_taken_before_is_not_started(self, played: Stage) -> None:
        slot_id = taken(played)
        switch.stop(played.house, "tester")
        assert refused(played, slot_id) == "stopped"
        switch.resume(played.house, "tester")
        started(played.house, slot_id)
        assert state(played, slot_id) == "submitted"


def opt_out(played: Stage) -> None:
    fact.record_opt_out(played.house, By("test"), consumer_id=WHO, channel="voice")


def cease(played: Stage) -> None:
    fact.record_cease(played.house, By("test"), WHO, form="written", via="letter")


def pay(played: Stage) -> None:
    fact.record_payment(played.house, By("test"), ACCOUNT, amount_minor=5_000)


def wait(played: Stage) -> None:
    played.clock.advance(timedelta(seconds=300))


def stop(played: Stage) -> None:
    switch.stop(played.house, "tester")


Change = Callable[[Stage], None]
CHANGES = [
    pytest.param(opt_out, "slot_void", id="opt-out"),
    pytest.param(cease, "slot_void", id="cease"),
    pytest.param(pay, "slot_void", id="payment"),
    pytest.param(wait, "slot_void", id="time"),
    pytest.param(stop, "stopped", id="stop"),
]


class TestStarted:
    def test_may_be_repeated_while_nothing_changed(self, played: Stage) -> None:
        slot_id = taken(played)
        assert started(played.house, slot_id) == started(played.house, slot_id)
        lines = "SELECT count(*) FROM ledger_entry WHERE kind = 'submitted' AND attempt_id = :id"
        assert played.scalar(lines, id=slot_id) == 1

    @pytest.mark.parametrize(("change", "code"), CHANGES)
    def test_is_refused_after_a_change(self, played: Stage, change: Change, code: str) -> None:
        slot_id = taken(played)
        change(played)
        assert refused(played, slot_id) == code

    @pytest.mark.parametrize(("change", "code"), CHANGES)
    def test_repeated_after_a_change_it_is_refused_and_still_counts(
        self, played: Stage, change: Change, code: str
    ) -> None:
        slot_id = taken(played)
        started(played.house, slot_id)
        change(played)
        assert refused(played, slot_id) == code
        assert state(played, slot_id) == "submitted"

    def test_a_slot_ends_with_the_hours(self, database: Database) -> None:
        """Two minutes before nine in the evening, where calls end."""
        evening = datetime(2026, 3, 5, 2, 58, tzinfo=UTC)
        played = stage.build(database, book=Book(count=1), enroll=False, at=evening)
        slot = ask(played, ttl_s=900)
        assert slot.id is not None
        assert slot.expires_at == evening + timedelta(minutes=2)
        assert started(played.house, slot.id) == slot.expires_at
        played.clock.advance(timedelta(minutes=2))
        assert refused(played, slot.id) == "slot_void"

    def test_a_stop_waits_for_an_answer_that_may_still_be_acted_on(self, played: Stage) -> None:
        slot_id = taken(played)
        started(played.house, slot_id)
        with played.database.read(played.clock) as unit:
            assert 0 < entry.permits_end(unit, [WHO]) - unit.now_micros <= 1_000_000
