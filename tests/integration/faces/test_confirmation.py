"""The confirmation of an opt-out over HTTP. It passes holds, so it needs a stop that still lacks one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.clock import VirtualClock
from tests.integration.faces.conftest import Callers, Count


def confirm(client: TestClient, callers: Callers) -> dict[str, Any]:
    body = {
        "consumer_id": "C-1",
        "channel": "sms",
        "account_ids": ["A-1"],
        "template": "opt_out_confirmation",
    }
    answer = client.post("/api/v1/contacts", json=body, headers=callers["collector"])
    assert answer.status_code == 200, answer.text
    verdict: dict[str, Any] = answer.json()
    return verdict


def stop(client: TestClient, callers: Callers, channel: str) -> None:
    body = {"consumer_id": "C-1", "channel": channel}
    assert client.post("/api/v1/opt-outs", json=body, headers=callers["collector"]).status_code == 201


def test_where_nobody_opted_out_it_is_refused(client: TestClient, callers: Callers, count: Count) -> None:
    refused = confirm(client, callers)
    assert (refused["decision"], refused["attempt_id"]) == ("deny", None)
    assert {"regf-medium-stop", "firm-opt-out"} <= {rule["id"] for rule in refused["rules"]}
    assert "nothing to confirm" in refused["rules"][0]["found"]
    assert count("attempt") == 0


def test_a_stop_of_another_channel_is_not_confirmed_here(client: TestClient, callers: Callers) -> None:
    stop(client, callers, "email")
    assert confirm(client, callers)["decision"] == "deny"


@pytest.mark.parametrize("seconds", [1, 3600])
def test_after_a_stop_exactly_one_leaves(
    client: TestClient, callers: Callers, clock: VirtualClock, count: Count, seconds: int
) -> None:
    stop(client, callers, "sms")
    clock.advance(timedelta(seconds=seconds))
    assert [confirm(client, callers)["decision"] for _ in range(2)] == ["allow", "deny"]
    assert count("attempt") == 1
