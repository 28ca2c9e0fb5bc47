"""A worker: planner, dispatcher and callbacks in loops, and the node's ticks. Any number may share one PostgreSQL.

It keeps nothing in memory that matters: killed at any moment, another one carries on from the tables.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from channels.contract import Channel
from channels.events import Event
from channels.simulator.act import ConsumerAct
from orchestrator.audit.head import HEAD_EVERY_ROWS, HEAD_EVERY_S, Signer, write_head
from orchestrator.audit.sealer import seal_pending
from orchestrator.engine import planner, receipts
from orchestrator.engine.campaign import tidy
from orchestrator.engine.conduct import Conduct
from orchestrator.engine.dispatch import Dispatcher
from orchestrator.engine.house import House
from orchestrator.engine.life import Agenda
from orchestrator.engine.reaper import reap
from orchestrator.engine.scheduler import Scheduler, Tick

OnError = Callable[[str, Exception], None]
_SEAL_EVERY_S = 0.5
_REAP_EVERY_S = 2.0
_FINISH_EVERY_S = 15.0


@dataclass(frozen=True, slots=True)
class Heads:
    """Where and by whom the chain's heads are signed."""

    signer: Signer
    outside: Path | None = None


@dataclass(slots=True)
class Neighbours:
    """Simulated people beside a live worker: what they do next, and how it reaches us."""

    agenda: Agenda
    conduct: Conduct


@dataclass(slots=True)
class Worker:
    """`idle_s`: how long a loop rests when it found nothing to do; `pause_s`: after an error."""

    house: House
    heads: Heads | None = None
    neighbours: Neighbours | None = None
    on_error: OnError | None = None
    idle_s: float = 0.25
    pause_s: float = 1.0
    dispatcher: Dispatcher = field(init=False)
    unsigned: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.house)

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is in flight is recorded before this returns."""
        scheduler = Scheduler(self._ticks(), self.on_error)
        scheduler.start()
        try:
            await asyncio.gather(*(self._loop(name, turn, stop) for name, turn in self._turns()))
        finally:
            await asyncio.to_thread(scheduler.stop)
            await asyncio.to_thread(self._last_seal)

    def _turns(self) -> list[tuple[str, Callable[[], Coroutine[Any, Any, int]]]]:
        turns: list[tuple[str, Callable[[], Coroutine[Any, Any, int]]]] = [
            ("plan", self._plan),
            ("callbacks", self._apply),
        ]
        for channel in sorted(self.house.providers):
            turns.append((f"dispatch {channel.value}", self._channel(channel)))
        if self.neighbours is not None:
            turns.append(("neighbours", self._neighbours))
        return turns

    def _channel(self, channel: Channel) -> Callable[[], Coroutine[Any, Any, int]]:
        async def turn() -> int:
            return await self.dispatcher.run_channel(channel)

        return turn

    async def _plan(self) -> int:
        report = await asyncio.to_thread(planner.plan, self.house)
        return report.claimed

    async def _apply(self) -> int:
        return await asyncio.to_thread(receipts.apply_pending, self.house)

    async def _neighbours(self) -> int:
        return await asyncio.to_thread(self._happen)

    def _happen(self) -> int:
        """What simulated people and providers did up to now reaches us as it would from outside."""
        if self.neighbours is None:
            return 0
        due = self.neighbours.agenda.due(self.house.clock.now())
        reports: list[Event] = []
        for at, item in due:
            self.neighbours.conduct.note(at, item)
            if isinstance(item, ConsumerAct):
                self.neighbours.conduct.act(item, at)
            else:
                reports.append(item)
        if reports:
            receipts.receive(self.house, reports)
        return len(due)

    async def _loop(self, name: str, turn: Callable[[], Awaitable[int]], stop: asyncio.Event) -> None:
        """Turn after turn without a rest while there is work; an error costs a pause, never the loop."""
        while not stop.is_set():
            try:
                wait = 0.0 if await turn() else self.idle_s
            except Exception as error:  # noqa: BLE001 - the database may be away for a while, then we go on
                if self.on_error is not None:
                    self.on_error(name, error)
                wait = self.pause_s
            await _rest(stop, wait)

    def _ticks(self) -> list[Tick]:
        ticks = [
            Tick("reap", _REAP_EVERY_S, lambda: reap(self.house)),
            Tick("seal", _SEAL_EVERY_S, self.seal),
            Tick("campaigns", _FINISH_EVERY_S, lambda: tidy(self.house)),
        ]
        if self.heads is not None:
            ticks.append(Tick("heads", HEAD_EVERY_S, self._sign))
        return ticks

    def seal(self) -> None:
        """Seal what waits; after `HEAD_EVERY_ROWS` lines a head is signed before its minute is over."""
        self.unsigned += seal_pending(self.house.database, self.house.node, self.house.clock)
        if self.unsigned >= HEAD_EVERY_ROWS:
            self._sign()

    def _sign(self) -> None:
        self.unsigned = 0
        if self.heads is not None:
            write_head(self.house.database, self.heads.signer, self.heads.outside, self.house.clock)

    def _last_seal(self) -> None:
        try:
            seal_pending(self.house.database, self.house.node, self.house.clock)
            self._sign()
        except Exception as error:  # noqa: BLE001 - the next worker seals what we could not
            if self.on_error is not None:
                self.on_error("last seal", error)


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    if seconds <= 0:
        await asyncio.sleep(0)
        return
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
