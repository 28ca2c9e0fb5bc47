"""Calls that a person makes and follow-ups, on both databases: once, judged when begun, open until they are told."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from bench.book import Book
from orchestrator.errors import UnknownReference
from orchestrator.services import call, fact, follow_up, worklist
from orchestrator.services.contact import Contact, Sent, send_contact
from orchestrator.services.contact_detail import read_detail
from orchestrator.services.contact_panel import read_panel
from orchestrator.services.fact import By
from orchestrator.store.database import Database
from policies.verdict import Decision
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage

WHO = "C0000000"
ACCOUNT = f"A-{WHO}"
ME, OTHER = "user:one", "user:two"


@pytest.fixture
def both(database: Database) -> Stage:
    return stage.build(database, book=Book(count=2), enroll=False)


def number(played: Stage) -> str:
    panel = read_panel(played.house, WHO, ACCOUNT, "America/Chicago")
    return next(one.point_id for one in panel.answers if one.channel == "voice")


def test_a_double_click_begins_one_call(both: Stage) -> None:
    point = number(both)

    def begin(_place: int) -> call.Started:
        return call.start(both.house, WHO, ACCOUNT, point, by=ME, key="the same form")

    with ThreadPoolExecutor(4) as pool:
        begun = {made.call.id for made in pool.map(begin, range(4)) if made.call is not None}
    assert len(begun) == 1
    panel = read_panel(both.house, WHO, ACCOUNT, "America/Chicago")
    used = [use.used for one in panel.answers if one.channel == "voice" for use in one.verdict.used]
    assert set(used) == {1}


def test_a_call_stays_open_until_it_is_told_and_is_only_ones_own(both: Stage) -> None:
    begun = call.start(both.house, WHO, ACCOUNT, number(both), by=ME, key="k").call
    assert begun is not None
    assert call.running(both.house, WHO, ME) == begun
    assert call.running(both.house, WHO, OTHER) is None
    with pytest.raises(UnknownReference):
        call.finish(both.house, WHO, begun.id, by=OTHER, outcome="no_answer")
    promised = call.Promised(1_00, date(2026, 3, 10))
    for _ in range(2):
        call.finish(
            both.house,
            WHO,
            begun.id,
            by=ME,
            outcome="conversation",
            discussed=(ACCOUNT,),
            promised=promised,
            note="pays on Tuesday",
        )
    assert call.running(both.house, WHO, ME) is None
    with both.house.database.read(both.house.clock) as unit:
        counts = [unit.query(f"SELECT count(*) FROM {table}")[0][0] for table in ("promise", "note")]
    assert counts == [1, 1]
    panel = read_panel(both.house, WHO, ACCOUNT, "America/Chicago")
    calls = next(one for one in panel.answers if one.channel == "voice")
    said = calls.said[0]
    assert (calls.decision, said.kind) == (Decision.DEFER, "min_gap")
    assert said.since == both.house.clock.now()
    detail = read_detail(both.house, WHO, ACCOUNT, calls)
    assert detail.message is not None
    assert "Am I speaking with" in detail.message.text


def test_nobody_is_called_after_a_stop(both: Stage) -> None:
    point = number(both)
    fact.record_opt_out(both.house, By("test"), consumer_id=WHO, channel="voice")
    refused = call.start(both.house, WHO, ACCOUNT, point, by=ME, key="k")
    assert refused.call is None
    assert refused.verdict is not None
    assert refused.verdict.decision is Decision.DENY


def test_a_reminder_is_one_line_due_then(both: Stage) -> None:
    due = both.house.clock.now() + timedelta(days=2)
    point = number(both)
    made = {
        follow_up.remind(both.house, WHO, ACCOUNT, channel="voice", point_id=point, due_at=due, by=ME)
        for _ in range(2)
    }
    assert len(made) == 1
    assert call.planned(both.house, WHO, *made) == f"voice:{point}"
    assert call.planned(both.house, "C0000001", *made) is None
    assert [one.due_at for one in worklist.list_open(both.house, kind="call")] == [due]
    with pytest.raises(UnknownReference):
        follow_up.ask_review(both.house, WHO, "A-none", channel="voice", point_id=point, rule="", by=ME)


def test_a_message_sent_twice_at_once_from_one_form_leaves_once(both: Stage) -> None:
    wanted = Contact(WHO, "sms", (ACCOUNT,), template="reminder")

    def send(_place: int) -> Sent:
        return asyncio.run(send_contact(both.house, wanted, requested_by=ME, key="the same form"))

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(send, range(4)))
    assert {one.attempt_id for one in sent} == {sent[0].attempt_id}
    with both.house.database.read(both.house.clock) as unit:
        assert unit.query("SELECT count(*) FROM attempt")[0][0] == 1
