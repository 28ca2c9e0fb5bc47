"""`simulate`: a portfolio worked by a cadence on a virtual clock, against people who behave by script and seed.

The planner, gate, templates and dispatcher are the live ones. Same inputs and seed give byte-identical files but
for `seconds`: ids are derived, draws are hashes, everything is sorted.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import event

from channels.registry import simulated
from channels.simulator.behaviour import Behaviour
from channels.simulator.world import World
from orchestrator.clock import Clock, VirtualClock
from orchestrator.domain.cadence import Cadence
from orchestrator.domain.cadence_library import Cadences
from orchestrator.domain.firm import Firm
from orchestrator.engine.conduct import Conduct
from orchestrator.engine.house import House
from orchestrator.engine.life import Agenda, Life, Progress
from orchestrator.engine.report import Log, summarize, write_lines
from orchestrator.store import enrollment
from orchestrator.store.database import Database
from orchestrator.store.migration import upgrade
from orchestrator.store.sealing import KeyRing, Sealer
from policies.facts import Settings
from policies.library import Library
from templates.library import Catalog

Bring = Callable[[Database, Clock, Sealer], Any]
"""Brings the portfolio into the simulation's own database; what it gives back is kept in the result."""

FILES = ("receipts.jsonl", "decisions.jsonl", "events.jsonl", "summary.json")
_DATABASE = "simulation.db"
_ALL = 10_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate: from `start` 00:00 UTC for `days` days, all files in `out`."""

    cadence: Cadence
    start: date
    days: int
    out: Path
    behaviour: Behaviour
    seed: int = 0
    enroll_all: bool = True
    begin: Callable[[House], None] | None = None
    """What happens once the book is there, instead of everybody entering the cadence: a campaign is started."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the engine works with, as in a live run."""

    library: Library | None
    catalog: Catalog
    firm: Firm
    settings: Settings = field(default_factory=lambda: Settings(daytime_only=True))
    public_url: str = "https://contact.example.com"


def simulate(plan: Plan, ground: Ground, bring: Bring, progress: Progress | None = None) -> dict[str, Any]:
    """Run it and write the files; gives the summary. Files of an earlier run in the folder are replaced."""
    began = time.perf_counter()
    start = datetime(plan.start.year, plan.start.month, plan.start.day, tzinfo=UTC)
    plan.out.mkdir(parents=True, exist_ok=True)
    database = _fresh_database(plan.out)
    clock = VirtualClock(start)
    log = Log()
    try:
        house, agenda = _house(plan, ground, database, clock, log)
        brought = bring(database, clock, house.sealer)
        if plan.begin is not None:
            plan.begin(house)
        elif plan.enroll_all:
            _enroll(database, clock, plan.cadence)
        life = Life(house, clock, agenda, Conduct(house, log.events.append))
        asyncio.run(life.live(start + timedelta(days=plan.days), progress))
        summary = _write(plan, house, log)
    finally:
        database.close()
    summary["seconds"] = round(time.perf_counter() - began, 3)
    summary["brought"] = brought if isinstance(brought, dict) else {}
    (plan.out / "summary.json").write_bytes(
        msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"
    )
    return summary


def _fresh_database(out: Path) -> Database:
    for suffix in ("", "-wal", "-shm"):
        (out / f"{_DATABASE}{suffix}").unlink(missing_ok=True)
    for name in FILES:
        (out / name).unlink(missing_ok=True)
    database = Database(f"sqlite:///{(out / _DATABASE).resolve()}")
    # a simulation that is interrupted starts over, so nothing of it has to survive a power cut
    event.listen(database.engine, "connect", _without_syncing)
    upgrade(database)
    return database


def _enroll(database: Database, clock: VirtualClock, cadence: Cadence) -> None:
    """Every open account enters; the first step is due at once."""
    with database.write(clock) as unit:
        enrollment.keep_version(unit, cadence.name, cadence.digest, cadence.source)
        chosen = enrollment.candidates(unit, "", _ALL)
        enrollment.enter(unit, chosen, cadence=cadence.name, digest=cadence.digest, next_at=unit.now_micros)


def _without_syncing(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _house(
    plan: Plan, ground: Ground, database: Database, clock: VirtualClock, log: Log
) -> tuple[House, Agenda]:
    agenda = Agenda()
    world = World(
        plan.behaviour,
        plan.seed,
        clock.now,
        agenda.schedule,
        log.receipts.append,
        sleep=_no_wait,
        monotonic=lambda: clock.now().timestamp(),
    )
    secret = hashlib.sha256(f"simulation {plan.seed}".encode()).hexdigest()
    house = House(
        database=database,
        clock=clock,
        sealer=Sealer(KeyRing.of_secret(secret)),
        library=ground.library,
        catalog=ground.catalog,
        firm=ground.firm,
        cadences=Cadences([plan.cadence]),
        providers=simulated(world),
        settings=ground.settings,
        node="simulation",
        public_url=ground.public_url,
        assume_complete=True,
        inline=True,
        monotonic=lambda: clock.now().timestamp(),
        on_verdict=log.decide,
    )
    return house, agenda


async def _no_wait(seconds: float) -> None:
    """A slow provider costs no virtual time: order, not duration, is what a simulation is about."""
    del seconds


def _write(plan: Plan, house: House, log: Log) -> dict[str, Any]:
    decisions = log.decision_lines(house)
    write_lines(plan.out / "receipts.jsonl", log.receipts)
    write_lines(plan.out / "decisions.jsonl", decisions)
    write_lines(plan.out / "events.jsonl", log.events)
    with house.database.read(house.clock) as unit:
        consumers = unit.query("SELECT count(DISTINCT consumer_id) FROM enrollment")[0][0]
    about = {
        "cadence": plan.cadence.name,
        "from": plan.start.isoformat(),
        "days": plan.days,
        "seed": plan.seed,
    }
    return {**about, **summarize(consumers, log, decisions)}
