"""A campaign's forecast in the console: its figures, the people behind them, when it no longer holds, the start."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.console import forecast_job
from orchestrator.services import campaign_forecast
from tests.integration.console.campaigns import drafted
from tests.integration.console.conftest import Browser, Enter, words


@pytest.fixture
def manager(enter: Enter) -> Browser:
    return enter("campaign_manager")


def test_the_forecast_says_who_is_contacted_when_and_for_how_much(manager: Browser) -> None:
    page = words(manager.text(f"{drafted(manager)}/forecast"))
    for said in (
        "First contact about 3 accounts",
        "Allowed now 3 100% · Text 3",
        "daily limit 2",
        "Wed 14 Oct 3 2 1 Thu 15 Oct 0 1 0",
        "no price set",
        "Start: first contact about 3 accounts",
        "A forecast is not a permit.",
    ):
        assert said in page, said


def test_accounts_and_contacts_are_told_apart_where_one_contact_speaks_of_two(
    manager: Browser, runtime: Runtime
) -> None:
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE account_consumer SET consumer_id = 'C-1' WHERE account_id = 'A-2'")
        unit.execute("UPDATE notice SET consumer_id = 'C-1' WHERE account_id = 'A-2'")
    page = words(manager.text(f"{drafted(manager, daily_limit='')}/forecast"))
    assert "Accounts now Accounts later Accounts Contacts Text 3 0 3 2 All 3 0 3 2" in page
    assert "A contact may speak of several accounts of one person." in page
    assert "Start: first contact about 3 accounts" in page


def test_no_price_is_said_once(manager: Browser) -> None:
    page = words(manager.text(f"{drafted(manager)}/forecast"))
    assert page.count("no price set") == 1


def test_every_number_leads_to_its_people(manager: Browser) -> None:
    address = drafted(manager)
    page = manager.text(f"{address}/forecast")
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*/forecast/people[^"]*)"', page)}
    assert f"{address}/forecast/people?outcome=now" in links
    for link in links:
        people = manager.text(link)
        assert "Nobody is behind this number" not in people, link
        assert "/consumers/C-" in people, link


def test_who_is_kept_back_stands_with_the_rule_that_does(manager: Browser, runtime: Runtime) -> None:
    headers = {"Authorization": f"Bearer {runtime.api_keys.add('records', 'collector')[1]}"}
    body = {"consumer_id": "C-2", "channel": None}
    assert manager.client.post("/api/v1/opt-outs", json=body, headers=headers).status_code == 201
    address = drafted(manager)
    page = manager.text(f"{address}/forecast")
    assert "Blocked, by rule" in words(page)
    link = re.search(r'href="([^"]*/forecast/people\?outcome=[a-z_]+&amp;rule=[^"]+)"', page)
    assert link is not None
    people = words(manager.text(link[1].replace("&amp;", "&")))
    assert "Noah Canary" in people
    assert "Maria" not in people


def test_people_come_a_page_at_a_time(manager: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.console.campaign_forecast.PAGE", 2)
    first = manager.text(f"{drafted(manager)}/forecast/people?outcome=now")
    assert words(first).count("Canary") == 2
    following = re.search(r'href="([^"]*after=[^"]+)"', first)
    assert following is not None
    assert words(manager.text(following[1].replace("&amp;", "&"))).count("Canary") == 1


def test_a_forecast_that_does_not_hold_any_more_says_why(
    manager: Browser, enter: Enter, clock: VirtualClock
) -> None:
    address = drafted(manager)
    assert "does not hold any more" not in manager.text(f"{address}/forecast")
    manager.post(f"{address}/edit", {"segment": "", "cadence": "standard", "act": "draft"})
    clock.advance(timedelta(hours=25))
    page = words(enter("auditor").text(f"{address}/forecast"))
    assert "Because the campaign changed." in page
    assert "Because it is older than a day." in page


def test_what_is_started_is_what_was_forecast(manager: Browser, runtime: Runtime) -> None:
    """Somebody widens the segment in another tab while the forecast of the old one stands on this page."""
    address = drafted(manager)
    seen = re.search(r'name="foreseen" value="([0-9a-f]+)"', manager.text(f"{address}/forecast"))
    assert seen is not None
    manager.post(f"{address}/edit", {"segment": "", "cadence": "standard", "act": "draft"})
    refused = manager.post(f"{address}/start", {"foreseen": seen[1]})
    assert refused.status_code == 409
    assert "was changed since this forecast: nobody was enrolled" in words(refused.text)
    with runtime.database.read() as unit:
        assert unit.query("SELECT count(*) FROM campaign_member") == [(0,)]
    manager.post(f"{address}/forecast")
    now = re.search(r'name="foreseen" value="([0-9a-f]+)"', manager.text(f"{address}/forecast"))
    assert now is not None
    assert manager.post(f"{address}/start", {"foreseen": now[1]}).status_code == 303


def test_a_start_is_for_those_who_may(manager: Browser, enter: Enter) -> None:
    address = drafted(manager)
    officer = enter("compliance_officer")
    page = officer.text(f"{address}/forecast")
    assert "Start: first" not in page
    assert "This is for: campaign manager, administrator." in page
    assert officer.post(f"{address}/start").status_code == 403
    answer = manager.post(f"{address}/start")
    assert answer.headers["location"] == f"{address}?done=started"
    assert manager.post(f"{address}/start").status_code == 409
    assert "Start: first" not in manager.text(f"{address}/forecast")


def test_a_forecast_that_cannot_be_made_says_why(manager: Browser) -> None:
    address = drafted(manager, ends_on="2026-01-01")
    assert "The forecast was not made." in words(manager.text(f"{address}/forecast"))


def test_a_forecast_that_nobody_foresaw_failing_names_its_incident(
    manager: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("disk on fire")

    monkeypatch.setattr(campaign_forecast, "make", fail)
    page = words(manager.text(f"{drafted(manager)}/forecast"))
    assert re.search(
        r"The forecast was not made\. Quote incident [0-9a-f]{8} to whoever runs this system", page
    )
    assert "disk on fire" not in page


def test_a_long_forecast_shows_how_far_it_is(
    manager: Browser, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    make = campaign_forecast.make

    def slow(house: object, key: str, by: str, progress: campaign_forecast.Progress) -> object:
        progress(1, 3)
        assert go_on.wait(30)
        return make(runtime.house, key, by, progress)

    monkeypatch.setattr(campaign_forecast, "make", slow)
    monkeypatch.setattr(forecast_job.begin, "__defaults__", (0.0,))
    address = drafted(manager)
    page = manager.text(f"{address}/forecast")
    assert "Forecasting: 1 of 3 accounts." in words(page)
    assert f'sse-connect="{address}/forecast/events"' in page
    job = forecast_job.running(runtime.house, address.rpartition("/")[2])
    assert job is not None
    assert forecast_job.begin(runtime.house, job.campaign_id, "somebody") is job
    go_on.set()
    assert job.ended.wait(30)
    assert "First contact about 3 accounts" in words(manager.text(f"{address}/forecast"))
    told = manager.text(f"{address}/forecast/events")
    assert told.startswith("event: finished")
