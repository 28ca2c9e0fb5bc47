"""What people see of campaigns beside their counts: the list, who did what when, and names behind the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec

from orchestrator.audit.ledger import LineKind
from orchestrator.domain.instant import from_micros
from orchestrator.engine.house import House
from orchestrator.engine.message import display_name
from orchestrator.services import campaign as campaigns
from orchestrator.services.campaign import Campaign
from orchestrator.store import campaign_history as store
from orchestrator.store import segment
from orchestrator.store import user as users
from orchestrator.store.session import Session

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign of the list; enrolled, contacted: accounts."""

    campaign: Campaign
    enrolled: int
    contacted: int


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of the list. `following`: where the next one begins, None at the end."""

    rows: tuple[Row, ...]
    following: int | None


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody did something. `what`: created, changed, started, paused, resumed, stopped, done; `by`: a name."""

    at: datetime
    what: str
    by: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Named:
    """An account with what a list shows of it. `balance_minor` in minor units."""

    account_id: str
    consumer_id: str
    name: str
    creditor: str
    currency: str
    balance_minor: int


class _OfAccount(Protocol):
    @property
    def account_id(self) -> str: ...


def list_page(house: House, begin: int = 0, limit: int = PAGE) -> ListPage:
    """Campaigns from the `begin`th on: those under way first, then drafts, then the newest of the past."""
    every = campaigns.list_all(house)
    shown = every[begin : begin + limit]
    with house.database.read(house.clock) as unit:
        counts = store.reached(unit, [one.id for one in shown])
    rows = tuple(Row(one, *counts.get(one.id, (0, 0))) for one in shown)
    return ListPage(rows, begin + limit if len(every) > begin + limit else None)


def history(house: House, campaign_id: str) -> tuple[Event, ...]:
    """What was done with a campaign, newest first."""
    with house.database.read(house.clock) as unit:
        found = [
            (at, body)
            for at, line in store.lines(unit, LineKind.CAMPAIGN.value)
            if (body := msgspec.json.decode(line)).get("campaign") == campaign_id
        ]
        name_of = _names(unit)
    return tuple(
        Event(from_micros(at), str(body.get("what")), name_of(str(body.get("by"))), _counts(body))
        for at, body in found
    )


def _counts(body: Mapping[str, Any]) -> dict[str, int]:
    return {
        name: body[name] for name in ("enrolled", "held_out", "elsewhere") if isinstance(body.get(name), int)
    }


def actor(house: House, by: str) -> str:
    """The name of who did something, as people know them."""
    with house.database.read(house.clock) as unit:
        return _names(unit)(by)


def _names(unit: Session) -> Callable[[str], str]:
    known = {f"user:{one.id}": one.display_name for one in users.everybody(unit)}
    return lambda by: known.get(by, by.partition(":")[2] or by)


def last_call(house: House, campaign_id: str) -> datetime | None:
    """When the last provider call of a campaign began; None: there was none."""
    with house.database.read(house.clock) as unit:
        at = store.last_call(unit, campaign_id)
    return None if at is None else from_micros(at)


def _creditor(house: House, creditor_id: str) -> str:
    """A creditor's name as the firm file has it, else the id."""
    found = house.firm.creditor(creditor_id)
    return found.name if found is not None and found.id == creditor_id else creditor_id


def named(house: House, found: Iterable[_OfAccount]) -> dict[str, Named]:
    """Whose these accounts are, by account id."""
    ids = [one.account_id for one in found]
    with house.database.read(house.clock) as unit:
        rows = segment.details(unit, ids) if ids else []
    return {
        row.account_id: Named(
            row.account_id,
            row.consumer_id,
            display_name(row),
            _creditor(house, row.creditor_id),
            row.currency,
            row.balance_minor,
        )
        for row in rows
    }
