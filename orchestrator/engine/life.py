"""A stretch of virtual time, lived event by event: the same planner, gate and dispatcher as in real time.

The clock jumps to the next instant at which something is due or somebody acts. What people do is applied before
anything is planned at the same instant. Reports that change no decision wait for the next stop of the clock, for
five minutes at most.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.events import Event
from channels.simulator.act import ConsumerAct, Scheduled
from orchestrator.clock import VirtualClock
from orchestrator.domain.instant import from_micros
from orchestrator.engine import planner, receipts
from orchestrator.engine.conduct import Conduct
from orchestrator.engine.dispatch import Dispatcher
from orchestrator.engine.house import House
from orchestrator.store.claim import next_due

_REPORT_WAIT = timedelta(minutes=5)
_NUDGE = timedelta(minutes=1)
Progress = Callable[[datetime], None]


Timed = tuple[datetime, int, Scheduled]


@dataclass(slots=True)
class Agenda:
    """What will happen, in order; of equal instants the one scheduled first comes first."""

    acts: list[Timed] = field(default_factory=list)
    reports: list[Timed] = field(default_factory=list)
    count: int = 0

    def schedule(self, at: datetime, item: Scheduled) -> None:
        """Have `item` happen at `at` (aware)."""
        heapq.heappush(self.acts if isinstance(item, ConsumerAct) else self.reports, (at, self.count, item))
        self.count += 1

    def next_stop(self) -> datetime | None:
        """When the clock must stop for the first item: at once for an act, later for a report."""
        stops = [at + _REPORT_WAIT for at, _, _ in self.reports[:1]] + [at for at, _, _ in self.acts[:1]]
        return min(stops, default=None)

    def due(self, now: datetime) -> list[tuple[datetime, Scheduled]]:
        """Take out what happened up to `now`, in order."""
        found: list[Timed] = []
        for heap in (self.acts, self.reports):
            while heap and heap[0][0] <= now:
                found.append(heapq.heappop(heap))
        return [(at, item) for at, _, item in sorted(found, key=lambda one: one[:2])]


@dataclass(slots=True)
class Life:
    """`house.clock` must be `clock`, and the providers must schedule on `agenda`."""

    house: House
    clock: VirtualClock
    agenda: Agenda
    conduct: Conduct
    dispatcher: Dispatcher = field(init=False)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.house)

    async def live(self, until: datetime, progress: Progress | None = None) -> None:
        """Live up to `until` (exclusive)."""
        while (stop := self._next_stop()) is not None and stop < until:
            self.clock.set(max(stop, self.clock.now()))
            self._happen()
            worked = await self._work()
            if not worked and self._due_at() == self.clock.now():
                self.clock.advance(_NUDGE)
            if progress is not None:
                progress(self.clock.now())
        self.clock.set(until)
        self._happen()

    def _next_stop(self) -> datetime | None:
        stops = [at for at in (self.agenda.next_stop(), self._due_at()) if at is not None]
        return min(stops, default=None)

    def _due_at(self) -> datetime | None:
        with self.house.database.read(self.house.clock) as unit:
            at = next_due(unit)
        return None if at is None else max(from_micros(at), self.clock.now())

    def _happen(self) -> None:
        """Apply what has happened up to now: people's acts each by itself, reports together."""
        reports: list[Event] = []
        for at, item in self.agenda.due(self.clock.now()):
            self.conduct.note(at, item)
            if isinstance(item, ConsumerAct):
                self._report(reports)
                reports = []
                self.conduct.act(item, at)
            else:
                reports.append(item)
        self._report(reports)

    def _report(self, reports: list[Event]) -> None:
        if not reports:
            return
        with self.house.database.write(self.house.clock) as unit:
            receipts.store(self.house, unit, reports)
            receipts.apply_stored(self.house, unit, len(reports) + 100)

    async def _work(self) -> bool:
        """Plan and dispatch until nothing is due at this instant any more."""
        worked = False
        while True:
            planned = planner.plan(self.house)
            sent = (
                await self.dispatcher.run_once() if planned.counts["reserved"] or not planned.claimed else 0
            )
            worked = worked or bool(planned.claimed or sent)
            if not planned.claimed and not sent:
                return worked
