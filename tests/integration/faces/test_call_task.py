"""A cadence's call task goes on the work list, not to a simulator, once for each attempt."""

from __future__ import annotations

import asyncio
import time

import pytest

from channels.contract import Channel, Message
from channels.errors import Ambiguous
from orchestrator.bootstrap import Runtime
from orchestrator.services import worklist
from orchestrator.services.reservation import Asked, reserve


def message(attempt_id: str) -> Message:
    return Message(
        attempt_id=attempt_id,
        channel=Channel.TASK,
        address="+13125550101",
        text="1. Say who you are.",
        template_id="en/task/reminder",
    )


def test_a_task_is_one_line_of_the_work_list_that_leads_to_its_number(runtime: Runtime) -> None:
    slot = reserve(runtime.house, Asked("C-1", ("A-1",), "voice", automated=False), requested_by="key:dialer")
    provider = runtime.providers[Channel.TASK]
    for _ in range(2):
        accepted = asyncio.run(provider.send(message(str(slot.id)), time.monotonic() + 5))
        assert accepted.provider == "worklist"
    assert [
        (one.kind, one.reason, one.consumer_id, one.account_id, one.attempt_id)
        for one in worklist.list_open(runtime.house, kind="call")
    ] == [("call", "cadence", "C-1", "A-1", slot.id)]
    detail = worklist.list_open(runtime.house, kind="call")[0].detail
    assert (detail["channel"], detail["contact_point_id"]) == ("voice", slot.contact_point_id)


def test_a_task_without_an_attempt_is_not_said_to_be_there(runtime: Runtime) -> None:
    with pytest.raises(Ambiguous):
        asyncio.run(runtime.providers[Channel.TASK].send(message("at_none"), time.monotonic() + 5))
    assert not worklist.list_open(runtime.house, kind="call")
