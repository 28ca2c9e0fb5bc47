"""Notes, the work list and search over HTTP."""

from __future__ import annotations

from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.engine.task import open_incident, open_task
from tests.integration.faces.conftest import Callers, Count


def test_a_case_is_listed_taken_by_one_and_closed(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    with runtime.database.write(runtime.clock) as unit:
        made = open_task(unit, "reply", "C-1", "dispute", "k1", message_id="m-1")
    one, other = callers["collector"], callers["administrator"]
    (item,) = client.get("/api/v1/tasks?kind=reply", headers=one).json()["items"]
    assert (item["id"], item["consumer_id"], item["reason"]) == (made, "C-1", "dispute")
    assert client.post(f"/api/v1/tasks/{made}/take", headers=one).json()["mine"] is True
    assert client.post(f"/api/v1/tasks/{made}/take", headers=other).json()["mine"] is False
    closed = client.post(f"/api/v1/tasks/{made}/close", headers=one, json={"outcome": "answered"})
    assert closed.status_code == 200
    assert client.get("/api/v1/tasks?kind=reply", headers=one).json()["items"] == []
    again = client.post(f"/api/v1/tasks/{made}/close", headers=one, json={"outcome": "answered"})
    assert again.status_code == 404


def test_a_note_is_kept_once_for_its_key(client: TestClient, callers: Callers, count: Count) -> None:
    headers = callers["collector"] | {"Idempotency-Key": "note-1"}
    for _ in range(2):
        answer = client.post(
            "/api/v1/notes", headers=headers, json={"consumer_id": "C-1", "text": "calls at noon"}
        )
        assert answer.status_code == 201
    assert count("note") == 1
    empty = client.post(
        "/api/v1/notes", headers=callers["collector"], json={"consumer_id": "C-1", "text": "  "}
    )
    assert empty.status_code == 422
    strange = client.post(
        "/api/v1/notes", headers=callers["collector"], json={"consumer_id": "C-9", "text": "x"}
    )
    assert strange.status_code == 404


def test_people_are_found_without_their_numbers(client: TestClient, callers: Callers) -> None:
    answer = client.get("/api/v1/search", params={"q": "(312) 555-0102"}, headers=callers["auditor"])
    assert answer.json()["items"] == [
        {"consumer_id": "C-2", "name": "Noah Canary", "country": "US", "by": "phone"}
    ]
    assert "0102" not in answer.text


def test_a_key_of_a_collector_neither_sees_nor_closes_an_incident(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    with runtime.database.write(runtime.clock) as unit:
        made = open_incident(
            runtime.house, unit, "contact_without_slot", "C-1", attempt_ids=["at_x"], key="k-1"
        )
    for act, body in (("take", None), ("close", {"outcome": "done"})):
        refused = client.post(f"/api/v1/tasks/{made}/{act}", headers=callers["collector"], json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    hidden = client.get("/api/v1/tasks?kind=incident", headers=callers["collector"])
    assert (hidden.status_code, hidden.json()["code"]) == (403, "role_missing")
    officer = callers["compliance_officer"]
    (item,) = client.get("/api/v1/tasks?kind=incident", headers=officer).json()["items"]
    assert (item["id"], item["taken_by"]) == (made, None)
    done = client.post(f"/api/v1/tasks/{made}/close", headers=officer, json={"outcome": "done"})
    assert done.status_code == 200
