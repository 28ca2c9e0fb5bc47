"""Numbers and chains ledger lines beside the work: one sealer at a time, within a second of the commit.

`chained = SHA-256(previous chained + entry digest)`. Lines are taken by not having a link yet, not by their id:
on PostgreSQL a transaction that commits late may bring an id lower than some that are sealed already.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

from orchestrator.clock import Clock
from orchestrator.store.database import Database
from orchestrator.store.lease import take_lease
from orchestrator.store.session import Session

GENESIS = b"\0" * 32
BATCH = 5_000
LEASE_S = 10
DUTY = "ledger_sealer"
# how far behind the newest sealed line a late commit may bring a lower id: in lines, and in time. The
# database ends a transaction that does nothing for two minutes or runs one statement for one
LATE_LINES = 50_000
LATE_US = 300 * 1_000_000
_FLOOR = "ledger_floor"

Waiting = tuple[int, bytes]
"""Id and digest of a line without a link."""


class Tip(NamedTuple):
    """The last link: its number (0: none yet) and chained digest."""

    seq: int
    chained: bytes


def chain(previous: bytes, digest: bytes) -> bytes:
    """The next chained digest."""
    return hashlib.sha256(previous + digest).digest()


def tip_of(unit: Session) -> Tip:
    """The last link of the chain."""
    row = unit.one("SELECT seq, chained FROM ledger_link ORDER BY seq DESC LIMIT 1")
    return Tip(int(row[0]), bytes(row[1])) if row else Tip(0, GENESIS)


def seal_pending(
    database: Database, owner: str, clock: Clock | None = None, *, batch: int = BATCH, whole: bool = False
) -> int:
    """Seal what is waiting; the number of lines sealed, 0 as well while another node holds the lease.

    `whole` looks at every line ever written (at shutdown, and before verifying) instead of the newest ones.
    Looking takes no lock and an idle look writes nothing; each write is one short transaction of `batch` lines.
    """
    sealed, floor = 0, 0
    while True:
        with database.read(clock) as unit:
            floor = max(floor, 0 if whole else _floor(unit))
            waiting = _waiting(unit, floor, batch)
        if not waiting:
            return sealed
        with database.write(clock) as unit:
            if not take_lease(unit, DUTY, owner, LEASE_S):
                return sealed
            sealed += _seal(unit, waiting)
            _raise_floor(unit)
        if len(waiting) < batch:
            return sealed
        floor = waiting[-1][0]  # a line that came late meanwhile is taken by the next look


def _waiting(unit: Session, floor: int, batch: int) -> list[Waiting]:
    return [
        (int(entry_id), bytes(digest))
        for entry_id, digest in unit.query(
            "SELECT entry.id, entry.digest FROM ledger_entry AS entry "
            "LEFT JOIN ledger_link AS link ON link.entry_id = entry.id "
            "WHERE link.entry_id IS NULL AND entry.id > :floor ORDER BY entry.id LIMIT :batch",
            {"floor": floor, "batch": batch},
        )
    ]


def _seal(unit: Session, waiting: Sequence[Waiting]) -> int:
    """Append a link for each line that nobody has sealed since we looked; under the lease that stays true."""
    sql = f"SELECT entry_id FROM ledger_link WHERE entry_id {unit.within('ids')}"  # noqa: S608 - our own words
    done = {row[0] for row in unit.query(sql, {"ids": unit.listed(entry_id for entry_id, _ in waiting)})}
    seq, chained = tip_of(unit)
    links = []
    for entry_id, digest in waiting:
        if entry_id not in done:
            seq, chained = seq + 1, chain(chained, digest)
            links.append((seq, entry_id, chained))
    unit.insert_many("ledger_link", ["seq", "entry_id", "chained"], links)
    return len(links)


def _floor(unit: Session) -> int:
    """An id below which every line is sealed, so that a look does not grow with the ledger."""
    row = unit.one("SELECT max(entry_id) FROM ledger_link")
    newest = int(row[0]) if row and row[0] is not None else 0
    if unit.dialect == "sqlite":
        return newest  # one writer: ids are committed in their order
    return max(newest - LATE_LINES, _stored_floor(unit)["floor"])


def _stored_floor(unit: Session) -> dict[str, int]:
    row = unit.one("SELECT value FROM switch WHERE name = :name", {"name": _FLOOR})
    if row is None:
        return {"floor": 0, "next": 0, "at": 0}
    stored: dict[str, int] = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    return stored


def _raise_floor(unit: Session) -> None:
    """Now and then: what was newest long ago has no older line to come any more."""
    if unit.dialect == "sqlite":
        return
    stored = _stored_floor(unit)
    if unit.now_micros - stored["at"] < LATE_US:
        return
    newest = unit.one("SELECT max(entry_id) FROM ledger_link")
    value = {"floor": stored["next"], "next": newest[0] if newest else 0, "at": unit.now_micros}
    unit.execute(
        "INSERT INTO switch (name, value, changed_at, changed_by) VALUES (:name, :value, :now, 'sealer') "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
        {"name": _FLOOR, "value": json.dumps(value), "now": unit.now_micros},
    )
