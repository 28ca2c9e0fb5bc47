"""What every benchmark of the engine runs on: the real packs and templates, the sample firm, a fixed noon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from channels.contract import Channel, Provider
from orchestrator.bootstrap import settle_memory
from orchestrator.clock import VirtualClock
from orchestrator.domain import firm_file
from orchestrator.domain.cadence import Cadence
from orchestrator.domain.cadence_file import parse
from orchestrator.domain.cadence_library import Cadences
from orchestrator.engine.house import House
from orchestrator.store.database import Database
from orchestrator.store.sealing import KeyRing, Sealer
from policies import library
from templates import library as templates

NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("America/Chicago")).astimezone(UTC)
SECRET = "a benchmark secret that protects nothing at all"
SMS = "name: bench\nsteps:\n  - {name: reminder, day: 0, channels: [sms, email, voice, letter]}\n"
EMAIL = "name: bench\nsteps:\n  - {name: reminder, day: 0, channels: [email]}\n"


def cadence(body: str = SMS) -> Cadence:
    return parse(body, "bench.yaml")


def sealer() -> Sealer:
    return Sealer(KeyRing.of_secret(SECRET))


def house(
    database: Database, worked: Cadence, providers: Mapping[Channel, Provider] | None = None, batch: int = 500
) -> House:
    """An engine whose clock stands at a Chicago noon, so that the law does not depend on when it is run."""
    made = House(
        database=database,
        clock=VirtualClock(NOON),
        sealer=sealer(),
        library=library.load(),
        catalog=templates.load(),
        firm=firm_file.load(None),
        cadences=Cadences([worked]),
        providers=providers or {},
        public_url="https://contact.example.com",
        batch=batch,
    )
    settle_memory()  # as every process that serves does
    return made
