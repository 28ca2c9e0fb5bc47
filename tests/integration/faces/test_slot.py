"""Slots over HTTP: answers about this moment are never replayed."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tests.integration.faces.conftest import Callers


def reserve(client: TestClient, callers: Callers, **more: Any) -> dict[str, Any]:
    """A slot for a text to the first consumer, who agreed to texts."""
    body = {"consumer_id": "C-1", "account_ids": ["A-1"], "channel": "sms"} | more
    answer = client.post("/api/v1/reservations", json=body, headers=callers["collector"])
    assert answer.status_code == 200, answer.text
    slot: dict[str, Any] = answer.json()
    return slot


def start(client: TestClient, callers: Callers, slot: str, key: str) -> Any:
    headers = callers["collector"] | {"Idempotency-Key": key}
    return client.put(f"/api/v1/reservations/{slot}/started", headers=headers)


def test_a_start_is_answered_anew_whatever_its_key(client: TestClient, callers: Callers) -> None:
    slot = reserve(client, callers)["id"]
    assert start(client, callers, slot, "k-1").status_code == 200
    assert start(client, callers, slot, "k-1").status_code == 200
    stop = {"consumer_id": "C-1", "channel": "sms"}
    assert client.post("/api/v1/opt-outs", json=stop, headers=callers["collector"]).status_code == 201
    answer = start(client, callers, slot, "k-1")
    assert answer.status_code == 409
    assert answer.json()["code"] == "slot_void"


def test_an_automated_call_needs_its_consent_and_a_silent_caller_is_told_what_it_got(
    client: TestClient, callers: Callers
) -> None:
    held = reserve(client, callers, channel="voice", automated=True)
    assert (held["verdict"]["decision"], held["id"], held["contact_point_id"]) == ("hold", None, None)
    silent = reserve(client, callers, channel="voice")
    assert "live_call_only" in silent["verdict"]["flags"]
    by_hand = reserve(client, callers, channel="voice", automated=False)
    assert "live_call_only" not in by_hand["verdict"]["flags"]
    assert by_hand["state"] == "reserved"
    assert by_hand["contact_point_id"] is not None


def test_a_void_says_what_became_of_the_slot(client: TestClient, callers: Callers) -> None:
    states = []
    for begins in (False, True):
        slot = reserve(client, callers)["id"]
        if begins:
            start(client, callers, slot, "k-2")
        told = {"reason": "trunk busy", "proof": "no INVITE in the trunk's log"}
        path = f"/api/v1/reservations/{slot}/void"
        states.append(client.post(path, json=told, headers=callers["collector"]).json()["state"])
    assert states == ["released", "ambiguous"]
