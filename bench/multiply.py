"""A large book out of a small one that was really lived: each person many times over, under other names and dates.

Every row is one that the product wrote, with its ids, contact values, names and instants moved; so a decision has its
real verdict and facts (in which the ids of the small book stand), and the ledger is digested, chained and signed anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex
from sqlmodel import SQLModel

from bench.other_person import OtherPerson
from orchestrator.audit.head import Signer, write_head
from orchestrator.audit.sealer import seal_pending
from orchestrator.clock import Clock
from orchestrator.store import tables
from orchestrator.store.database import Database
from orchestrator.store.migration import upgrade
from orchestrator.store.sealing import Sealer
from orchestrator.store.tables.types import Instant

assert tables  # the tables are known to SQLModel once they are imported
MICROS_A_DAY = 86_400_000_000
SHARE_OF_TODAY = 0.25
"""Of the people whose sixty days are the last ones; the others' lie up to 300 days back and are over."""
BUSY = 500
"""Attempts of the one person who is contacted most."""
# once, as they are
_WHOLE = ("api_key", "cadence_version", "campaign", "campaign_forecast", "campaign_hour", "creditor", "import_batch",
          "policy_version", "switch", "template_version", "user_account")  # fmt: skip
# what hangs on an attempt, which people have more of than the sixty days gave them
_OF_ATTEMPTS = {
    "attempt": "1",
    "contact_event": "s.attempt_id IS NOT NULL",
    "delivery_event": "s.attempt_id IS NOT NULL",
    "verdict": "s.attempt_id IS NOT NULL",
    "ledger_entry": "s.attempt_id IS NOT NULL",
}
_OF_CAMPAIGNS = ("campaign_member", "campaign_forecast_account")
_EMPTY = ("alembic_version", "idempotency_key", "ledger_head", "ledger_link", "lease", "sign_in_failure",
          "user_session", "work_claim")  # fmt: skip
# ids of the person and of what is theirs; the others are of the one contact
_OF_PERSON = frozenset(
    {
        "consumer_id",
        "account_id",
        "contact_point_id",
        "party_id",
        "pool_id",
        "other_consumer_id",
        "person_key",
    }
)
_OF_CONTACT = frozenset(
    {"id", "attempt_id", "enrollment_id", "event_id", "verdict_id", "provider_event_id", "provider_id", "external_id",
     "corrects_id", "subject_id", "consent_id", "hold_id", "dispute_id", "reversal_of"}
)  # fmt: skip
_PEOPLE = frozenset({"consumer", "account", "contact_point"})


@dataclass(frozen=True, slots=True)
class Size:
    consumers: int
    attempts: int


def multiply(small: Path, large: Path, sealer: Sealer, size: Size, clock: Clock) -> None:
    """Write `large` (a new file) out of `small`; the database is whole and its ledger sealed and signed."""
    database = Database(f"sqlite:///{large}")
    upgrade(database)
    database.close()
    connection = sqlite3.connect(large, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("ATTACH ? AS small", (str(small),))
    person = OtherPerson(connection, sealer)
    person.register()
    _drop_indexes(connection)
    _plan(connection, size)
    for table in SQLModel.metadata.sorted_tables:
        _fill(connection, table)
    add_indexes(connection)
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    assert not broken, broken[:5]
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    database = Database(f"sqlite:///{large}")
    seal_pending(database, "bench", clock, batch=50_000, whole=True)
    write_head(database, Signer(sealer.ring.signing_key), large.with_name("ledger-heads.jsonl"), clock)
    database.close()


def _drop_indexes(connection: sqlite3.Connection) -> None:
    """Rows go in faster without them."""
    sql = "SELECT name FROM main.sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    for (name,) in connection.execute(sql).fetchall():
        connection.execute(f'DROP INDEX main."{name}"')


def add_indexes(connection: sqlite3.Connection) -> None:
    """Every index that the tables name and that is not there."""
    for table in SQLModel.metadata.sorted_tables:
        for index in table.indexes:
            statement = CreateIndex(index, if_not_exists=True)
            connection.execute(str(statement.compile(dialect=sa.create_engine("sqlite://").dialect)))


# which copies there are


def _plan(connection: sqlite3.Connection, size: Size) -> None:
    """Two tables: `copy`, one row for each other person, and `extra`, their further rounds of attempts."""
    one = connection.execute("SELECT count(*) FROM small.consumer").fetchone()[0]
    made = -(-size.consumers // one)
    draws = Random(1)
    connection.execute(
        "CREATE TEMP TABLE copy (number INTEGER PRIMARY KEY, tail TEXT, days INTEGER, is_over INTEGER)"
    )
    connection.executemany(
        "INSERT INTO copy VALUES (?, ?, ?, ?)",
        [
            (number, f"-{number:04}", days, days > 0)
            for number in range(made)
            for days in [0 if draws.random() < SHARE_OF_TODAY else draws.randint(1, 300)]
        ],
    )
    connection.execute(
        "CREATE TEMP TABLE extra (consumer_id TEXT, tail TEXT, round INTEGER, own TEXT, days INTEGER, is_over INTEGER)"
    )
    connection.executemany("INSERT INTO extra VALUES (?, ?, ?, ?, ?, 1)", _extra(connection, size, made))
    connection.execute("CREATE INDEX temp.extra_by_consumer ON extra (consumer_id)")


def _extra(connection: sqlite3.Connection, size: Size, made: int) -> Iterator[tuple[Any, ...]]:
    """Rounds until there are enough attempts; whoever has most in the small book has `BUSY` once."""
    counted = connection.execute(
        "SELECT consumer_id, count(*) FROM small.attempt GROUP BY consumer_id ORDER BY count(*) DESC, consumer_id"
    ).fetchall()
    days = dict(connection.execute("SELECT number, days FROM copy").fetchall())
    missing = size.attempts - sum(count for _, count in counted) * made
    busiest, most = counted[0]
    for turn in range(1, max(BUSY // most, 1)):
        missing -= most
        yield busiest, "-0000", turn, f"-0000.b{turn}", days[0] + turn * 300 // (BUSY // most)
    turn = 0
    while missing > 0:
        turn += 1
        for number in range(made):
            for consumer_id, count in counted:
                if missing <= 0:
                    return
                missing -= count
                yield (
                    consumer_id,
                    f"-{number:04}",
                    turn,
                    f"-{number:04}.{turn}",
                    (days[number] + 61 * turn) % 301,
                )


# rows


def _fill(connection: sqlite3.Connection, table: sa.Table) -> None:
    if table.name in _EMPTY:
        return
    names = ", ".join(f'"{column.name}"' for column in table.columns if not _is_counted(table, column))
    into = f'INSERT INTO main."{table.name}" ({names})'
    if table.name in _WHOLE:
        connection.execute(f'{into} SELECT {names} FROM small."{table.name}"')  # noqa: S608
        return
    only = "NOT p.is_over" if table.name in _OF_CAMPAIGNS else "1"
    own = "p.tail"
    sources = [f'small."{table.name}" s CROSS JOIN copy p WHERE {only}']
    if table.name == "ledger_entry":
        # what names nobody is there once
        sources = [f"{sources[0]} AND (s.consumer_ref IS NOT NULL OR p.number = 0)"]
    selects = [f"SELECT {_values(table, own)} FROM {source}" for source in sources]  # noqa: S608
    if table.name in _OF_ATTEMPTS:
        joined = (
            f'small."{table.name}" s JOIN small.attempt t ON t.id = s.{_attempt(table)} '
            "CROSS JOIN extra p ON p.consumer_id = t.consumer_id"
        )
        selects.append(f"SELECT {_values(table, 'p.own')} FROM {joined} WHERE {_OF_ATTEMPTS[table.name]}")  # noqa: S608
    order = {"ledger_entry": "1"}.get(table.name, ", ".join(_key_places(table)))
    connection.execute(f"{into} {' UNION ALL '.join(selects)} ORDER BY {order}")


def _attempt(table: sa.Table) -> str:
    return "id" if table.name == "attempt" else "attempt_id"


def _key_places(table: sa.Table) -> list[str]:
    """The places of the primary key among the columns: in its order rows go in fastest."""
    return [str(place) for place, column in enumerate(table.columns, start=1) if column.primary_key]


def _is_counted(table: sa.Table, column: sa.Column[Any]) -> bool:
    return table.name == "ledger_entry" and column.name == "id"


def _values(table: sa.Table, own: str) -> str:
    return ", ".join(_value(table, column, own) for column in table.columns if not _is_counted(table, column))


def _value(table: sa.Table, column: sa.Column[Any], own: str) -> str:  # noqa: PLR0911 - one answer for each kind of column
    """The expression of one column of a copy: `s` is the row of the small book, `p` the copy."""
    name, source = column.name, f's."{column.name}"'
    special = _SPECIAL.get((table.name, name)) or _SPECIAL.get(("", name))
    if special is not None:
        return special.format(own=own)
    if name in _OF_PERSON or (name == "id" and table.name in _PEOPLE):
        return f"{source} || p.tail"
    if name in _OF_CONTACT:
        return f"{source} || {own}"
    if name in {"account_ids", "attempt_ids"}:
        tail = "p.tail" if name == "account_ids" else own
        return f"""replace(replace({source}, '",', {tail} || '",'), '"]', {tail} || '"]')"""
    if isinstance(column.type, Instant):
        return f"{source} - p.days * {MICROS_A_DAY}"
    if isinstance(column.type, sa.Date) and name != "date_of_birth":
        return f"date({source}, '-' || p.days || ' days')"
    return source


# (table, column) and (any table, column): how the copy's value is made
_SPECIAL = {
    ("", "campaign_id"): "CASE WHEN p.is_over THEN NULL ELSE s.campaign_id END",
    ("", "value_index"): "other_index(s.value_index, p.number)",
    ("contact_point", "value_sealed"): "other_sealed(s.value_index, p.number, s.value_sealed)",
    ("account", "account_number_index"): "s.account_number_index || p.tail",
    ("consumer", "given_name"): "other_given(s.given_name, s.country, p.number)",
    ("consumer", "family_name"): "other_family(s.family_name, s.country, p.number)",
    ("enrollment", "state"): "CASE WHEN p.is_over THEN 'ended' ELSE s.state END",
    ("enrollment", "next_at"): "CASE WHEN p.is_over THEN NULL ELSE s.next_at END",
    ("enrollment", "reason"): "CASE WHEN p.is_over THEN COALESCE(s.reason, 'completed') ELSE s.reason END",
    ("task", "state"): "CASE WHEN p.is_over THEN 'done' ELSE s.state END",
    ("task", "detail"): "other_detail(s.detail, {own})",
    ("promise", "state"): "CASE WHEN p.is_over AND s.state = 'open' THEN 'kept' ELSE s.state END",
    ("ledger_entry", "consumer_ref"): "other_reference(s.consumer_ref, p.tail)",
    ("ledger_entry", "body"): "other_body(s.body, {own})",
    ("ledger_entry", "digest"): (
        "other_digest(s.at - p.days * 86400000000, s.kind, s.consumer_ref, p.tail, s.attempt_id || {own}, s.body, "
        "{own})"
    ),
}
