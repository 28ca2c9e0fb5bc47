"""A refusal names the campaign that asked, so that its newest ones are read off an index, on both databases."""

from __future__ import annotations

import pytest

from bench.book import Book
from orchestrator.domain.campaign import Definition
from orchestrator.services import campaign, fact
from orchestrator.services.fact import By
from orchestrator.store import campaign_latest
from orchestrator.store.database import Database
from tests.integration.engine.stage import Stage, build


@pytest.fixture
def stage(database: Database) -> Stage:
    return build(database, book=Book(count=4), enroll=False)


def test_what_a_campaign_is_refused_names_it(stage: Stage) -> None:
    fact.record_opt_out(stage.house, By("test"), consumer_id="C0000001", channel="sms")
    made = campaign.create(stage.house, Definition("spring", "plain"), "manager").id
    campaign.start(stage.house, made, "manager")
    stage.plan()
    verdicts = stage.query("SELECT decision, campaign_id FROM verdict")
    assert {one for _, one in verdicts} == {made}
    assert {decision == "allow" for decision, _ in verdicts} == {True, False}
    with stage.database.read(stage.clock) as unit:
        found = campaign_latest.refusals(unit, made, 0, 10)
        assert campaign_latest.refusals(unit, "another", 0, 10) == []
        assert campaign_latest.refusals(unit, made, unit.now_micros + 1, 10) == []
    assert {row.consumer_id for row in found} == {"C0000001"}
    assert {row.account_id for row in found} == {"A-C0000001"}
    assert all(row.decision != "allow" for row in found)


def test_they_are_read_off_their_index(stage: Stage) -> None:
    with stage.database.write(stage.clock) as unit:
        asked: list[str] = []
        inner = unit.query

        def spy(sql: str, values: object = None) -> list[tuple[object, ...]]:
            asked.append(sql)
            return inner(sql, values)  # type: ignore[arg-type]

        unit.query = spy  # type: ignore[assignment,method-assign]
        campaign_latest.refusals(unit, "x", 0, 10)
        params = {"id": "x", "since": 0, "limit": 10}
        if unit.dialect == "postgresql":
            unit.execute("SET LOCAL enable_seqscan = off")
            plan = " ".join(str(row[0]) for row in inner(f"EXPLAIN {asked[0]}", params))
        else:
            plan = " ".join(str(row[3]) for row in inner(f"EXPLAIN QUERY PLAN {asked[0]}", params))
    assert "verdict_by_campaign" in plan
