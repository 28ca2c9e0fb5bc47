"""A small book on a real database, the real policies and templates, and a provider that logs what reaches it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bench.book import Book, write
from channels.contract import Accepted, Channel, Message, Provider, ensure_time_left, message_digest
from channels.registry import Providers
from orchestrator.clock import VirtualClock
from orchestrator.domain import firm_file
from orchestrator.domain.cadence import Cadence
from orchestrator.domain.cadence_file import parse
from orchestrator.domain.cadence_library import Cadences
from orchestrator.engine import planner
from orchestrator.engine.dispatch import Dispatcher
from orchestrator.engine.house import House
from orchestrator.store.database import Database
from orchestrator.store.sealing import KeyRing, Sealer
from policies import library
from templates import library as templates

NOON = datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("America/Chicago")).astimezone(UTC)
SECRET = "an integration secret of forty characters"

SMS_ONLY = """name: plain
steps:
  - {name: reminder, day: 0, channels: [sms]}
  - {name: later, template: reminder, day: 2, channels: [sms, email]}
"""
CALLS = """name: calls
steps:
  - {name: reminder, day: 0, channels: [voice], not_after: 60d}
  - {name: again, template: reminder, day: 0, gap: 1m, channels: [voice], not_after: 60d}
"""


@dataclass
class Sink:
    """What reached the outside, and how the outside answers: `answer` may raise or give None for accepted."""

    received: list[Message] = field(default_factory=list)
    answer: Callable[[Message], None] = lambda _message: None
    delay_s: float = 0.0

    @property
    def per_attempt(self) -> Counter[str]:
        return Counter(message.attempt_id for message in self.received)


class SinkProvider:
    """Hands every message to the sink; nothing else."""

    is_simulated = False
    max_per_500ms = 100

    def __init__(self, channel: Channel, sink: Sink, monotonic: Callable[[], float]) -> None:
        self.channel = channel
        self.name = f"sink_{channel.value}"
        self._sink = sink
        self._monotonic = monotonic

    async def send(self, message: Message, deadline: float) -> Accepted:
        ensure_time_left(deadline, self.name, self._monotonic)
        if self._sink.delay_s:
            await asyncio.sleep(self._sink.delay_s)
        self._sink.answer(message)
        self._sink.received.append(message)
        return Accepted(provider=self.name, provider_id=f"p-{message.attempt_id}")

    async def close(self) -> None:
        return


@dataclass
class Stage:
    """Everything a test of the engine needs. The clock is virtual and stands at a Chicago noon."""

    database: Database
    clock: VirtualClock
    house: House
    sink: Sink

    def plan(self) -> planner.Report:
        return planner.plan(self.house)

    def dispatch(self) -> int:
        return asyncio.run(Dispatcher(self.house).run_once())

    def query(self, sql: str, **params: object) -> list[tuple[object, ...]]:
        with self.database.read(self.clock) as unit:
            return unit.query(sql, params)

    def scalar(self, sql: str, **params: object) -> object:
        return self.query(sql, **params)[0][0]

    def digests(self) -> Iterable[str]:
        return (message_digest(message) for message in self.sink.received)


def cadence(body: str) -> Cadence:
    return parse(body, "test.yaml")


def build(
    database: Database,
    *,
    book: Book | None = None,
    body: str = SMS_ONLY,
    at: datetime = NOON,
    enroll: bool = True,
) -> Stage:
    """A stage with a book of a few people, enrolled and due."""
    clock = VirtualClock(at)
    sink = Sink()
    sealer = Sealer(KeyRing.of_secret(SECRET))
    worked = cadence(body)

    def monotonic() -> float:
        return clock.now().timestamp()

    providers: dict[Channel, Provider] = {
        channel: SinkProvider(channel, sink, monotonic)
        for channel in (Channel.SMS, Channel.EMAIL, Channel.VOICE, Channel.LETTER)
    }
    house = House(
        database=database,
        clock=clock,
        sealer=sealer,
        library=library.load(),
        catalog=templates.load(),
        firm=firm_file.load(None),
        cadences=Cadences([worked]),
        providers=Providers(providers),
        node="stage",
        public_url="https://contact.example.com",
        inline=True,
        monotonic=monotonic,
    )
    write(database, sealer, book or Book(count=4), worked if enroll else None, clock)
    return Stage(database, clock, house, sink)
