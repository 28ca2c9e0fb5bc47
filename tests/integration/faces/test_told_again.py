"""A stop that is told again with the words of an earlier one, when that is over, is a new stop: never a lost one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.services import fact
from orchestrator.services.fact import By
from tests.integration.faces.conftest import Callers, Count

KEY = {"Idempotency-Key": "C-1-and-its-reason"}
NOTED = By("call", "user:ann", key="call:ca_1")
Post = Callable[..., Any]


@pytest.fixture
def post(client: TestClient, callers: Callers) -> Post:
    def send(
        path: str, role: str = "compliance_officer", key: dict[str, str] | None = None, **body: Any
    ) -> Any:
        answer = client.post(f"/api/v1/{path}", json=body, headers=callers[role] | (key or {}))
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    return send


def release(post: Post, made: Any) -> None:
    post(f"holds/{made['id']}/release", reason="the case was dismissed")


def close(post: Post, made: Any) -> None:
    closed = post(f"complaints/{made['id']}/close", closed_as="answered", reason="by letter")
    post(f"holds/{closed['result']['hold_id']}/release", reason="done")


def take_back(post: Post, made: Any) -> None:
    post(f"wishes/{made['id']}/end", reason="evenings are fine again")


@pytest.mark.parametrize(
    ("path", "told", "end"),
    [
        ("holds", {"kind": "bankruptcy"}, release),
        ("complaints", {"text": "you call too often"}, close),
        ("wishes", {"kind": "excluded_channel", "channel": "sms"}, take_back),
    ],
)
def test_what_is_over_and_told_again_under_its_key_holds_again(
    post: Post, clock: VirtualClock, path: str, told: dict[str, Any], end: Callable[[Post, Any], None]
) -> None:
    def decision() -> str:
        return str(post("contacts/check", consumer_id="C-1", channel="sms")["decision"])

    first = post(path, key=KEY, consumer_id="C-1", **told)
    end(post, first)
    clock.advance(timedelta(days=30))
    assert decision() == "allow"
    again = post(path, key=KEY, consumer_id="C-1", **told)
    assert again["id"] != first["id"]
    assert decision() not in {"allow", "defer"}
    # and while it stands the same words are the same stop
    clock.advance(timedelta(days=2))
    assert post(path, key=KEY, consumer_id="C-1", **told)["id"] == again["id"]


def test_a_dispute_that_was_answered_and_is_told_again_is_open_again(runtime: Runtime, count: Count) -> None:
    def disputed() -> str:
        return fact.record_dispute(runtime.house, NOTED, "C-1", account_id="A-1", form="mail")

    first = disputed()
    assert (disputed(), count("dispute")) == (first, 1)
    fact.answer_dispute(runtime.house, By("test"), "C-1", first, kind="verification")
    second = disputed()
    assert second != first
    assert (disputed(), count("dispute")) == (second, 2)


def test_an_attorney_who_is_told_of_again_holds_again(runtime: Runtime, count: Count, post: Post) -> None:
    fact.record_attorney(runtime.house, NOTED, "C-1")
    fact.record_attorney(runtime.house, NOTED, "C-1")
    assert count("hold") == 1
    with runtime.database.read() as unit:
        (made,) = unit.query("SELECT id FROM hold")[0]
    release(post, {"id": made})
    fact.record_attorney(runtime.house, NOTED, "C-1")
    assert (count("hold"), count("hold_release"), count("representation")) == (2, 1, 1)


def test_a_hold_whose_last_day_is_over_is_not_the_one_that_is_told_now(
    runtime: Runtime, clock: VirtualClock, post: Post
) -> None:
    first = fact.place_hold(
        runtime.house, NOTED, "C-1", kind="hardship", until=clock.now().date() + timedelta(days=1)
    )
    clock.advance(timedelta(days=7))
    assert fact.place_hold(runtime.house, NOTED, "C-1", kind="hardship") != first
    assert post("contacts/check", consumer_id="C-1", channel="sms")["decision"] == "hold"
