"""What all simulated providers of one run share: the script, the seed, the clock, and where results go."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

from channels.contract import Channel, Message
from channels.simulator.act import Scheduled
from channels.simulator.behaviour import Behaviour
from channels.simulator.draw import fraction

Schedule = Callable[[datetime, Scheduled], None]
"""Takes an event or an act that happens at a later (aware) time; whoever runs the clock applies it then."""

OnReceipt = Callable[[dict[str, object]], None]
"""Takes one line of `receipts.jsonl` per accepted call."""


class World:
    """The simulated outside. `now` gives aware times: a virtual clock or the real one.

    `sleep` is awaited where a provider is slow; a virtual clock passes one that does not wait. `monotonic` is
    the clock of the deadlines given to `send`.
    """

    def __init__(
        self,
        behaviour: Behaviour,
        seed: int,
        now: Callable[[], datetime],
        schedule: Schedule,
        on_receipt: OnReceipt,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.behaviour = behaviour
        self.seed = seed
        self.now = now
        self.schedule = schedule
        self.on_receipt = on_receipt
        self.sleep = sleep
        self.monotonic = monotonic
        self._contacts: Counter[str] = Counter()
        self._by_channel: Counter[tuple[str, Channel]] = Counter()

    def count(self, message: Message) -> tuple[int, int]:
        """Count one contact: its ordinal for this consumer, and for this consumer on this channel (from 1).

        `meta["ordinal"]` overrides the first, for runs that survive a restart.
        """
        who = message.consumer_ref or message.address
        self._contacts[who] += 1
        self._by_channel[who, message.channel] += 1
        ordinal = int(message.meta.get("ordinal", self._contacts[who]))
        return ordinal, self._by_channel[who, message.channel]

    def draw(self, who: str, ordinal: int, purpose: str) -> float:
        """A number in [0, 1) for one purpose of one contact of one consumer."""
        return fraction(self.seed, who, ordinal, purpose)
