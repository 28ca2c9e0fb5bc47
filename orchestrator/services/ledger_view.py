"""The ledger as auditors read it: how far it is sealed and signed, and its lines, newest first. Read only.

Lines hold no personal data: a keyed hash stands for the consumer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from orchestrator.audit.head import Head, is_genuine, last_inside, last_outside
from orchestrator.audit.ledger import LineKind
from orchestrator.audit.sealer import tip_of
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine.house import House
from orchestrator.errors import InputError
from orchestrator.store.session import Session

PAGE = 50
_SEPARATOR = "."


@dataclass(frozen=True, slots=True)
class HeadState:
    """A signed head: that the chain had `seq` links. `fits`: our key signed it, and the chain still says the same."""

    seq: int
    signed_at: datetime
    key_id: str
    fits: bool


@dataclass(frozen=True, slots=True)
class LedgerState:
    """How the ledger stands. `sealed`: the number of the last link, 0 for none; `waiting`: lines not chained yet.

    `inside`, `outside`: the newest head in the database and in the file beside it; None: there is none.
    """

    sealed: int
    waiting: int
    inside: HeadState | None
    outside: HeadState | None
    outside_path: str
    public_key: str


@dataclass(frozen=True, slots=True)
class LineSought:
    """Which lines are looked for: written from `since` to before `until` (aware), of one kind."""

    since: datetime | None = None
    until: datetime | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line. `seq`: its link in the chain, None while it waits; `who`: the keyed hash of a consumer."""

    id: int
    at: datetime
    kind: str
    seq: int | None
    attempt_id: str | None
    who: str | None
    digest: str
    body: dict[str, Any]

    @property
    def decision_id(self) -> str | None:
        """The decision that this line is about, by its own id or its attempt's."""
        verdict_id = self.body.get("verdict_id")
        return verdict_id if isinstance(verdict_id, str) else self.attempt_id


@dataclass(frozen=True, slots=True)
class LinePage:
    """A page of lines; `before` asks for the next one, None at the end."""

    rows: tuple[LineRow, ...]
    before: str | None


def read_ledger(house: House, outside: Path, public_key: str) -> LedgerState:
    """How far the chain goes, and whether the newest heads fit it; the lines are proven by a verification only."""
    kept = last_outside(outside)
    with house.database.read(house.clock) as unit:
        tip, head = tip_of(unit), last_inside(unit)
        waiting = unit.query(
            "SELECT count(*) FROM ledger_entry WHERE id > (SELECT COALESCE(max(entry_id), 0) FROM ledger_link)"
        )[0][0]
        return LedgerState(
            sealed=tip.seq,
            waiting=int(waiting),
            inside=None if head is None else _state(unit, head, public_key),
            outside=None if kept is None else _state(unit, kept, public_key),
            outside_path=str(outside),
            public_key=public_key,
        )


def _state(unit: Session, head: Head, public_key: str) -> HeadState:
    link = unit.one("SELECT chained FROM ledger_link WHERE seq = :seq", {"seq": head.seq})
    is_ours = head.public_key in {"", public_key} and is_genuine(head, public_key)
    fits = is_ours and link is not None and bytes(link[0]) == head.chained_bytes
    return HeadState(head.seq, head.signed_at, head.key_id, fits)


def list_lines(house: House, sought: LineSought, *, before: str | None = None, limit: int = PAGE) -> LinePage:
    """At most `limit` lines, newest first, behind the one that `before` names."""
    if sought.kind and sought.kind not in set(LineKind):
        raise InputError(
            "the ledger has no lines of this kind", where="kind", hint="choose one that is listed"
        )
    # by kind and time they are read off one index; of all kinds, the newest of each are put together
    kinds = [sought.kind] if sought.kind else list(LineKind)
    with house.database.read(house.clock) as unit:
        found = [_keys(unit, kind, sought, before, limit + 1) for kind in kinds]
        keys = sorted(chain.from_iterable(found), reverse=True)[: limit + 1]
        rows = _rows(unit, [key for _, key in keys[:limit]])
    more = len(keys) > limit
    return LinePage(rows, _SEPARATOR.join(map(str, keys[limit - 1])) if more else None)


def _keys(
    unit: Session, kind: str, sought: LineSought, before: str | None, limit: int
) -> list[tuple[int, int]]:
    conditions, params = ["kind = :kind"], {"kind": kind, "limit": limit}
    if sought.since is not None:
        conditions.append("at >= :since")
        params["since"] = to_micros(sought.since)
    if sought.until is not None:
        conditions.append("at < :until")
        params["until"] = to_micros(sought.until)
    if before is not None:
        conditions.append("(at, id) < (:at, :last)")
        params["at"], params["last"] = _cursor(before)
    sql = f"SELECT at, id FROM ledger_entry WHERE {' AND '.join(conditions)} ORDER BY at DESC, id DESC LIMIT :limit"  # noqa: S608
    return [(int(at), int(key)) for at, key in unit.query(sql, params)]


def _rows(unit: Session, ids: list[int]) -> tuple[LineRow, ...]:
    sql = (
        "SELECT e.id, e.at, e.kind, l.seq, e.attempt_id, e.consumer_ref, e.digest, e.body FROM ledger_entry e "
        "LEFT JOIN ledger_link l ON l.entry_id = e.id WHERE e.id "
    )
    found = {row[0]: _row(row) for row in unit.query(sql + unit.within("ids"), {"ids": unit.listed(ids)})}
    return tuple(found[key] for key in ids)


def _row(row: tuple[Any, ...]) -> LineRow:
    return LineRow(
        id=int(row[0]),
        at=from_micros(row[1]),
        kind=row[2],
        seq=None if row[3] is None else int(row[3]),
        attempt_id=row[4],
        who=row[5],
        digest=bytes(row[6]).hex(),
        body=_body(row[7]),
    )


def _body(body: bytes) -> dict[str, Any]:
    """What the line says; one that was tampered with may hold anything."""
    try:
        found = msgspec.json.decode(bytes(body))
    except (msgspec.DecodeError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _cursor(text: str) -> tuple[int, int]:
    at, _, key = text.partition(_SEPARATOR)
    if not at.isdigit() or not key.isdigit() or len(at) > 18 or len(key) > 18:
        raise InputError("this is no place in this list", where="before", hint="start again at the newest")
    return int(at), int(key)
