"""Wishes, call-backs, consents withdrawn, wrong parties and attorneys over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.errors import UnknownReference
from orchestrator.services.fact import By
from orchestrator.services.wish import end_wish
from tests.integration.faces.conftest import Callers, Count

NOON: dict[str, Any] = {
    "kind": "inconvenient_time",
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "end": "12:00",
}


def post(client: TestClient, callers: Callers, path: str, role: str = "collector", **body: Any) -> Any:
    return client.post(f"/api/v1/{path}", json=body, headers=callers[role])


def ask(client: TestClient, callers: Callers, channel: str = "voice") -> Any:
    return post(client, callers, "contacts/check", consumer_id="C-1", channel=channel).json()


def point(runtime: Runtime, kind: str = "phone", consumer: str = "C-1") -> str:
    sql = "SELECT id FROM contact_point WHERE consumer_id = :id AND kind = :kind"
    with runtime.database.read() as unit:
        return str(unit.query(sql, {"id": consumer, "kind": kind})[0][0])


def test_a_wish_is_kept_to_listed_and_taken_back(client: TestClient, callers: Callers) -> None:
    made = post(client, callers, "wishes", consumer_id="C-1", **NOON)
    assert made.status_code == 201, made.text
    wish = made.json()["id"]
    verdict = ask(client, callers)
    assert (verdict["decision"], verdict["retry_at"]) == ("defer", "2026-10-14T17:00:00Z")
    assert "regf-inconvenient-time" in {rule["id"] for rule in verdict["rules"]}
    listed = client.get("/api/v1/wishes?consumer_id=C-1", headers=callers["auditor"]).json()["items"]
    assert [(one["id"], one["days"], one["end"]) for one in listed] == [
        (wish, "mon;tue;wed;thu;fri", "12:00")
    ]
    ended = post(client, callers, f"wishes/{wish}/end", reason="mornings are fine")
    assert ended.status_code == 201
    assert ask(client, callers)["decision"] == "allow"
    assert post(client, callers, f"wishes/{wish}/end", reason="again").status_code == 404


def test_a_refused_channel_is_taken_up_again_by_compliance(client: TestClient, callers: Callers) -> None:
    wish = post(client, callers, "wishes", consumer_id="C-1", kind="excluded_channel", channel="sms").json()
    path = f"wishes/{wish['id']}/end"
    refused = post(client, callers, path, reason="said so")
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    assert ask(client, callers, "sms")["decision"] == "deny"
    assert post(client, callers, path, "compliance_officer", reason="said so").status_code == 201
    assert ask(client, callers, "sms")["decision"] == "allow"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "sorcery"}, 422),
        ({"kind": "inconvenient_time", "start": "noon"}, 422),
        ({"kind": "inconvenient_time", "start": "12:00", "end": "12:00"}, 400),
        ({"kind": "inconvenient_place"}, 400),
        ({"kind": "inconvenient_place", "place": "work", "until": "2026-12-01"}, 400),
        ({"kind": "excluded_channel", "channel": "voice", "days": ["mon"]}, 400),
    ],
)
def test_a_wish_that_no_rule_would_read_is_refused(
    client: TestClient, callers: Callers, count: Count, body: dict[str, Any], status: int
) -> None:
    answer = post(client, callers, "wishes", consumer_id="C-1", **body)
    assert answer.status_code == status, answer.text
    assert count("preference") == 0


class TestCallBack:
    def agree(self, client: TestClient, callers: Callers, at: str, where: str, **more: str) -> Any:
        body = {"consumer_id": "C-1", "account_id": "A-1", "contact_point_id": where, "at": at} | more
        return post(client, callers, "call-backs", **body)

    def test_a_lawful_one_is_on_the_work_list_at_its_time(
        self, client: TestClient, callers: Callers, runtime: Runtime, count: Count
    ) -> None:
        answer = self.agree(client, callers, "2026-10-15T14:30:00-05:00", point(runtime)).json()
        assert answer["decision"] == "allow"
        assert answer["task_id"]
        assert count("task") == 1
        # nothing else until then
        assert ask(client, callers, "sms")["decision"] == "allow"

    def test_one_before_hours_is_answered_with_the_next_time_and_leaves_nothing(
        self, client: TestClient, callers: Callers, runtime: Runtime, count: Count
    ) -> None:
        consents = count("consent")
        answer = self.agree(client, callers, "2026-10-15T05:30:00-05:00", point(runtime))
        assert answer.status_code == 200
        assert answer.json()["task_id"] is None
        assert answer.json()["retry_at"] == "2026-10-15T13:00:00Z"
        assert (count("task"), count("consent")) == (0, consents)

    def test_one_is_made_once_for_its_key(
        self, client: TestClient, callers: Callers, runtime: Runtime, count: Count
    ) -> None:
        body = {
            "consumer_id": "C-1",
            "account_id": "A-1",
            "contact_point_id": point(runtime),
            "at": "2026-10-15T14:30:00-05:00",
        }
        headers = callers["collector"] | {"Idempotency-Key": "cb-1"}
        for _ in range(2):
            assert client.post("/api/v1/call-backs", json=body, headers=headers).status_code == 200
        assert count("task") == 1

    def test_only_a_number_of_the_consumers_own_is_called_back(
        self, client: TestClient, callers: Callers, runtime: Runtime
    ) -> None:
        at, phone = "2026-10-15T14:30:00-05:00", point(runtime)
        assert self.agree(client, callers, at, point(runtime, "email")).status_code == 404
        assert self.agree(client, callers, at, point(runtime, consumer="C-2")).status_code == 404
        assert self.agree(client, callers, at, phone, account_id="A-2").status_code == 404
        assert self.agree(client, callers, "2026-10-13T14:30:00-05:00", phone).status_code == 400
        with runtime.database.write(runtime.clock) as unit:
            unit.execute("UPDATE contact_point SET party_id = 'pa_mother' WHERE id = :id", {"id": phone})
        assert self.agree(client, callers, at, phone).status_code == 404


def test_a_withdrawn_consent_counts_no_more(client: TestClient, callers: Callers, count: Count) -> None:
    listed = client.get("/api/v1/consents?consumer_id=C-1", headers=callers["auditor"]).json()["items"]
    for one in listed:
        assert post(client, callers, f"consents/{one['id']}/withdraw").status_code == 201
    assert count("consent_revocation") == len(listed) > 0
    assert post(client, callers, "consents/none/withdraw").status_code == 404


def test_a_wrong_partys_number_is_not_used_again(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    number = point(runtime)
    assert ask(client, callers)["decision"] == "allow"
    assert post(client, callers, f"contact-points/{number}/wrong-party").status_code == 201
    assert ask(client, callers)["decision"] != "allow"
    shown = client.get(f"/api/v1/contact-points/{number}", headers=callers["auditor"]).json()
    assert shown["state"] == "wrong_party"
    assert post(client, callers, "contact-points/none/wrong-party").status_code == 404


def test_an_attorney_ends_contact_with_the_consumer(
    client: TestClient, callers: Callers, count: Count
) -> None:
    assert post(client, callers, "attorneys", consumer_id="C-1").status_code == 201
    assert count("representation") == 1
    assert {ask(client, callers, channel)["decision"] for channel in ("sms", "voice", "email")} <= {
        "hold",
        "deny",
    }
    assert post(client, callers, "attorneys", consumer_id="nobody").status_code == 404


def test_a_wish_is_ended_from_the_page_of_whoever_counts_as_the_same_person(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    """C-1 and C-3 have one number, so the wish of one holds for both and is listed on both pages."""
    wish = post(client, callers, "wishes", consumer_id="C-3", **NOON).json()["id"]
    assert ask(client, callers)["decision"] == "defer"
    end_wish(runtime.house, By("test"), "C-1", wish, reason="mornings are fine")
    assert ask(client, callers)["decision"] == "allow"
    with pytest.raises(UnknownReference):
        end_wish(runtime.house, By("test"), "C-2", wish, reason="not theirs")


def test_a_key_used_again_after_its_day_loses_no_other_wish(
    client: TestClient, callers: Callers, clock: VirtualClock, count: Count
) -> None:
    headers = callers["collector"] | {"Idempotency-Key": "wish-of-C-1"}
    wish = {"consumer_id": "C-1", "kind": "excluded_channel"}
    for channel in ("sms", "email"):
        for _ in range(2):
            answer = client.post("/api/v1/wishes", headers=headers, json=wish | {"channel": channel})
            assert answer.status_code == 201
        clock.advance(timedelta(hours=25))
    assert count("preference") == 2
