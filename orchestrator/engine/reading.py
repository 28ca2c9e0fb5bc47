"""Reads what a batch of consumers needs to be judged, as far back as the longest window in force reaches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from orchestrator.domain.instant import to_micros
from orchestrator.engine.facts import Reader
from orchestrator.engine.house import House
from orchestrator.store import dossier
from orchestrator.store.dossier import ConsumerRow
from orchestrator.store.session import Session

_WHOLE_HISTORY_DAYS = 400
"""Rules that look back for ever are asked over the horizon of a judgement; first contact is told apart besides."""
_ZONE_SLACK = timedelta(days=2)


def read_batch(
    house: House,
    unit: Session,
    consumer_ids: Iterable[str],
    known_at: datetime | None = None,
    judged_from: datetime | None = None,
) -> Reader:
    """A reader over the pools of `consumer_ids`, as known now or at `known_at`.

    `judged_from`: the earliest moment that will be asked about, if it is not the present: windows reach back from it.
    """
    at = known_at or unit.now
    first = min(at, judged_from) if judged_from is not None else at

    def start(consumers: Iterable[ConsumerRow]) -> int:
        days = longest_window(house, consumers, first.date())
        return to_micros(first - timedelta(days=days) - _ZONE_SLACK)

    pools = dossier.load(unit, consumer_ids, to_micros(at), start)
    return Reader(pools, house.settings, house.assume_complete)


def longest_window(house: House, consumers: Iterable[ConsumerRow], on: date) -> int:
    """Days that the longest window over any of these consumers looks back."""
    if house.library is None:
        return _WHOLE_HISTORY_DAYS
    places = {tuple(consumer.jurisdictions or ()) for consumer in consumers}
    days = [
        house.library.stack(place, "third_party_collector", on, settings=house.settings).longest_window_days
        for place in sorted(places)
    ]
    known = [day for day in days if day is not None]
    return _WHOLE_HISTORY_DAYS if len(known) < len(days) else max(known, default=_WHOLE_HISTORY_DAYS)
