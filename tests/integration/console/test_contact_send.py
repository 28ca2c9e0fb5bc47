"""Sending and calling from the panel: judged again at that moment, once, and nothing typed is lost."""

from __future__ import annotations

import json
import re

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.errors import ConflictError
from orchestrator.services import fact, slot, worklist
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.console.test_contact_panel import HTMX, ME, PANEL, key_of, spoke
from tests.integration.faces.conftest import Count


def form_of(browser: Browser, runtime: Runtime, channel: str = "sms") -> dict[str, str]:
    """The form as the page gives it."""
    key = re.search(r'name="key" value="([^"]+)"', browser.text(PANEL))
    assert key is not None
    chosen = {"account": "A-1", "contact_point": key_of(runtime, channel), "key": key[1]}
    return chosen | {"template": "reminder", "language": "en"}


def test_a_text_is_sent_once_however_often_the_form_comes(
    runtime: Runtime, enter: Enter, count: Count
) -> None:
    browser = enter("collector")
    form = form_of(browser, runtime)
    answer = browser.post(f"{PANEL}/send", form, headers=HTMX)
    assert "The text left at 10:00 CDT. To (312) 555-0101. It counts from now on." in words(answer.text)
    assert 'tabindex="-1" data-focus' in answer.text
    assert answer.headers["HX-Trigger-After-Settle"] == "consumer-changed"
    again = browser.post(f"{PANEL}/send", form, headers=HTMX)
    assert "The text left at" in words(again.text)
    assert count("attempt") == 1


def test_what_is_sent_is_what_was_shown(runtime: Runtime, enter: Enter) -> None:
    browser = enter("collector")
    shown = words(browser.text(PANEL))
    browser.post(f"{PANEL}/send", form_of(browser, runtime) | {"language": "es"}, headers=HTMX)
    with runtime.database.read(runtime.clock) as unit:
        row = unit.query("SELECT language, template, requested_by FROM attempt")[0]
    assert row[0] == "es"
    assert row[1] == "es/sms/reminder"
    assert row[2].startswith("user:")
    assert "Reply STOP" in shown


def test_a_stop_that_comes_while_somebody_writes_lets_nothing_leave(
    runtime: Runtime, enter: Enter, count: Count
) -> None:
    browser = enter("collector")
    form = form_of(browser, runtime)
    fact.record_opt_out(runtime.house, ME, consumer_id="C-1", channel="sms")
    answer = browser.post(f"{PANEL}/send", form, headers=HTMX)
    said = words(answer.text)
    assert "Nothing was sent. The consumer asked on Wed 14 Oct for no more texts" in said
    assert "Email to maria.canary@example.com is open until 21:00 CDT." in said
    assert count("attempt") == 0
    # the choice is kept, the button is not
    assert re.search(r'<option value="reminder" selected>', answer.text)
    assert "Send text" not in said


def test_a_contact_by_an_unknown_channel_is_an_error_not_a_message(
    runtime: Runtime, enter: Enter, count: Count
) -> None:
    browser = enter("collector")
    form = form_of(browser, runtime) | {"contact_point": key_of(runtime, "voice")}
    assert browser.post(f"{PANEL}/send", form, headers=HTMX).status_code == 400
    assert browser.post(f"{PANEL}/send", form | {"key": ""}).status_code == 422
    assert count("attempt") == 0


def begin(browser: Browser, runtime: Runtime) -> str:
    """A call begun from the panel; its id."""
    answer = browser.post(f"{PANEL}/call", form_of(browser, runtime, "voice"), headers=HTMX)
    found = re.search(r'action="/consumers/C-1/contact/call/([^"]+)"', answer.text)
    assert found is not None, words(answer.text)
    return found[1]


def test_a_call_is_begun_once_shows_its_script_and_stays_until_it_is_told(
    runtime: Runtime, enter: Enter, count: Count
) -> None:
    browser = enter("collector")
    form = form_of(browser, runtime, "voice")
    first = browser.post(f"{PANEL}/call", form, headers=HTMX)
    browser.post(f"{PANEL}/call", form, headers=HTMX)
    assert count("attempt") == 1
    said = words(first.text)
    assert "Call since 10:00 CDT" in said
    assert "Am I speaking with Maria Canary?" in said
    assert "Call since" in words(browser.text("/consumers/C-1"))
    assert "Call since" not in words(enter("collector").text("/consumers/C-1"))  # another person's own


def test_a_slot_that_was_never_used_is_no_call(
    runtime: Runtime, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything was stopped, or the process died, between taking the leave and using it."""

    def stopped(*_: object) -> None:
        raise ConflictError("all contacts are stopped: do not contact", code="stopped")

    browser = enter("collector")
    with monkeypatch.context() as at_once:
        at_once.setattr(slot, "started", stopped)
        refused = browser.post(f"{PANEL}/call", form_of(browser, runtime, "voice"), headers=HTMX)
        assert "Call since" not in words(refused.text)
    fact.record_cease(runtime.house, ME, "C-1", form="written")
    again = browser.post(f"{PANEL}/call", form_of(browser, runtime, "voice"), headers=HTMX)
    assert "Call since" not in words(again.text)
    assert "Do not call." in words(again.text)


def test_a_call_after_a_cease_is_refused(runtime: Runtime, enter: Enter, count: Count) -> None:
    browser = enter("collector")
    form = form_of(browser, runtime, "voice")
    fact.record_cease(runtime.house, ME, "C-1", form="written")
    answer = browser.post(f"{PANEL}/call", form, headers=HTMX)
    assert "Do not call. The consumer asked on Wed 14 Oct to stop contact" in words(answer.text)
    assert count("attempt") == 0


def test_a_wrap_up_records_outcome_promise_and_note_and_goes_on(
    runtime: Runtime, enter: Enter, count: Count
) -> None:
    browser = enter("collector")
    call = begin(browser, runtime)
    form = {
        "account": "A-1",
        "outcome": "conversation",
        "discussed": "A-1",
        "amount": "50.00",
        "due_on": "2026-10-20",
        "note": "Paid again from Friday.",
        "then": "next",
    }
    answer = browser.post(f"{PANEL}/call/{call}", form, headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/work/next"
    # what was typed is recorded: the browser may forget it
    assert json.loads(answer.headers["HX-Trigger"]) == {"draft-kept": f"call-{call}"}
    assert (count("promise"), count("note")) == (1, 1)
    with runtime.database.read(runtime.clock) as unit:
        outcome = unit.query("SELECT outcome, state FROM attempt")[0]
        assert unit.query("SELECT amount_minor FROM promise")[0][0] == 5000
    assert tuple(outcome) == ("conversation", "delivered")
    again = browser.post(f"{PANEL}/call/{call}", form)
    assert again.status_code == 303
    assert (count("promise"), count("note")) == (1, 1)
    assert "Call since" not in words(browser.text(PANEL))


def test_a_wrap_up_with_faults_keeps_what_was_typed(runtime: Runtime, enter: Enter, count: Count) -> None:
    browser = enter("collector")
    call = begin(browser, runtime)
    form = {"account": "A-1", "amount": "5000", "due_on": "2026-10-13", "note": "<b>kept</b>"}
    answer = browser.post(f"{PANEL}/call/{call}", form, headers=HTMX)
    said = words(answer.text)
    assert answer.status_code == 422
    assert "Choose how the call ended." in said
    assert "That is more than the balance of $120.50." in said
    assert "That day is over: enter today or a later one." in said
    assert 'value="5000"' in answer.text
    assert "&lt;b&gt;kept&lt;/b&gt;" in answer.text
    no_talk = {"outcome": "no_answer", "amount": "5", "due_on": "2026-10-20"}
    assert "A promise needs a conversation" in words(
        browser.post(f"{PANEL}/call/{call}", no_talk, headers=HTMX).text
    )
    nothing_said = browser.post(f"{PANEL}/call/{call}", {"outcome": "conversation"}, headers=HTMX)
    assert "Choose the account that you talked about." in words(nothing_said.text)
    assert count("promise") == 0


def test_somebody_elses_call_is_not_found(runtime: Runtime, enter: Enter) -> None:
    call = begin(enter("collector"), runtime)
    other = enter("collector")
    assert other.post(f"{PANEL}/call/{call}", {"outcome": "no_answer"}).status_code == 404
    assert other.post(f"{PANEL}/call/{call}/not-dialed").status_code == 404


def test_a_call_that_was_not_dialed_counts_and_is_an_incident(
    runtime: Runtime, enter: Enter, count: Count
) -> None:
    browser = enter("collector")
    call = begin(browser, runtime)
    answer = browser.post(f"{PANEL}/call/{call}/not-dialed", headers=HTMX)
    assert "Noted that nothing was dialed." in words(answer.text)
    assert count("incident") == 1
    assert "Call since" not in words(answer.text)


def test_a_reminder_is_due_when_the_contact_may_be_made(runtime: Runtime, enter: Enter) -> None:
    spoke(runtime)
    browser = enter("collector")
    form = form_of(browser, runtime, "voice")
    for _ in range(2):
        answer = browser.post(f"{PANEL}/remind", form, headers=HTMX)
        assert "It is on the work list for Wed 21 Oct 08:00 CDT." in words(answer.text)
    with runtime.database.read(runtime.clock) as unit:
        made = unit.query("SELECT kind, reason, due_at FROM task WHERE kind = 'call'")
    assert [(row[0], row[1]) for row in made] == [("call", "reminder")]
    assert made[0][2] == 1_792_587_600_000_000  # 2026-10-21 08:00 in Chicago


def test_a_review_is_asked_of_compliance(runtime: Runtime, enter: Enter, count: Count) -> None:
    fact.record_opt_out(runtime.house, ME, consumer_id="C-1", channel="sms")
    browser = enter("collector")
    before = count("task")
    answer = browser.post(f"{PANEL}/review", form_of(browser, runtime), headers=HTMX)
    assert "Compliance was asked to look at it." in words(answer.text)
    assert count("task") == before + 1


def test_a_call_task_is_closed_with_the_calls_outcome(runtime: Runtime, enter: Enter) -> None:
    with runtime.database.write(runtime.clock) as unit:
        unit.execute(
            "INSERT INTO task (id, kind, consumer_id, account_id, state, reason, due_at, created_at) "
            "VALUES ('ta_1', 'call', 'C-1', 'A-1', 'open', 'cadence', :now, :now)",
            {"now": unit.now_micros},
        )
    browser = enter("collector")
    # the case of a call opens at the call
    opened = browser.get(PANEL, params={"task": "ta_1"}).text
    assert re.search(r'value="voice:[^"]+" checked', opened)
    call = begin(browser, runtime)
    form = {"account": "A-1", "outcome": "no_answer", "task": "ta_1", "then": "next"}
    answer = browser.post(f"{PANEL}/call/{call}", form)
    assert answer.headers["location"] == "/work/next?after=ta_1"
    with runtime.database.read(runtime.clock) as unit:
        row = unit.query("SELECT state, outcome FROM task WHERE id = 'ta_1'")[0]
    assert tuple(row) == ("closed", "no_answer")
    assert not [one for one in worklist.list_open(runtime.house, kind="call") if one.id == "ta_1"]


def test_a_call_closes_no_other_case(runtime: Runtime, enter: Enter) -> None:
    with runtime.database.write(runtime.clock) as unit:
        unit.execute(
            "INSERT INTO task (id, kind, consumer_id, state, reason, due_at, created_at) VALUES "
            "('ta_1', 'hold', 'C-1', 'open', 'rule', :now, :now), "
            "('ta_2', 'call', 'C-2', 'open', 'cadence', :now, :now)",
            {"now": unit.now_micros},
        )
    browser = enter("collector")
    call = begin(browser, runtime)
    for task in ("ta_1", "ta_2"):
        browser.post(f"{PANEL}/call/{call}", {"account": "A-1", "outcome": "no_answer", "task": task})
    assert {"ta_1", "ta_2"} <= {one.id for one in worklist.list_open(runtime.house)}


def test_where_consent_is_missing_the_way_to_record_it_is_there(runtime: Runtime, enter: Enter) -> None:
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("DELETE FROM consent WHERE consumer_id = 'C-1'", {})
        unit.execute("UPDATE consumer SET country = 'GB', jurisdictions = '[]' WHERE id = 'C-1'", {})
    browser = enter("collector")
    page = browser.get(PANEL, params={"contact_point": key_of(runtime, "sms")}).text
    assert "Record consent" in words(page)
