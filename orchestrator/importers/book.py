"""What the database holds of one chunk's consumers and accounts, and how rows change it. No SQL here.

A row is checked against everything before it changes anything, so a refused row leaves no trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orchestrator.importers.portfolio_row import CALLED, Point, PortfolioRow
from orchestrator.importers.row import RowError

NAMES = ("given_name", "family_name", "organization")
# what a later file may not contradict, and what to do where it must change after all
_FIXED_CONSUMER = (*NAMES, "date_of_birth", "language", "kind", "person_key")
_FIXED_ACCOUNT = ("creditor_id", "currency")
OPEN, PAID = "open", "paid"


@dataclass(slots=True)
class ConsumerState:
    """`fields` as they will be, `before` what changed fields held."""

    id: str
    is_new: bool
    fields: dict[str, Any]
    zones: dict[str, str] = field(default_factory=dict)
    jurisdictions: dict[str, None] = field(default_factory=dict)
    pool_id: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    # (kind, index) -> id, empty until the point is written
    points: dict[tuple[str, str], str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class AccountState:
    """`consumers` in their order; the state moves with the balance."""

    id: str
    is_new: bool
    fields: dict[str, Any]
    state: str = OPEN
    state_changed_on: str = ""
    number_index: str | None = None
    number_sealed: bytes | None = None
    before: dict[str, Any] = field(default_factory=dict)
    consumers: list[str] = field(default_factory=list)


class NewPoint(NamedTuple):
    consumer: ConsumerState
    point: Point
    position: int


@dataclass(slots=True)
class Book:
    """The chunk's consumers and accounts by id, and what the rows add."""

    consumers: dict[str, ConsumerState] = field(default_factory=dict)
    accounts: dict[str, AccountState] = field(default_factory=dict)
    new_points: list[NewPoint] = field(default_factory=list)
    new_links: list[tuple[str, str, int]] = field(default_factory=list)
    # consumers whose unspent permits must die
    moved: set[str] = field(default_factory=set)
    # the same file went in before: its balances are old news
    balances_known: bool = False

    def apply(self, row: PortfolioRow) -> None:
        """Take the row in; RowError says what it contradicts or lacks."""
        consumer = self.consumers.get(row.consumer_id)
        account = self.accounts.get(row.account_id)
        told = row.account
        if account is not None and self.balances_known:
            told = {name: value for name, value in told.items() if name != "balance_minor"}
        problems = [
            *(row.lacks[0] if consumer is None else _consumer_problems(consumer, row)),
            *(row.lacks[1] if account is None else _account_problems(account, told)),
        ]
        if problems:
            raise RowError("; ".join(problems))
        consumer = self._add_consumer(row) if consumer is None else _join_consumer(consumer, row)
        self._apply_points(consumer, row)
        self._apply_account(account, consumer, row, told)

    def _add_consumer(self, row: PortfolioRow) -> ConsumerState:
        zones, paths = dict(row.zones), dict.fromkeys(row.jurisdictions)
        new = ConsumerState(row.consumer_id, True, dict(row.consumer), zones, paths, row.consumer_id)
        self.consumers[new.id] = new
        return new

    def _apply_points(self, consumer: ConsumerState, row: PortfolioRow) -> None:
        points, counts, new = consumer.points, consumer.counts, self.new_points
        for point in row.points:
            kind = point.kind
            key = (kind, point.index)
            if key not in points:
                points[key] = ""
                position = counts.get(kind, 0)
                counts[kind] = position + 1
                new.append(NewPoint(consumer, point, position))

    def _apply_account(
        self,
        account: AccountState | None,
        consumer: ConsumerState,
        row: PortfolioRow,
        told: Mapping[str, Any],
    ) -> None:
        if account is None:
            account = self.accounts[row.account_id] = AccountState(row.account_id, True, dict(told))
        else:
            _change(
                account, {name: value for name, value in told.items() if account.fields.get(name) != value}
            )
        if row.account_number and row.account_number[1] != account.number_index:
            if not account.is_new:
                account.before.setdefault("account_number_index", account.number_index)
            account.number_sealed, account.number_index = row.account_number
        if consumer.id not in account.consumers:
            self.new_links.append((account.id, consumer.id, len(account.consumers)))
            account.consumers.append(consumer.id)
        self._move_state(account)

    def _move_state(self, account: AccountState) -> None:
        state = PAID if account.fields["balance_minor"] == 0 and account.state == OPEN else account.state
        if (
            account.state != OPEN
            and account.fields["balance_minor"] > 0
            and _replaced(account, account.fields)
        ):
            state = OPEN
        if state != account.state:
            if not account.is_new:
                account.before.setdefault("state", account.state)
                self.moved.update(account.consumers)
            account.state = state
            account.state_changed_on = ""


def _join_consumer(consumer: ConsumerState, row: PortfolioRow) -> ConsumerState:
    news = {name: value for name, value in row.consumer.items() if _is_news(consumer, name, value)}
    _change(consumer, news)
    _join_places(consumer, row)
    return consumer


def _join_places(consumer: ConsumerState, row: PortfolioRow) -> None:
    """Zones and jurisdictions join those that are there."""
    zones, paths = consumer.zones, consumer.jurisdictions
    if all(zone in zones for zone, _ in row.zones) and all(path in paths for path in row.jurisdictions):
        return
    if not consumer.is_new:
        consumer.before.setdefault("zones", list(zones.items()))
        consumer.before.setdefault("jurisdictions", list(paths))
    for zone, source in row.zones:
        zones.setdefault(zone, source)
    paths.update(dict.fromkeys(row.jurisdictions))


def _change(state: ConsumerState | AccountState, news: Mapping[str, Any]) -> None:
    if not state.is_new:
        for name in news:
            state.before.setdefault(name, state.fields.get(name))
    state.fields.update(news)


def _is_news(consumer: ConsumerState, name: str, value: Any) -> bool:
    held = consumer.fields.get(name)
    return held is None or (name not in _FIXED_CONSUMER and held != value)


def _fold(value: Any) -> str:
    return " ".join(str(value).casefold().split())


def _consumer_problems(consumer: ConsumerState, row: PortfolioRow) -> list[str]:
    told = row.consumer
    return [
        f"{name}: {told[name]!r} contradicts {consumer.fields[name]!r} of consumer {consumer.id}"
        for name in _FIXED_CONSUMER
        if name in told
        and consumer.fields.get(name) is not None
        and _fold(told[name]) != _fold(consumer.fields[name])
    ]


def _account_problems(account: AccountState, told: Mapping[str, Any]) -> list[str]:
    problems = [
        f"{CALLED.get(name, name)}: {told[name]!r} contradicts {account.fields[name]!r} of account {account.id}"
        for name in _FIXED_ACCOUNT
        if name in told and told[name] != account.fields[name]
    ]
    if account.state != OPEN and told.get("balance_minor") and not _replaced(account, told):
        problems.append(
            f"account {account.id} is {account.state} since {account.state_changed_on}; "
            "a new placement says so with a placed_on after that day"
        )
    return problems


def _replaced(account: AccountState, told: Mapping[str, Any]) -> bool:
    placed = told.get("placed_on")
    return placed is not None and bool(account.state_changed_on) and placed > account.state_changed_on
