"""Numbers and chains ledger lines beside the work: one sealer at a time, within a second of the commit.

`chained = SHA-256(previous chained + entry digest)`. Lines are taken by not having a link yet, not by their id:
a transaction that commits late may bring an id lower than some that are sealed already.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from orchestrator.clock import Clock
from orchestrator.store.database import Database
from orchestrator.store.lease import take_lease
from orchestrator.store.session import Session

GENESIS = b"\0" * 32
BATCH = 5_000
LEASE_S = 10


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
    """
    sealed = 0
    while True:
        with database.write(clock) as unit:
            if not take_lease(unit, "ledger_sealer", owner, LEASE_S):
                return sealed
            done = _seal_batch(unit, batch, 0 if whole else _sealed_through(unit))
        sealed += done
        if done < batch:
            return sealed


def _seal_batch(unit: Session, batch: int, from_id: int) -> int:
    tip = tip_of(unit)
    waiting = unit.query(
        "SELECT entry.id, entry.digest FROM ledger_entry AS entry "
        "LEFT JOIN ledger_link AS link ON link.entry_id = entry.id "
        "WHERE link.entry_id IS NULL AND entry.id > :from_id ORDER BY entry.id LIMIT :batch",
        {"from_id": from_id, "batch": batch},
    )
    seq, chained = tip
    links = []
    for entry_id, digest in waiting:
        seq, chained = seq + 1, chain(chained, bytes(digest))
        links.append((seq, entry_id, chained))
    unit.insert_many("ledger_link", ["seq", "entry_id", "chained"], links)
    return len(links)


# how far behind the newest sealed id a late commit may bring a lower one: no transaction lives longer
LATE_IDS = 200_000


def _sealed_through(unit: Session) -> int:
    """An id below which every line is sealed, so that a look does not grow with the ledger."""
    row = unit.one("SELECT max(entry_id) FROM ledger_link")
    newest = int(row[0]) if row and row[0] is not None else 0
    return max(0, newest - LATE_IDS) if newest else 0
