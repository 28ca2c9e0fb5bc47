"""Recorded decisions, newest first, a page at a time: contacts that were made and contacts that were not.

The newest ones of each answer and channel are read off an index and put together, so a page costs the same however
many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine.house import House
from orchestrator.engine.message import display_name
from orchestrator.engine.stored import id_list
from orchestrator.errors import InputError
from orchestrator.store.session import Session
from policies.verdict import Decision

PAGE = 50
DECISIONS = tuple(one.value for one in Decision)
CHANNELS = ("sms", "email", "voice", "letter", "task")
_SEPARATOR = "."


@dataclass(frozen=True, slots=True)
class Sought:
    """Which decisions are looked for: recorded from `since` to before `until` (aware), None and empty: any."""

    since: datetime | None = None
    until: datetime | None = None
    consumer_id: str = ""
    decision: str = ""
    rule: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision in a list. `attempt_id`: of a contact that was reserved; `state`, `outcome`: what became of it.

    `origin`: who asked (cadence, person, api, reservation, reaction), `cadence` its name.
    """

    id: str
    at: datetime
    decision: str
    channel: str
    rule: str | None
    retry_at: datetime | None
    consumer_id: str
    consumer: str
    account_ids: tuple[str, ...]
    attempt_id: str | None
    state: str | None
    outcome: str | None
    origin: str
    cadence: str | None


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A page of decisions; `before` asks for the next one, None at the end."""

    rows: tuple[DecisionRow, ...]
    before: str | None


class _Named(NamedTuple):
    given_name: str | None
    family_name: str | None
    organization: str | None


def list_decisions(
    house: House, sought: Sought, *, before: str | None = None, limit: int = PAGE
) -> DecisionPage:
    """At most `limit` decisions, newest first, behind the one that `before` names."""
    with house.database.read(house.clock) as unit:
        keys = _keys(unit, sought, before, limit + 1)
        rows = _rows(unit, [key for _, key in keys[:limit]])
    more = len(keys) > limit
    return DecisionPage(rows, _SEPARATOR.join(map(str, keys[limit - 1])) if more else None)


def count_of_rule(house: House, rule_id: str, since: datetime) -> int:
    """How often a rule was the one to decide, from `since` on."""
    sql = (
        "SELECT count(*) FROM verdict WHERE rule = :rule AND decision = :decision AND channel = :channel "
        "AND as_of >= :since"
    )
    with house.database.read(house.clock) as unit:
        counts = [
            unit.query(sql, {"rule": rule_id, "decision": one, "channel": channel, "since": to_micros(since)})
            for one in DECISIONS
            for channel in CHANNELS
        ]
    return sum(int(rows[0][0]) for rows in counts)


def neighbours_of(unit: Session, consumer_id: str, at: int, verdict_id: str) -> tuple[str | None, str | None]:
    """The decisions before and after one about the same consumer."""
    params = {"consumer": consumer_id, "at": at, "id": verdict_id}
    # `+` keeps the consumer's index: a person has few decisions, the index by time has them all
    found = [
        unit.one(
            f"SELECT id FROM verdict WHERE consumer_id = :consumer AND (+as_of, id) {side} (:at, :id) "  # noqa: S608
            f"ORDER BY +as_of {order}, id {order} LIMIT 1",
            params,
        )
        for side, order in (("<", "DESC"), (">", "ASC"))
    ]
    before, after = (None if row is None else str(row[0]) for row in found)
    return before, after


def _keys(unit: Session, sought: Sought, before: str | None, limit: int) -> list[tuple[int, str]]:
    """When and which: of a consumer read off their own index, else the newest of each answer and channel together."""
    params: dict[str, Any] = {"rule": sought.rule or None}
    params |= {"since": _micros(sought.since), "until": _micros(sought.until)}
    if before is not None:
        params["at"], params["last"] = _cursor(before)
    asked = {name: value for name, value in params.items() if value is not None} | {"limit": limit}
    if sought.consumer_id:
        return _of_consumer(unit, sought, asked)
    sql = _select(["decision = :decision", "channel = :channel"], asked, _PLAIN)
    found = [
        unit.query(sql, asked | {"decision": one, "channel": channel})
        for one in ((sought.decision,) if sought.decision else DECISIONS)
        for channel in ((sought.channel,) if sought.channel else CHANNELS)
    ]
    keys = sorted(((int(at), str(key)) for rows in found for at, key in rows), reverse=True)
    return keys[:limit]


def _of_consumer(unit: Session, sought: Sought, asked: dict[str, Any]) -> list[tuple[int, str]]:
    asked = asked | {"consumer": sought.consumer_id}
    for name, value in (("decision", sought.decision), ("channel", sought.channel)):
        if value:
            asked[name] = value
    rows = unit.query(_select(["consumer_id = :consumer"], asked, _HIDDEN), asked)
    return [(int(at), str(key)) for at, key in rows]


_PLAIN = {
    "rule": "rule = :rule",
    "since": "as_of >= :since",
    "until": "as_of < :until",
    "at": "(as_of, id) < (:at, :last)",
    "order": "as_of",
}
_HIDDEN = {
    "rule": "rule || '' = :rule",
    "decision": "decision || '' = :decision",
    "channel": "channel || '' = :channel",
    "since": "+as_of >= :since",
    "until": "+as_of < :until",
    "at": "(+as_of, id) < (:at, :last)",
    "order": "+as_of",
}
"""The same, so that no index but the consumer's is of use: a person has few decisions, the other indexes have all."""


def _select(first: list[str], asked: dict[str, Any], texts: dict[str, str]) -> str:
    """The statement for what is asked, from our own texts alone."""
    where = " AND ".join([*first, *(texts[name] for name in asked if name in texts)])
    order = texts["order"]
    return f"SELECT as_of, id FROM verdict WHERE {where} ORDER BY {order} DESC, id DESC LIMIT :limit"  # noqa: S608


def _rows(unit: Session, keys: list[str]) -> tuple[DecisionRow, ...]:
    sql = (
        "SELECT v.id, v.as_of, v.decision, v.channel, v.rule, v.retry_at, v.consumer_id, v.account_ids, v.attempt_id, "
        "a.state, a.outcome, a.origin, n.cadence, c.given_name, c.family_name, c.organization "
        "FROM verdict v LEFT JOIN attempt a ON a.id = v.attempt_id LEFT JOIN enrollment n ON n.id = v.enrollment_id "
        "LEFT JOIN consumer c ON c.id = v.consumer_id WHERE v.id "
    )
    rows = unit.query(sql + unit.within("ids"), {"ids": unit.listed(keys)})
    found = {row[0]: _row(row) for row in rows}
    return tuple(found[key] for key in keys if key in found)


def _row(row: tuple[Any, ...]) -> DecisionRow:
    return DecisionRow(
        id=row[0],
        at=from_micros(row[1]),
        decision=row[2],
        channel=row[3],
        rule=row[4],
        retry_at=None if row[5] is None else from_micros(row[5]),
        consumer_id=row[6],
        account_ids=id_list(row[7]),
        attempt_id=row[8],
        state=row[9],
        outcome=row[10],
        origin=row[11] or ("cadence" if row[12] else "person"),
        cadence=row[12],
        consumer=display_name(_Named(*row[13:16])) or row[6],
    )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def _cursor(text: str) -> tuple[int, str]:
    at, _, key = text.partition(_SEPARATOR)
    if not at.isdigit() or not key or len(at) > 18:
        raise InputError("this is no place in this list", where="before", hint="start again at the newest")
    return int(at), key
