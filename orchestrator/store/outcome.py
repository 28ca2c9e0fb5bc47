"""The bulk writes after a hand-over: what became of attempts, the versions of their contact events, retries.

Every update is fenced: it names the fence of the hand-over it reports on and the states it may start from, so a
worker that was given up meanwhile changes nothing but an ambiguous attempt into a known one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from orchestrator.store.session import Session


class AttemptMove(NamedTuple):
    """A report on one attempt. `fence` None: whoever reports (a callback), only the states decide."""

    id: str
    state: str
    sources: tuple[str, ...]
    fence: int | None = None
    outcome: str | None = None
    failure: str | None = None
    failure_detail: str | None = None
    provider: str | None = None
    provider_id: str | None = None


_SETS = (
    "state = :state, outcome = COALESCE(:outcome, outcome), failure = :failure, failure_detail = :failure_detail, "
    "provider = COALESCE(:provider, provider), provider_id = COALESCE(:provider_id, provider_id), "
    "settled_at = :now, lease_owner = NULL, lease_until = NULL"
)


def move_attempts(unit: Session, moves: Sequence[AttemptMove]) -> set[str]:
    """Apply reports; gives the ids that really moved."""
    current = attempt_states(unit, [move.id for move in moves])
    applied = [
        move
        for move in moves
        if move.id in current
        and current[move.id][0] in move.sources
        and (move.fence is None or move.fence == current[move.id][1] or current[move.id][0] == "ambiguous")
    ]
    unit.executemany(
        f"UPDATE attempt SET {_SETS} WHERE id = :id",  # noqa: S608
        [{**_values(move), "now": unit.now_micros} for move in applied],
    )
    return {move.id for move in applied}


def _values(move: AttemptMove) -> dict[str, Any]:
    return {name: value for name, value in move._asdict().items() if name not in {"sources", "fence"}}


def attempt_states(unit: Session, ids: Iterable[str]) -> dict[str, tuple[str, int]]:
    """State and fence of attempts, locked."""
    sql = f"SELECT id, state, fence FROM attempt WHERE id {unit.within('ids')} ORDER BY id {unit.for_update}"  # noqa: S608
    return {row[0]: (row[1], row[2]) for row in unit.query(sql, {"ids": unit.listed(sorted(set(ids)))})}


_NAMES = (
    "consumer_id", "event_id", "version", "occurred_at", "channel", "direction", "outcome", "account_ids",
    "debts_discussed", "intended_debts", "contact_point_id", "party", "actor", "content", "number_kind", "place",
    "detail", "attempt_id", "source",
)  # fmt: skip
EVENT_COLUMNS = (*_NAMES, "recorded_at", "recorded_by", "correction_reason")
EventKey = tuple[str, str]
"""(consumer id, event id); the event of an attempt of ours has the attempt's id."""


def add_event_versions(
    unit: Session,
    changes: Mapping[EventKey, Mapping[str, Any]],
    *,
    recorded_by: str = "system",
    reason: str | None = None,
) -> int:
    """Add a version to each contact event in `changes` (changed columns by key); what it had stays."""
    if not changes:
        return 0
    latest = latest_events(unit, changes)
    rows = []
    for key in sorted(latest):
        values = {**latest[key], **changes[key], "version": latest[key]["version"] + 1}
        if "detail" in changes[key]:
            values["detail"] = {**_opened(latest[key]["detail"]), **changes[key]["detail"]}
        rows.append((*(_stored(values[name]) for name in _NAMES), unit.now_micros, recorded_by, reason))
    unit.insert_many("contact_event", EVENT_COLUMNS, rows)
    return len(rows)


def latest_events(unit: Session, keys: Iterable[EventKey]) -> dict[EventKey, dict[str, Any]]:
    """The last version of each event; each is one probe of the primary key."""
    pairs = sorted(keys)
    columns = ", ".join(f"e.{name}" for name in _NAMES)
    if unit.dialect == "sqlite":
        source = "(SELECT json_extract(value, '$[0]') AS c, json_extract(value, '$[1]') AS i FROM json_each(:pairs)) p"
        params: dict[str, Any] = {"pairs": json.dumps(pairs)}
    else:
        source = "unnest(:consumers::text[], :events::text[]) AS p(c, i)"
        params = {"consumers": [pair[0] for pair in pairs], "events": [pair[1] for pair in pairs]}
    sql = (
        f"SELECT {columns} FROM {source} JOIN contact_event e ON e.consumer_id = p.c AND e.event_id = p.i "  # noqa: S608
        "ORDER BY e.event_id, e.version"
    )
    found = [dict(zip(_NAMES, row, strict=True)) for row in unit.query(sql, params)]
    return {(row["consumer_id"], row["event_id"]): row for row in found}


def _opened(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str | bytes) else value or {}
    return found


def _stored(value: Any) -> Any:
    """Open JSON as the text that bulk inserts take."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


class Rewind(NamedTuple):
    """Send the enrollments of some accounts back to a step whose attempt made no contact after all."""

    attempt_id: str
    account_ids: tuple[str, ...]
    step: int
    tries: int
    next_at: int


def rewind_enrollments(unit: Session, rewinds: Sequence[Rewind]) -> None:
    """Only enrollments that the attempt was made for and that still wait for the step behind.

    One that an account entered later knows nothing of the attempt, and made that step itself.
    """
    rows = [
        {
            "attempt": one.attempt_id,
            "account": account_id,
            "step": one.step,
            "after": one.step + 1,
            "tries": one.tries,
            "at": one.next_at,
        }
        for one in rewinds
        for account_id in one.account_ids
    ]
    unit.executemany(
        "UPDATE enrollment SET step = :step, tries = :tries, next_at = :at WHERE account_id = :account "
        "AND state = 'active' AND step = :after "
        "AND entered_at <= (SELECT reserved_at FROM attempt WHERE id = :attempt)",
        rows,
    )
