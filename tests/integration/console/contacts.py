"""Contacts for the pages to show: asked for as a dialer asks, made, and refused."""

from __future__ import annotations

from datetime import timedelta

from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.services.reservation import Asked, reserve


def ask(runtime: Runtime, channel: str = "voice", consumer: str = "C-1", account: str = "A-1") -> str:
    """The id of the decision on a contact that is asked for now; allowed ones take their slot."""
    asked = Asked(consumer, (account,), channel, automated=False)
    reserve(runtime.house, asked, requested_by="key:dialer")
    with runtime.database.read(runtime.clock) as unit:
        return str(unit.query("SELECT id FROM verdict ORDER BY as_of DESC, id DESC LIMIT 1")[0][0])


def later(runtime: Runtime, **span: float) -> None:
    """Let time pass."""
    assert isinstance(runtime.clock, VirtualClock)
    runtime.clock.advance(timedelta(**span))


def calls(runtime: Runtime, count: int) -> list[str]:
    """So many calls to the first consumer, a minute apart; the ids of their decisions."""
    made = []
    for _ in range(count):
        made.append(ask(runtime))
        later(runtime, minutes=1)
    return made
