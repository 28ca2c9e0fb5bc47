"""The dispatcher: permits in, provider calls out, outcomes recorded in bulk. No transaction is open during a call.

What may have been sent counts and is never sent again; only what is proven not sent is given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from channels.contract import Accepted, Channel, Message, message_digest
from channels.errors import Ambiguous, ChannelError, Permanent, Refused, Temporary, Throttled
from orchestrator.engine import failpoint, gate
from orchestrator.engine.breaker import Breaker
from orchestrator.engine.envelope import build_messages
from orchestrator.engine.gate import Leave
from orchestrator.engine.house import House
from orchestrator.engine.permit import PermitError
from orchestrator.engine.settlement import Outcome, Settled, settle
from orchestrator.errors import UnavailableError

T = TypeVar("T")
_RETRY = timedelta(minutes=5)
_PATIENCE_S = (0.1, 0.5, 2.0)
_NEVER_SOON = timedelta(hours=6)


@dataclass(slots=True)
class Dispatcher:
    """Hands over what is reserved, channel by channel."""

    house: House
    breakers: dict[Channel, Breaker] = field(default_factory=dict)

    async def run_once(self) -> int:
        """One chunk on every channel; the number of attempts handed over or given back."""
        done = await asyncio.gather(*(self.run_channel(channel) for channel in sorted(self.house.providers)))
        return sum(done)

    async def run_channel(self, channel: Channel, only: str | None = None) -> int:
        """Admit a chunk no larger than the sender can start in half a second (or `only` one attempt), call, record."""
        provider = self.house.providers[channel]
        breaker = self.breakers.setdefault(channel, Breaker())
        limit = breaker.allowance(self.house.monotonic(), provider.max_per_500ms)
        if limit == 0:
            return 0
        leaves = await self._work(lambda: gate.admit(self.house, channel, limit, only))
        if not leaves:
            return 0
        messages = await self._work(lambda: build_messages(self.house, [leave.attempt for leave in leaves]))
        calls = (self._call(leave, messages.get(leave.attempt.id)) for leave in leaves)
        settled = list(await asyncio.gather(*calls))
        failpoint.reach("dispatch.called")
        await self._record(settled)
        failpoint.reach("record.committed")
        self._judge_provider(breaker, settled)
        return len(settled)

    async def _record(self, settled: Sequence[Settled]) -> None:
        """Write outcomes down; a database that hiccups is asked again, since recording twice changes nothing.

        If it stays away, the reaper calls these attempts ambiguous: they count, and are never sent again.
        """
        for wait in (*_PATIENCE_S, None):
            try:
                return await self._work(lambda: settle(self.house, settled))
            except UnavailableError:
                if wait is None or self.house.inline:
                    raise
                await asyncio.sleep(wait)
        return None

    async def _call(self, leave: Leave, message: Message | None) -> Settled:
        attempt, permit = leave.attempt, leave.permit
        if message is None:
            return Settled(attempt, Outcome.RELEASED, "message_unreadable", retry_after=_RETRY)
        try:
            failpoint.reach("dispatch.before_call")
            permit.spend(message_digest(message), self.house.monotonic())
        except PermitError as error:
            return Settled(attempt, Outcome.RELEASED, error.code, error.message, retry_after=_RETRY)
        provider = self.house.providers[message.channel]
        try:
            accepted = await provider.send(message, permit.deadline)
        except ChannelError as error:
            return _failed(leave, error)
        except Exception as error:  # noqa: BLE001 - what we do not understand may have been sent
            return Settled(attempt, Outcome.AMBIGUOUS, "unexpected", type(error).__name__)
        return Settled(
            attempt, Outcome.ACCEPTED, provider=accepted.provider, provider_id=accepted.provider_id
        )

    async def _work(self, function: Callable[[], T]) -> T:
        """Database work: in a thread, or in this one under a virtual clock."""
        if self.house.inline:
            return function()
        result: Awaitable[T] = asyncio.to_thread(function)
        return await result

    def _judge_provider(self, breaker: Breaker, settled: Sequence[Settled]) -> None:
        now = self.house.monotonic()
        for one in settled:
            if one.outcome is Outcome.ACCEPTED:
                breaker.succeeded()
            elif one.is_provider_fault:
                breaker.failed(now)
            if one.asked_to_wait_s:
                breaker.asked_to_wait(now, one.asked_to_wait_s)


def _failed(leave: Leave, error: ChannelError) -> Settled:
    """A provider's failure in our terms: is it proven unsent, and when may the step be judged again?"""
    attempt = leave.attempt
    if isinstance(error, Permanent):
        return Settled(attempt, Outcome.PERMANENT, error.code, error.message, retry_after=timedelta(0))
    if isinstance(error, Throttled):
        wait = error.retry_after_s if error.retry_after_s is not None else _RETRY.total_seconds()
        after = timedelta(seconds=max(wait, 1.0))
        return Settled(
            attempt, Outcome.RELEASED, error.code, error.message, retry_after=after, asked_to_wait_s=wait
        )
    if isinstance(error, Temporary):
        after = min(_RETRY * 2 ** min(attempt.ordinal or 0, 6), _NEVER_SOON)
        return Settled(
            attempt, Outcome.RELEASED, error.code, error.message, retry_after=after, is_provider_fault=True
        )
    if isinstance(error, Refused):
        after = _RETRY if error.code == "deadline_passed" else _NEVER_SOON
        return Settled(attempt, Outcome.RELEASED, error.code, error.message, retry_after=after)
    is_known = isinstance(error, Ambiguous)
    return Settled(
        attempt,
        Outcome.AMBIGUOUS,
        error.code if is_known else "unexpected",
        error.message,
        is_provider_fault=True,
    )


__all__ = ["Accepted", "Dispatcher"]
