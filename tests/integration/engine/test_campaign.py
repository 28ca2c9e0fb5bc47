"""A campaign from its draft to its end, on both databases: whom it takes, what it keeps back, what it never does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bench.book import Book
from orchestrator.domain.campaign import CampaignError, CampaignState, Definition
from orchestrator.engine.campaign import finish_due
from orchestrator.errors import ConflictError
from orchestrator.services import campaign
from orchestrator.services.segment import count_segment
from orchestrator.store.database import Database
from tests.integration.engine.stage import Stage, build

PLAIN = Definition(name="spring", cadence="plain")


@pytest.fixture
def stage(database: Database) -> Stage:
    return build(database, book=Book(count=40), enroll=False)


def make(stage: Stage, **more: object) -> str:
    definition = Definition(**{"name": "spring", "cadence": "plain", **more})  # type: ignore[arg-type]
    return campaign.create(stage.house, definition, "manager").id


def test_a_campaign_enrols_whom_it_is_about(stage: Stage) -> None:
    made = make(stage, segment="balance >= 250.20", held_out_share=0.25)
    counted = count_segment(stage.house, "balance >= 250.20", name="spring", held_out_share=0.25)
    started = campaign.start(stage.house, made, "manager")
    assert (started.enrolled + started.held_out, started.elsewhere) == (20, 0)
    assert started.held_out == counted.held_out
    assert 0 < started.held_out < 20
    assert started.campaign.state is CampaignState.RUNNING
    assert started.campaign.started_by == "manager"
    stage.plan()
    assert stage.dispatch() == started.enrolled
    held_out = {row[0] for row in stage.query("SELECT account_id FROM campaign_member WHERE held_out")}
    reached = {message.consumer_ref for message in stage.sink.received}
    assert not {f"A-{one}" for one in reached} & held_out


def test_who_is_in_another_enrollment_stays_there(stage: Stage) -> None:
    campaign.start(stage.house, make(stage, name="first", segment='consumer_id < "C0000010"'), "m")
    counted = count_segment(stage.house, "", name="second")
    started = campaign.start(stage.house, make(stage, name="second"), "m")
    assert (counted.accounts, counted.elsewhere) == (40, 10)
    assert (started.enrolled, started.elsewhere) == (30, 10)


def test_whom_another_enrollment_works_is_no_held_out_consumer(stage: Stage) -> None:
    """They are contacted: beside them a campaign would look as if it changed little."""
    campaign.start(stage.house, make(stage, name="first", segment='consumer_id < "C0000020"'), "m")
    made = make(stage, held_out_share=0.5)
    counted = count_segment(stage.house, "", name="spring", held_out_share=0.5)
    started = campaign.start(stage.house, made, "m")
    assert started.enrolled + started.held_out + started.elsewhere == 40
    assert (started.held_out, started.elsewhere) == (counted.held_out, 20)


def test_a_paused_campaign_keeps_everything_back_and_goes_on_where_it_was(stage: Stage) -> None:
    made = make(stage)
    campaign.start(stage.house, made, "m")
    stage.plan()
    campaign.pause(stage.house, made, "m")
    assert stage.dispatch() == 0
    assert stage.scalar("SELECT count(*) FROM attempt WHERE state = 'released'") == 40
    stage.plan()
    assert stage.dispatch() == 0
    waiting = stage.scalar("SELECT count(*) FROM enrollment WHERE reason = 'campaign_paused'")
    assert waiting == 40
    stage.clock.advance(timedelta(hours=1))
    campaign.resume(stage.house, made, "m")
    stage.plan()
    assert stage.dispatch() == 40
    assert max(stage.sink.per_attempt.values()) == 1


def test_a_stopped_campaign_never_runs_again(stage: Stage) -> None:
    made = make(stage)
    campaign.start(stage.house, made, "m")
    stage.plan()
    stopped = campaign.stop(stage.house, made, "officer")
    assert (stopped.state, stopped.stopped_by) == (CampaignState.STOPPED, "officer")
    stage.plan()
    assert stage.dispatch() == 0
    assert stage.query("SELECT DISTINCT state, reason FROM enrollment") == [("ended", "campaign_stopped")]
    assert campaign.stop(stage.house, made, "officer").stopped_at == stopped.stopped_at
    for move in (campaign.start, campaign.pause, campaign.resume):
        with pytest.raises(ConflictError, match="is stopped"):
            move(stage.house, made, "m")


def test_the_limits_hold_and_nobody_is_lost(stage: Stage) -> None:
    made = make(stage, hourly_limit=5, daily_limit=12)
    campaign.start(stage.house, made, "m")
    sent = []
    for _ in range(5):
        while stage.plan().claimed:
            stage.dispatch()
        sent.append(len(stage.sink.received))
        stage.clock.advance(timedelta(hours=1))
    assert sent == [5, 10, 12, 12, 12]
    waiting = stage.query("SELECT reason, count(*) FROM enrollment WHERE reason IS NOT NULL GROUP BY reason")
    assert waiting == [("campaign_daily_limit", 28)]
    assert campaign.find(stage.house, made).state is CampaignState.RUNNING


def test_nothing_leaves_after_the_last_day(stage: Stage) -> None:
    today = stage.clock.now().date()
    made = make(stage, ends_on=today, hourly_limit=3)
    campaign.start(stage.house, made, "m")
    for _ in range(16):
        while stage.plan().claimed:
            stage.dispatch()
        stage.clock.advance(timedelta(hours=1))
    assert 0 < len(stage.sink.received) < 40
    ends = stage.scalar("SELECT not_after FROM campaign")
    assert stage.scalar("SELECT max(submitted_at) FROM attempt") < ends  # type: ignore[operator]
    assert finish_due(stage.house) == 1
    stage.plan()
    assert stage.query("SELECT DISTINCT reason FROM enrollment WHERE state = 'ended'") == [("campaign_over",)]
    assert campaign.find(stage.house, made).state is CampaignState.DONE


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"segment": "balence > 3"}, "segment"),
        ({"held_out_share": 0.6}, "held_out_share"),
        ({"hourly_limit": 0}, "hourly_limit"),
        ({"name": " "}, "name"),
        ({"cadence": "none"}, "cadence"),
        ({"starts_on": date(2026, 3, 4), "ends_on": date(2026, 3, 3)}, "ends_on"),
    ],
)
def test_what_is_wrong_with_a_draft_is_said_by_field(
    stage: Stage, more: dict[str, object], field: str
) -> None:
    with pytest.raises(CampaignError) as raised:
        make(stage, **more)
    assert [one.field for one in raised.value.problems] == [field]


def test_a_name_is_taken_once(stage: Stage) -> None:
    make(stage)
    with pytest.raises(ConflictError, match="already"):
        make(stage)
