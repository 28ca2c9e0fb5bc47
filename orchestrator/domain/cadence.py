"""A cadence: the steps by which an account is worked, in order, each with its channels by preference.

Typed and frozen; `cadence_file` reads it from YAML. A version is named by the digest of its text; an
enrollment keeps the version it entered with.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class StepChannel(StrEnum):
    """Ways a step may reach a consumer; `task` puts it on a person's worklist."""

    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"
    LETTER = "letter"
    TASK = "task"


RETRYABLE = frozenset(
    {"no_answer", "busy", "unreachable", "power_off", "dropped", "temporary", "undelivered"}
)


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a step is tried in all (`tries`), how long after the last one, and after which outcomes."""

    tries: int = 3
    wait: timedelta = timedelta(hours=4)
    after: frozenset[str] = frozenset({"temporary", "busy", "no_answer"})


@dataclass(frozen=True, slots=True)
class Step:
    """One intended contact.

    day: whole days after entry at which it falls due; the step after a late one waits `gap` from it at least.
    not_after: how long after it fell due it may still be made; later it is skipped.
    template: the template's name, by default the step's own.
    """

    name: str
    day: int
    channels: tuple[StepChannel, ...]
    template: str
    content: str = "collection"
    gap: timedelta = timedelta(days=1)
    not_after: timedelta = timedelta(days=14)
    retry: Retry = Retry()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Cadence:
    """A named list of steps. `broken_promise` is the index of the step that follows a broken promise."""

    name: str
    description: str
    digest: str
    steps: tuple[Step, ...]
    broken_promise: int | None = None
    promise_grace: timedelta = timedelta(days=1)
    enter_when: str | None = None
    exit_when: str | None = None
    suspend_when: str | None = None
    source: str = field(default="", compare=False)

    def due(self, step: int, entered_at: datetime, after: datetime | None = None) -> datetime | None:
        """When `step` falls due: its day, and not sooner than its gap after `after`; None past the last."""
        if step >= len(self.steps):
            return None
        planned = entered_at + timedelta(days=self.steps[step].day)
        return planned if after is None else max(planned, after + self.steps[step].gap)
