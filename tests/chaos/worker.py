"""A worker process that a chaos test starts and kills. Its provider appends to a file before it answers.

`python -m tests.chaos.worker URL SINK NODE [PLANT]`. PLANT breaks the product on purpose, to prove the checker:
`resend` hands ambiguous attempts out again, `nolock` plans without the lock of the pool.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

from bench import ground
from channels.contract import Accepted, Channel, Message, ensure_time_left, message_digest
from orchestrator.clock import SystemClock
from orchestrator.engine import reaper
from orchestrator.engine.worker import Worker
from orchestrator.store import claim
from orchestrator.store.database import Database
from orchestrator.store.outcome import AttemptMove

CADENCE = "name: chaos\nsteps:\n" + "".join(
    f"  - {{name: call-{n}, template: reminder, day: 0, gap: 0m, channels: [voice]}}\n" for n in range(9)
)


class FileSink:
    """Logs by itself: one line appended in one write, on disk before the answer."""

    is_simulated = False
    max_per_500ms = 40
    name = "file_sink"
    channel = Channel.VOICE

    takes_s = 0.02

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)

    async def send(self, message: Message, deadline: float) -> Accepted:
        ensure_time_left(deadline, self.name)
        line = {
            "attempt_id": message.attempt_id,
            "consumer_id": message.consumer_ref,
            "digest": message_digest(message),
            "pid": os.getpid(),
            "at": time.time(),
        }
        os.write(self._file, json.dumps(line).encode() + b"\n")
        await asyncio.sleep(self.takes_s)
        return Accepted(provider=self.name, provider_id=f"p-{message.attempt_id}")

    async def close(self) -> None:
        os.close(self._file)


def plant(name: str) -> None:
    """Break the product in one known way."""
    if name == "resend":
        # long enough in flight that a kill falls between the call and its record in every run, not in most
        FileSink.takes_s = 0.25
        original = reaper.move_attempts  # type: ignore[attr-defined]

        def move(unit, moves):  # type: ignore[no-untyped-def]
            back = [AttemptMove(one.id, "reserved", one.sources, one.fence) for one in moves]
            return original(unit, back)

        reaper.move_attempts = move  # type: ignore[attr-defined]
    if name == "nolock":
        claim.lock_pools = lambda _unit, _ids: None  # type: ignore[assignment, misc]


async def main(url: str, sink: Path, node: str) -> None:
    database = Database(url)
    house = ground.house(database, ground.cadence(CADENCE), {Channel.VOICE: FileSink(sink)}, batch=25)
    house.clock = SystemClock()
    house.node = node
    house.lease_s = 2.0
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await Worker(house, idle_s=0.05, pause_s=0.2, on_error=tell).run(stop)


def tell(name: str, error: Exception) -> None:
    sys.stderr.write(f"{name}: {error!r}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    plant(sys.argv[4] if len(sys.argv) > 4 else "")
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
