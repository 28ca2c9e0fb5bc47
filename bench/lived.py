"""A small book with a real past: the sample's sixty days, then campaigns, notes and call-backs through the services."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from channels.simulator.world import World
from orchestrator.bootstrap import Runtime, people
from orchestrator.clock import VirtualClock
from orchestrator.domain.campaign import Definition
from orchestrator.engine import planner
from orchestrator.engine.dispatch import Dispatcher
from orchestrator.engine.house import House
from orchestrator.engine.life import Agenda
from orchestrator.services import campaign, campaign_forecast, fact, sample
from orchestrator.services.fact import By
from orchestrator.services.follow_up import add_task
from orchestrator.settings import Settings

NOW = datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
"""A lawful hour on both sides of the Pacific: Tuesday evening in America, Wednesday morning in China."""
FILE = "duecourse.db"
_BY = "user:bench"
# name, segment, and how it ends; None is a draft
_CAMPAIGNS = (
    ("Small balances", 'country == "US" && balance < 500.0', campaign.stop),
    ("River Bank reminders", 'creditor == "river-bank"', campaign.pause),
    ("November reminders", "balance >= 500.0", lambda *_: None),
    ("Winter reminders", "balance >= 1000.0", None),
)
_NOTE = "Asked to be called in the evening; the letter of last month came back, new address to follow."


def settings(folder: Path) -> Settings:
    """What the book in `folder` is opened with."""
    return Settings(  # type: ignore[call-arg]
        _env_file=None,
        data_dir=folder,
        database_url=f"sqlite:///{folder / FILE}",
        secret_key=SecretStr("a benchmark secret that protects nothing at all"),
        email_webhook_secret=SecretStr("mail-secret"),
        public_url="https://contact.example.com",
    )


def live(folder: Path) -> Path:
    """Lives it into a new file in `folder`, and gives the file."""
    made, path = settings(folder), folder / FILE
    runtime = Runtime.open(made, VirtualClock(NOW))
    sample.live_first(runtime.house, path, people(made), NOW, lambda _done, _of: None)
    runtime.close()
    agenda = Agenda()
    runtime = Runtime.open(
        made, VirtualClock(NOW), World(people(made), 1, lambda: NOW, agenda.schedule, sample.nowhere)
    )
    _add_campaigns(runtime.house)
    _add_words(runtime.house)
    runtime.close()
    return path


def _add_campaigns(house: House) -> None:
    """One of each state, and a draft with its forecast; what is due leaves once."""
    for name, segment, ends in _CAMPAIGNS:
        definition = Definition(name, "standard", segment, hourly_limit=60, held_out_share=0.1)
        made = campaign.create(house, definition, _BY)
        campaign_forecast.make(house, made.id, _BY)
        if ends is None:
            continue
        campaign.start(house, made.id, _BY)
        planner.plan(house)
        asyncio.run(Dispatcher(house).run_once())
        ends(house, made.id, _BY)


def _add_words(house: House) -> None:
    """What people leave in a book: notes, and call-backs of which half are due."""
    with house.database.read(house.clock) as unit:
        owed = unit.query("SELECT consumer_id, account_id FROM account_consumer ORDER BY consumer_id")
    for number, (consumer_id, account_id) in enumerate(owed):
        if number % 4 == 0:
            fact.record_note(house, By("console", who=_BY), consumer_id, _NOTE, account_id=account_id)
        if number % 9 == 0:
            at = NOW + timedelta(hours=number % 48 - 24)
            key, kind = (str(number), consumer_id), ("call_back", "reminder", "step")[number % 3]
            with house.database.write(house.clock) as unit:
                add_task(unit, "call", kind, consumer_id, account_id, at, {"channel": "voice"}, key)
