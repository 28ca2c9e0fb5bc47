"""Everything that is known of many consumers at one moment, in one query per table whatever their number.

Rows come back as named tuples with instants in microseconds. Corrections are resolved here: a row that another
one known by then corrects is left out, and so is a withdrawn one. Consumers of one pool count as one person, so
the rows of a whole pool are read for each of its members. What somebody said about a joint account (a hold, a
dispute, a promise) concerns everyone who owes it; what is about the person (a cease request, an attorney, a
consent, the notice that was sent to them) stays theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from orchestrator.store.pool import (
    AccountRow,
    AgreementRow,
    AssertionRow,
    CeaseRow,
    CheckRow,
    ComplaintRow,
    ConsentRow,
    ConsumerRow,
    ContactRow,
    CreditorRequestRow,
    DisputeAnswerRow,
    DisputeRow,
    EmployerRow,
    HoldReleaseRow,
    HoldRow,
    NoticeRow,
    OptOutRow,
    PartyRow,
    PaymentRow,
    PointFactRow,
    PointRow,
    Pool,
    PreferenceRow,
    PromiseRow,
    RepresentationRow,
    RevocationRow,
)
from orchestrator.store.session import Session

__all__ = [
    "AccountRow",
    "AgreementRow",
    "AssertionRow",
    "CeaseRow",
    "CheckRow",
    "ComplaintRow",
    "ConsentRow",
    "ConsumerRow",
    "ContactRow",
    "CreditorRequestRow",
    "DisputeAnswerRow",
    "DisputeRow",
    "EmployerRow",
    "HoldReleaseRow",
    "HoldRow",
    "NoticeRow",
    "OptOutRow",
    "PartyRow",
    "PaymentRow",
    "PointFactRow",
    "PointRow",
    "Pool",
    "PreferenceRow",
    "PromiseRow",
    "RepresentationRow",
    "RevocationRow",
    "load",
]


R = TypeVar("R", bound=NamedTuple)
_DATES = frozenset({"until", "scope_date", "date_of_birth"})
_JSON = frozenset(
    {"zones", "jurisdictions", "detail", "account_ids", "debts_discussed", "intended_debts", "value"}
)
_BOOLEANS = frozenset(
    {"new_placement", "domain_public", "obtained_during_violation", "accepted_medium", "known", "contact_known",
     "consents_direct", "unresponsive", "prohibits", "duplicative", "undeliverable", "gives_reasons",
     "refers_to_earlier", "written", "jointly_liable", "debt_related_evidence"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the rows of one attribute of `Pool` come from.

    `about`: the column that ties a row to an account, itself or by the fact that it names, where that concerns
    everyone who owes the account.
    """

    attribute: str
    table: str
    row: type[Any]
    about: str = ""


SOURCES = (
    _Source("point_facts", "contact_point_fact", PointFactRow),
    _Source("consents", "consent", ConsentRow),
    _Source("revocations", "consent_revocation", RevocationRow),
    _Source("preferences", "preference", PreferenceRow),
    _Source("ceases", "cease_request", CeaseRow),
    _Source("holds", "hold", HoldRow, "account_id"),
    _Source("releases", "hold_release", HoldReleaseRow, "hold_id"),
    _Source("representations", "representation", RepresentationRow),
    _Source("employer_notes", "employer_note", EmployerRow),
    _Source("disputes", "dispute", DisputeRow, "account_id"),
    _Source("answers", "dispute_answer", DisputeAnswerRow, "dispute_id"),
    _Source("creditor_requests", "original_creditor_request", CreditorRequestRow, "account_id"),
    _Source("complaints", "complaint", ComplaintRow, "account_id"),
    _Source("notices", "notice", NoticeRow),
    _Source("agreements", "agreement", AgreementRow),
    _Source("assertions", "assertion", AssertionRow),
    _Source("promises", "promise", PromiseRow, "account_id"),
    _Source("payments", "payment", PaymentRow, "account_id"),
    _Source("parties", "party", PartyRow),
)


def load(
    unit: Session,
    consumer_ids: Iterable[str],
    known_at: int,
    history_from: int | Callable[[Iterable[ConsumerRow]], int],
) -> dict[str, Pool]:
    """The pools of `consumer_ids`, by pool id, as known at `known_at` (microseconds).

    Contacts that happened before `history_from` (the start of the longest window in force for these consumers)
    are left out; `Pool.contacted_before` tells whether there are any.
    """
    reader = _Reader(unit, known_at)
    pools = reader.pools(sorted(set(consumer_ids)))
    members = {consumer: pool for pool in pools.values() for consumer in pool.consumers}
    if not members:
        return {}
    reader.people = unit.listed(sorted(members))
    reader.fill_accounts(members)
    reader.find_joint(members)
    reader.fill_points(members)
    for source in reader.sources():
        reader.fill(source, members)
    reader.fill_by_value("opt_outs", "opt_out", OptOutRow, members, corrected=True)
    reader.fill_by_value("checks", "check_result", CheckRow, members, corrected=False)
    start = history_from
    if not isinstance(start, int):
        start = start(consumer for pool in pools.values() for consumer in pool.consumers.values())
    reader.fill_history(members, start)
    return pools


class _Reader:
    def __init__(self, unit: Session, known_at: int) -> None:
        self.unit = unit
        self.known_at = known_at
        self.people: Any = None
        self.joint: Any = None
        # the pools here that owe a joint account, by ("account_id", its id), ("hold_id", that of a hold on it) ...
        self.owing: dict[tuple[str, str], set[str]] = {}

    def rows(self, row: type[R], sql: str, **params: Any) -> list[R]:
        found = self.unit.query(sql, {"known": self.known_at, **params})
        decoders = _decoders(row, self.unit.dialect)
        if not decoders:
            return [row._make(values) for values in found]
        return [row._make(_decoded(list(values), decoders)) for values in found]

    def pools(self, consumer_ids: Sequence[str]) -> dict[str, Pool]:
        within = self.unit.within
        sql = (
            f"SELECT {_columns(ConsumerRow)} FROM consumer WHERE pool_id IN "  # noqa: S608
            f"(SELECT pool_id FROM consumer WHERE id {within('ids')}) ORDER BY id"
        )
        pools: dict[str, Pool] = {}
        for consumer in self.rows(ConsumerRow, sql, ids=self.unit.listed(consumer_ids)):
            pools.setdefault(consumer.pool_id, Pool(consumer.pool_id)).consumers[consumer.id] = consumer
        return pools

    def sources(self) -> list[_Source]:
        """Those that have a row for anybody: one probe of each index instead of a query, most have none."""
        is_sqlite = self.unit.dialect == "sqlite"
        # SQLite would sort the whole list anew for each IN; joined, it stops at the first row it meets
        start = "WITH wanted AS MATERIALIZED (SELECT value FROM json_each(:ids)) " if is_sqlite else ""
        found = (
            "wanted JOIN {} AS f ON f.consumer_id = wanted.value"
            if is_sqlite
            else "{} WHERE consumer_id = ANY(:ids)"
        )
        sql = start + " UNION ALL ".join(
            f"SELECT {place} WHERE EXISTS (SELECT 1 FROM {found.format(source.table)})"  # noqa: S608 - our names
            + (
                f" OR EXISTS (SELECT 1 FROM {source.table} WHERE {self.about_joint(source)})"  # noqa: S608 - our names
                if self.is_shared(source)
                else ""
            )
            for place, source in enumerate(SOURCES)
        )
        return [SOURCES[place] for (place,) in sorted(self.unit.query(sql, self.lists()))]

    def lists(self) -> dict[str, Any]:
        """Whom the rows are looked for, and which joint accounts if there are any."""
        return {"ids": self.people, "joint": self.joint} if self.owing else {"ids": self.people}

    def is_shared(self, source: _Source) -> bool:
        """Whether somebody else's rows may be about an account of these people."""
        return bool(source.about and self.owing)

    def about_joint(self, source: _Source) -> str:
        """The condition for rows about the joint accounts, whoever told us."""
        named = f"account_id {self.unit.within('joint')}"
        if source.about == "account_id":
            return named
        return f"{source.about} IN (SELECT id FROM {source.about.removesuffix('_id')} WHERE {named})"  # noqa: S608

    def fill_accounts(self, members: dict[str, Pool]) -> None:
        columns = ", ".join(
            f"l.{name}" if name in {"consumer_id", "position"} else f"a.{name}" for name in AccountRow._fields
        )
        sql = (
            f"SELECT {columns} FROM account_consumer l JOIN account a ON a.id = l.account_id "  # noqa: S608
            f"WHERE l.consumer_id {self.unit.within('ids')} ORDER BY a.id"
        )
        for row in self.rows(AccountRow, sql, ids=self.people):
            members[row.consumer_id].accounts.setdefault(row.consumer_id, []).append(row)

    def find_joint(self, members: dict[str, Pool]) -> None:
        """Which accounts of these people somebody else owes as well: one probe of the key an account."""
        sql = (
            "SELECT DISTINCT l.account_id, l.consumer_id FROM account_consumer l JOIN account_consumer o "  # noqa: S608
            "ON o.account_id = l.account_id AND o.consumer_id <> l.consumer_id "
            f"WHERE l.consumer_id {self.unit.within('ids')}"
        )
        for account_id, consumer_id in self.unit.query(sql, {"ids": self.people}):
            self.owing.setdefault(("account_id", account_id), set()).add(members[consumer_id].id)
        self.joint = self.unit.listed(sorted(account_id for _, account_id in self.owing))

    def fill_points(self, members: dict[str, Pool]) -> None:
        sql = (
            f"SELECT {_columns(PointRow)} FROM contact_point WHERE consumer_id "  # noqa: S608
            f"{self.unit.within('ids')} AND created_at <= :known ORDER BY consumer_id, position, id"
        )
        for row in self.rows(PointRow, sql, ids=self.people):
            members[row.consumer_id].points.append(row)

    def fill(self, source: _Source, members: dict[str, Pool]) -> None:
        shared = self.is_shared(source)
        theirs = f"consumer_id {self.unit.within('ids')}"
        if shared:
            theirs = f"({theirs} OR {self.about_joint(source)})"
        sql = (
            f"SELECT {_columns(source.row)} FROM {source.table} AS f WHERE {theirs} "  # noqa: S608
            f"AND recorded_at <= :known {_current(source.table, self.unit.dialect)} ORDER BY occurred_at, id"
        )
        if not shared:
            for row in self.rows(source.row, sql, ids=self.people):
                _keep(members[row.consumer_id], source.attribute, row)
            return
        pools = {pool.id: pool for pool in members.values()}
        for row in self.rows(source.row, sql, **self.lists()):
            for pool_id in sorted(self._concerned(source, row, members)):
                _keep(pools[pool_id], source.attribute, row)

    def _concerned(self, source: _Source, row: Any, members: dict[str, Pool]) -> set[str]:
        """The pools that a row is for: who told us, and everyone who owes the account that it is about."""
        owing = self.owing.get((source.about, getattr(row, source.about)), set())
        if owing:
            # what answers or lifts this fact is for the same people
            self.owing[f"{source.table}_id", row.id] = owing
        return owing | {members[row.consumer_id].id} if row.consumer_id in members else owing

    def fill_by_value(
        self, attribute: str, table: str, row: type[Any], members: dict[str, Pool], *, corrected: bool
    ) -> None:
        """Facts that name a consumer or a number or mailbox: those of a value hold for everyone who has it."""
        owners: dict[str, set[str]] = defaultdict(set)
        for consumer_id, pool in members.items():
            for point in pool.points:
                if point.consumer_id == consumer_id:
                    owners[point.value_index].add(pool.id)
        pools = {pool.id: pool for pool in members.values()}
        sql = (
            f"SELECT {_columns(row)} FROM {table} AS f WHERE (consumer_id {self.unit.within('ids')} "  # noqa: S608
            f"OR value_index {self.unit.within('values')}) AND recorded_at <= :known "
            f"{_current(table, self.unit.dialect) if corrected else ''} ORDER BY occurred_at, id"
        )
        lists = {"ids": self.people, "values": self.unit.listed(sorted(owners))}
        for found in self.rows(row, sql, **lists):
            mine = {members[found.consumer_id].id} if found.consumer_id in members else set()
            for pool_id in sorted(mine | owners.get(found.value_index or "", set())):
                _keep(pools[pool_id], attribute, found)

    def fill_history(self, members: dict[str, Pool], history_from: int) -> None:
        """The version of each contact that was known last, if it happened within the window or later.

        Each row within the window is one probe of the key: what lies before the window is never read.
        """
        sql = (
            f"SELECT {_columns(ContactRow)} FROM contact_event AS e WHERE consumer_id "  # noqa: S608
            f"{self.unit.within('ids')} AND occurred_at >= :start AND recorded_at <= :known AND {_LATEST} "
            "ORDER BY occurred_at, event_id"
        )
        for row in self.rows(ContactRow, sql, ids=self.people, start=history_from):
            if row.outcome != "released":
                members[row.consumer_id].history.append(row)
        self._mark_contacted(members, history_from)

    def _mark_contacted(self, members: dict[str, Pool], before: int) -> None:
        """One probe of the index a consumer, however long the history is."""
        sql = (
            f"SELECT c.id FROM consumer c WHERE c.id {self.unit.within('ids')} AND EXISTS (SELECT 1 FROM "  # noqa: S608
            "contact_event e WHERE e.consumer_id = c.id AND e.occurred_at < :start AND e.recorded_at <= :known "
            f"AND (e.outcome IS NULL OR e.outcome <> 'released') AND {_LATEST})"
        )
        params = {"ids": self.people, "start": before, "known": self.known_at}
        for row in self.unit.query(sql, params):
            members[row[0]].contacted_before = True


# a correction may move a contact to another time, so that its versions cannot be compared within a window
_LATEST = (
    "NOT EXISTS (SELECT 1 FROM contact_event AS later WHERE later.consumer_id = e.consumer_id "
    "AND later.event_id = e.event_id AND later.version > e.version AND later.recorded_at <= :known)"
)


def _keep(pool: Pool, attribute: str, row: Any) -> None:
    kept = getattr(pool, attribute)
    if kept:
        kept.append(row)
    else:
        setattr(pool, attribute, [row])


def _columns(row: type[Any]) -> str:
    return ", ".join(f'"{name}"' for name in row._fields)  # "by", "end" and "value" are words of SQL


def _current(table: str, dialect: str) -> str:
    """Neither withdrawn nor corrected.

    SQLite is told which index to probe: where hardly anything corrects anything, its statistics call the index
    useless and it would read the whole table for each row.
    """
    probe = f"INDEXED BY ix_{table}_corrects_id " if dialect == "sqlite" else ""
    return (
        f"AND NOT withdrawn AND NOT EXISTS (SELECT 1 FROM {table} AS later {probe}WHERE later.corrects_id = f.id "  # noqa: S608
        "AND later.recorded_at <= :known)"
    )


_date = lru_cache(maxsize=4096)(date.fromisoformat)


def _json(value: Any) -> Any:
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value


@cache
def _decoders(row: type[Any], dialect: str) -> list[tuple[int, Callable[[Any], Any]]]:
    """How to convert which places of a row: SQLite gives text for dates and JSON, and numbers for booleans.

    PostgreSQL's driver has converted everything: reading a text out of JSON twice would make something else of it.
    """
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for place, name in enumerate(row._fields if dialect == "sqlite" else ()):
        if name in _JSON:
            found.append((place, _json))
        elif name.endswith(("_on", "_since")) or name in _DATES:
            found.append((place, _date))
        elif name in _BOOLEANS:
            found.append((place, bool))
    return found


def _decoded(values: list[Any], decoders: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    for place, decode in decoders:
        if values[place] is not None:
            values[place] = decode(values[place])
    return values
