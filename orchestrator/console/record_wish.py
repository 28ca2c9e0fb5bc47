"""Saving a wish of the consumer: a time, a place, a channel; and that one is taken back."""

from __future__ import annotations

from datetime import time
from typing import Any

from orchestrator.console.message import N_
from orchestrator.console.record_form import Asked
from orchestrator.domain.wish import Wish
from orchestrator.engine.house import House
from orchestrator.services import wish
from orchestrator.services.fact import By

WISH_FORMS = {"wish": N_("A time"), "wish_place": N_("A place"), "wish_channel": N_("A channel")}
"""The forms of a wish, and what leads from one to the others."""
_NO_SPAN = N_("It ends when it starts: leave both empty for the whole day.")
_NOTHING = N_("Say which days or which time.")


def _time(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    given = asked.values
    start, end = _clock(given["start"]), _clock(given["end"])
    if start is not None and start == end:
        asked.fail("end", _NO_SPAN)
    elif not (given["days"] or start or end):
        asked.fail("start", _NOTHING)
    else:
        wanted = Wish("inconvenient_time", given["days"] or (), start, end, given["until"])
        wish.record_wish(house, by, consumer_id, wanted)


def _clock(at: time | None) -> str | None:
    return None if at is None else f"{at:%H:%M}"


def _place(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    wish.record_wish(house, by, consumer_id, Wish("inconvenient_place", place=asked.values["place"]))


def _channel(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    given = asked.values
    wish.record_wish(house, by, consumer_id, Wish(given["stance"], channel=given["channel"]))


def _end(house: House, by: By, consumer_id: str, asked: Asked) -> None:
    wish.end_wish(house, by, consumer_id, asked.values["id"], reason=asked.values["reason"])


SAVES: dict[str, Any] = {"wish": _time, "wish_place": _place, "wish_channel": _channel, "wish_end": _end}
