"""Answering what a consumer wrote: one answer a message, counted from what is recorded, whoever asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.domain.wish import Wish
from orchestrator.engine.inbound import Heard, receive
from orchestrator.engine.replay import replay
from orchestrator.services.fact import By, record_opt_out
from orchestrator.services.reply import read_reply
from orchestrator.services.wish import record_wish
from orchestrator.store.identifier import derived_id
from tests.integration.faces.conftest import Callers, Count

NOT_TODAY = Wish("inconvenient_time", days=("wed",))
"""Wednesdays do not suit, and it is one: nothing but the one answer may leave."""
SMS = {"channel": "sms", "template": "answer_received"}


def wrote(runtime: Runtime, text: str = "What is this about?", channel: str = "sms", key: str = "1") -> str:
    """A message of the first consumer; gives its id."""
    address = "+13125550101" if channel == "sms" else "maria.canary@example.com"
    receive(runtime.house, [Heard("test", key, channel, address, text, runtime.clock.now())])
    return derived_id("im", "test", key)


def later(clock: VirtualClock, **span: float) -> None:
    clock.advance(timedelta(**span))


def answer(client: TestClient, callers: Callers, message_id: str, **more: Any) -> dict[str, Any]:
    body = {"consumer_id": "C-1", "account_ids": ["A-1"], "in_reply_to": message_id} | SMS | more
    made = client.post("/api/v1/contacts", json=body, headers=callers["collector"])
    assert made.status_code == 200, made.text
    told: dict[str, Any] = made.json()
    return told


def test_one_answer_leaves_at_a_time_that_does_not_suit_and_no_second(
    client: TestClient, callers: Callers, runtime: Runtime, clock: VirtualClock, count: Count
) -> None:
    message_id = wrote(runtime)
    record_wish(runtime.house, By("test"), "C-1", NOT_TODAY)
    plain = {"consumer_id": "C-1", "account_ids": ["A-1"], "channel": "sms", "template": "reminder"}
    assert (
        client.post("/api/v1/contacts", json=plain, headers=callers["collector"]).json()["decision"]
        != "allow"
    )
    later(clock, minutes=5)
    assert answer(client, callers, message_id)["outcome"] == "sent"
    later(clock, minutes=5)
    again = answer(client, callers, message_id)
    assert (again["decision"], again["attempt_id"]) == ("defer", None)
    assert count("attempt") == 1


def test_a_second_answer_is_refused_where_nothing_else_stands_in_the_way(
    client: TestClient, callers: Callers, runtime: Runtime, clock: VirtualClock
) -> None:
    message_id = wrote(runtime)
    assert answer(client, callers, message_id)["decision"] == "allow"
    later(clock, hours=1)
    again = answer(client, callers, message_id, template="answer_call")
    assert again["decision"] == "deny"
    assert again["rules"][0]["id"] == "already_answered"
    # another message has an answer of its own
    assert answer(client, callers, wrote(runtime, "And now?", key="2"))["decision"] == "allow"


def test_what_left_meanwhile_by_the_same_medium_used_the_answer_up(
    client: TestClient, callers: Callers, runtime: Runtime, clock: VirtualClock
) -> None:
    message_id = wrote(runtime)
    later(clock, minutes=1)
    reminder = {"consumer_id": "C-1", "account_ids": ["A-1"], "channel": "sms", "template": "reminder"}
    sent = client.post("/api/v1/contacts", json=reminder, headers=callers["collector"]).json()
    assert sent["decision"] == "allow"
    later(clock, minutes=1)
    record_wish(runtime.house, By("test"), "C-1", NOT_TODAY)
    assert answer(client, callers, message_id)["decision"] == "defer"
    found = read_reply(runtime.house, "C-1", message_id)
    assert (found.answers.received, found.answers.used, found.answers.left) == (1, 1, 0)
    assert found.answered_at is None


def test_a_message_of_a_shared_number_is_one_message(runtime: Runtime) -> None:
    """C-1 and C-3 have the number, so the message stands in both histories, and they count as one person."""
    found = read_reply(runtime.house, "C-3", wrote(runtime))
    assert (found.answers.received, found.answers.left) == (1, 1)


def test_an_answer_that_a_shared_number_got_is_the_answer_of_both(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    message_id = wrote(runtime)
    assert answer(client, callers, message_id)["decision"] == "allow"
    assert read_reply(runtime.house, "C-3", message_id).answered_at is not None


def test_an_answer_is_no_contact_of_another_channel_template_or_person(
    client: TestClient, callers: Callers, runtime: Runtime, count: Count
) -> None:
    message_id = wrote(runtime)
    body = {"consumer_id": "C-1", "account_ids": ["A-1"], "in_reply_to": message_id} | SMS

    def status(**more: Any) -> int:
        return client.post("/api/v1/contacts", json=body | more, headers=callers["collector"]).status_code

    assert status(channel="email") == 400
    assert status(in_reply_to="im_nothing") == 404
    assert status(consumer_id="C-2", account_ids=["A-2"]) == 404
    assert answer(client, callers, message_id, template="reminder")["rules"][0]["id"] == "not_an_answer"
    no_message = {"consumer_id": "C-1", "account_ids": ["A-1"]} | SMS
    told = client.post("/api/v1/contacts", json=no_message, headers=callers["collector"]).json()
    assert told["rules"][0]["id"] == "not_an_answer"
    assert count("attempt") == 0


def another_number(runtime: Runtime) -> str:
    """A second number of the first consumer."""
    with runtime.database.write(runtime.clock) as unit:
        columns = [row[1] for row in unit.query("SELECT * FROM pragma_table_info('contact_point')")]
        kept = ", ".join(f'"{name}"' for name in columns if name not in {"id", "value_index"})
        unit.execute(
            f"INSERT INTO contact_point (id, value_index, {kept}) SELECT 'cp_other', 'other', {kept} "
            "FROM contact_point WHERE consumer_id = 'C-1' AND kind = 'phone'"
        )
    return "cp_other"


@pytest.mark.parametrize("path", ["contacts", "contacts/check"])
def test_an_answer_goes_nowhere_but_to_where_the_message_came_from(
    client: TestClient, callers: Callers, runtime: Runtime, count: Count, path: str
) -> None:
    message_id, other = wrote(runtime), another_number(runtime)
    body = {"consumer_id": "C-1", "account_ids": ["A-1"], "channel": "sms", "in_reply_to": message_id}
    body |= {"address": other} | ({"template": "answer_received"} if path == "contacts" else {})
    told = client.post(f"/api/v1/{path}", json=body, headers=callers["collector"])
    assert (told.status_code, told.json()["where"]) == (400, "address")
    named = client.post(
        f"/api/v1/{path}", json=body | {"address": "+13125550101"}, headers=callers["collector"]
    )
    assert named.json()["decision"] == "allow"
    assert count("attempt") == (path == "contacts")


def test_nothing_answers_where_the_number_of_the_message_is_not_theirs_any_more(
    client: TestClient, callers: Callers, runtime: Runtime, count: Count
) -> None:
    message_id = wrote(runtime)
    another_number(runtime)
    with runtime.database.write(runtime.clock) as unit:
        unit.execute(
            "UPDATE contact_point SET value_index = 'elsewhere' WHERE consumer_id = 'C-1' AND id <> 'cp_other'"
        )
    body = {"consumer_id": "C-1", "account_ids": ["A-1"], "in_reply_to": message_id} | SMS
    told = client.post("/api/v1/contacts", json=body, headers=callers["collector"])
    assert told.status_code == 404
    assert count("attempt") == 0
    assert read_reply(runtime.house, "C-1", message_id).offers == ()


def test_what_was_spoken_is_no_message_to_answer(
    client: TestClient, callers: Callers, runtime: Runtime, clock: VirtualClock
) -> None:
    """Else a call would be freed of the caps as an answer."""
    receive(runtime.house, [Heard("test", "v", "voice", "+13125550101", "call me", clock.now())])
    body = {"consumer_id": "C-1", "channel": "voice", "in_reply_to": derived_id("im", "test", "v")}
    told = client.post("/api/v1/contacts/check", json=body, headers=callers["collector"])
    assert (told.status_code, told.json()["where"]) == (400, "in_reply_to")


def test_a_stop_leaves_no_answer(
    client: TestClient, callers: Callers, runtime: Runtime, count: Count
) -> None:
    message_id = wrote(runtime)
    record_opt_out(runtime.house, By("test"), consumer_id="C-1", channel="sms")
    told = answer(client, callers, message_id)
    assert told["decision"] == "deny"
    assert count("attempt") == 0


def test_the_answer_takes_the_message_from_the_work_list(
    client: TestClient, callers: Callers, runtime: Runtime
) -> None:
    message_id = wrote(runtime, "My address is wrong in your letter", "email")
    listed = client.get("/api/v1/tasks?kind=reply", headers=callers["collector"]).json()["items"]
    assert [one["detail"]["message_id"] for one in listed] == [message_id]
    answer(client, callers, message_id, channel="email")
    assert client.get("/api/v1/tasks?kind=reply", headers=callers["collector"]).json()["items"] == []
    with runtime.database.read(runtime.clock) as unit:
        closed = unit.query("SELECT state, outcome, closed_by FROM task WHERE kind = 'reply'")
    assert closed == [("closed", "answered", "key:collector")]


def test_a_check_says_what_an_answer_may_do(
    client: TestClient, callers: Callers, runtime: Runtime, count: Count
) -> None:
    message_id = wrote(runtime)
    record_wish(runtime.house, By("test"), "C-1", NOT_TODAY)
    body = {"consumer_id": "C-1", "channel": "sms", "account_ids": ["A-1"]}
    asked = [body, body | {"in_reply_to": message_id}]
    told = client.post("/api/v1/contacts/check/batch", json={"checks": asked}, headers=callers["collector"])
    assert [one["decision"] for one in told.json()["verdicts"]] == ["defer", "allow"]
    assert count("attempt") == 0


def test_what_was_answered_is_judged_again_alike(
    client: TestClient, callers: Callers, runtime: Runtime, clock: VirtualClock
) -> None:
    message_id = wrote(runtime)
    answer(client, callers, message_id)
    later(clock, hours=1)
    answer(client, callers, message_id)
    replayed = replay(runtime.house)
    assert replayed.count == 2
    assert replayed.differences == ()


def test_a_message_from_long_ago_is_not_answered_as_one(
    client: TestClient, callers: Callers, runtime: Runtime, clock: VirtualClock
) -> None:
    message_id = wrote(runtime)
    later(clock, days=500)
    told = answer(client, callers, message_id)
    assert told["decision"] == "deny"
    assert told["rules"][0]["id"] == "message_too_old"


@pytest.mark.parametrize("channel", ["sms", "email"])
@pytest.mark.parametrize("language", ["en", "es", "zh"])
def test_every_answer_has_words_in_every_language(runtime: Runtime, channel: str, language: str) -> None:
    found = read_reply(runtime.house, "C-1", wrote(runtime, channel=channel), language=language)
    assert {one.template for one in found.offers} == {"answer_call", "answer_received"}
    for one in found.offers:
        assert one.message is not None, one.blocked
        assert one.message.locale == language
        assert one.verdict.decision == "allow"
