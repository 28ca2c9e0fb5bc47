"""Named places where a test may stop, delay or kill the process. Without the environment variable they do nothing.

`DUECOURSE_FAILPOINT=name:action[@n][;...]`, action `kill` (SIGKILL to ourselves), `raise`, `sleep=SECONDS`; `@n`
means from the n-th passage on, once. Random kills alone do not find races; sweeping every name does.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

VARIABLE = "DUECOURSE_FAILPOINT"

POINTS = (
    "plan.claimed",  # enrollments are leased, nothing is judged
    "plan.reserved",  # everything is written, nothing is committed
    "plan.committed",  # reserved for good, nothing was handed over
    "admit.written",  # permits are minted, not committed
    "admit.committed",  # permits are minted and committed, no provider was called
    "dispatch.before_call",  # the permit is in hand, the call is next
    "dispatch.called",  # the provider has it, nothing is recorded
    "record.written",  # the outcome is written, not committed
    "record.committed",  # the outcome is committed
    "receipt.stored",  # a callback is stored, not committed
    "receipt.committed",  # a callback is stored and acknowledged, not applied
    "reaction.written",  # an inbound message has become facts, not committed
)


class FailpointError(RuntimeError):
    """What an armed `raise` raises."""


class _Armed:
    def __init__(self, setting: str) -> None:
        self.actions: dict[str, tuple[str, int]] = {}
        self.passed: Counter[str] = Counter()
        for part in filter(None, setting.split(";")):
            name, _, action = part.partition(":")
            if name not in POINTS:
                raise ValueError(f"{VARIABLE}: no failpoint is named {name!r}; known: {', '.join(POINTS)}")
            action, _, nth = action.partition("@")
            self.actions[name] = (action, int(nth or 1))

    def reach(self, name: str) -> None:
        if name not in self.actions:
            return
        action, nth = self.actions[name]
        self.passed[name] += 1
        if self.passed[name] == nth:
            _act(name, action)


def _act(name: str, action: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action.startswith("sleep="):
        time.sleep(float(action.removeprefix("sleep=")))
    else:
        raise FailpointError(name)


_armed: _Armed | None = _Armed(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else None


def reach(name: str) -> None:
    """Pass the place called `name`."""
    if _armed is not None:
        _armed.reach(name)


def arm(setting: str) -> None:
    """Arm failpoints of this process, as the environment variable does at start; empty disarms."""
    global _armed  # noqa: PLW0603 - one process has one set of armed failpoints, by design
    _armed = _Armed(setting) if setting else None
