"""Compliance closes a complaint with its answer: its time stops, its work is gone, contact waits for a release."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.domain.permission import Role
from orchestrator.errors import ConflictError, UsageError
from orchestrator.services import fact, worklist
from orchestrator.services.consumer_view import view_consumer
from orchestrator.services.fact import By
from orchestrator.services.timeline import read_timeline
from tests.integration.faces.conftest import Callers, Count

OFFICER = By("test", "user:officer", role=Role.COMPLIANCE_OFFICER)


@pytest.fixture
def complaint(runtime: Runtime) -> str:
    return fact.record_complaint(
        runtime.house, By("test"), "C-1", account_id="A-1", text="You call too often"
    )


def decision(client: TestClient, callers: Callers) -> str:
    body = {"consumer_id": "C-1", "channel": "sms"}
    return str(
        client.post("/api/v1/contacts/check", json=body, headers=callers["collector"]).json()["decision"]
    )


def close(client: TestClient, callers: Callers, complaint: str, role: str = "compliance_officer") -> Any:
    body = {"closed_as": "answered", "reason": "answered by letter"}
    return client.post(f"/api/v1/complaints/{complaint}/close", json=body, headers=callers[role])


def test_its_time_stops_and_contact_waits_for_the_release(
    client: TestClient, callers: Callers, complaint: str, clock: VirtualClock, runtime: Runtime
) -> None:
    assert decision(client, callers) == "hold"
    clock.advance(timedelta(minutes=1))
    closed = close(client, callers, complaint)
    assert closed.status_code == 201, closed.text
    assert decision(client, callers) == "hold"
    assert not view_consumer(runtime.house, "C-1").account("A-1").has_complaint  # type: ignore[union-attr]
    path = f"/api/v1/holds/{closed.json()['result']['hold_id']}/release"
    reason = {"reason": "the caller was instructed"}
    assert client.post(path, json=reason, headers=callers["collector"]).json()["code"] == "role_missing"
    assert decision(client, callers) == "hold"
    assert client.post(path, json=reason, headers=callers["compliance_officer"]).status_code == 201
    assert decision(client, callers) == "allow"


def test_only_compliance_closes_it_and_only_once(
    client: TestClient, callers: Callers, complaint: str, count: Count
) -> None:
    refused = close(client, callers, complaint, "collector")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    assert (count("complaint"), count("hold")) == (1, 0)
    assert close(client, callers, complaint).status_code == 201
    again = close(client, callers, complaint)
    assert (again.status_code, again.json()["code"]) == (409, "complaint_closed")
    assert (count("complaint"), count("hold")) == (2, 1)
    assert close(client, callers, "none-such").status_code == 404


def test_its_work_is_there_until_then(
    client: TestClient, callers: Callers, complaint: str, runtime: Runtime
) -> None:
    officer = callers["compliance_officer"]
    listed = client.get("/api/v1/tasks?kind=complaint", headers=officer).json()["items"]
    assert [(one["id"], one["consumer_id"], one["account_id"]) for one in listed] == [
        (complaint, "C-1", "A-1")
    ]
    assert client.get("/api/v1/tasks?kind=complaint", headers=callers["collector"]).status_code == 403
    # done without an answer, it would never be answered
    done = client.post(f"/api/v1/tasks/{complaint}/close", json={"outcome": "done"}, headers=officer)
    assert (done.status_code, done.json()["code"]) == (400, "bad_usage")
    assert close(client, callers, complaint).status_code == 201
    assert client.get("/api/v1/tasks?kind=complaint", headers=officer).json()["items"] == []
    place = worklist.place_of(runtime.house, complaint)
    assert place is not None
    assert not place.is_open


def test_who_closed_it_when_and_with_what_is_on_the_timeline(
    complaint: str, runtime: Runtime, clock: VirtualClock
) -> None:
    clock.advance(timedelta(hours=2))
    fact.close_complaint(
        runtime.house, OFFICER, "C-1", complaint, closed_as="resolved", reason="  the number was deleted "
    )
    (entry,) = [
        one
        for one in read_timeline(runtime.house, "C-1").entries
        if one.kind == "complaint" and one.detail["closed_at"]
    ]
    assert (entry.by, entry.at, entry.account_ids) == ("user:officer", clock.now(), ("A-1",))
    assert (entry.detail["closed_as"], entry.detail["correction_reason"]) == (
        "resolved",
        "the number was deleted",
    )


@pytest.mark.parametrize("role", list(Role))
def test_the_words_of_the_answer_are_for_compliance(
    client: TestClient, callers: Callers, complaint: str, runtime: Runtime, role: Role
) -> None:
    assert close(client, callers, complaint).status_code == 201
    reads = role in {Role.COMPLIANCE_OFFICER, Role.AUDITOR, Role.ADMINISTRATOR}
    headers = callers[role.value]
    listed = client.get("/api/v1/complaints?consumer_id=C-1", headers=headers).json()["items"]
    (closed,) = [one for one in listed if one["closed_as"] is not None]
    single = client.get(f"/api/v1/complaints/{closed['id']}", headers=headers).json()
    (entry,) = [
        one
        for one in read_timeline(runtime.house, "C-1", role=role).entries
        if one.kind == "complaint" and one.detail["closed_at"]
    ]
    assert entry.by == "key:compliance_officer"
    for found in (closed, single, entry.detail):
        assert found["closed_as"] == "answered"
        assert found.get("correction_reason") == ("answered by letter" if reads else None)


@pytest.mark.parametrize(
    ("closed_as", "reason", "where"), [("forgotten", "x", "closed_as"), ("answered", " ", "reason")]
)
def test_it_is_closed_in_words_that_say_something(
    complaint: str, runtime: Runtime, closed_as: str, reason: str, where: str
) -> None:
    with pytest.raises(UsageError) as found:
        fact.close_complaint(runtime.house, OFFICER, "C-1", complaint, closed_as=closed_as, reason=reason)
    assert found.value.where == where


def test_the_closing_row_is_no_complaint_that_could_be_closed(complaint: str, runtime: Runtime) -> None:
    fact.close_complaint(runtime.house, OFFICER, "C-1", complaint, closed_as="answered", reason="by letter")
    with runtime.database.read() as unit:
        made = unit.query("SELECT id FROM complaint WHERE corrects_id IS NOT NULL")[0][0]
    with pytest.raises(ConflictError):
        fact.close_complaint(runtime.house, OFFICER, "C-1", made, closed_as="answered", reason="by letter")
