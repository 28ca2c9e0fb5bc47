"""Enrolling accounts into a cadence: by command, with an import, over the API. One way for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.clock import Clock
from orchestrator.domain import condition
from orchestrator.domain.cadence import Cadence
from orchestrator.domain.condition import Condition
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.store import dossier, enrollment
from orchestrator.store.account_field import record_of
from orchestrator.store.database import Database
from orchestrator.store.enrollment import Candidate
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session

AT_ONCE = 1_000


def enroll(
    database: Database, clock: Clock, sealer: Sealer, cadence: Cadence, where: str | None = None
) -> int:
    """Enrol every open account that is in no cadence and of which `where` (CEL) holds; says how many entered.

    A condition that cannot be read is a ConditionError, and then nobody was enrolled. The cadence's own
    `enter_when` is asked as well.
    """
    conditions = conditions_of(cadence, where)
    entered, after, more = 0, "", True
    while more:
        with database.write(clock) as unit:
            found = enrollment.candidates(unit, after, AT_ONCE)
            entered += enter(unit, sealer, cadence, found, conditions)
        more = len(found) == AT_ONCE
        after = found[-1].account_id if found else after
    return entered


def enroll_accounts(
    unit: Session, sealer: Sealer, cadence: Cadence, account_ids: Sequence[str], where: str | None = None
) -> int:
    """Enrol those of the accounts that may enter, in the caller's transaction; says how many entered."""
    found = enrollment.candidates_among(unit, account_ids)
    return enter(unit, sealer, cadence, found, conditions_of(cadence, where))


def conditions_of(cadence: Cadence, where: str | None) -> list[Condition]:
    """The conditions that an account must meet, checked."""
    return [condition.parse(text) for text in (where, cadence.enter_when) if text]


def enter(
    unit: Session,
    sealer: Sealer,
    cadence: Cadence,
    found: Sequence[Candidate],
    conditions: Sequence[Condition],
) -> int:
    """Enrol the candidates that meet every condition; says how many entered."""
    chosen = _fitting(unit, found, conditions) if conditions else list(found)
    if not chosen:
        return 0
    enrollment.keep_version(unit, cadence.name, cadence.digest, cadence.source)
    first = cadence.due(0, from_micros(unit.now_micros))
    due = to_micros(first) if first is not None else unit.now_micros
    inside = enrollment.enter(unit, chosen, cadence=cadence.name, digest=cadence.digest, next_at=due)
    body = {"cadence": cadence.name, "digest": cadence.digest}
    ledger.append(
        unit,
        [Line(LineKind.ENROLLED, unit.now_micros, body, sealer.reference(one.consumer_id)) for one in inside],
    )
    return len(inside)


def _fitting(unit: Session, found: Sequence[Candidate], conditions: Sequence[Condition]) -> list[Candidate]:
    now = unit.now_micros
    pools = dossier.load(unit, {one.consumer_id for one in found}, now, now)
    members = {consumer_id: pool for pool in pools.values() for consumer_id in pool.consumers}
    fitting = []
    for one in found:
        pool = members[one.consumer_id]
        account = next(row for row in pool.accounts[one.consumer_id] if row.id == one.account_id)
        record = record_of(pool, account, from_micros(now))
        if all(single.holds(record) for single in conditions):
            fitting.append(one)
    return fitting
