"""Checking, sending and reserving over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from tests.integration.faces.conftest import Callers, Count


def check(client: TestClient, callers: Callers, **body: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/contacts/check", json=body, headers=callers["collector"])
    assert answer.status_code == 200, answer.text
    verdict: dict[str, Any] = answer.json()
    return verdict


def test_an_open_hour_allows_and_says_for_how_long(
    client: TestClient, callers: Callers, count: Count
) -> None:
    verdict = check(client, callers, consumer_id="C-1", channel="sms", account_ids=["A-1"])
    assert verdict["decision"] == "allow"
    assert verdict["valid_until"] == "2026-10-15T02:00:00Z"
    assert {one["channel"] for one in verdict["alternatives"]} >= {"email", "voice"}
    assert count("attempt") == 0
    assert count("verdict") == 0


def test_another_time_is_asked_about_without_going_there(client: TestClient, callers: Callers) -> None:
    verdict = check(client, callers, consumer_id="C-1", channel="sms", at="2026-10-14T03:30:00-05:00")
    assert verdict["decision"] == "defer"
    assert verdict["retry_at"] == "2026-10-14T13:00:00Z"
    assert "regf-hours-8-21" in {rule["id"] for rule in verdict["rules"]}


def test_a_time_without_a_zone_is_refused(client: TestClient, callers: Callers) -> None:
    answer = client.post(
        "/api/v1/contacts/check",
        json={"consumer_id": "C-1", "channel": "sms", "at": "2026-10-14T03:30:00"},
        headers=callers["collector"],
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/body/at"


@pytest.mark.parametrize(
    "body",
    [
        {"consumer_id": "nobody", "channel": "sms"},
        {"consumer_id": "C-1", "channel": "sms", "account_ids": ["A-2"]},
        {"consumer_id": "C-1", "channel": "sms", "address": "+13125550199"},
    ],
)
def test_what_is_not_ours_is_not_found(client: TestClient, callers: Callers, body: dict[str, Any]) -> None:
    answer = client.post("/api/v1/contacts/check", json=body, headers=callers["collector"])
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_misspelt_member_is_refused(client: TestClient, callers: Callers) -> None:
    body = {"consumer_id": "C-1", "channel": "sms", "acount_ids": ["A-1"]}
    assert client.post("/api/v1/contacts/check", json=body, headers=callers["collector"]).status_code == 422


def test_a_batch_is_answered_in_its_order(client: TestClient, callers: Callers) -> None:
    asked = [
        {"consumer_id": name, "channel": "sms", "at": at}
        for name in ("C-1", "C-2", "C-3")
        for at in ("2026-10-14T15:00:00Z", "2026-10-14T08:00:00Z")
    ]
    answer = client.post("/api/v1/contacts/check/batch", json={"checks": asked}, headers=callers["collector"])
    decisions = [verdict["decision"] for verdict in answer.json()["verdicts"]]
    assert decisions == ["allow", "defer"] * 3


def send(client: TestClient, callers: Callers, key: str | None = None, **more: Any) -> Any:
    body = {"consumer_id": "C-1", "channel": "sms", "account_ids": ["A-1"], "template": "reminder"} | more
    headers = callers["collector"] | ({"Idempotency-Key": key} if key else {})
    return client.post("/api/v1/contacts", json=body, headers=headers)


def test_an_allowed_contact_leaves_once(client: TestClient, callers: Callers, count: Count) -> None:
    answer = send(client, callers).json()
    assert answer["decision"] == "allow"
    assert answer["attempt_id"].startswith("at_")
    attempt = client.get(f"/api/v1/attempts/{answer['attempt_id']}", headers=callers["auditor"]).json()
    assert attempt["state"] == "accepted"
    assert attempt["requested_by"] == "key:collector"
    assert count("attempt") == 1


def test_a_refused_contact_is_200_with_its_verdict(
    client: TestClient, callers: Callers, clock: VirtualClock, count: Count
) -> None:
    clock.advance(timedelta(hours=14))
    answer = send(client, callers)
    assert answer.status_code == 200
    assert answer.json()["decision"] == "defer"
    assert answer.json()["attempt_id"] is None
    assert count("attempt") == 0


def test_an_unknown_template_is_a_bad_input(client: TestClient, callers: Callers) -> None:
    answer = send(client, callers, template="reminderr")
    assert answer.status_code == 400
    assert answer.json()["where"] == "template"


class TestIdempotency:
    def test_the_same_key_and_body_give_the_first_answer(
        self, client: TestClient, callers: Callers, count: Count
    ) -> None:
        first, second = send(client, callers, "k-1"), send(client, callers, "k-1")
        assert first.json() == second.json()
        assert second.headers["idempotency-replayed"] == "true"
        assert count("attempt") == 1

    def test_the_same_key_with_another_body_is_a_conflict(self, client: TestClient, callers: Callers) -> None:
        send(client, callers, "k-1")
        answer = send(client, callers, "k-1", channel="email")
        assert answer.status_code == 409
        assert answer.json()["code"] == "key_reused"

    def test_keys_of_two_callers_do_not_meet(self, client: TestClient, callers: Callers) -> None:
        send(client, callers, "k-1")
        answer = send(client, {"collector": callers["campaign_manager"]}, "k-1", channel="email")
        assert answer.status_code == 200

    def test_after_a_day_the_key_is_forgotten(
        self, client: TestClient, callers: Callers, clock: VirtualClock
    ) -> None:
        first = send(client, callers, "k-1").json()
        clock.advance(timedelta(hours=24, minutes=1))
        other = send(client, callers, "k-1", channel="email").json()
        assert other["decision"] == "allow"
        assert other["attempt_id"] != first["attempt_id"]
        attempt = client.get(f"/api/v1/attempts/{other['attempt_id']}", headers=callers["auditor"]).json()
        assert attempt["channel"] == "email"

    def test_an_abandoned_request_is_done_again_and_still_counts_once(
        self, client: TestClient, callers: Callers, runtime: Runtime, clock: VirtualClock, count: Count
    ) -> None:
        first = send(client, callers, "k-1").json()
        with runtime.database.write() as unit:  # as if the process had died before it kept the answer
            unit.execute("UPDATE idempotency_key SET status = NULL, response_sealed = NULL")
        assert send(client, callers, "k-1").json()["code"] == "key_in_progress"
        clock.advance(timedelta(minutes=2))
        assert send(client, callers, "k-1").json()["attempt_id"] == first["attempt_id"]
        assert count("attempt") == 1

    def test_a_stranger_leaves_no_row(self, client: TestClient, count: Count) -> None:
        assert send(client, {"collector": {}}, "k-1").status_code == 401
        assert count("idempotency_key") == 0

    def test_a_refused_body_frees_its_key(self, client: TestClient, callers: Callers) -> None:
        send(client, callers, "k-1", template="reminderr")
        assert send(client, callers, "k-1").status_code == 200


class TestReservation:
    def reserve(self, client: TestClient, callers: Callers, **more: Any) -> dict[str, Any]:
        body = {"consumer_id": "C-1", "account_ids": ["A-1"], "channel": "voice", "ttl_s": 300}
        body |= {"automated": False} | more  # nobody here agreed to automated calls
        answer = client.post("/api/v1/reservations", json=body, headers=callers["collector"])
        assert answer.status_code == 200, answer.text
        slot: dict[str, Any] = answer.json()
        return slot

    def post(self, client: TestClient, callers: Callers, slot: str, act: str, body: Any = None) -> Any:
        method = "PUT" if act == "started" else "POST"
        path = f"/api/v1/reservations/{slot}/{act}"
        return client.request(method, path, json=body, headers=callers["collector"])

    def test_slots_reach_the_cap_exactly(self, client: TestClient, callers: Callers) -> None:
        slots = [self.reserve(client, callers, external_id=f"x-{number}") for number in range(9)]
        assert sum(slot["id"] is not None for slot in slots) == 7
        assert slots[7]["verdict"]["decision"] == "defer"
        assert "regf-7in7-attempts" in {rule["id"] for rule in slots[7]["verdict"]["rules"]}

    def test_asking_twice_under_one_external_id_takes_one_slot(
        self, client: TestClient, callers: Callers, count: Count
    ) -> None:
        first = self.reserve(client, callers, external_id="x-1")
        assert self.reserve(client, callers, external_id="x-1")["id"] == first["id"]
        assert count("attempt") == 1

    def test_a_conversation_closes_the_week(self, client: TestClient, callers: Callers) -> None:
        slot = self.reserve(client, callers)["id"]
        assert self.post(client, callers, slot, "started").json()["state"] == "submitted"
        done = {"outcome": "conversation", "conversation_accounts": ["A-1"]}
        assert self.post(client, callers, slot, "commit", done).json()["state"] == "delivered"
        refused = self.reserve(client, callers)
        assert refused["id"] is None
        assert "regf-7day-after-conversation" in {rule["id"] for rule in refused["verdict"]["rules"]}

    def test_a_void_gives_the_slot_back(self, client: TestClient, callers: Callers) -> None:
        for _ in range(9):
            slot = self.reserve(client, callers)["id"]
            assert slot is not None
            proof = {"reason": "trunk busy", "proof": "no INVITE in the trunk's log"}
            assert self.post(client, callers, slot, "void", proof).json()["state"] == "released"

    def test_a_stop_in_between_voids_the_slot(self, client: TestClient, callers: Callers) -> None:
        slot = self.reserve(client, callers)["id"]
        stop = {"consumer_id": "C-1", "channel": "voice"}
        assert client.post("/api/v1/opt-outs", json=stop, headers=callers["collector"]).status_code == 201
        answer = self.post(client, callers, slot, "started")
        assert answer.status_code == 409
        assert answer.json()["code"] == "slot_void"

    @pytest.mark.parametrize("ttl", [0, 901])
    def test_a_slot_lasts_fifteen_minutes_at_most(
        self, client: TestClient, callers: Callers, ttl: int
    ) -> None:
        body = {"consumer_id": "C-1", "account_ids": ["A-1"], "channel": "voice", "ttl_s": ttl}
        answer = client.post("/api/v1/reservations", json=body, headers=callers["collector"])
        assert answer.status_code == 422

    def test_an_outcome_that_no_call_has_is_refused(self, client: TestClient, callers: Callers) -> None:
        slot = self.reserve(client, callers)["id"]
        self.post(client, callers, slot, "started")
        answer = self.post(client, callers, slot, "commit", {"outcome": "celebrated"})
        assert answer.status_code in {400, 422}


def test_a_message_is_written_in_the_language_that_is_asked_for(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    body = {
        "consumer_id": "C-1",
        "channel": "sms",
        "template": "reminder",
        "account_ids": ["A-1"],
        "language": "es",
    }
    answer = client.post("/api/v1/contacts", json=body, headers=callers["collector"])
    assert answer.status_code == 200, answer.text
    with runtime.database.read(runtime.clock) as unit:
        assert unit.query("SELECT language FROM attempt")[0][0] == "es"
