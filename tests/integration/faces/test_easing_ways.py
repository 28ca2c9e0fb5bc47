"""Ways in which a correction might have allowed a contact earlier at once: each waits for compliance."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.engine.inbound import Heard, receive_one
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from tests.integration.faces.conftest import COLUMNS, Callers

MIA = (
    "C-9,person,Mia,Canary,US,US-MA,02108,en,+16175550109,mia.canary@example.com,A-9,harbor-bank,"
    "third_party_collector,USD,120.50,2026-05-01,yes,ending 9,2026-08-01,2026-07-01T10:00:00Z,2026-07-01T10:00:00Z"
)
ABROAD = (
    "consumer_id,kind,given_name,family_name,country,subdivision,city,address_line1,mobile,language,time_zone,"
    "account_id,creditor,actor,currency,balance,delinquent_since,new_placement"
)
DUE = "harbor-bank,third_party_collector,USD,100,2026-05-01,yes"
HISTORY = "at,consumer_id,account_id,channel,direction,outcome"


class Desk:
    """A collector over HTTP, and files that are imported."""

    def __init__(self, client: TestClient, callers: Callers, runtime: Runtime, folder: Path):
        self.client, self.callers, self.runtime, self.folder = client, callers, runtime, folder

    def post(self, path: str, role: str = "collector", **body: Any) -> Any:
        answer = self.client.post(f"/api/v1/{path}", json=body, headers=self.callers[role])
        assert answer.status_code < 300, answer.text
        return answer.json()

    def load(self, *lines: str) -> None:
        path = self.folder / "rows.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        runtime = self.runtime
        done = import_file(
            runtime.database, path, ImportOptions(), runtime.clock, runtime.sealer, house=runtime.house
        )
        assert done.rejected == 0, done.rejected_path

    def decision(self, consumer: str, channel: str = "voice", **more: Any) -> str:
        body = {"consumer_id": consumer, "channel": channel, **more}
        return str(self.post("contacts/check", **body)["decision"])

    def call(self, consumer: str, account: str, outcome: str) -> str:
        wanted: dict[str, Any] = {
            "consumer_id": consumer,
            "account_ids": [account],
            "channel": "voice",
            "automated": False,
        }
        slot = str(self.post("reservations", **wanted)["id"])
        self.client.put(f"/api/v1/reservations/{slot}/started", headers=self.callers["collector"])
        self.post(f"reservations/{slot}/commit", outcome=outcome)
        return slot

    def event(self, consumer: str) -> Any:
        path = f"/api/v1/events?consumer_id={consumer}"
        (one,) = self.client.get(path, headers=self.callers["auditor"]).json()["items"]
        return one

    def correct(self, consumer: str, event_id: str, **changes: Any) -> Any:
        path, said = f"events/{event_id}/corrections", "I was mistaken"
        return self.post(path, consumer_id=consumer, changes=changes, reason=said)["result"]

    def answer(self, task: str, outcome: str) -> None:
        self.post(f"tasks/{task}/close", "compliance_officer", outcome=outcome)


@pytest.fixture
def desk(client: TestClient, callers: Callers, runtime: Runtime, tmp_path: Path) -> Desk:
    return Desk(client, callers, runtime, tmp_path)


@pytest.fixture
def capped(desk: Desk, clock: VirtualClock) -> str:
    """The second of two calls that Massachusetts allows in seven days."""
    desk.load(COLUMNS, MIA)
    last = ""
    for _ in range(2):
        last = desk.call("C-9", "A-9", "voicemail")
        clock.advance(timedelta(hours=1))
    assert desk.decision("C-9") != "allow"
    return last


@pytest.mark.parametrize("decoy", [{"party": "third_party:neighbor"}, {"content": "limited_content"}, {}])
def test_a_second_change_brings_no_other_through(desk: Desk, capped: str, decoy: dict[str, str]) -> None:
    assert desk.correct("C-9", capped, outcome="no_answer", **decoy)["waits"]
    assert desk.decision("C-9") != "allow"


def test_what_waits_does_not_count_once_a_hold_is_lifted(desk: Desk, capped: str) -> None:
    """The hold stands in the way of everything, with the correction and without."""
    hold = desk.post("holds", consumer_id="C-9", kind="other")["id"]
    assert desk.correct("C-9", capped, outcome="no_answer")["waits"]
    desk.post(f"holds/{hold}/release", reason="over")
    assert desk.decision("C-9") != "allow"


def test_a_record_of_the_same_person_is_not_called_earlier(desk: Desk) -> None:
    person = "person,Pia,Canary,CO,,Bogota,,+573001234567,es,America/Bogota"
    desk.load(ABROAD, f"P-1,{person},AP-1,{DUE}", f"P-2,{person},AP-2,{DUE}")
    desk.load(HISTORY, "2026-10-13T15:00:00Z,P-1,AP-1,voice,outbound,voicemail")
    # nothing is left to be asked about of whom it was
    paid: dict[str, Any] = {"amount_minor": 10_000, "currency": "USD", "at": "2026-10-14T14:00:00Z"}
    desk.post("payments", account_id="AP-1", **paid)
    assert desk.decision("P-2") != "allow"
    assert desk.correct("P-1", desk.event("P-1")["event_id"], content="opt_out_confirmation")["waits"]
    assert desk.decision("P-2") != "allow"


def test_a_letter_leaves_no_earlier(desk: Desk) -> None:
    desk.load(ABROAD, f"L-1,person,Luz,Canary,CO,,Bogota,Calle 1 # 2-3,,es,America/Bogota,AL-1,{DUE}")
    assert desk.decision("L-1", "letter") == "allow"
    desk.load(HISTORY, "2026-10-13T15:00:00Z,L-1,AL-1,letter,outbound,sent")
    assert desk.decision("L-1", "letter") != "allow"
    assert desk.correct("L-1", desk.event("L-1")["event_id"], content="opt_out_confirmation")["waits"]
    assert desk.decision("L-1", "letter") != "allow"


def test_a_message_that_is_moved_is_answered_once(desk: Desk, clock: VirtualClock) -> None:
    said = Heard(
        provider="simulated", key="k1", channel="sms", address="+13125550102", text="how much is it please",
        at=clock.now(), attempt_id=None,
    )  # fmt: skip
    with desk.runtime.database.write(clock) as unit:
        receive_one(desk.runtime.house, unit, said)
    with desk.runtime.database.read() as unit:
        (message,) = (row[0] for row in unit.query("SELECT id FROM inbound_message"))
    event_id = desk.event("C-2")["event_id"]
    clock.advance(timedelta(minutes=10))
    desk.load(HISTORY, f"{clock.now().isoformat()},C-2,A-2,sms,outbound,sent")
    desk.post("wishes", consumer_id="C-2", kind="inconvenient_time", start="09:00", end="14:00")
    clock.advance(timedelta(minutes=30))
    assert desk.decision("C-2", "sms", in_reply_to=message) != "allow"
    later = (clock.now() - timedelta(minutes=1)).isoformat()
    assert desk.correct("C-2", event_id, occurred_at=later)["waits"]
    assert desk.decision("C-2", "sms", in_reply_to=message) != "allow"


def test_a_conversation_that_was_no_answer_counts_at_once(desk: Desk, clock: VirtualClock) -> None:
    """Two days later: the next call moves to the seventh day, and nobody has to be asked."""
    slot = desk.call("C-1", "A-1", "no_answer")
    clock.advance(timedelta(days=2))
    assert desk.decision("C-1") == "allow"
    assert desk.correct("C-1", slot, outcome="conversation")["waits"] is None
    verdict = desk.post("contacts/check", consumer_id="C-1", channel="voice")
    assert verdict["retry_at"].startswith("2026-10-21")


@pytest.mark.parametrize(
    ("answer", "outcome"), [("confirmed", "conversation"), ("rejected", "no_answer")], ids=["yes", "no"]
)
def test_where_it_leaves_a_count_all_contact_waits_for_compliance(
    desk: Desk, answer: str, outcome: str
) -> None:
    """The banking association's guideline counts calls that nobody answered, and no conversation."""
    row = f"N-1,person,Mei,Canary,CN,CN-SH,,,13800138000,zh,Asia/Shanghai,AN-1,{DUE.replace('USD', 'CNY')}"
    desk.load(ABROAD, row)
    desk.load(HISTORY, "2026-10-14T02:00:00Z,N-1,AN-1,voice,outbound,no_answer")
    made = desk.correct("N-1", desk.event("N-1")["event_id"], outcome="conversation")
    assert made["waits"]
    assert desk.event("N-1")["outcome"] == "conversation"
    assert holds(desk) == [("correction", 0)]
    assert desk.decision("N-1") == "hold"
    desk.answer(made["waits"], answer)
    assert holds(desk) == [("correction", 1)]
    assert desk.event("N-1")["outcome"] == outcome


def holds(desk: Desk) -> list[tuple[Any, ...]]:
    sql = "SELECT kind, (SELECT count(*) FROM hold_release r WHERE r.hold_id = h.id) FROM hold h"
    with desk.runtime.database.read() as unit:
        return [tuple(row) for row in unit.query(sql)]


def test_what_is_asked_again_after_its_answer_is_a_new_question(desk: Desk, capped: str) -> None:
    first = desk.correct("C-9", capped, outcome="no_answer")["waits"]
    assert desk.correct("C-9", capped, outcome="no_answer")["waits"] == first
    desk.answer(first, "rejected")
    second = desk.correct("C-9", capped, outcome="no_answer")["waits"]
    listed = desk.client.get("/api/v1/tasks?kind=review", headers=desk.callers["compliance_officer"]).json()
    assert [one["id"] for one in listed["items"]] == [second] != [first]
