"""When a stop may be acknowledged: once no permit of that person can be spent any more."""

from __future__ import annotations

import time
from collections.abc import Iterable

from orchestrator.engine.house import House
from orchestrator.store.callback import last_permit

LONGEST_S = 1.5


def wait_for_permits(house: House, consumer_ids: Iterable[str]) -> None:
    """Returns when every permit that was minted before the stop has run out: about a second at most.

    "Your opt-out is confirmed" must not be followed by a message that was already on its way to a provider.
    """
    if house.inline:
        return
    with house.database.read(house.clock) as unit:
        left_s = (last_permit(unit, consumer_ids) - unit.now_micros) / 1e6
    if left_s > 0:
        time.sleep(min(left_s, LONGEST_S))
