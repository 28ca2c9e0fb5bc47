"""The whole book as flat records, with only the fields that a condition names: one query per table, whatever its size.

`account_field.record_of` makes the same record of one account from its pool; a test holds the two together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any, NamedTuple

import msgspec

from orchestrator.domain.instant import to_micros
from orchestrator.domain.money import exponent
from orchestrator.store.session import Session

Record = dict[str, Any]
_USABLE = "p.state IN ('unverified', 'valid') AND p.party_id IS NULL"
_CURRENT = (
    "NOT f.withdrawn AND f.recorded_at <= :now AND f.id NOT IN (SELECT later.corrects_id FROM {0} AS later "
    "WHERE later.corrects_id IS NOT NULL AND later.recorded_at <= :now)"
)


class Owed(NamedTuple):
    """An open account with the first consumer who owes it."""

    account_id: str
    consumer_id: str
    pool_id: str
    record: Record


# field, column; what it needs besides is in _OF_ACCOUNT
_COLUMNS = {
    "account_id": "a.id",
    "creditor": "a.creditor_id",
    "actor": "a.actor",
    "currency": "a.currency",
    "balance": "a.balance_minor",
    "days_past_due": "a.delinquent_since",
    "product": "a.product",
    "original_creditor": "a.original_creditor",
    "placed_on": "a.placed_on",
    "days_since_placed": "a.placed_on",
    "new_placement": "a.new_placement",
    "charged_off_on": "a.charged_off_on",
    "last_payment_on": "a.last_payment_on",
    "limitation_on": "a.limitation_on",
    "consumer_id": "l.consumer_id",
    "kind": "c.kind",
    "country": "c.country",
    "jurisdictions": "c.jurisdictions",
    "language": "c.language",
    "age": "c.date_of_birth",
}
_POINTS = {
    "has_mobile": "p.kind = 'phone' AND p.number_kind = 'mobile'",
    "has_landline": "p.kind = 'phone' AND p.number_kind = 'landline'",
    "has_email": "p.kind = 'email'",
    "has_address": "p.kind = 'postal'",
}
_NOTICES = {"validation_sent_on": "validation", "agency_notice_on": "agency_notice"}
_OWNED = (
    "FROM account a JOIN account_consumer l ON l.account_id = a.id JOIN consumer c ON c.id = l.consumer_id "
    "WHERE a.state = 'open' ORDER BY a.id, l.position, l.consumer_id"
)


def owed(unit: Session, fields: Collection[str], at: datetime) -> Iterator[Owed]:
    """Every open account by id, its record holding `fields` as known at `at` (aware)."""
    plain = [name for name in _COLUMNS if name in fields]
    columns = "".join(f", {_COLUMNS[name]}" for name in plain)
    made = [_OF_ACCOUNT.get(name, _same)(at.date()) for name in plain]
    standing = _Standing(unit, fields, at)
    amount = plain.index("balance") if "balance" in plain else -1
    last = None
    for row in unit.query(f"SELECT a.id, l.consumer_id, c.pool_id, a.currency{columns} {_OWNED}"):
        account_id, consumer_id, pool_id, currency, *values = row
        if account_id == last:
            continue
        last = account_id
        if amount >= 0:
            values[amount] = values[amount] / 10 ** exponent(currency)
        record = {name: make(value) for name, make, value in zip(plain, made, values, strict=True)}
        standing.fill(record, account_id, consumer_id, pool_id)
        yield Owed(account_id, consumer_id, pool_id, record)


# from a stored value to the field's


@lru_cache(maxsize=8_192)
def _day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _text(value: str | date | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _days_since(today: date, value: str | date | None) -> int | None:
    return None if value is None else (today - _day(value)).days


def _days_past(today: date, value: str | date) -> int:
    return max(0, (today - _day(value)).days)


def _age(today: date, value: str | date | None) -> int | None:
    if value is None:
        return None
    born = _day(value)
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


@lru_cache(maxsize=4_096)
def _decoded(value: str) -> list[Any]:
    return list(msgspec.json.decode(value))


def _listed(value: Any) -> list[Any]:
    return _decoded(value) if isinstance(value, str) else list(value or ())


def _same(_today: date) -> Callable[[Any], Any]:
    return lambda value: value


_OF_ACCOUNT: dict[str, Callable[[date], Callable[[Any], Any]]] = {
    "days_past_due": lambda today: partial(_days_past, today),
    "days_since_placed": lambda today: partial(_days_since, today),
    "age": lambda today: partial(_age, today),
    "new_placement": lambda _: bool,
    "jurisdictions": lambda _: _listed,
    **dict.fromkeys(
        ("placed_on", "charged_off_on", "last_payment_on", "limitation_on"), lambda _: _text
    ),
}  # fmt: skip


@dataclass(slots=True)
class _Standing:
    """What hangs on the consumer or on everybody who counts as one person with them."""

    unit: Session
    fields: Collection[str]
    at: datetime
    open_accounts: dict[str, int] = field(default_factory=dict)
    points: dict[str, set[str]] = field(default_factory=dict)
    holds: dict[str, list[tuple[str | None, str]]] = field(default_factory=dict)
    stops: dict[str, set[str]] = field(default_factory=dict)
    consents: dict[str, set[str]] = field(default_factory=dict)
    notices: dict[str, list[tuple[str | None, str, str | None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        asked = set(self.fields)
        if "accounts" in asked:
            self.open_accounts = dict(self._query(
                "SELECT l.consumer_id, count(*) FROM account_consumer l JOIN account a ON a.id = l.account_id "
                "WHERE a.state = 'open' GROUP BY l.consumer_id"
            ))  # fmt: skip
        for name in asked.intersection(_POINTS):
            sql = f"SELECT DISTINCT p.consumer_id FROM contact_point p WHERE {_USABLE} AND {_POINTS[name]}"  # noqa: S608
            self.points[name] = {row[0] for row in self._query(sql)}
        if "holds" in asked:
            self.holds = _grouped(self._holds())
        if "opt_outs" in asked:
            self.stops = _sets(self._stops())
        if "consents" in asked:
            self.consents = _sets(self._consents())
        if asked.intersection(_NOTICES):
            self.notices = _grouped(
                (pool, (account, kind, _text(day))) for pool, account, kind, day in self._notices()
            )

    def fill(self, record: Record, account_id: str, consumer_id: str, pool_id: str) -> None:
        fields = self.fields
        if "accounts" in fields:
            record["accounts"] = self.open_accounts.get(consumer_id, 0)
        for name, having in self.points.items():
            record[name] = consumer_id in having
        if "holds" in fields:
            held = self.holds.get(pool_id, ())
            record["holds"] = sorted({kind for account, kind in held if account in {None, account_id}})
        if "opt_outs" in fields:
            record["opt_outs"] = sorted(self.stops.get(pool_id, ()))
        if "consents" in fields:
            record["consents"] = sorted(self.consents.get(pool_id, ()))
        if not self.notices and not _NOTICES.keys() & fields:
            return
        sent = {
            kind: day for account, kind, day in self.notices.get(pool_id, ()) if account in {None, account_id}
        }
        for name, kind in _NOTICES.items():
            if name in fields:
                record[name] = sent.get(kind)

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        return self.unit.query(sql, {"now": to_micros(self.at), "today": self.at.date().isoformat()})

    def _holds(self) -> Iterable[tuple[str, tuple[str | None, str]]]:
        rows = self._query(
            "SELECT c.pool_id, f.account_id, f.kind, f.until FROM hold f JOIN consumer c ON c.id = f.consumer_id "  # noqa: S608
            f"WHERE {_CURRENT.format('hold')} AND f.id NOT IN "
            f"(SELECT f.hold_id FROM hold_release f WHERE {_CURRENT.format('hold_release')})"
        )
        today = self.at.date()
        return (
            (pool, (account, kind))
            for pool, account, kind, until in rows
            if until is None or _day(until) >= today
        )

    def _stops(self) -> list[tuple[Any, ...]]:
        chosen = f"FROM opt_out f {{}} WHERE {_CURRENT.format('opt_out')}"
        by_consumer = chosen.format("JOIN consumer c ON c.id = f.consumer_id")
        by_value = chosen.format(
            "JOIN contact_point p ON p.value_index = f.value_index JOIN consumer c ON c.id = p.consumer_id"
        )
        return self._query(
            f"SELECT c.pool_id, COALESCE(f.channel, 'all') {by_consumer} "
            f"UNION SELECT c.pool_id, COALESCE(f.channel, 'all') {by_value}"
        )

    def _consents(self) -> list[tuple[Any, ...]]:
        return self._query(
            "SELECT c.pool_id, f.channel FROM consent f JOIN consumer c ON c.id = f.consumer_id "  # noqa: S608
            f"WHERE f.channel IS NOT NULL AND {_CURRENT.format('consent')} AND f.id NOT IN "
            f"(SELECT f.consent_id FROM consent_revocation f WHERE {_CURRENT.format('consent_revocation')})"
        )

    def _notices(self) -> list[tuple[Any, ...]]:
        return self._query(
            "SELECT c.pool_id, f.account_id, f.kind, f.sent_on FROM notice f "  # noqa: S608
            f"JOIN consumer c ON c.id = f.consumer_id WHERE {_CURRENT.format('notice')} "
            "ORDER BY f.occurred_at, f.id"
        )


def _grouped(rows: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return found


def _sets(rows: Iterable[tuple[Any, ...]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, value in rows:
        found[key].add(value)
    return found


class Detail(NamedTuple):
    """An account and the first consumer who owes it, as a list shows them."""

    account_id: str
    consumer_id: str
    given_name: str | None
    family_name: str | None
    organization: str | None
    country: str
    creditor_id: str
    currency: str
    balance_minor: int
    delinquent_since: date


def details(unit: Session, account_ids: Sequence[str]) -> list[Detail]:
    """What a list shows of these accounts."""
    sql = (
        "SELECT a.id, c.id, c.given_name, c.family_name, c.organization, c.country, a.creditor_id, a.currency, "  # noqa: S608
        "a.balance_minor, a.delinquent_since FROM account a JOIN account_consumer l ON l.account_id = a.id "
        f"JOIN consumer c ON c.id = l.consumer_id WHERE a.id {unit.within('ids')} "
        "ORDER BY a.id, l.position DESC, l.consumer_id DESC"
    )
    # the first consumer of an account comes last and stays
    found = {row[0]: row for row in unit.query(sql, {"ids": unit.listed(account_ids)})}
    return [Detail._make((*row[:-1], _day(row[-1]))) for row in found.values()]


def pools_of(unit: Session, consumer_ids: Iterable[str]) -> dict[str, str]:
    """Who counts as one person with whom: the pool of each consumer."""
    sql = f"SELECT id, pool_id FROM consumer WHERE id {unit.within('ids')}"  # noqa: S608
    return dict(unit.query(sql, {"ids": unit.listed(sorted(consumer_ids))}))
