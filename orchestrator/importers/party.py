"""Other people and firms around an account: co-borrowers, guarantors, relatives, employers, attorneys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from orchestrator.audit.ledger import LineKind
from orchestrator.importers import pool
from orchestrator.importers.batch import Batch
from orchestrator.importers.cell import CellError
from orchestrator.importers.portfolio_row import Point, phone_point, plain_point
from orchestrator.importers.ready import Ready, needs
from orchestrator.importers.row import Row, RowError
from orchestrator.store import bulk
from orchestrator.store.identifier import derived_id
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session

# who owes the debt beside the consumer
_LIABLE = frozenset({"co_borrower", "guarantor"})
_FACT = ("id", "consumer_id", "occurred_at", "recorded_at", "source", "recorded_by", "withdrawn")
_SAID = (
    "account_id",
    "party_id",
    "role",
    "name",
    "basis",
    "evidence",
    "jointly_liable",
    "debt_related_evidence",
)
_POINT_COLUMNS = (
    "id", "consumer_id", "party_id", "kind", "value_sealed", "value_index", "key_id", "number_kind", "place",
    "employer_provided", "basis", "position", "state", "zones", "created_at", "changed_at",
)  # fmt: skip


class Attorney(NamedTuple):
    """Who represents a consumer about one account, or all (None)."""

    consumer_id: str
    account_id: str | None
    party_id: str
    contact_known: bool


def prepare(row: Row, sealer: Sealer) -> Ready:
    """A party with its role."""
    return needs(row, "consumer_id", "party_id", "role")


def protective_part(row: Row) -> Ready | None:
    """An attorney in a row that is refused: the consumer is represented all the same."""
    is_attorney = row.values.get("role") == "attorney" and "consumer_id" in row.values
    return Ready(row, row.values) if is_attorney else None


def write_chunk(unit: Session, batch: Batch, rows: Sequence[Ready]) -> None:
    """Add parties, corrections of them, their numbers, and what an attorney changes."""
    consumers = sorted({row.values["consumer_id"] for row in rows})
    countries = dict(bulk.select(unit, ("id", "country"), "consumer", "id", consumers))
    owed = set(
        bulk.select(unit, ("consumer_id", "account_id"), "account_consumer", "consumer_id", sorted(countries))
    )
    taken: list[tuple[Ready, list[Point]]] = []
    attorneys: list[Attorney] = []
    for row in rows:
        try:
            points = _points(row, countries, owed, batch)
        except (RowError, CellError) as problem:
            batch.refuse(row.row, str(problem))
            attorneys += _attorney_of_refused(row, countries, owed)
            continue
        if row.row.is_refused:
            attorneys += _attorney_of_refused(row, countries, owed)
            continue
        taken.append((row, points))
        batch.touched(row.get("account_id"), row.values["consumer_id"])
        if row.values["role"] == "attorney":
            told = (row.values["consumer_id"], row.get("account_id"), row.values["party_id"])
            attorneys.append(Attorney(*told, bool(points)))
    _write_parties(unit, batch, [row for row, _ in taken])
    _write_points(unit, batch, taken)
    _write_attorneys(unit, batch, attorneys)


def _attorney_of_refused(
    row: Ready, countries: dict[str, str], owed: set[tuple[Any, ...]]
) -> Iterator[Attorney]:
    """For every account where the row's is none of the consumer's; how to reach them is told, but not readable."""
    consumer_id, account_id = row.values["consumer_id"], row.get("account_id")
    if row.get("role") == "attorney" and consumer_id in countries:
        account_id = account_id if (consumer_id, account_id) in owed else None
        yield Attorney(consumer_id, account_id, row.get("party_id") or "", True)


def _points(row: Ready, countries: dict[str, str], owed: set[tuple[Any, ...]], batch: Batch) -> list[Point]:
    consumer_id, account_id = row.values["consumer_id"], row.get("account_id")
    country = countries.get(consumer_id)
    if country is None:
        raise RowError(f"consumer_id: {consumer_id!r} is not in the book")
    if account_id and (consumer_id, account_id) not in owed:
        raise RowError(f"account_id: {account_id!r} is not an account of {consumer_id}")
    points, problems = [], []
    for column in ("mobile", "landline"):
        if row.get(column):
            try:
                points.append(phone_point(row.values[column], column, country, batch.sealer))
            except CellError as problem:
                problems.append(f"{column}: {problem}")
    if problems:
        raise RowError("; ".join(problems))
    for kind, column in (("email", "email"), ("postal", "address")):
        if row.get(column):
            points.append(plain_point(kind, row.values[column], batch.sealer))
    return points


def _write_parties(unit: Session, batch: Batch, rows: Sequence[Ready]) -> None:
    """A row that says something else of a party is a correction of what was known."""
    consumers = sorted({row.values["consumer_id"] for row in rows})
    columns = ("recorded_at", "id", "consumer_id", *_SAID)
    held: dict[tuple[str, str | None, str], tuple[str, tuple[Any, ...]]] = {}
    for found in sorted(
        bulk.select(unit, columns, "party", "consumer_id", consumers), key=lambda one: one[:2]
    ):
        account_id, party_id = found[3:5]
        said = tuple(bool(cell) if isinstance(cell, int) else cell for cell in found[3:])
        held[found[2], account_id, party_id] = (found[1], said)
    new = []
    for row in rows:
        said = _said(row)
        key = (row.values["consumer_id"], said[0], said[1])
        before = held.get(key)
        if before is not None:
            said = tuple(
                told if told is not None else known for told, known in zip(said, before[1], strict=True)
            )
            if said == before[1]:
                continue
        id_ = derived_id("py", batch.id, batch.serial())
        now = unit.now_micros
        corrects = before[0] if before else None
        new.append((id_, key[0], now, now, batch.source, batch.recorded_by, False, corrects, *said))
        held[key] = (id_, said)
    bulk.insert(unit, "party", (*_FACT, "corrects_id", *_SAID), new)


def _said(row: Ready) -> tuple[Any, ...]:
    role = row.values["role"]
    evidence = row.get("evidence")
    told = (row.get(name) for name in ("account_id", "party_id", "role", "name", "basis", "evidence"))
    return (*told, role in _LIABLE, evidence is not None)


def _write_points(unit: Session, batch: Batch, taken: Sequence[tuple[Ready, list[Point]]]) -> None:
    now, rows = unit.now_micros, {}
    for row, points in taken:
        consumer_id, party_id = row.values["consumer_id"], row.values["party_id"]
        is_employer = row.values["role"] == "employer"
        for position, point in enumerate(points):
            id_ = derived_id("cp", consumer_id, party_id, point.kind, point.index)
            rows[id_] = (
                *(id_, consumer_id, party_id, point.kind, point.sealed, point.index),
                *(batch.sealer.key_id, point.number_kind, "work" if is_employer else None),
                *(
                    "known" if is_employer else "no",
                    row.get("basis"),
                    position,
                    "unverified",
                    point.zones,
                    now,
                    now,
                ),
            )
    known = {found[0] for found in bulk.select(unit, ("id",), "contact_point", "id", sorted(rows))}
    bulk.insert(unit, "contact_point", _POINT_COLUMNS, [row for id_, row in rows.items() if id_ not in known])


def _write_attorneys(unit: Session, batch: Batch, told: Sequence[Attorney]) -> None:
    """An attorney with a name or address is one whose contact is known (12 CFR 1006.6(b)(2))."""
    rows = {}
    for one in told:
        id_ = derived_id("re", one.consumer_id, one.account_id or "", one.party_id, one.contact_known)
        now = unit.now_micros
        fact = (id_, one.consumer_id, now, now, batch.source, batch.recorded_by, False)
        rows[id_] = (*fact, one.account_id, True, one.contact_known, False, False)
    known = {found[0] for found in bulk.select(unit, ("id",), "representation", "id", sorted(rows))}
    columns = (*_FACT, "account_id", "known", "contact_known", "consents_direct", "unresponsive")
    new = [row for id_, row in rows.items() if id_ not in known]
    bulk.insert(unit, "representation", columns, new)
    batch.moves(pool.members(unit, {str(row[1]) for row in new}))
    for id_, consumer_id, *_ in new:
        batch.note(LineKind.HOLD, consumer_id, representation_id=id_)
