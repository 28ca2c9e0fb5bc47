"""Days that nobody can mean, and last days that are over: refused at their field by every face, recorded by none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.cli import main
from orchestrator.domain.campaign import CampaignError, Definition
from orchestrator.domain.horizon import DateError
from orchestrator.domain.wish import Wish
from orchestrator.engine.hold import enter_hold
from orchestrator.services import campaign, fact, wish
from orchestrator.services.fact import By
from tests.integration.faces.conftest import Callers, Count

BY = By("test")
FAR, EARLY = "9999-12-31", "0001-01-01"
FAR_MOMENT, EARLY_MOMENT = f"{FAR}T23:59:59-12:00", f"{EARLY}T00:00:00+14:00"
NOON = {"consumer_id": "C-1", "kind": "inconvenient_time", "end": "12:00"}
MONEY = {"account_id": "A-1", "amount_minor": 100, "currency": "USD"}
CALL = {"consumer_id": "C-1", "account_id": "A-1", "contact_point_id": "x"}


@pytest.mark.parametrize(
    ("path", "role", "field", "body"),
    [
        ("holds", "collector", "until", {"consumer_id": "C-1", "kind": "hardship", "until": FAR}),
        ("wishes", "collector", "until", {**NOON, "until": FAR}),
        ("promises", "collector", "due_on", {**MONEY, "due_on": FAR}),
        ("payments", "collector", "at", {**MONEY, "at": EARLY_MOMENT}),
        ("call-backs", "collector", "at", {**CALL, "at": FAR_MOMENT}),
        ("contacts/check", "collector", "at", {"consumer_id": "C-1", "channel": "sms", "at": FAR_MOMENT}),
        (
            "consents",
            "collector",
            "received_at",
            {"consumer_id": "C-1", "type": "electronic", "received_at": EARLY_MOMENT},
        ),
        ("campaigns", "campaign_manager", "ends_on", {"name": "x", "cadence": "standard", "ends_on": FAR}),
        ("campaigns", "campaign_manager", "starts_on", {"name": "x", "cadence": "standard", "starts_on": EARLY}),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_meant_is_refused_at_its_field(  # noqa: PLR0917 - one row of the table
    client: TestClient, callers: Callers, path: str, role: str, field: str, body: dict[str, Any]
) -> None:
    answer = client.post(f"/api/v1/{path}", json=body, headers=callers[role])
    assert answer.status_code in {400, 422}, answer.text
    problem = answer.json()
    assert problem["code"] in {"bad_input", "bad_campaign"}
    assert [one["pointer"] for one in problem["errors"]] == [f"/body/{field}"]
    assert "cannot be meant" in problem["errors"][0]["message"]


def test_an_old_draft_for_ever_is_not_started(runtime: Runtime, client: TestClient, callers: Callers) -> None:
    """It was taken by an earlier version; starting it said nothing but that something went wrong."""
    made = campaign.create(runtime.house, Definition("old", "standard"), "test")
    with runtime.database.write(runtime.clock) as unit:
        unit.execute("UPDATE campaign SET ends_on = :day", {"day": FAR})
    manager = callers["campaign_manager"]
    answer = client.post(f"/api/v1/campaigns/{made.id}/start", headers=manager)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_campaign"), answer.text
    assert answer.json()["errors"][0]["pointer"] == "/body/ends_on"
    assert client.post(f"/api/v1/campaigns/{made.id}/forecast", headers=manager).status_code == 200
    with pytest.raises(CampaignError):
        campaign.start(runtime.house, made.id, "test")


# the clock says 2026-10-14, ten in the morning where the consumer is
@pytest.mark.parametrize("until", ["2026-10-13", "2020-01-01"])
def test_a_hold_or_wish_that_is_over_is_refused(
    client: TestClient, callers: Callers, count: Count, until: str
) -> None:
    collector = callers["collector"]
    held = client.post(
        "/api/v1/holds", json={"consumer_id": "C-1", "kind": "hardship", "until": until}, headers=collector
    )
    wished = client.post("/api/v1/wishes", json={**NOON, "until": until}, headers=collector)
    for answer in (held, wished):
        assert answer.status_code == 400, answer.text
        assert (answer.json()["code"], answer.json()["where"]) == ("bad_date", "until")
        assert answer.json()["hint"] == "2026-10-14 or later"
    assert (count("hold"), count("preference")) == (0, 0)


def test_the_last_day_may_be_today_where_the_consumer_is(client: TestClient, callers: Callers) -> None:
    body = {"consumer_id": "C-1", "kind": "hardship", "until": "2026-10-14"}
    assert client.post("/api/v1/holds", json=body, headers=callers["collector"]).status_code == 201
    body = {**NOON, "until": "2026-10-14"}
    assert client.post("/api/v1/wishes", json=body, headers=callers["collector"]).status_code == 201


def test_history_with_a_hold_that_ran_out_is_taken(runtime: Runtime, count: Count) -> None:
    with runtime.database.write(runtime.clock) as unit:
        told = fact.told_by(unit, By("import"))
        enter_hold(runtime.house, unit, "C-1", told, kind="hardship", until=date(2020, 1, 1))
    assert count("hold") == 1


def test_no_service_takes_such_a_day(runtime: Runtime, count: Count) -> None:
    """The faces check first; whoever calls the services directly gets the same answer."""
    house = runtime.house
    with pytest.raises(DateError, match="cannot be meant"):
        fact.place_hold(house, BY, "C-1", kind="hardship", until=date.max)
    with pytest.raises(DateError, match="cannot be meant"):
        fact.record_promise(house, BY, "A-1", amount_minor=1, due_on=date.max)
    with pytest.raises(DateError, match="cannot be meant"):
        fact.record_call_back(house, BY, "C-1", scope_date=date.max)
    with pytest.raises(DateError, match="cannot be meant"):
        wish.record_wish(house, BY, "C-1", Wish("inconvenient_time", end="12:00", until=date.max))
    assert [count(table) for table in ("hold", "promise", "consent WHERE scope_date IS NOT NULL")] == [
        0,
        0,
        0,
    ]


@pytest.mark.parametrize(
    "command",
    [
        ["check", "--consumer", "C-1", "--channel", "sms", "--at", FAR_MOMENT],
        ["audit", "replay", "--to", FAR],
        ["import", "{file}", "--complete-since", EARLY],
        ["campaigns", "forecast", "late", "--cadence", "standard", "--ends-on", FAR],
    ],
)  # fmt: skip
def test_a_command_with_such_a_day_ends_with_2(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "some.csv"
    file.write_text("consumer_id\nC-1\n", encoding="utf-8")
    given = [one.replace("{file}", str(file)) for one in command]
    # one process may configure its log once
    monkeypatch.setattr("orchestrator.cli.session.log.configure", lambda *_: None)
    for name in ("database_url", "data_dir", "public_url"):
        monkeypatch.setenv(f"DUECOURSE_{name.upper()}", str(getattr(runtime.settings, name)))
    monkeypatch.setenv("DUECOURSE_SECRET_KEY", runtime.settings.secret_key.get_secret_value())  # type: ignore[union-attr]
    assert main.run(given) == 2
    assert "cannot be meant" in capsys.readouterr().err


@pytest.mark.parametrize("at", [FAR_MOMENT, EARLY_MOMENT])
def test_a_stop_at_a_time_that_cannot_be_meant_holds_as_of_now(
    client: TestClient, callers: Callers, runtime: Runtime, at: str
) -> None:
    asked = {"consumer_id": "C-1", "at": at}
    assert client.post("/api/v1/opt-outs", json=asked, headers=callers["collector"]).status_code == 201
    with runtime.database.read() as unit:
        ((said, recorded),) = unit.query("SELECT occurred_at, recorded_at FROM opt_out", {})
    assert said == recorded
    verdict = client.post(
        "/api/v1/contacts/check", json={"consumer_id": "C-1", "channel": "sms"}, headers=callers["collector"]
    )
    assert verdict.json()["decision"] != "allow"
