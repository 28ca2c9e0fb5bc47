"""Settling who is who: consumers who share a number or mailbox count as one person until somebody decides."""

from __future__ import annotations

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.clock import Clock
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.importers import pool
from orchestrator.store import bulk, claim
from orchestrator.store.database import Database
from orchestrator.store.sealing import Sealer


def settle(  # noqa: PLR0917 - who, whom and by whom
    database: Database, clock: Clock, sealer: Sealer, one: str, other: str, same_person: bool, by: str
) -> list[str]:
    """Say whether two consumers are one person; gives everyone whose caps and stops are counted anew.

    Two consumers who share nothing are a UsageError, one that is not in the book an UnknownReference.
    """
    with database.write(clock) as unit:
        known = {row[0] for row in bulk.select(unit, ("id",), "consumer", "id", sorted({one, other}))}
        for consumer_id in (one, other):
            if consumer_id not in known:
                raise UnknownReference(f"no consumer {consumer_id!r}", where="consumer_id")
        claim.lock_pools(unit, [one, other])
        if one == other or not pool.shared(unit, one, other):
            raise UsageError(f"{one} and {other} share no number and no mailbox", where="consumer_id")
        people = pool.settle(unit, one, other, same_person=same_person, by=by)
        body = {"settled": "same person" if same_person else "different people", "by": by}
        lines = [
            Line(LineKind.CORRECTION, unit.now_micros, body, sealer.reference(who)) for who in (one, other)
        ]
        ledger.append(unit, lines)
    return people
