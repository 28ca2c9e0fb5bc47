"""Agent tasks: "sent" by putting them on a worklist, through a sink that the composition root gives."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping

from channels.contract import Accepted, Channel, Message, ensure_time_left
from channels.errors import Ambiguous, Refused

TaskSink = Callable[[Message], Awaitable[str]]
"""Puts a task for the message on the worklist and gives its id; raises Refused if the worklist rejects it."""


class WorklistProvider:
    """A task is accepted once the sink has it. What the sink cannot say clearly is ambiguous."""

    name = "worklist"
    channel = Channel.TASK
    is_simulated = False
    max_per_500ms = 500

    def __init__(self, sink: TaskSink) -> None:
        self._sink = sink

    async def send(self, message: Message, deadline: float) -> Accepted:
        if not message.text.strip():
            raise Refused("a task without a text tells nobody what to do", code="empty", provider=self.name)
        ensure_time_left(deadline, self.name)
        try:
            task_id = await self._sink(message)
        except Refused:
            raise
        except Exception as error:
            raise Ambiguous(
                "the worklist did not say whether it has the task",
                code="unclear_answer",
                provider=self.name,
                provider_code=type(error).__name__,
            ) from error
        return Accepted(provider=self.name, provider_id=task_id or _task_id(message))

    async def close(self) -> None:
        """The worklist belongs to whoever gave the sink."""


def _task_id(message: Message) -> str:
    return "task-" + hashlib.sha256(message.attempt_id.encode()).hexdigest()[:20]


def from_settings(settings: Mapping[str, object]) -> WorklistProvider | None:
    """Settings cannot name a sink: the composition root passes the provider to the registry instead."""
    del settings
    return None
