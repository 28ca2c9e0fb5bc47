"""Paused and resumed at random while it works: nobody twice, nobody lost, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from bench.book import Book
from orchestrator.domain.campaign import CampaignState, Definition
from orchestrator.services import campaign, fact
from orchestrator.services.fact import By
from orchestrator.store.database import Database
from tests.integration.engine.stage import build

PEOPLE = 60
STEP = timedelta(minutes=20)


@pytest.mark.parametrize("seed", [1, 2])
def test_five_pauses_at_random_repeat_and_lose_nobody(database: Database, seed: int) -> None:
    stage = build(database, book=Book(count=PEOPLE), enroll=False)
    draws = Random(seed)
    made = campaign.create(stage.house, Definition("spring", "plain", hourly_limit=9), "m").id
    campaign.start(stage.house, made, "m")
    # one waits for a promise when the pauses come: it must come back as well
    due = stage.clock.now().date() + timedelta(days=1)
    fact.record_promise(stage.house, By("test"), "A-C0000007", amount_minor=100, due_on=due)
    moments = sorted(draws.sample(range(1, 40), 5))
    paused_until = -1
    for place in range(24 * 3 * 8):
        if place in moments and campaign.find(stage.house, made).state is CampaignState.RUNNING:
            stage.plan()  # some are reserved and not handed over yet
            campaign.pause(stage.house, made, "m")
            paused_until = place + draws.randint(1, 9)
        if place == paused_until or (place > 60 and campaign.find(stage.house, made).state == "paused"):
            campaign.resume(stage.house, made, "m")
        before = len(stage.sink.received)
        while stage.plan().claimed:
            stage.dispatch()
        if campaign.find(stage.house, made).state is CampaignState.PAUSED:
            assert len(stage.sink.received) == before
        stage.clock.advance(STEP)
    per_step = Counter((one.consumer_ref, stage_of(stage, one.attempt_id)) for one in stage.sink.received)
    assert set(per_step.values()) == {1}
    assert {who for who, step in per_step if step == 0} == {f"C{number:07}" for number in range(PEOPLE)}
    assert {who for who, step in per_step if step == 1} == {f"C{number:07}" for number in range(PEOPLE)}


def stage_of(stage: object, attempt_id: str) -> object:
    return stage.scalar("SELECT step FROM attempt WHERE id = :id", id=attempt_id)  # type: ignore[attr-defined]
