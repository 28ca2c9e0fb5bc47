"""The count of the one-answer rule: messages of the consumer by one channel, and what of ours answers them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from policies.counting import answers
from policies.facts import Event
from policies.instant import to_micros
from policies.vocabulary import Channel, Direction

NOON = datetime(2026, 4, 8, 12, tzinfo=UTC)


def event(minute: int, way: str, channel: str = "sms", name: str | None = None) -> Event:
    at = NOON + timedelta(minutes=minute)
    return Event(at=at, channel=Channel(channel), direction=Direction(way), id=name)


@pytest.mark.parametrize(
    ("events", "received", "used"),
    [
        ([], 0, 0),
        ([event(0, "inbound")], 1, 0),
        ([event(0, "inbound"), event(1, "outbound")], 1, 1),
        # what left before it answers nothing, and one message of ours answers one of theirs
        ([event(0, "outbound"), event(1, "inbound")], 1, 0),
        ([event(0, "inbound"), event(1, "inbound"), event(2, "outbound")], 2, 1),
        ([event(0, "inbound"), event(1, "outbound"), event(2, "outbound"), event(3, "inbound")], 2, 1),
        # another channel, and what is still to come
        ([event(0, "inbound", "email"), event(1, "inbound"), event(2, "outbound", "email")], 1, 0),
        ([event(0, "inbound"), event(90, "outbound")], 1, 0),
        # two who count as one person have the same message
        ([event(0, "inbound", name="m-1"), event(0, "inbound", name="m-1"), event(1, "outbound")], 1, 1),
    ],
)
def test_each_message_has_one_answer(events: list[Event], received: int, used: int) -> None:
    found = answers(events, "sms", to_micros(NOON + timedelta(hours=1)))
    assert (found.received, found.used, found.left) == (received, used, received - used)
