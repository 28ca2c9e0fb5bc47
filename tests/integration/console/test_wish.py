"""Wishes of a consumer: recorded in the console, honoured by the gate at once, shown, and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.services import contact
from orchestrator.services.consumer_view import view_consumer
from orchestrator.services.contact import Contact
from orchestrator.services.contact_panel import read_panel
from policies.verdict import Decision, Verdict, deciding
from tests.integration.console.conftest import Browser, Enter, words
from tests.integration.console.test_record import rows, save

NOON = {f"days-{day}": "yes" for day in ("mon", "tue", "wed", "thu", "fri")} | {"end": "12:00"}


@pytest.fixture
def browser(enter: Enter) -> Browser:
    return enter("collector")


def ask(runtime: Runtime, channel: str = "voice") -> Verdict:
    return contact.check_contact(runtime.house, Contact("C-1", channel, ("A-1",)))


def wish_id(runtime: Runtime) -> str:
    return next(one.id for one in view_consumer(runtime.house, "C-1").standing if one.kind == "wish")


def test_not_before_noon_refuses_a_call_at_ten_with_its_source_and_the_next_time(
    browser: Browser, runtime: Runtime
) -> None:
    # a Wednesday, ten in Chicago
    assert ask(runtime).decision is Decision.ALLOW
    epoch = rows(runtime, "SELECT epoch FROM consumer WHERE id = 'C-1'")
    assert "The wish is recorded." in words(save(browser, "wish", NOON))
    assert rows(runtime, "SELECT epoch FROM consumer WHERE id = 'C-1'") > epoch
    verdict = ask(runtime)
    assert verdict.decision is Decision.DEFER
    assert verdict.retry_at == datetime(2026, 10, 14, 17, tzinfo=UTC)
    finding = deciding(verdict)
    assert finding is not None
    assert finding.id == "regf-inconvenient-time"
    assert "1006.6(b)(1)" in finding.citation
    # every channel, and the firm keeps to it where no law asks for it
    assert ask(runtime, "email").decision is Decision.DEFER
    assert "firm-inconvenient-time" in {one.id for one in verdict.rules}


def test_it_is_over_at_noon_and_at_the_weekend(
    browser: Browser, runtime: Runtime, clock: VirtualClock
) -> None:
    save(browser, "wish", NOON)
    clock.set(datetime(2026, 10, 14, 17, tzinfo=UTC))
    assert ask(runtime).decision is Decision.ALLOW
    clock.set(datetime(2026, 10, 17, 15, tzinfo=UTC))
    assert ask(runtime).decision is Decision.ALLOW


def test_an_original_creditor_keeps_to_it_too(browser: Browser, runtime: Runtime) -> None:
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE account SET actor = 'original_creditor' WHERE id = 'A-1'")
    assert ask(runtime).decision is Decision.ALLOW
    save(browser, "wish", NOON)
    finding = deciding(ask(runtime))
    assert finding is not None
    assert finding.id == "firm-inconvenient-time"


def test_it_is_shown_among_the_wishes_and_on_the_timeline(browser: Browser) -> None:
    save(browser, "wish", NOON | {"until": "2026-12-31"})
    said = words(browser.text("/consumers/C-1"))
    assert "Not convenient Monday to Friday, 00:00–12:00" in said
    assert "until 31 Dec" in said
    assert "Wish: not convenient Monday to Friday, 00:00–12:00" in said


def test_it_is_shown_in_chinese(browser: Browser, enter: Enter) -> None:
    save(browser, "wish", {"days-mon": "yes", "days-wed": "yes", "start": "21:00", "end": "09:00"})
    said = words(enter("collector", language="zh").text("/consumers/C-1"))
    assert "不便联系 周一、周三 21:00 至次日 09:00" in said


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({}, "start", "Say which days or which time."),
        ({"start": "noon"}, "start", "Enter a time, like 15:30."),
        ({"start": "12:00", "end": "12:00"}, "end", "It ends when it starts"),
        ({"end": "12:00", "until": "2026-10-01"}, "until", "That day is over"),
        ({"end": "12:00", "until": "soon"}, "until", "Enter a day."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_kept(
    browser: Browser, runtime: Runtime, form: dict[str, str], field: str, said: str
) -> None:
    html = save(browser, "wish", form | {"days-sun": "yes"} if form else {}, 422)
    assert said in words(html)
    assert f'id="{field}-error"' in html
    for name, value in form.items():
        assert name == "until" or f'value="{value}"' in html
    assert not form or 'name="days-sun" value="yes" checked' in html
    assert rows(runtime, "SELECT count(*) FROM preference") == [(0,)]


def test_a_place_closes_the_numbers_there(browser: Browser, runtime: Runtime) -> None:
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE contact_point SET number_kind = 'work' WHERE kind = 'phone'")
    assert ask(runtime).decision is Decision.ALLOW
    save(browser, "wish_place", {"place": "work"})
    verdict = ask(runtime)
    assert verdict.decision is Decision.DENY
    assert "regf-inconvenient-place" in {one.id for one in verdict.rules}
    assert ask(runtime, "email").decision is Decision.ALLOW
    assert "Not convenient work" in words(browser.text("/consumers/C-1"))


def test_a_refused_channel_is_closed_until_compliance_takes_it_up_again(
    browser: Browser, runtime: Runtime, enter: Enter
) -> None:
    save(browser, "wish_channel", {"stance": "excluded_channel", "channel": "sms"})
    assert ask(runtime, "sms").decision is Decision.DENY
    assert ask(runtime, "email").decision is Decision.ALLOW
    page = browser.text("/consumers/C-1")
    assert "Refuses texts" in words(page)
    assert "record/wish_end" not in page
    form = {"id": wish_id(runtime), "reason": "asked for texts again"}
    refused = browser.post("/consumers/C-1/record/wish_end", form)
    assert refused.status_code == 403
    assert ask(runtime, "sms").decision is Decision.DENY
    officer = enter("compliance_officer")
    assert "record/wish_end" in officer.text("/consumers/C-1")
    save(officer, "wish_end", form)
    assert ask(runtime, "sms").decision is Decision.ALLOW


def test_a_preferred_channel_is_offered_first(
    browser: Browser, runtime: Runtime, clock: VirtualClock
) -> None:
    def first() -> str:
        return read_panel(runtime.house, "C-1", "A-1").answers[0].channel

    assert first() == "sms"
    save(browser, "wish_channel", {"stance": "preferred_channel", "channel": "voice"})
    assert first() == "voice"
    clock.set(clock.now() + timedelta(minutes=1))
    save(browser, "wish_channel", {"stance": "preferred_channel", "channel": "email"})
    assert first() == "email"
    assert ask(runtime, "sms").decision is Decision.ALLOW


def test_a_wish_is_taken_back_with_what_they_said(
    browser: Browser, runtime: Runtime, clock: VirtualClock
) -> None:
    save(browser, "wish", NOON)
    before = rows(runtime, "SELECT id FROM preference")
    clock.set(clock.now() + timedelta(minutes=1))
    form = {"id": wish_id(runtime)}
    assert "Fill this in." in words(save(browser, "wish_end", form, 422))
    assert ask(runtime).decision is Decision.DEFER
    save(browser, "wish_end", form | {"reason": "mornings are fine again"})
    assert ask(runtime).decision is Decision.ALLOW
    said = words(browser.text("/consumers/C-1"))
    assert "Wish taken back" in said
    assert "mornings are fine again" in said
    assert browser.post("/consumers/C-1/record/wish_end", form | {"reason": "x"}).status_code == 404
    # nothing is updated: what stood then is known for ever
    assert set(before) < set(rows(runtime, "SELECT id FROM preference"))


def test_a_wish_of_somebody_else_is_not_ended(browser: Browser, runtime: Runtime) -> None:
    save(browser, "wish", NOON)
    form: dict[str, Any] = {"id": wish_id(runtime), "reason": "x"}
    assert browser.post("/consumers/C-2/record/wish_end", form).status_code == 404
    assert ask(runtime).decision is Decision.DEFER


def test_telling_it_twice_writes_it_once(browser: Browser, runtime: Runtime) -> None:
    for _ in range(2):
        save(browser, "wish", NOON | {"key": "once"})
    assert rows(runtime, "SELECT count(*) FROM preference") == [(1,)]
