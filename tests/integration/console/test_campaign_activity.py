"""What a campaign does right now: its providers and its latest contacts and refusals, in the console and over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.domain.instant import to_micros
from orchestrator.services import campaign_activity
from orchestrator.services.campaign_activity import Flow
from orchestrator.store import campaign_latest
from tests.integration.console.campaigns import started
from tests.integration.console.conftest import Browser, Enter, words


@pytest.fixture
def manager(enter: Enter) -> Browser:
    return enter("campaign_manager")


@pytest.fixture
def address(manager: Browser) -> str:
    return started(manager)


def attempt(runtime: Runtime, address: str, name: str, **more: Any) -> None:
    """One contact of the campaign to Maria, begun and handed over now."""
    now = to_micros(runtime.clock.now())
    values = {
        "id": name, "consumer_id": "C-1", "account_id": "A-1", "account_ids": '["A-1"]', "origin": "cadence",
        "campaign_id": address.rpartition("/")[2], "requested_by": "test", "channel": "sms", "content": "collection",
        "template": "en/sms/reminder", "state": "accepted", "outcome": "sent", "reserved_at": now, "valid_until": now,
        "not_after": now, "epoch": 0, "fence": 1, "submitted_at": now, "provider": "simulator",
    } | more  # fmt: skip
    names = ", ".join(values)
    marks = ", ".join(f":{one}" for one in values)
    with runtime.database.write(runtime.clock) as unit:
        unit.execute(f"INSERT INTO attempt ({names}) VALUES ({marks})", values)


def refusal(runtime: Runtime, address: str) -> None:
    """A text that the law lets leave later, asked for by the campaign's cadence."""
    campaign_id = address.rpartition("/")[2]
    with runtime.database.write(runtime.clock) as unit:
        enrollment = unit.one(
            "SELECT id FROM enrollment WHERE campaign_id = :id ORDER BY id LIMIT 1",
            {"id": campaign_id},
        )
        assert enrollment is not None
        unit.execute(
            "INSERT INTO verdict (id, consumer_id, enrollment_id, campaign_id, channel, account_ids, decision, rule,"
            " as_of, policy_digest, facts_digest, body, facts) VALUES ('ve_late', 'C-1', :enrollment, :campaign,"
            " 'voice', '[]', 'defer', 'regf-7in7-attempts', :now, 'd', 'd', :none, :none)",
            {"enrollment": enrollment[0], "campaign": campaign_id, "now": unit.now_micros + 1, "none": b""},
        )


def part(browser: Browser, address: str, heading: str) -> str:
    return words(browser.text(address).split(f'id="{heading}"')[1].split("</table>")[0])


def test_the_latest_contacts_and_refusals_come_newest_first(
    runtime: Runtime, clock: VirtualClock, manager: Browser, address: str
) -> None:
    attempt(runtime, address, "at_first")
    clock.advance(timedelta(seconds=61))
    attempt(runtime, address, "at_second", channel="email", state="released", outcome=None, failure="timeout")
    refusal(runtime, address)
    text = part(manager, address, "la-h")
    late, second, first = (
        text.index(one) for one in ("Later: At most 7 calls", "Not sent: The provider", "Sent")
    )
    assert late < second < first
    for said in (
        "At, CDT",
        "10:01:01 Maria Canary Email Reminder",
        "10:00:00 Maria Canary Text Reminder Sent",
    ):
        assert said in text
    assert "/decisions/ve_late" in manager.text(address)


def test_only_so_many_are_shown_and_only_of_this_campaign(
    runtime: Runtime, manager: Browser, address: str
) -> None:
    for number in range(14):
        attempt(runtime, address, f"at_{number}")
    attempt(runtime, "x/other", "at_other", account_id="A-9")
    found = campaign_activity.read(runtime.house, address.rpartition("/")[2])
    assert len(found.latest) == campaign_activity.LATEST
    assert all(one.account_id == "A-1" for one in found.latest)
    assert sum(one.asked for one in found.providers) == 14


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ([{}] * 9 + [{"state": "released", "failure": "throttled"}], Flow.SENDING),
        ([{}] * 4 + [{"state": "released", "failure": "server_error"}], Flow.FAILING),
        ([{}] * 4 + [{"state": "ambiguous", "failure": "timeout"}], Flow.FAILING),
        ([{"state": "released", "failure": "no_connection"}], Flow.FAILING),
        ([{}] * 9 + [{"state": "released", "failure": "opted_out"}], Flow.OPT_OUT_GAP),
        ([{}] * 3 + [{"state": "submitted", "outcome": None}], Flow.SLOW),
        ([{"state": "released", "failure": "campaign_paused", "submitted_at": None}], Flow.QUIET),
        ([{}] * 9 + [{"state": "released", "failure": "deadline_passed"}] * 9, Flow.SENDING),
    ],
)
def test_a_provider_is_as_its_calls_ended(
    runtime: Runtime, clock: VirtualClock, address: str, ends: list[dict[str, Any]], state: Flow
) -> None:
    for number, more in enumerate(ends):
        attempt(runtime, address, f"at_{number}", **more)
    clock.advance(timedelta(seconds=30))
    found = campaign_activity.read(runtime.house, address.rpartition("/")[2])
    assert [(one.channel, one.state) for one in found.providers] == [("sms", state)]


def test_what_is_long_ago_says_nothing_of_a_provider(
    runtime: Runtime, clock: VirtualClock, address: str
) -> None:
    attempt(runtime, address, "at_old", state="released", failure="server_error")
    clock.advance(campaign_activity.SPAN + timedelta(seconds=1))
    assert campaign_activity.read(runtime.house, address.rpartition("/")[2]).providers == ()


def test_no_table_is_read_whole(runtime: Runtime, address: str) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    with runtime.database.read(runtime.clock) as unit:
        inner = unit.query

        def spy(sql: str, values: Any = None) -> Any:
            asked.append((sql, dict(values or {})))
            return inner(sql, values)

        unit.query = spy  # type: ignore[assignment,method-assign]
        campaign_latest.attempts(unit, "x", 10)
        campaign_latest.refusals(unit, "x", 0, 10)
        campaign_latest.flow(unit, "x", 0)
        plans = [str(row[3]) for sql, values in asked for row in inner(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert plans
    assert not [one for one in plans if one.startswith("SCAN") and "newest" not in one], plans
    assert "SEARCH v USING INDEX verdict_by_campaign (campaign_id=? AND as_of>?)" in plans


def test_what_others_are_refused_pushes_no_refusal_of_the_campaign_out(
    runtime: Runtime, address: str
) -> None:
    """The newest of the whole book were looked through: a busy neighbour left this campaign's page empty."""
    refusal(runtime, address)
    with runtime.database.write(runtime.clock) as unit:
        for number in range(30):
            unit.execute(
                "INSERT INTO verdict (id, consumer_id, channel, account_ids, decision, rule, as_of, policy_digest,"
                " facts_digest, body, facts) VALUES (:id, 'C-2', 'voice', '[]', 'defer', 'x', :at, 'd', 'd', :none,"
                " :none)",
                {"id": f"ve_other_{number}", "at": unit.now_micros + 2 + number, "none": b""},
            )
    found = campaign_activity.read(runtime.house, address.rpartition("/")[2])
    assert [one.verdict_id for one in found.latest if one.decision] == ["ve_late"]


def test_the_page_shows_providers_and_both_in_chinese(runtime: Runtime, enter: Enter, address: str) -> None:
    attempt(runtime, address, "at_one")
    attempt(runtime, address, "at_two", channel="voice", state="released", outcome=None, failure="opted_out")
    text = part(enter("auditor"), address, "pv-h")
    assert "Text Simulator Sending 1 0%" in text
    assert "Call Simulator Knew opt-outs 1 opt-out that was not known here 0 100%" in text
    chinese = enter("auditor", language="zh")
    assert "漏报拒收" in part(chinese, address, "pv-h")
    assert "还款提醒" in part(chinese, address, "la-h")
