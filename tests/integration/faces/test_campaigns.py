"""Campaigns over HTTP and on the command line, by role."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.cli import main
from tests.integration.faces.conftest import Callers

URL = "/api/v1/campaigns"
SPRING = {"name": "spring", "cadence": "standard", "segment": "balance > 50.0", "hourly_limit": 2}


def test_a_campaign_is_made_forecast_started_and_stopped(client: TestClient, callers: Callers) -> None:
    manager = callers["campaign_manager"]
    counted = client.post(f"{URL}/segment", json={"segment": "balance > 100.0"}, headers=manager).json()
    assert (counted["accounts"], counted["sample"][0]["account_id"]) == (1, "A-1")
    made = client.post(URL, json=SPRING, headers=manager)
    assert made.status_code == 201, made.text
    key = made.json()["id"]
    forecast = client.post(f"{URL}/{key}/forecast", headers=manager).json()
    assert forecast["total"]["accounts"] == 3
    people = client.get(f"{URL}/{key}/forecast/all?limit=2", headers=manager).json()
    assert len(people["items"]) == 2
    rest = client.get(f"{URL}/{key}/forecast/all?limit=2&cursor={people['next']}", headers=manager).json()
    assert {one["account_id"] for one in people["items"] + rest["items"]} == {"A-1", "A-2", "A-3"}
    started = client.post(f"{URL}/{key}/start", headers=manager).json()
    assert (started["enrolled"], started["campaign"]["state"]) == (3, "running")
    assert client.get(f"{URL}/{key}/progress", headers=manager).json()["enrolled"]["accounts"] == 3
    assert client.get(f"{URL}/{key}/forecast", headers=manager).json()["stale"] == []
    assert len(client.get(f"{URL}/{key}/members", headers=manager).json()["items"]) == 3
    assert client.post(f"{URL}/{key}/pause", headers=manager).json()["state"] == "paused"
    assert client.post(f"{URL}/{key}/resume", headers=manager).json()["state"] == "running"
    stopped = client.post(f"{URL}/{key}/stop", headers=callers["compliance_officer"]).json()
    assert stopped["state"] == "stopped"
    assert client.post(f"{URL}/{key}/start", headers=manager).status_code == 409
    listed = client.get(URL, headers=callers["auditor"]).json()["items"]
    assert [(one["definition"]["name"], one["state"]) for one in listed] == [("spring", "stopped")]


@pytest.mark.parametrize(
    ("path", "role", "status"),
    [
        ("", "collector", 403),
        ("", "compliance_officer", 403),
        ("/nothing/start", "compliance_officer", 403),
        ("/nothing/stop", "compliance_officer", 404),
        ("/nothing/stop", "auditor", 403),
        ("/segment", "auditor", 403),
    ],
)
def test_who_may_do_what(client: TestClient, callers: Callers, path: str, role: str, status: int) -> None:
    answer = client.post(f"{URL}{path}", json=SPRING if not path else None, headers=callers[role])
    assert answer.status_code == status, answer.text


def test_what_is_wrong_is_said_by_field_with_its_position(client: TestClient, callers: Callers) -> None:
    wrong = {**SPRING, "segment": "balence > 3.0", "ends_on": "2026-01-01", "starts_on": "2026-02-01"}
    answer = client.post(URL, json=wrong, headers=callers["campaign_manager"])
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["code"] == "bad_campaign"
    assert [one["pointer"] for one in problem["errors"]] == ["/body/segment", "/body/ends_on"]
    assert problem["errors"][0]["message"].startswith("1:1 unknown field")
    assert problem["hint"].startswith("there are: balance, ")


@pytest.fixture
def command(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """The command line over the prepared database; the log stays as it is."""
    monkeypatch.setattr("orchestrator.cli.session.log.configure", lambda *_: None)
    for name in ("database_url", "data_dir"):
        monkeypatch.setenv(f"DUECOURSE_{name.upper()}", str(getattr(runtime.settings, name)))
    monkeypatch.setenv("DUECOURSE_SECRET_KEY", runtime.settings.secret_key.get_secret_value())  # type: ignore[union-attr]
    return runtime


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main.run(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_the_same_on_the_command_line(
    command: Runtime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "spring.yaml"
    file.write_text("name: spring\ncadence: standard\nsegment: balance > 50.0\nheld_out_share: 0.1\n")
    code, out, _ = run(capsys, "campaigns", "forecast", str(file), "--json")
    assert code == 0
    assert json.loads(out)["total"]["accounts"] == 3
    code, out, _ = run(capsys, "campaigns", "start", str(file), "--hourly-limit", "2", "--json")
    assert code == 0
    assert json.loads(out)["campaign"]["definition"]["hourly_limit"] == 2
    for words in (
        ("pause", "spring"),
        ("resume", "spring"),
        ("show", "spring"),
        ("list",),
        ("stop", "spring"),
    ):
        code, out, err = run(capsys, "campaigns", *words)
        assert (code, err) == (0, "")
        assert "spring" in out
    code, _, err = run(capsys, "campaigns", "start", "spring")
    assert code == 1
    assert "cannot be started" in err


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("name: x\ncadence: standard\nlimit: 3\n", "limit"),
        ("name: x\nname: y\n", ":2"),
        ("name: x\ncadence: standard\nhourly_limit: many\n", ":3"),
        ("- x\n", "mapping"),
        ("name: x\ncadence: standard\nsegment: 'age > 3'\n", "may be empty"),
        ("name: x\ncadence: nothing\n", "no cadence is named"),
    ],
)
def test_a_file_that_is_no_campaign_is_one_clear_line(
    command: Runtime, tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str, words: str
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(body)
    code, _, err = run(capsys, "campaigns", "start", str(file))
    assert code == 2
    assert words in err
    assert len(err.splitlines()) == 1
