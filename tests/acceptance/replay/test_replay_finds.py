"""The replay itself is tested: each planted breach is found, and a clean log is called clean."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.replay.check import replay

HEADER = (
    "consumer_id,kind,given_name,family_name,country,account_id,creditor,actor,currency,balance,"
    "delinquent_since,mobile,email,subdivision,city,postal_code,opt_out,holds"
)
US = (
    "c1,person,Ann,Lee,US,a1,bank,third_party_collector,USD,10.00,2026-01-01,"
    "+13125550101,ann@example.org,US-IL,Chicago,60601,,"
)
WEST = (
    "c2,person,Bo,Ray,US,a2,bank,third_party_collector,USD,10.00,2026-01-01,"
    "+12135550102,,US-NY,New York,10001,,"
)
CN = "c3,person,伟,王,CN,a3,bank,third_party_collector,CNY,10.00,2026-01-01,+8613800138000,,CN-BJ,,,,"
STOPPED = (
    "c4,person,Di,Fox,US,a4,bank,third_party_collector,USD,10.00,2026-01-01,"
    "+13125550104,,US-IL,Chicago,60601,sms,"
)


@dataclass
class Log:
    """A simulation's folder that a test fills."""

    folder: Path

    def __post_init__(self) -> None:
        self.portfolio = self.folder / "portfolio.csv"
        self.portfolio.write_text("\n".join([HEADER, US, WEST, CN, STOPPED]) + "\n", encoding="utf-8")
        for name in ("receipts", "events", "decisions"):
            (self.folder / f"{name}.jsonl").touch()
        self.count = 0

    def write(self, name: str, row: dict[str, object]) -> None:
        with (self.folder / f"{name}.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def contact(
        self, at: str, channel: str = "voice", who: str = "c1", outcome: str = "no_answer", **more: object
    ) -> None:
        self.count += 1
        attempt = f"at{self.count}"
        row: dict[str, object] = {
            "at": at, "channel": channel, "attempt_id": attempt, "consumer_id": who,
            "account_ids": [f"a{who[1:]}"], "address": "x", "content": "collection",
            "content_digest": f"d{self.count}", "subject": None, "text": "t", "outcome": outcome,
        }  # fmt: skip
        row.update(more)
        self.write("receipts", row)
        judged = datetime.fromisoformat(at) - timedelta(seconds=1)
        self.allow(judged.isoformat(), str(row["attempt_id"]), f"d{self.count}")

    def allow(self, at: str, attempt: str, digest: str) -> None:
        self.write(
            "decisions",
            {
                "at": at,
                "attempt_id": attempt,
                "decision": "allow",
                "content_digest": digest,
                "policy_digest": "p",
            },
        )

    def act(self, at: str, kind: str, who: str = "c1", **more: object) -> None:
        row = {
            "at": at,
            "kind": kind,
            "consumer_id": who,
            "account_ids": [f"a{who[1:]}"],
            "channel": None,
            "address": None,
        }
        self.write("events", row | more)

    def findings(self) -> list[str]:
        return replay(self.portfolio, self.folder)


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def test_a_clean_log_has_no_findings(log: Log) -> None:
    for day in range(1, 8):
        log.contact(f"2026-04-{day:02}T18:00:00+00:00")
    log.contact("2026-04-03T16:00:00+00:00", "sms")
    log.contact("2026-04-03T01:00:00+00:00", "sms", who="c3")
    assert log.findings() == []


def test_an_eighth_call_is_found(log: Log) -> None:
    for hour in range(14, 22):
        log.contact(f"2026-04-01T{hour}:00:00+00:00")
    assert any("seven in seven" in sentence for sentence in log.findings())


def test_a_contact_outside_hours_in_one_of_two_zones_is_found(log: Log) -> None:
    log.contact("2026-04-01T14:00:00+00:00", "sms", who="c2")  # 10:00 in New York, 07:00 in Los Angeles
    assert any("America/Los_Angeles" in sentence for sentence in log.findings())


def test_a_chinese_contact_at_night_is_found(log: Log) -> None:
    log.contact("2026-04-01T14:00:00+00:00", "sms", who="c3")  # 22:00 in Shanghai
    assert len(log.findings()) == 1


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("opt_out", {"channel": "sms"}),
        ("opt_out", {}),
        ("opt_out", {"channel": "sms", "address": "x"}),
        ("cease", {}),
        ("recall", {}),
        ("payment", {"paid_in_full": True}),
    ],
)
def test_a_contact_after_a_stop_is_found(log: Log, kind: str, more: dict[str, object]) -> None:
    log.act("2026-04-01T14:59:59+00:00", kind, "c1", **more)
    log.contact("2026-04-01T15:00:00+00:00", "sms")
    assert log.findings()


def test_a_channel_closed_in_the_portfolio_is_found(log: Log) -> None:
    log.contact("2026-04-01T15:00:00+00:00", "sms", who="c4")
    assert any("portfolio" in sentence for sentence in log.findings())


def test_a_call_within_seven_dates_of_a_conversation_is_found(log: Log) -> None:
    log.contact("2026-04-01T15:00:00+00:00", outcome="conversation")
    log.contact("2026-04-07T15:00:00+00:00")
    assert any("within seven dates" in sentence for sentence in log.findings())


def test_a_receipt_without_permit_or_with_two_is_found(log: Log) -> None:
    log.contact("2026-04-01T15:00:00+00:00")
    log.allow("2026-04-01T15:00:00+00:00", "at1", "d1")
    assert any("2 ALLOW lines" in sentence for sentence in log.findings())


def test_another_text_than_the_one_allowed_is_found(log: Log) -> None:
    log.contact("2026-04-01T15:00:00+00:00", content_digest="other")
    assert any("another text" in sentence for sentence in log.findings())


def test_an_attempt_that_left_twice_is_found(log: Log) -> None:
    log.contact("2026-04-01T15:00:00+00:00", attempt_id="same")
    log.contact("2026-04-01T16:00:00+00:00", attempt_id="same")
    assert any("left 2 times" in sentence for sentence in log.findings())
