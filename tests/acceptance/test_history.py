"""A firm arrives with a week of calls and a suppression list, and later learns that one call was recorded wrongly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bench.book import Book
from orchestrator.engine.replay import replay
from orchestrator.importers.kind import Kind
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from orchestrator.services.contact import Contact, check_contact
from orchestrator.services.correction import correct_event
from orchestrator.services.reservation import Asked, reserve
from orchestrator.services.slot import commit
from orchestrator.store.database import Database
from policies.verdict import Decision, Verdict
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage

WHO = "C0000000"
ACCOUNT = f"A-{WHO}"
SECRET_SHARED = "+13125550199"


@pytest.fixture
def played(database: Database) -> Stage:
    """Wednesday 2026-03-04, noon in Chicago; nobody is enrolled."""
    return stage.build(database, book=Book(count=2), enroll=False)


def bring(played: Stage, folder: Path, kind: Kind, header: str, *rows: str, **options: object) -> None:
    path = folder / f"{kind}.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    chosen = ImportOptions(kind=kind, **options)  # type: ignore[arg-type]
    result = import_file(played.database, path, chosen, played.clock, played.house.sealer, None, played.house)
    assert result.rejected == 0, (folder / f"{kind}.rejected.csv").read_text()


def call(day: int, outcome: str) -> str:
    return f"2026-03-{day:02}T10:00:00-06:00,{WHO},{ACCOUNT},voice,outbound,{outcome},+13125550000"


CALLS = "at,consumer_id,account_id,channel,direction,outcome,address"


def ask(played: Stage, channel: str = "voice", who: str = WHO) -> Verdict:
    return check_contact(played.house, Contact(who, channel))


def used(verdict: Verdict, rule: str) -> tuple[int, int]:
    return next((one.used, one.limit) for one in verdict.used if one.rule == rule)


def dial(played: Stage, key: str) -> Decision:
    asked = Asked(consumer_id=WHO, account_ids=(ACCOUNT,), channel="voice", ttl_s=60, external_id=key)
    return reserve(played.house, asked, requested_by="dialer").verdict.decision


def test_five_calls_imported_as_history_leave_two_of_seven(played: Stage, tmp_path: Path) -> None:
    rows = [call(day, "no_answer") for day in (1, 2, 3)]
    rows += [call(2, "voicemail").replace("T10", "T15"), call(3, "voicemail").replace("T10", "T16")]
    rows += [call(3, "busy").replace("T10", "T17")]  # did not connect: not counted
    bring(played, tmp_path, Kind.HISTORY, CALLS, *rows, complete_since=date(2025, 1, 1))
    assert used(ask(played), "regf-7in7-attempts") == (5, 7)
    decisions = [dial(played, f"d{number}") for number in range(4)]
    assert decisions == [Decision.ALLOW, Decision.ALLOW, Decision.DEFER, Decision.DEFER]


def test_a_stop_for_a_number_closes_it_for_everyone_who_has_it(played: Stage, tmp_path: Path) -> None:
    header = (
        "consumer_id,kind,given_name,family_name,country,account_id,creditor,actor,currency,balance,"
        "delinquent_since,mobile,validation_sent_on,subdivision,postal_code"
    )
    people = [
        f"{name},person,Ann,{name},US,A-{name},bank,third_party_collector,USD,10.00,2026-01-01,"
        f"{SECRET_SHARED},2026-01-10,US-IL,60601"
        for name in ("one", "two")
    ]
    bring(played, tmp_path, Kind.PORTFOLIO, header, *people)
    assert ask(played, "sms", "one").decision is not Decision.DENY
    stop = f"({SECRET_SHARED[2:5]}) {SECRET_SHARED[5:8]}-{SECRET_SHARED[8:]}"
    bring(played, tmp_path, Kind.OPT_OUTS, "address,channel,at,source",
          f"+1 {stop},sms,2026-03-04T11:00:00-06:00,letter")  # fmt: skip
    late = people[0].replace("one", "three")
    bring(played, tmp_path, Kind.PORTFOLIO, header, late)
    for name in ("one", "two", "three"):
        verdict = ask(played, "sms", name)
        assert verdict.decision is Decision.DENY, name
        assert "firm-opt-out" in {rule.id for rule in verdict.rules}


def test_a_correction_moves_the_next_call_and_leaves_old_verdicts_alone(played: Stage) -> None:
    """No answer on Wednesday, corrected on Friday to a conversation: the call in between was unlawful."""
    assert dial(played, "wednesday") is Decision.ALLOW
    settle(played, "no_answer")
    played.clock.advance(timedelta(days=1))
    assert dial(played, "thursday") is Decision.ALLOW
    settle(played, "no_answer")
    played.clock.advance(timedelta(days=1))
    assert ask(played).decision is Decision.ALLOW
    first, second = (str(row[0]) for row in played.query("SELECT id FROM attempt ORDER BY reserved_at"))
    before = replay(played.house)
    corrected = correct_event(
        played.house, WHO, first, {"outcome": "conversation"}, reason="recording heard", by="officer"
    )
    verdict = ask(played)
    assert verdict.decision is Decision.DEFER
    assert "regf-7day-after-conversation" in {rule.id for rule in verdict.rules}
    assert verdict.retry_at == datetime(2026, 3, 11, 13, tzinfo=UTC)  # 08:00 in Chicago, on its seventh day
    assert corrected.unlawful == (second,)
    incidents = played.query("SELECT attempt_ids FROM incident")
    assert len(incidents) == 1
    assert second in str(incidents[0][0])
    after = replay(played.house)
    assert (before.count, before.differences) == (after.count, ())
    assert after.differences == ()


def settle(played: Stage, outcome: str) -> None:
    """What a dialer reports of its last reservation."""
    (row,) = played.query("SELECT id FROM attempt ORDER BY reserved_at DESC LIMIT 1")
    commit(played.house, str(row[0]), outcome=outcome)
