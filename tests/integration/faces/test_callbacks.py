"""Signed callbacks: durable when answered, forged ones change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from twilio.request_validator import RequestValidator

from channels.email.webhook import sign
from orchestrator.api.app import create_app
from orchestrator.bootstrap import Runtime
from orchestrator.errors import UnavailableError
from tests.integration.faces.conftest import Callers, Count, make_settings

BASE = "https://collections.example.com"
TOKEN = "twilio-token"


@pytest.fixture
def settings(tmp_path: Path) -> Any:
    # the account's number is a messaging service that no test ever calls
    return make_settings(
        tmp_path,
        twilio_account_sid="AC00000000000000000000000000000000",
        twilio_auth_token=SecretStr(TOKEN),
        twilio_from="+15555550100",
        twilio_base_url="http://127.0.0.1:9",
    )


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create_app(runtime), base_url=BASE) as made:
        yield made


def post(client: TestClient, path: str, form: dict[str, str], signature: str | None = None) -> Any:
    """A callback signed as the provider signs it, or with another signature."""
    right = RequestValidator(TOKEN).compute_signature(BASE + path, form)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if signature != "":
        headers["X-Twilio-Signature"] = signature or right
    return client.post(path, content=urlencode(form), headers=headers)


def inbound(text: str, number: str = "+13125550101", sid: str = "SM1") -> dict[str, str]:
    return {"MessageSid": sid, "SmsStatus": "received", "From": number, "To": "+15555550100", "Body": text}


def decision(client: TestClient, callers: Callers, consumer: str, channel: str = "sms") -> str:
    body = {"consumer_id": consumer, "channel": channel}
    verdict = client.post("/api/v1/contacts/check", json=body, headers=callers["collector"]).json()
    return str(verdict["decision"])


@pytest.mark.parametrize("text", ["STOP", "stop please", "退订", "unsubscribe"])
def test_a_stop_by_text_closes_the_number_for_everybody_who_has_it(
    client: TestClient, callers: Callers, text: str
) -> None:
    assert decision(client, callers, "C-1") == decision(client, callers, "C-3") == "allow"
    answer = post(client, "/webhooks/twilio/sms", inbound(text))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    assert decision(client, callers, "C-1") == decision(client, callers, "C-3") == "deny"
    assert decision(client, callers, "C-2") == "allow"


def test_the_same_callback_twice_is_applied_once(client: TestClient, count: Count) -> None:
    assert post(client, "/webhooks/twilio/sms", inbound("STOP")).status_code == 200
    # the number for everyone who has it, and the channel of both who have it
    assert count("opt_out") == 3
    assert post(client, "/webhooks/twilio/sms", inbound("STOP")).status_code == 200
    assert count("inbound_message") == 1
    assert count("opt_out") == 3


@pytest.mark.parametrize("signature", ["", "forged", "bm90IG91cnM="])
def test_a_forged_callback_changes_nothing(client: TestClient, count: Count, signature: str) -> None:
    answer = post(client, "/webhooks/twilio/sms", inbound("STOP"), signature)
    assert answer.status_code == 403
    assert answer.json()["detail"] == "this callback is not taken"
    assert count("inbound_message") == count("opt_out") == 0


def test_a_signature_over_another_query_is_forged(client: TestClient) -> None:
    form = inbound("STOP")
    right = RequestValidator(TOKEN).compute_signature(f"{BASE}/webhooks/twilio/sms", form)
    assert post(client, "/webhooks/twilio/sms?attempt=x", form, right).status_code == 403


def test_while_the_database_is_away_the_provider_is_told_to_come_back(
    client: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise UnavailableError("the database did not answer", code="database_unavailable")

    monkeypatch.setattr(runtime.database, "write", away)
    answer = post(client, "/webhooks/twilio/sms", inbound("STOP"))
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


def test_reports_are_stored_raw_and_once_whatever_their_order(
    client: TestClient, runtime: Runtime, count: Count
) -> None:
    for status in ("delivered", "sent", "delivered"):
        form = {"MessageSid": "SM9", "MessageStatus": status, "To": "+13125550101", "From": "+15555550100"}
        assert post(client, "/webhooks/twilio/sms/at_none", form).status_code == 200
    assert count("delivery_event") == 2
    with runtime.database.read() as unit:
        raw = unit.query("SELECT raw_sealed FROM delivery_event")
    assert all(b"3125550101" not in bytes(row[0]) for row in raw)
    assert "3125550101" in runtime.sealer.open(raw[0][0])


def test_a_call_that_is_not_ours_is_ended_without_a_word(client: TestClient) -> None:
    form = {"CallSid": "CA1", "CallStatus": "in-progress", "AnsweredBy": "human", "To": "+1", "From": "+2"}
    answer = post(client, "/webhooks/twilio/voice/at_none?stage=answer", form)
    assert answer.status_code == 200
    assert "<Hangup" in answer.text
    assert "<Say" not in answer.text


def test_mail_needs_its_signature(client: TestClient, callers: Callers, count: Count) -> None:
    mail = b"From: maria.canary@example.com\r\nTo: help@northfield.example\r\nSubject: Re\r\n\r\nSTOP\r\n"
    refused = client.post(
        "/webhooks/email", content=mail, headers={"X-Duecourse-Signature": sign(mail, "other")}
    )
    assert refused.status_code == 403
    assert count("inbound_message") == 0
    taken = client.post(
        "/webhooks/email", content=mail, headers={"X-Duecourse-Signature": sign(mail, "mail-secret")}
    )
    assert taken.status_code == 204
    assert decision(client, callers, "C-1", "email") == "deny"


def test_a_stop_is_acknowledged_only_once_no_permit_is_alive(
    client: TestClient, runtime: Runtime, callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A permit minted just before the stop has most of its second left; the answer waits for its end."""
    waited: list[float] = []
    monkeypatch.setattr("orchestrator.services.quiet.time.sleep", waited.append)
    with runtime.database.write(runtime.clock) as unit:
        now = unit.now_micros
        unit.execute(
            "INSERT INTO attempt (id, consumer_id, account_ids, origin, requested_by, channel, content, state,"
            " reserved_at, valid_until, not_after, epoch, fence, permit_expires_at) VALUES ('at_live', 'C-1', '[]',"
            " 'person', 'test', 'sms', 'collection', 'submitted', :now, :now, :now, 0, 1, :end)",
            {"now": now, "end": now + 400_000},
        )
    answer = client.post("/api/v1/opt-outs", json={"consumer_id": "C-1"}, headers=callers["collector"])
    assert answer.status_code == 201
    assert waited == [pytest.approx(0.4)]
