"""Recording facts, enrolling and importing over HTTP; lists in pages."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.clock import VirtualClock
from tests.integration.faces.conftest import COLUMNS, NOW, ROWS, Callers, Count


def record(client: TestClient, callers: Callers, what: str, **body: Any) -> Any:
    return client.post(f"/api/v1/{what}", json=body, headers=callers["collector"])


def decision(client: TestClient, callers: Callers, consumer: str) -> str:
    body = {"consumer_id": consumer, "channel": "sms"}
    verdict = client.post("/api/v1/contacts/check", json=body, headers=callers["collector"]).json()
    return str(verdict["decision"])


def test_a_hold_closes_and_its_release_opens(client: TestClient, callers: Callers) -> None:
    made = record(client, callers, "holds", consumer_id="C-1", kind="hardship")
    assert made.status_code == 201
    assert decision(client, callers, "C-1") in {"hold", "deny"}
    released = record(client, callers, f"holds/{made.json()['id']}/release", reason="arrangement made")
    assert released.status_code == 201
    assert decision(client, callers, "C-1") == "allow"


@pytest.mark.parametrize("kind", ["attorney", "bankruptcy", "deceased", "cease"])
def test_a_collector_lifts_no_hold_that_the_law_brought(
    client: TestClient, callers: Callers, kind: str
) -> None:
    made = record(client, callers, "holds", consumer_id="C-1", kind=kind).json()["id"]
    path, why = f"/api/v1/holds/{made}/release", {"reason": "looked into"}
    refused = client.post(path, json=why, headers=callers["collector"])
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")
    assert decision(client, callers, "C-1") in {"hold", "deny"}
    assert client.post(path, json=why, headers=callers["compliance_officer"]).status_code == 201
    assert decision(client, callers, "C-1") == "allow"


def test_a_complaint_waits_for_a_person(client: TestClient, callers: Callers, count: Count) -> None:
    assert (
        record(client, callers, "complaints", consumer_id="C-1", text="You called my mother.").status_code
        == 201
    )
    assert count("complaint") == 1


def test_a_payment_in_full_closes_the_account(client: TestClient, callers: Callers) -> None:
    paid = record(
        client,
        callers,
        "payments",
        account_id="A-1",
        amount_minor=12050,
        currency="USD",
        at="2026-10-14T14:00:00Z",
    )
    assert paid.status_code == 201
    account = client.get("/api/v1/accounts/A-1", headers=callers["auditor"]).json()
    assert account["state"] == "paid"
    assert account["balance_minor"] == 0


def test_a_payment_told_twice_under_one_key_counts_once(client: TestClient, callers: Callers) -> None:
    body = {"account_id": "A-1", "amount_minor": 2050, "currency": "USD", "at": "2026-10-14T14:00:00Z"}
    headers = callers["collector"] | {"Idempotency-Key": "pay-1"}
    for _ in range(2):
        assert client.post("/api/v1/payments", json=body, headers=headers).status_code == 201
    account = client.get("/api/v1/accounts/A-1", headers=callers["auditor"]).json()
    assert account["balance_minor"] == 10000


def test_an_amount_in_another_currency_is_refused(client: TestClient, callers: Callers) -> None:
    answer = record(
        client, callers, "promises", account_id="A-1", amount_minor=100, currency="EUR", due_on="2026-11-01"
    )
    assert answer.status_code == 400
    assert answer.json()["where"] == "currency"


def test_a_promise_and_a_consent_are_listed(client: TestClient, callers: Callers) -> None:
    record(
        client, callers, "promises", account_id="A-1", amount_minor=100, currency="USD", due_on="2026-11-01"
    )
    consent = {"consumer_id": "C-2", "type": "automated_voice", "received_at": "2026-10-01T10:00:00Z"}
    assert record(client, callers, "consents", **consent).status_code == 201
    promises = client.get("/api/v1/promises?consumer_id=C-1", headers=callers["auditor"]).json()["items"]
    assert [one["amount_minor"] for one in promises] == [100]
    consents = client.get("/api/v1/consents?consumer_id=C-2", headers=callers["auditor"]).json()["items"]
    assert "automated_voice" in {one["type"] for one in consents}


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("holds", {"consumer_id": "nobody", "kind": "hardship"}),
        ("complaints", {"consumer_id": "nobody", "text": "x"}),
        ("promises", {"account_id": "none", "amount_minor": 1, "currency": "USD", "due_on": "2026-11-01"}),
        ("consents", {"consumer_id": "nobody", "type": "electronic", "received_at": "2026-10-01T10:00:00Z"}),
        ("opt-outs", {"consumer_id": "nobody"}),
        ("holds/none/release", {"reason": "x"}),
        ("events/none/corrections", {"consumer_id": "C-1", "changes": {"outcome": "busy"}, "reason": "x"}),
        ("holds", {"consumer_id": "C-1", "kind": "hardship", "account_id": "none"}),
        ("complaints", {"consumer_id": "C-1", "text": "x", "account_id": "none"}),
        ("holds", {"consumer_id": "C-1", "kind": "hardship", "account_id": "A-2"}),
        ("complaints", {"consumer_id": "C-1", "text": "x", "account_id": "A-2"}),
        (
            "payments",
            {
                "account_id": "A-1",
                "amount_minor": 1,
                "currency": "USD",
                "at": "2026-10-14T14:00:00Z",
                "reversal_of": "none",
            },
        ),
    ],
)
def test_a_fact_about_what_is_not_here_is_not_found(
    client: TestClient, callers: Callers, what: str, body: dict[str, Any]
) -> None:
    answer = record(client, callers, what, **body)
    assert answer.status_code == 404, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not_found"


def test_a_stop_needs_somebody_to_be_about(client: TestClient, callers: Callers) -> None:
    assert record(client, callers, "opt-outs", channel="sms").status_code == 400


def test_a_call_is_corrected_and_the_week_closes(client: TestClient, callers: Callers) -> None:
    slot = record(
        client, callers, "reservations", consumer_id="C-1", account_ids=["A-1"], channel="voice"
    ).json()["id"]
    client.put(f"/api/v1/reservations/{slot}/started", headers=callers["collector"])
    record(client, callers, f"reservations/{slot}/commit", outcome="no_answer")
    events = client.get("/api/v1/events?consumer_id=C-1", headers=callers["auditor"]).json()["items"]
    assert [one["outcome"] for one in events] == ["no_answer"]
    changes = {"outcome": "conversation", "debts_discussed": ["A-1"]}
    corrected = record(
        client,
        callers,
        f"events/{slot}/corrections",
        consumer_id="C-1",
        changes=changes,
        reason="dialer's late report",
    )
    assert corrected.status_code == 201, corrected.text
    events = client.get("/api/v1/events?consumer_id=C-1", headers=callers["auditor"]).json()["items"]
    assert [(one["outcome"], one["version"]) for one in events] == [
        ("conversation", corrected.json()["result"]["version"])
    ]
    refused = record(
        client, callers, "reservations", consumer_id="C-1", account_ids=["A-1"], channel="voice"
    ).json()
    assert "regf-7day-after-conversation" in {rule["id"] for rule in refused["verdict"]["rules"]}


class TestLists:
    def test_a_history_is_read_in_pages_and_by_person(self, client: TestClient, callers: Callers) -> None:
        for number in range(3):
            body = {
                "consumer_id": "C-1",
                "account_ids": ["A-1"],
                "channel": "voice",
                "external_id": f"x-{number}",
            }
            client.post("/api/v1/reservations", json=body, headers=callers["collector"])
        seen, cursor = [], ""
        for _ in range(4):
            path = f"/api/v1/events?consumer_id=C-1&limit=2{cursor}"
            page = client.get(path, headers=callers["auditor"]).json()
            seen += [one["event_id"] for one in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert len(seen) == len(set(seen)) == 3
        other = client.get("/api/v1/events?consumer_id=C-2", headers=callers["auditor"]).json()
        assert other == {"items": [], "next": None}
        assert client.get("/api/v1/events", headers=callers["auditor"]).status_code == 422

    def test_pages_cover_everything_once(self, client: TestClient, callers: Callers) -> None:
        seen, cursor = [], ""
        for _ in range(10):
            page = client.get(f"/api/v1/consumers?limit=1{cursor}", headers=callers["auditor"]).json()
            seen += [one["id"] for one in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert seen == ["C-1", "C-2", "C-3"]

    def test_sealed_values_stay_sealed(self, client: TestClient, callers: Callers) -> None:
        text = client.get("/api/v1/contact-points", headers=callers["auditor"]).text
        assert "3125550101" not in text
        assert "maria.canary" not in text

    @pytest.mark.parametrize("what", ["cadences", "templates", "policies"])
    def test_what_is_in_use_is_listed(self, client: TestClient, callers: Callers, what: str) -> None:
        assert client.get(f"/api/v1/{what}", headers=callers["auditor"]).json()["items"]


class TestImport:
    def upload(
        self, client: TestClient, callers: Callers, text: str, query: str = "", role: str = "campaign_manager"
    ) -> Any:
        headers = callers[role] | {"Content-Type": "text/csv"}
        return client.post(f"/api/v1/imports{query}", content=text.encode(), headers=headers)

    def test_good_rows_go_in_and_bad_ones_come_back(
        self, client: TestClient, callers: Callers, count: Count
    ) -> None:
        good = ROWS[0].replace("C-1", "C-9").replace("A-1", "A-9").replace("+13125550101", "+13125550109")
        bad = good.replace("C-9", "C-8").replace("A-9", "A-8").replace("120.50", "a lot")
        answer = self.upload(client, callers, f"{COLUMNS}\n{good}\n{bad}\n", "?as=portfolio&cadence=standard")
        assert answer.status_code == 201, answer.text
        result = answer.json()["result"]
        assert (result["rows"], result["rejected"], result["enrolled"]) == (2, 1, 1)
        assert "a lot" in result["rejected_rows"][1]
        assert count("enrollment") == 1

    @pytest.mark.parametrize("text", ["", "nonsense\n1\n", "consumer_id,shoe_size\nC-1,44\n"])
    def test_a_file_that_cannot_be_read_is_a_bad_input(
        self, client: TestClient, callers: Callers, text: str, count: Count
    ) -> None:
        before = count("consumer")
        answer = self.upload(client, callers, text)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert tempfile.gettempdir() not in answer.text
        assert count("consumer") == before

    def test_an_unknown_cadence_is_said_before_anything_goes_in(
        self, client: TestClient, callers: Callers, count: Count
    ) -> None:
        answer = self.upload(
            client, callers, f"{COLUMNS}\n{ROWS[0].replace('C-1', 'C-9')}\n", "?cadence=nope"
        )
        assert answer.status_code == 404
        assert count("consumer") == 3

    def test_collectors_do_not_import(self, client: TestClient, callers: Callers) -> None:
        assert self.upload(client, callers, COLUMNS, role="collector").status_code == 403

    def test_enrolling_takes_a_condition(self, client: TestClient, callers: Callers) -> None:
        body = {"cadence": "standard", "where": "balance > 100.0"}
        answer = client.post("/api/v1/enrollments", json=body, headers=callers["campaign_manager"])
        assert answer.status_code == 201, answer.text
        assert answer.json()["result"]["enrolled"] == 1

    @pytest.mark.parametrize("where", ["balance >", "shoe_size > 4", "[1].map(x, x)"])
    def test_a_condition_that_cannot_be_read_is_refused(
        self, client: TestClient, callers: Callers, where: str, count: Count
    ) -> None:
        body = {"cadence": "standard", "where": where}
        answer = client.post("/api/v1/enrollments", json=body, headers=callers["campaign_manager"])
        assert answer.status_code == 400, answer.text
        assert count("enrollment") == 0


@pytest.mark.parametrize("changes", [{"party": "His wife"}, {"content": "Small talk"}])
def test_a_correction_in_words_that_no_rule_reads_is_refused(
    client: TestClient, callers: Callers, changes: dict[str, str]
) -> None:
    """Kept, it would be read with every question about this person, and none could be answered."""
    slot = record(
        client, callers, "reservations", consumer_id="C-1", account_ids=["A-1"], channel="voice"
    ).json()["id"]
    client.put(f"/api/v1/reservations/{slot}/started", headers=callers["collector"])
    record(client, callers, f"reservations/{slot}/commit", outcome="no_answer")
    told = {"consumer_id": "C-1", "changes": changes, "reason": "heard the recording"}
    refused = record(client, callers, f"events/{slot}/corrections", **told)
    assert (refused.status_code, refused.json()["where"]) == (400, next(iter(changes)))
    assert decision(client, callers, "C-1") == "allow"
    told["changes"] = {"party": "third_party:spouse"}
    assert record(client, callers, f"events/{slot}/corrections", **told).status_code == 201
    assert decision(client, callers, "C-1") == "allow"


def test_a_call_that_turns_out_to_have_reached_a_stranger_closes_the_number(
    client: TestClient, callers: Callers
) -> None:
    wanted = {"consumer_id": "C-1", "account_ids": ["A-1"], "channel": "voice", "automated": False}
    slot = record(client, callers, "reservations", **wanted).json()
    client.put(f"/api/v1/reservations/{slot['id']}/started", headers=callers["collector"])
    record(client, callers, f"reservations/{slot['id']}/commit", outcome="no_answer")
    told = {"consumer_id": "C-1", "changes": {"outcome": "wrong_number"}, "reason": "heard the recording"}
    assert record(client, callers, f"events/{slot['id']}/corrections", **told).status_code == 201
    point = f"/api/v1/contact-points/{slot['contact_point_id']}"
    assert client.get(point, headers=callers["collector"]).json()["state"] == "wrong_party"
    again = record(client, callers, "reservations", **wanted).json()
    assert (again["id"], again["verdict"]["rules"][0]["id"]) == (None, "no_contact_point")


def test_a_correction_moves_no_contact_of_ours_out_of_its_window(
    client: TestClient, callers: Callers, clock: VirtualClock, count: Count
) -> None:
    slot = record(
        client, callers, "reservations", consumer_id="C-1", account_ids=["A-1"], channel="sms"
    ).json()["id"]
    clock.advance(timedelta(minutes=2))

    def corrected(**changes: str) -> Any:
        told = {"consumer_id": "C-1", "changes": changes, "reason": "the clock was off"}
        return record(client, callers, f"events/{slot}/corrections", **told)

    for wrong in ("2020-01-01T00:00:00Z", f"{NOW - timedelta(minutes=1):%FT%TZ}", "2026-10-15T00:00:00Z"):
        answer = corrected(occurred_at=wrong)
        assert (answer.status_code, answer.json()["where"]) == (400, "occurred_at")
    # a message that "did not connect" would count nowhere
    assert corrected(outcome="busy").json()["where"] == "outcome"
    assert count("contact_event") == 1
    assert corrected(occurred_at=f"{NOW + timedelta(minutes=1):%FT%TZ}").status_code == 201
    (event,) = client.get("/api/v1/events?consumer_id=C-1", headers=callers["auditor"]).json()["items"]
    assert event["occurred_at"].startswith("2026-10-14T15:01:00")


@pytest.mark.parametrize(("ended", "told", "refused"), [
    ("conversation", "busy", 1), ("conversation", "no_answer", 1), ("no_answer", "busy", 1),
    ("no_answer", "conversation", 0), ("conversation", "conversation", 0),
])  # fmt: skip
def test_a_file_takes_no_contact_of_ours_out_of_the_count(
    client: TestClient, callers: Callers, ended: str, told: str, refused: int
) -> None:
    slot = record(
        client, callers, "reservations", consumer_id="C-1", account_ids=["A-1"], channel="voice"
    ).json()["id"]
    record(client, callers, f"reservations/{slot}/commit", outcome=ended)
    history = f"at,consumer_id,account_id,channel,direction,outcome\n{NOW.isoformat()},C-1,A-1,voice,outbound,{told}\n"
    headers = callers["campaign_manager"] | {"Content-Type": "text/csv"}
    answer = client.post("/api/v1/imports", content=history.encode(), headers=headers)
    assert answer.json()["result"]["rejected"] == refused, answer.text
    (event,) = client.get("/api/v1/events?consumer_id=C-1", headers=callers["auditor"]).json()["items"]
    assert event["outcome"] == (ended if refused else told)
