"""The consumer's screen: what it says of a person, for whom, and its timeline."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.domain.permission import Role
from orchestrator.engine.stop import withdraw_opt_outs
from orchestrator.engine.told import Told
from orchestrator.services import fact
from orchestrator.services.fact import By
from orchestrator.services.timeline import read_timeline
from orchestrator.store.entry import stops_in_force
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.faces.conftest import NOW

BY = By("console", "user:nobody")


def test_the_screen_says_who_it_is_and_what_the_clock_shows_there(enter: Enter) -> None:
    html = enter("collector").text("/consumers/C-1")
    said = words(html)
    assert "Maria Canary" in said
    assert "10:00 CDT" in said
    assert "Your time 15:00 UTC, 5 h ahead" in said
    assert "Zone from the home address." in said
    assert "Speaks English" in said
    assert "1 account, $120.50" in said
    assert "Harbor" in said or "harbor-bank" in said


@pytest.mark.parametrize("role", list(Role))
def test_every_role_may_read_it(enter: Enter, role: Role) -> None:
    assert "Maria Canary" in enter(role.value).text("/consumers/C-1")


def test_somebody_unknown_is_not_found(enter: Enter, guest: Browser) -> None:
    browser = enter("collector")
    assert browser.get("/consumers/C-99").status_code == 404
    assert browser.get("/consumers/C-1?account=A-2").status_code == 404
    assert guest.get("/consumers/C-1").status_code == 303


def test_what_stands_in_the_way_is_said_with_its_date(runtime: Runtime, enter: Enter) -> None:
    fact.place_hold(runtime.house, BY, "C-1", kind="hardship", until=date(2026, 11, 3))
    fact.record_dispute(runtime.house, BY, "C-1", account_id="A-1", form="oral")
    fact.record_opt_out(runtime.house, BY, address="+13125550101", channel="voice")
    said = words(enter("collector").text("/consumers/C-1"))
    assert "Everything, because of: hardship" in said
    assert "until 3 Nov" in said
    assert "Disputes ending 1 orally; not answered yet" in said
    assert "Calls to (312) 555-0101" in said
    assert "On hold: hardship" in said


def test_others_counted_as_the_same_person_are_named(enter: Enter) -> None:
    html = enter("collector").text("/consumers/C-1")
    assert 'href="/consumers/C-3"' in html
    assert "Counted as the same person: Olga Canary (C-3)" in words(html)


def test_it_is_all_in_chinese(runtime: Runtime, enter: Enter) -> None:
    fact.record_complaint(runtime.house, BY, "C-1", account_id="A-1", text="stop")
    said = words(enter("collector", language="zh").text("/consumers/C-1"))
    for english in ("Accounts", "Holds", "Timeline", "Promises", "Complaint", "Past due"):
        assert english not in said


class TestTimeline:
    def test_what_happened_is_there_newest_first(self, runtime: Runtime, enter: Enter) -> None:
        fact.record_promise(runtime.house, BY, "A-1", amount_minor=2_500, due_on=date(2026, 10, 20))
        fact.record_payment(runtime.house, BY, "A-1", amount_minor=1_000)
        browser = enter("collector")
        said = words(browser.text("/consumers/C-1"))
        assert "Promise: $25.00 on Tue 20 Oct" in said
        assert "Payment: $10.00 on ending 1" in said
        assert "$25.00 promised for 20 Oct" in said
        only = words(browser.text("/consumers/C-1/timeline?show=payments"))
        assert "Payment: $10.00" in only
        assert "Agrees" not in only

    def test_a_long_one_comes_in_pages_without_gap_or_repeat(self, runtime: Runtime, enter: Enter) -> None:
        for number in range(130):
            # three at each instant
            at = NOW - timedelta(minutes=number // 3)
            fact.record_payment(runtime.house, By("api", "key:x", at=at), "A-1", amount_minor=1)
        browser, path, seen = enter("collector"), "/consumers/C-1/timeline?show=payments", 0
        for _ in range(9):
            html = browser.text(path)
            seen += html.count("Payment: ")
            if 'class="older"' not in html:
                break
            path = (
                html.partition('class="older"')[2]
                .partition('hx-get="')[2]
                .partition('"')[0]
                .replace("&amp;", "&")
            )
        assert seen == 130

    def test_a_stop_of_a_number_is_on_the_timeline_of_everyone_who_has_it(
        self, runtime: Runtime, enter: Enter
    ) -> None:
        """Whoever asked for it: C-1 and C-3 have this number; the mailbox is of C-1 alone."""
        at = NOW - timedelta(hours=3)
        by = By("api", "key:dialer", at=at)
        fact.record_opt_out(runtime.house, by, address="+13125550101", channel="voice")
        fact.record_opt_out(runtime.house, by, consumer_id="C-3", channel="sms")
        browser = enter("collector")
        for one in ("C-1", "C-3"):
            said = words(browser.text(f"/consumers/{one}/timeline"))
            assert "Stop for (312) 555-0101, whoever has it: call" in said
            assert "Another system" in said
            assert said.count("Stop for") == 1
        assert "Stop: text" not in words(browser.text("/consumers/C-1/timeline"))
        assert "Stop for" not in words(browser.text("/consumers/C-2/timeline"))
        (entry,) = [one for one in read_timeline(runtime.house, "C-1").entries if one.kind == "opt_out"]
        assert (entry.at, entry.point_id is None) == (at, False)

    def test_a_stop_of_a_number_that_is_withdrawn_says_so(self, runtime: Runtime, enter: Enter) -> None:
        fact.record_opt_out(runtime.house, By("sms", "system"), address="+13125550101")
        with runtime.database.write(runtime.clock) as unit:
            (stop,) = stops_in_force(unit, [unit.query("SELECT value_index FROM opt_out")[0][0]])
            withdraw_opt_outs(runtime.house, unit, Told(unit.now, "sms", "k"), [stop])
        said = words(enter("collector").text("/consumers/C-1/timeline"))
        assert "Stop for (312) 555-0101 withdrawn, whoever has it: every channel" in said

    def test_words_of_people_are_never_markup(self, runtime: Runtime, enter: Enter) -> None:
        with runtime.database.write(runtime.clock) as unit:
            unit.execute("UPDATE consumer SET given_name = '<script>canary()</script>' WHERE id = 'C-1'")
        fact.release_hold(
            runtime.house,
            BY,
            "C-1",
            fact.place_hold(runtime.house, BY, "C-1", kind="legal"),
            reason="<script>canary()</script>",
        )
        assert "<script>canary" not in enter("collector").text("/consumers/C-1")
