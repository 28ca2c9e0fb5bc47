"""A contact slot of a dialer: what it says and when, under stops, changed facts, and clocks that lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.book import Book
from orchestrator.domain.instant import from_micros
from orchestrator.engine.reaper import reap
from orchestrator.errors import ConflictError, UsageError
from orchestrator.services import fact, switch
from orchestrator.services.contact import Contact, check_contact
from orchestrator.services.fact import By
from orchestrator.services.reservation import Asked, Slot, reserve
from orchestrator.services.slot import commit, started, void
from orchestrator.store import entry
from orchestrator.store.database import Database
from policies.verdict import Decision
from tests.integration.engine import stage
from tests.integration.engine.stage import NOON, Stage
from tests.postgres import sqlite_url

WHO = "C0000000"
ACCOUNT = f"A-{WHO}"


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Stage]:
    """Wednesday 2026-03-04, noon in Chicago; nobody is enrolled."""
    database = Database(sqlite_url(tmp_path / "test.db"))
    yield stage.build(database, book=Book(count=2), enroll=False)
    database.close()


@pytest.fixture
def both(database: Database) -> Stage:
    """The same on each database, for what their statements and locks decide."""
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

    def test_a_slot_taken_before_is_not_started(self, both: Stage) -> None:
        slot_id = taken(both)
        switch.stop(both.house, "tester")
        assert refused(both, slot_id) == "stopped"
        switch.resume(both.house, "tester")
        started(both.house, slot_id)
        assert state(both, slot_id) == "submitted"


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
    def test_may_be_repeated_while_nothing_changed(self, both: Stage) -> None:
        slot_id = taken(both)
        assert started(both.house, slot_id) == started(both.house, slot_id)
        lines = "SELECT count(*) FROM ledger_entry WHERE kind = 'submitted' AND attempt_id = :id"
        assert both.scalar(lines, id=slot_id) == 1

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

    def test_a_slot_ends_with_the_hours(self, tmp_path: Path) -> None:
        """Two minutes before nine in the evening, where calls end."""
        evening = datetime(2026, 3, 5, 2, 58, tzinfo=UTC)
        database = Database(sqlite_url(tmp_path / "test.db"))
        played = stage.build(database, book=Book(count=1), enroll=False, at=evening)
        slot = ask(played, ttl_s=900)
        assert slot.id is not None
        assert slot.expires_at == evening + timedelta(minutes=2)
        assert started(played.house, slot.id) == slot.expires_at
        played.clock.advance(timedelta(minutes=2))
        assert refused(played, slot.id) == "slot_void"

    def test_a_stop_waits_for_an_answer_that_may_still_be_acted_on(self, both: Stage) -> None:
        slot_id = taken(both)
        started(both.house, slot_id)
        with both.database.read(both.clock) as unit:
            assert 0 < entry.permits_end(unit, [WHO]) - unit.now_micros <= 1_000_000


def counted_at(played: Stage, slot_id: str) -> datetime:
    sql = "SELECT occurred_at FROM contact_event WHERE event_id = :id ORDER BY version DESC LIMIT 1"
    return from_micros(int(str(played.scalar(sql, id=slot_id))))


class TestReportedTimes:
    """Reserved at noon, reported two minutes later."""

    @pytest.fixture
    def slot_id(self, played: Stage) -> str:
        made = taken(played)
        started(played.house, made)
        played.clock.advance(timedelta(minutes=2))
        return made

    def test_the_time_of_the_call_is_taken_from_the_report(self, played: Stage, slot_id: str) -> None:
        at = NOON + timedelta(seconds=10)
        commit(played.house, slot_id, outcome="no_answer", started_at=at, ended_at=at)
        assert counted_at(played, slot_id) == at

    @pytest.mark.parametrize("off", [timedelta(days=-8), timedelta(seconds=-30), timedelta(minutes=3)])
    def test_a_time_outside_the_slot_is_refused(self, played: Stage, slot_id: str, off: timedelta) -> None:
        with pytest.raises(UsageError) as caught:
            commit(played.house, slot_id, outcome="no_answer", started_at=NOON + off)
        assert caught.value.where == "started_at"
        assert state(played, slot_id) == "submitted"

    @pytest.mark.parametrize("off", [timedelta(seconds=20), timedelta(minutes=3)])
    def test_a_call_ends_after_it_began_and_before_now(
        self, played: Stage, slot_id: str, off: timedelta
    ) -> None:
        began = NOON + timedelta(minutes=1)
        with pytest.raises(UsageError) as caught:
            commit(played.house, slot_id, outcome="no_answer", started_at=began, ended_at=NOON + off)
        assert caught.value.where == "ended_at"

    def test_an_end_alone_is_held_against_the_slot(self, played: Stage, slot_id: str) -> None:
        with pytest.raises(UsageError) as caught:
            commit(played.house, slot_id, outcome="no_answer", ended_at=NOON - timedelta(hours=1))
        assert caught.value.where == "ended_at"

    @pytest.mark.parametrize("name", ["started_at", "ended_at"])
    def test_a_time_without_a_zone_is_refused(self, played: Stage, slot_id: str, name: str) -> None:
        naive = NOON.replace(tzinfo=None)
        with pytest.raises(UsageError) as caught:
            commit(played.house, slot_id, outcome="no_answer", **{name: naive})  # type: ignore[arg-type]
        assert caught.value.where == name

    @pytest.mark.parametrize(
        ("off", "kept"),
        [(timedelta(seconds=-3), timedelta(0)), (timedelta(seconds=123), timedelta(minutes=2))],
    )
    def test_a_clock_a_little_off_is_put_right(
        self, played: Stage, slot_id: str, off: timedelta, kept: timedelta
    ) -> None:
        commit(played.house, slot_id, outcome="no_answer", started_at=NOON + off)
        assert counted_at(played, slot_id) == NOON + kept


class TestVoid:
    def test_before_the_start_it_gives_the_slot_back(self, played: Stage) -> None:
        slot_id = taken(played)
        assert void(played.house, slot_id, reason="trunk busy", proof="no INVITE") == "released"
        assert void(played.house, slot_id, reason="trunk busy", proof="no INVITE") == "released"
        assert used(played) == 0

    def test_after_the_start_it_counts_and_keeps_what_was_said(self, both: Stage) -> None:
        slot_id = taken(both)
        started(both.house, slot_id)
        assert void(both.house, slot_id, reason="trunk busy", proof="no INVITE") == "ambiguous"
        assert void(both.house, slot_id, reason="trunk busy", proof="no INVITE") == "ambiguous"
        assert used(both) == 1
        kept = both.query("SELECT failure, failure_detail FROM attempt WHERE id = :id", id=slot_id)
        assert kept == [("void: trunk busy", "no INVITE")]
        assert both.query("SELECT kind, consumer_id FROM incident") == [("void_after_start", WHO)]
        lines = both.query("SELECT kind FROM ledger_entry WHERE attempt_id = :id ORDER BY id", id=slot_id)
        assert [row[0] for row in lines] == ["reserved", "submitted", "outcome"]

    def test_what_never_connected_is_committed_and_not_counted(self, both: Stage) -> None:
        slot_id = taken(both)
        started(both.house, slot_id)
        void(both.house, slot_id, reason="trunk busy", proof="no INVITE")
        commit(both.house, slot_id, outcome="busy")
        assert used(both) == 0

    def test_no_week_has_an_eighth_start(self, played: Stage) -> None:
        begun = 0
        for _ in range(12):
            slot = ask(played)
            if slot.id is not None:
                started(played.house, slot.id)
                begun += 1
                void(played.house, slot.id, reason="mistake", proof="believe me")
        assert begun == 7

    @pytest.mark.parametrize("end", ["void", "time"])
    def test_a_contact_made_without_leave_counts_and_is_an_incident(self, played: Stage, end: str) -> None:
        slot_id = taken(played)
        if end == "void":
            void(played.house, slot_id, reason="trunk busy", proof="no INVITE")
        else:
            wait(played)
            reap(played.house)
        before = state(played, slot_id)
        assert used(played) == 0
        for _ in range(2):
            assert commit(played.house, slot_id, outcome="no_answer") == before
        assert used(played) == 1
        assert played.query("SELECT kind FROM incident") == [("contact_without_slot",)]


class TestExternalId:
    def test_the_same_request_again_is_the_same_slot(self, both: Stage) -> None:
        first, second = ask(both, "x-1"), ask(both, "x-1")
        assert first == second
        assert (second.state, both.scalar("SELECT count(*) FROM attempt")) == ("reserved", 1)

    def test_many_at_once_get_one_slot(self, both: Stage) -> None:
        with ThreadPoolExecutor(6) as pool:
            slots = list(pool.map(lambda _: ask(both, "x-1").id, range(12)))
        assert len(set(slots)) == 1
        assert slots[0] is not None

    def test_two_people_under_one_at_once_get_one_slot_and_a_conflict(self, both: Stage) -> None:
        def attempt(number: int) -> str:
            try:
                return str(ask(both, "x-1", number=number % 2).id)
            except ConflictError as error:
                return error.code

        with ThreadPoolExecutor(6) as pool:
            told = set(pool.map(attempt, range(12)))
        assert len(told) == 2
        assert "conflict" in told
        assert both.scalar("SELECT count(*) FROM attempt") == 1

    @pytest.mark.parametrize(
        "other",
        [
            {"consumer_id": "C0000001", "account_ids": ("A-C0000001",)},
            {"account_ids": ("A-C0000001",)},
            {"account_ids": (ACCOUNT, "A-C0000001")},
            {"channel": "sms"},
            {"address": "+13120000001"},
            {"content": "limited_content"},
            {"automated": True},
        ],
        ids=str,
    )
    def test_another_request_under_it_is_refused(self, played: Stage, other: dict[str, Any]) -> None:
        with played.database.write(played.clock) as unit:
            # a second number, so that another address can be asked for
            copied = "id, kind, value_index, number_kind, key_id"
            rest = "consumer_id, country, position, state, employer_provided, created_at, changed_at, value_sealed"
            unit.execute(
                f"INSERT INTO contact_point ({copied}, {rest}) SELECT 'second', kind, :index, number_kind, key_id, "
                f"{rest} FROM contact_point WHERE consumer_id = :who AND kind = 'phone'",
                {"who": WHO, "index": played.house.sealer.index("phone", "+13120000001")},
            )
        asked = Asked(WHO, (ACCOUNT,), "voice", address="+13120000000", external_id="x-1")
        assert reserve(played.house, asked, requested_by="dialer").id is not None
        with pytest.raises(ConflictError) as caught:
            reserve(played.house, replace(asked, **other), requested_by="dialer")
        assert (caught.value.code, caught.value.where) == ("conflict", "external_id")

    def test_another_caller_is_refused(self, played: Stage) -> None:
        asked = Asked(WHO, (ACCOUNT,), "voice", external_id="x-1")
        reserve(played.house, asked, requested_by="dialer")
        with pytest.raises(ConflictError):
            reserve(played.house, asked, requested_by="another dialer")

    @pytest.mark.parametrize(("change", "code"), CHANGES)
    def test_a_slot_that_may_not_be_started_is_not_given_again(
        self, played: Stage, change: Change, code: str
    ) -> None:
        taken(played, "x-1")
        change(played)
        with pytest.raises(ConflictError) as caught:
            ask(played, "x-1")
        assert caught.value.code == code

    @pytest.mark.parametrize("end", ["started", "void", "commit", "expiry"])
    def test_what_became_of_it_is_said_instead_of_allow(self, played: Stage, end: str) -> None:
        slot_id = taken(played, "x-1")
        if end == "expiry":
            wait(played)
            reap(played.house)
        elif end == "void":
            void(played.house, slot_id, reason="trunk busy", proof="no INVITE")
        else:
            started(played.house, slot_id)
            if end == "commit":
                commit(played.house, slot_id, outcome="no_answer")
        with pytest.raises(ConflictError) as caught:
            ask(played, "x-1")
        assert (caught.value.code, caught.value.where) == ("slot_closed", slot_id)
        assert str(state(played, slot_id)) in caught.value.message


def test_a_slot_names_the_contact_point_that_was_judged(played: Stage) -> None:
    point = played.scalar("SELECT id FROM contact_point WHERE consumer_id = :who AND kind = 'phone'", who=WHO)
    assert ask(played).contact_point_id == point


@pytest.mark.parametrize("channel", ["task", "visit"])
def test_only_what_counts_as_a_contact_has_slots(played: Stage, channel: str) -> None:
    with pytest.raises(UsageError) as caught:
        reserve(played.house, Asked(WHO, (ACCOUNT,), channel), requested_by="dialer")
    assert caught.value.where == "channel"


def test_an_automated_call_is_asked_for_its_consent(played: Stage) -> None:
    with played.database.write(played.clock) as unit:
        unit.execute("DELETE FROM consent WHERE type = 'automated_voice'")
    silent = Asked(WHO, (ACCOUNT,), "voice")
    held = reserve(played.house, replace(silent, automated=True), requested_by="dialer")
    assert (held.verdict.decision, held.id) == ("hold", None)
    assert "tcpa-consent" in {rule.id for rule in held.verdict.rules}
    assert reserve(played.house, replace(silent, automated=False), requested_by="dialer").id is not None
    assert reserve(played.house, silent, requested_by="dialer").verdict.flags[-1] == "live_call_only"


class TestReport:
    @pytest.mark.parametrize(
        ("channel", "outcome"),
        [
            ("voice", "celebrated"),
            ("voice", "delivered"),
            ("voice", "released"),
            ("sms", "busy"),
            ("sms", "received"),
        ],
    )
    def test_a_word_that_the_channel_does_not_have_is_refused(
        self, played: Stage, channel: str, outcome: str
    ) -> None:
        slot = reserve(played.house, Asked(WHO, (ACCOUNT,), channel), requested_by="dialer")
        assert slot.id is not None
        started(played.house, slot.id)
        with pytest.raises(UsageError) as caught:
            commit(played.house, slot.id, outcome=outcome)
        assert caught.value.where == "outcome"
        assert state(played, slot.id) == "submitted"

    def test_the_same_report_again_is_harmless_and_another_one_is_refused(self, both: Stage) -> None:
        slot_id = taken(both)
        started(both.house, slot_id)
        for _ in range(2):
            assert (
                commit(both.house, slot_id, outcome="conversation", conversation_accounts=(ACCOUNT,))
                == "delivered"
            )
        with pytest.raises(ConflictError):
            commit(both.house, slot_id, outcome="busy")
        with pytest.raises(ConflictError):
            commit(both.house, slot_id, outcome="conversation", conversation_accounts=(ACCOUNT, "A-other"))
        assert both.scalar("SELECT count(*) FROM contact_event") == 2


def used(played: Stage) -> int:
    verdict = check_contact(played.house, Contact(WHO, "voice"))
    return next(one.used for one in verdict.used if one.rule == "regf-7in7-attempts")


@pytest.mark.parametrize("outcome", ["wrong_number", "not_in_service"])
def test_a_number_that_is_somebody_elses_is_not_used_again(both: Stage, outcome: str) -> None:
    slot_id = taken(both)
    started(both.house, slot_id)
    # a second record of the same person, with the same number
    with both.database.write(both.clock) as unit:
        unit.execute(
            "UPDATE consumer SET pool_id = (SELECT pool_id FROM consumer WHERE id = :id)", {"id": WHO}
        )
        number = "SELECT value_index FROM contact_point WHERE consumer_id = :id AND kind = 'phone'"
        where = "UPDATE contact_point SET value_index = ({}) WHERE kind = 'phone'"
        unit.execute(where.format(number), {"id": WHO})
    assert ask(both, number=1).id is not None
    both.clock.advance(timedelta(minutes=1))
    commit(both.house, slot_id, outcome=outcome)
    for channel in ("voice", "sms"):
        for who in (WHO, "C0000001"):
            assert check_contact(both.house, Contact(who, channel)).decision is Decision.DENY
    commit(both.house, slot_id, outcome=outcome)
