"""Whom a campaign is about: counted with a sample while it is being written, and chosen when it starts."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.domain import condition
from orchestrator.domain.cadence import Cadence
from orchestrator.domain.campaign import Definition, check_segment, is_held_out
from orchestrator.domain.condition import Condition
from orchestrator.domain.money import exponent
from orchestrator.engine.house import House
from orchestrator.engine.message import display_name
from orchestrator.store import campaign as store
from orchestrator.store import segment
from orchestrator.store.identifier import derived_id
from orchestrator.store.segment import Owed, Record
from orchestrator.store.session import Session

SAMPLE = 10
_REMEMBERED = 20_000
_COUNTED = ("balance", "currency")


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """One account of a segment. `balance_minor` in minor units; `is_elsewhere`: an enrollment works it already."""

    account_id: str
    consumer_id: str
    name: str
    creditor: str
    country: str
    currency: str
    balance_minor: int
    days_past_due: int
    is_elsewhere: bool


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """How many a segment is about. Everything but `accounts` and `consumers` is of accounts.

    elsewhere: fit, but are in an enrollment that has not ended, so a campaign would not enrol them.
    balance_minor: what is owed, by currency. took_ms: how long counting took.
    """

    accounts: int
    consumers: int
    elsewhere: int
    held_out: int
    balance_minor: dict[str, int]
    sample: tuple[SampleAccount, ...]
    took_ms: int


def count_segment(
    house: House,
    text: str,
    *,
    name: str = "",
    held_out_share: float = 0.0,
    cadence: str | None = None,
    sample: int = SAMPLE,
) -> SegmentCount:
    """Over the whole book, now. A segment that cannot be read is a CampaignError with its position.

    `name` decides who would be held out, `cadence` adds that cadence's own condition of entry.
    """
    check_segment(text)
    began = time.perf_counter()
    entry = house.cadences.find(cadence).enter_when if cadence is not None else None
    conditions = [condition.parse(one) for one in (text, entry) if one and one.strip()]
    campaign_id = derived_id("cm", name)
    with house.database.read(house.clock) as unit:
        found = list(matching(unit, conditions, _COUNTED))
        engaged = store.engaged(unit)
        owed: Counter[str] = Counter()
        for one in found:
            currency = one.record["currency"]
            owed[currency] += round(one.record["balance"] * 10 ** exponent(currency))
        elsewhere = {one.account_id for one in found if one.account_id in engaged}
        people = {one.consumer_id for one in found}
        apart = {who for who in people if is_held_out(campaign_id, who, held_out_share)}
        shown = _sample(unit, found, sample, elsewhere)
    return SegmentCount(
        accounts=len(found),
        consumers=len(people),
        elsewhere=len(elsewhere),
        held_out=sum(1 for one in found if one.consumer_id in apart and one.account_id not in elsewhere),
        balance_minor=dict(sorted(owed.items())),
        sample=shown,
        took_ms=round((time.perf_counter() - began) * 1000),
    )


def fitting(unit: Session, definition: Definition, cadence: Cadence) -> Iterator[Owed]:
    """The open accounts that fit a campaign and its cadence's condition of entry, by id."""
    texts = (definition.segment, cadence.enter_when)
    return matching(unit, [condition.parse(text) for text in texts if text and text.strip()])


def matching(
    unit: Session, conditions: Sequence[Condition], more: Sequence[str] = (), at: datetime | None = None
) -> Iterator[Owed]:
    """The open accounts of which every condition holds, by id; records also hold the fields `more`."""
    fields = {name for one in conditions for name in one.fields}.union(more)
    asked = [_Remembering(one) for one in conditions]
    for one in segment.owed(unit, fields, at or unit.now):
        if all(single.holds(one.record) for single in asked):
            yield one


class _Remembering:
    """A condition that is asked once for the same values: accounts of a book are alike in most fields."""

    def __init__(self, asked: Condition) -> None:
        self._asked = asked
        self._known: dict[tuple[object, ...], bool] = {}

    def holds(self, record: Record) -> bool:
        values = (record[name] for name in self._asked.fields)
        key = tuple([tuple(value) if type(value) is list else value for value in values])
        known = self._known.get(key)
        if known is None:
            known = self._asked.holds(record)
            if len(self._known) < _REMEMBERED:
                self._known[key] = known
        return known


def _sample(
    unit: Session, found: Sequence[Owed], size: int, elsewhere: set[str]
) -> tuple[SampleAccount, ...]:
    """Spread evenly over the segment, so that it is not only the first ids."""
    step = max(1, len(found) // size) if size else 1
    chosen = [one.account_id for one in found[::step][:size]] if size else []
    rows = {row.account_id: row for row in segment.details(unit, chosen)}
    today = unit.now.date()
    return tuple(
        SampleAccount(
            account_id=row.account_id,
            consumer_id=row.consumer_id,
            name=display_name(row),
            creditor=row.creditor_id,
            country=row.country,
            currency=row.currency,
            balance_minor=row.balance_minor,
            days_past_due=max(0, (today - row.delinquent_since).days),
            is_elsewhere=row.account_id in elsewhere,
        )
        for row in (rows[account_id] for account_id in chosen if account_id in rows)
    )
