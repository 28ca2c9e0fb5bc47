"""The work list in the browser: what waits, why, the way from case to case, and who has which in hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.engine.event import enter_conversation
from orchestrator.engine.task import open_incident, open_task
from orchestrator.engine.told import Told
from orchestrator.services import fact, worklist
from orchestrator.services.fact import By
from tests.integration.console.conftest import Browser, Enter, words

BY = By("console", "user:nobody")


@pytest.fixture
def cases(runtime: Runtime) -> Runtime:
    """A reply of each of two people, a promise due today of the third."""
    with runtime.database.write(runtime.clock) as unit:
        open_task(unit, "reply", "C-1", "call_back", "k1", message_id="m-1")
    runtime.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
    with runtime.database.write(runtime.clock) as unit:
        open_task(unit, "reply", "C-2", "dispute", "k2", message_id="m-2")
    fact.record_promise(runtime.house, BY, "A-3", amount_minor=500, due_on=date(2026, 10, 14))
    return runtime


def ids(runtime: Runtime, group: str = "reply") -> list[str]:
    return [case.id for case in worklist.list_cases(runtime.house, group).cases]


def test_each_kind_is_counted_and_each_case_says_why(cases: Runtime, enter: Enter) -> None:
    browser = enter("collector")
    said = words(browser.text("/work"))
    assert "Replies waiting 2" in said
    assert "Promises due 1" in said
    assert "Asks to be called back." in said
    assert "Wed 14 Oct 10:00 CDT" in said
    assert "$5.00 is due today." in words(browser.text("/work?kind=promise"))


def next_of(browser: Browser) -> str:
    """The case that is offered next."""
    return browser.get("/work/next").headers["location"].partition("task=")[2].partition("&")[0]


def test_an_empty_kind_says_so(enter: Enter) -> None:
    assert "Nobody waits for a call-back now." in words(enter("collector").text("/work"))


def test_the_next_case_is_opened_with_its_place_in_the_queue(cases: Runtime, enter: Enter) -> None:
    browser, (first, second) = enter("collector"), ids(cases)
    place = browser.get("/work/next").headers["location"]
    assert place == f"/consumers/C-1?task={first}&reply=m-1#reply"
    assert "Replies waiting, 1 of 2: Asks to be called back." in words(browser.text(place))
    after = browser.get(f"/work/next?after={first}").headers["location"]
    assert after == f"/consumers/C-2?task={second}&reply=m-2#reply"
    assert browser.get(f"/work/previous?after={second}").headers["location"] == place
    # then the next kind, and at its end the list
    promise = browser.get(f"/work/next?after={second}").headers["location"]
    assert promise.startswith("/consumers/C-3?task=pr")
    last = promise.partition("task=")[2].partition("&")[0]
    assert browser.get(f"/work/previous?after={last}").headers["location"] == "/work"


def test_two_collectors_do_not_take_the_same_case(cases: Runtime, enter: Enter, clock: VirtualClock) -> None:
    one, other, (first, second) = enter("collector"), enter("collector"), ids(cases)
    assert "In hand until" in words(one.post(f"/work/{first}/take").text)
    assert "has it in hand since" in words(other.post(f"/work/{first}/take").text)
    assert next_of(other) == second
    assert next_of(one) == first
    clock.advance(timedelta(minutes=31))
    assert next_of(other) == first
    assert "In hand until" in words(other.post(f"/work/{first}/take").text)


def test_a_case_given_back_is_for_everybody_and_done_is_gone(cases: Runtime, enter: Enter) -> None:
    one, other, (first, second) = enter("collector"), enter("collector"), ids(cases)
    one.post(f"/work/{first}/take")
    assert one.post(f"/work/{first}/release").status_code == 303
    assert next_of(other) == first
    assert (
        one.post(f"/work/{first}/close", {"outcome": "answered"}).headers["location"]
        == f"/work/next?after={first}"
    )
    assert ids(cases) == [second]
    assert "Done: " in words(one.text(f"/consumers/C-1?task={first}"))


def test_a_promise_dealt_with_comes_back_tomorrow(cases: Runtime, enter: Enter, clock: VirtualClock) -> None:
    browser, (promise,) = enter("collector"), ids(cases, "promise")
    browser.post(f"/work/{promise}/close")
    assert not ids(cases, "promise")
    clock.advance(timedelta(days=1))
    assert ids(cases, "promise") == [promise]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("collector", 200),
        ("compliance_officer", 200),
        ("administrator", 200),
        ("auditor", 403),
        ("campaign_manager", 403),
    ],
)
def test_who_may_see_it(enter: Enter, role: str, status: int) -> None:
    assert enter(role).get("/work").status_code == status


def test_an_officer_sees_what_is_for_compliance(cases: Runtime, enter: Enter) -> None:
    said = words(enter("compliance_officer").text("/work"))
    assert "Incidents 0" in said
    assert "Promises due" not in said


@pytest.mark.parametrize("kind", ["incident", "review", "quarantine"])
def test_a_collector_settles_nothing_that_is_for_compliance(
    runtime: Runtime, enter: Enter, kind: str
) -> None:
    with runtime.database.write(runtime.clock) as unit:
        made = (
            open_incident(runtime.house, unit, "void_after_start", "C-1", attempt_ids=["at_x"], key="k-1")
            if kind == "incident"
            else open_task(unit, kind, "C-1", "contact", "k-1")
        )
    collector, officer = enter("collector"), enter("compliance_officer")
    assert collector.post(f"/work/{made}/close").status_code == 403
    assert collector.post(f"/work/{made}/take").status_code == 403
    assert ids(runtime, kind) == [made]
    assert officer.post(f"/work/{made}/take").status_code == 200
    assert officer.post(f"/work/{made}/close").status_code == 303
    assert ids(runtime, kind) == []


def test_unknown_cases_are_not_found(enter: Enter, guest: Browser) -> None:
    browser = enter("collector")
    assert browser.post("/work/nothing/take").status_code == 404
    assert browser.post("/work/nothing/close").status_code == 404
    assert browser.get("/work/next?after=nothing").headers["location"] == "/work"
    assert guest.get("/work").status_code == 303


def test_a_correction_that_eases_is_answered_in_its_case(runtime: Runtime, enter: Enter) -> None:
    with runtime.database.write(runtime.clock) as unit:
        told = Told(unit.now, "test", "k")
        made = enter_conversation(runtime.house, unit, "C-1", told, account_ids=["A-1"])
    collector, officer = enter("collector"), enter("compliance_officer")
    form = {"id": made, "outcome": "no_answer", "reason": "nobody picked up", "key": "k"}
    said = words(collector.post("/consumers/C-1/record/correct", form, headers={"HX-Request": "true"}).text)
    assert "the stricter record holds until compliance confirms it" in said
    (question,) = ids(runtime, "review")
    case = officer.text(f"/consumers/C-1?task={question}")
    assert "corrects the contact of Wed 14 Oct 10:00 CDT from conversation to no answer: nobody" in words(
        case
    )
    assert "It would allow earlier: " in words(case)
    assert "A-1" in words(case)
    assert "Keep what was recorded" in words(case)
    officer.post(f"/work/{question}/close", {"outcome": "confirmed"})
    assert ids(runtime, "review") == []
    with runtime.database.read() as unit:
        versions = unit.query("SELECT outcome, recorded_by FROM contact_event ORDER BY version")
    assert [outcome for outcome, _ in versions] == ["conversation", "no_answer"]
    assert versions[-1][1].startswith("user:")


def test_a_correction_that_leaves_a_count_says_that_all_contact_waits(runtime: Runtime, enter: Enter) -> None:
    asked = {
        "event_id": "ev_1",
        "version": 1,
        "occurred_at": 1_791_990_000_000_000,
        "held": {"outcome": "no_answer"},
        "changes": {"outcome": "conversation"},
        "earlier": [],
        "said": "she did pick up",
        "by": "user:cal",
        "hold_id": "ho_1",
    }
    with runtime.database.write(runtime.clock) as unit:
        made = open_task(unit, "review", "C-1", "correction", "k", **asked)
    said = words(enter("compliance_officer").text(f"/consumers/C-1?task={made}"))
    assert "from no answer to conversation: she did pick up." in said
    assert "Some rules count the one and some the other: all contact waits until this is answered." in said
