"""Opt-outs over HTTP: whom one closes, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.integration.faces.conftest import Callers, Count


def opt_out(client: TestClient, callers: Callers, **body: Any) -> Any:
    return client.post("/api/v1/opt-outs", json=body, headers=callers["collector"])


def decision(client: TestClient, callers: Callers, consumer: str, channel: str) -> str:
    body = {"consumer_id": consumer, "channel": channel}
    verdict = client.post("/api/v1/contacts/check", json=body, headers=callers["collector"]).json()
    return str(verdict["decision"])


@pytest.mark.parametrize("channel", ["sms", None])
def test_a_consumer_and_an_address_of_somebody_else_are_both_closed(
    client: TestClient, callers: Callers, channel: str | None
) -> None:
    """C-1 and C-3 share a number; C-2 has another one."""
    assert (
        opt_out(client, callers, consumer_id="C-1", address="+13125550102", channel=channel).status_code
        == 201
    )
    assert decision(client, callers, "C-1", "sms") == decision(client, callers, "C-2", "sms") == "deny"
    assert (decision(client, callers, "C-1", "email") == "deny") is (channel is None)
    assert decision(client, callers, "C-2", "email") == "allow"


@pytest.mark.parametrize("who", [{"consumer_id": "C-1"}, {"address": "+13125550101"}])
def test_a_stop_of_call_tasks_is_a_stop_of_calls(
    client: TestClient, callers: Callers, who: dict[str, str]
) -> None:
    """A task is a call that a person makes; no rule knows another medium of that name."""
    assert opt_out(client, callers, **who, channel="task").status_code == 201
    assert decision(client, callers, "C-1", "voice") == "deny"
    assert decision(client, callers, "C-1", "sms") == "allow"


@pytest.mark.parametrize("address", ["5550102", "(312) 555-0102", "+1312555010"])
def test_an_incomplete_address_is_refused_and_nothing_acknowledged(
    client: TestClient, callers: Callers, count: Count, address: str
) -> None:
    answer = opt_out(client, callers, address=address)
    assert answer.status_code == 400
    assert (answer.json()["where"], answer.json()["hint"]) == ("address", "write it like +13125550100")
    assert count("opt_out") == 0


def test_one_dated_in_the_future_holds_at_once(client: TestClient, callers: Callers) -> None:
    assert opt_out(client, callers, consumer_id="C-1", at="2030-01-01T00:00:00Z").status_code == 201
    assert decision(client, callers, "C-1", "sms") == "deny"
