"""What every fact about a person has and brings: who told us, unspent permits that die, enrollments that look again.

Ids are derived from what was told, so telling twice writes once. What ended in the meantime and is told again is news.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.instant import to_micros
from orchestrator.engine.house import House
from orchestrator.engine.reconsider import reconsider
from orchestrator.store import entry
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session

_STOPS = frozenset({"hold", "complaint", "dispute", "preference", "representation", "cease_request"})
"""Facts that keep contacts back: one that is acknowledged and not kept would stop nobody."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who told us, when it was true, and a key that is the same when the same thing is told again."""

    at: datetime
    source: str
    key: str
    by: str = "system"
    proof: str | None = None


def add_fact(unit: Session, table: str, consumer_id: str, told: Told, **values: Any) -> str:
    """One row of a table of facts. Its id is given or made of what was told, so that telling twice writes once.

    A stop that was told before and is over by now (a hold released, a complaint closed) is a new one under the next id.
    """
    parts = (table, told.key, consumer_id, str(values.get("account_id")), str(values.get("kind")))
    made = str(values.get("id") or derived_id(table[:2], *parts))
    while table in _STOPS and "corrects_id" not in values and entry.is_over(unit, table, made):
        made = derived_id(table[:2], made)
    entry.add(
        unit,
        table,
        {
            "consumer_id": consumer_id,
            "occurred_at": to_micros(told.at),
            "recorded_at": unit.now_micros,
            "source": told.source,
            "recorded_by": told.by,
            "withdrawn": False,
            **values,
            "id": made,
        },
    )
    return made


def follow(
    house: House,
    unit: Session,
    kind: LineKind,
    consumer_ids: Iterable[str],
    source: str,
    **body: Any,
) -> list[str]:
    """What every fact brings: permits die, the ledger has a line, enrollments are looked at. Gives who it concerns."""
    people = entry.pool_members(unit, consumer_ids)
    entry.move_epoch(unit, people)
    lines = [
        Line(kind, unit.now_micros, {**body, "source": source}, house.sealer.reference(one))
        for one in sorted(set(consumer_ids))
    ]
    ledger.append(unit, lines)
    reconsider(house, unit, people)
    return people
