"""A correction that would allow contacts earlier waits for compliance; what is stricter counts at once."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.services.easing import split
from tests.integration.faces.conftest import Callers

GAP = "regf-7day-after-conversation"


def record(client: TestClient, callers: Callers, what: str, role: str = "collector", **body: Any) -> Any:
    return client.post(f"/api/v1/{what}", json=body, headers=callers[role])


def ask(client: TestClient, callers: Callers) -> Any:
    return record(client, callers, "contacts/check", consumer_id="C-1", channel="voice").json()


def event(client: TestClient, callers: Callers) -> Any:
    (one,) = client.get("/api/v1/events?consumer_id=C-1", headers=callers["auditor"]).json()["items"]
    return one


def questions(client: TestClient, callers: Callers) -> Any:
    return client.get("/api/v1/tasks?kind=review", headers=callers["compliance_officer"]).json()["items"]


@pytest.fixture
def spoken(client: TestClient, callers: Callers) -> str:
    """A call that was recorded as a conversation: the next one is a week away."""
    wanted: dict[str, Any] = {
        "consumer_id": "C-1",
        "account_ids": ["A-1"],
        "channel": "voice",
        "automated": False,
    }
    slot = str(record(client, callers, "reservations", **wanted).json()["id"])
    client.put(f"/api/v1/reservations/{slot}/started", headers=callers["collector"])
    told: dict[str, Any] = {"outcome": "conversation", "conversation_accounts": ["A-1"]}
    assert record(client, callers, f"reservations/{slot}/commit", **told).status_code < 300
    assert ask(client, callers)["retry_at"].startswith("2026-10-21")
    return slot


def correct(
    client: TestClient, callers: Callers, event_id: str, role: str = "collector", **changes: Any
) -> Any:
    told = {"consumer_id": "C-1", "changes": changes, "reason": "nobody picked up"}
    answer = record(client, callers, f"events/{event_id}/corrections", role, **told)
    assert answer.status_code == 201, answer.text
    return answer.json()["result"]


def test_the_stricter_record_holds_until_compliance_confirms(
    client: TestClient, callers: Callers, spoken: str
) -> None:
    made = correct(client, callers, spoken, outcome="no_answer")
    assert made["waits"]
    assert event(client, callers)["outcome"] == "conversation"
    assert GAP in {rule["id"] for rule in ask(client, callers)["rules"]}
    (question,) = questions(client, callers)
    assert (question["id"], question["reason"], question["consumer_id"]) == (
        made["waits"],
        "correction",
        "C-1",
    )
    detail = question["detail"]
    assert (detail["by"], detail["said"], detail["event_id"]) == ("key:collector", "nobody picked up", spoken)
    assert (detail["held"], detail["changes"]) == ({"outcome": "conversation"}, {"outcome": "no_answer"})
    (earlier,) = [one for one in detail["earlier"] if one["channel"] == "voice"]
    assert earlier["account_id"] == "A-1"
    assert earlier["before"].startswith("2026-10-21")
    assert earlier["after"] == "allow"
    path, answer = f"tasks/{question['id']}/close", {"outcome": "confirmed"}
    assert record(client, callers, path, **answer).status_code == 403
    assert record(client, callers, path, "compliance_officer", outcome="done").json()["where"] == "outcome"
    assert event(client, callers)["outcome"] == "conversation"
    assert record(client, callers, path, "compliance_officer", **answer).status_code < 300
    assert (event(client, callers)["outcome"], questions(client, callers)) == ("no_answer", [])
    assert ask(client, callers)["decision"] == "allow"


def test_what_is_rejected_changes_nothing(client: TestClient, callers: Callers, spoken: str) -> None:
    made = correct(client, callers, spoken, outcome="busy")
    path = f"tasks/{made['waits']}/close"
    assert record(client, callers, path, "compliance_officer", outcome="rejected").status_code < 300
    assert (event(client, callers)["outcome"], questions(client, callers)) == ("conversation", [])
    assert GAP in {rule["id"] for rule in ask(client, callers)["rules"]}


def test_compliance_needs_nobody_to_confirm(client: TestClient, callers: Callers, spoken: str) -> None:
    made = correct(client, callers, spoken, "compliance_officer", outcome="no_answer")
    assert made["waits"] is None
    assert event(client, callers)["outcome"] == "no_answer"


def test_the_stranger_whom_it_reached_is_left_alone_at_once(
    client: TestClient, callers: Callers, spoken: str, runtime: Runtime
) -> None:
    assert correct(client, callers, spoken, outcome="wrong_number")["waits"]
    with runtime.database.read() as unit:
        states = unit.query("SELECT state FROM contact_point WHERE consumer_id = 'C-1' AND kind = 'phone'")
    assert states == [("wrong_party",)]


def test_a_question_that_is_behind_the_times_is_not_confirmed(
    client: TestClient, callers: Callers, spoken: str
) -> None:
    made = correct(client, callers, spoken, outcome="no_answer")
    correct(client, callers, spoken, "compliance_officer", outcome="voicemail")
    path = f"tasks/{made['waits']}/close"
    stale = record(client, callers, path, "compliance_officer", outcome="confirmed")
    assert (stale.status_code, stale.json()["code"]) == (409, "correction_stale")
    assert event(client, callers)["outcome"] == "voicemail"
    assert record(client, callers, path, "compliance_officer", outcome="rejected").status_code < 300


HELD = {
    "direction": "outbound",
    "outcome": "voicemail",
    "account_ids": ["A-1", "A-2"],
    "debts_discussed": '["A-1"]',
    "occurred_at": 5,
    "party": "third_party",
    "content": "opt_out_confirmation",
    "place": None,
}
WAITS: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("changes", "now", "later"),
    [
        ({"outcome": "no_answer"}, WAITS, {"outcome": "no_answer"}),
        ({"outcome": "conversation"}, {"outcome": "conversation"}, {}),
        ({"occurred_at": 4}, WAITS, {"occurred_at": 4}),
        ({"occurred_at": 6}, {"occurred_at": 6}, {}),
        ({"party": "spouse"}, WAITS, {"party": "spouse"}),
        ({"party": "consumer"}, {"party": "consumer"}, {}),
        ({"content": "limited_content"}, WAITS, {"content": "limited_content"}),
        ({"content": "collection"}, {"content": "collection"}, {}),
        ({"place": "work"}, WAITS, {"place": "work"}),
        ({"account_ids": ["A-1", "A-2", "A-3"]}, {"account_ids": ["A-1", "A-2", "A-3"]}, {}),
        ({"account_ids": ["A-3"]}, {"account_ids": ["A-1", "A-2", "A-3"]}, {"account_ids": ["A-3"]}),
        ({"debts_discussed": []}, WAITS, {"debts_discussed": []}),
        ({"outcome": "busy", "occurred_at": 6}, {"occurred_at": 6}, {"outcome": "busy"}),
        ({"outcome": "voicemail", "occurred_at": 5, "account_ids": ["A-2", "A-1"]}, {}, {}),
    ],
)
def test_only_what_is_stricter_counts_at_once(
    changes: dict[str, Any], now: dict[str, Any], later: dict[str, Any]
) -> None:
    assert split(HELD, changes) == (now, later)


@pytest.mark.parametrize(
    "changes", [{"occurred_at": 6}, {"party": "consumer"}, {"account_ids": ["A-1", "A-2", "A-3"]}]
)
def test_nothing_of_what_the_consumer_began_counts_at_once(changes: dict[str, Any]) -> None:
    assert split(HELD | {"direction": "inbound"}, changes) == ({}, changes)


def test_an_account_makes_a_contact_about_none_count_less() -> None:
    """It counts for each account as long as nobody knows for which."""
    held = HELD | {"account_ids": [], "debts_discussed": None}
    assert split(held, {"account_ids": ["A-1"]}) == ({}, {"account_ids": ["A-1"]})
