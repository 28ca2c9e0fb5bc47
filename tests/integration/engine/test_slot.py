"""A contact slot of a dialer: what it says and when, under stops, changed facts, and clocks that lie."""

from __future__ import annotations

import pytest

from bench.book import Book
from orchestrator.errors import ConflictError
from orchestrator.services import switch
from orchestrator.services.reservation import Asked, Slot, reserve
from orchestrator.services.slot import started
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
