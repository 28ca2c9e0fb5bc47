"""Recorded verdicts judged again: from the facts they were given and the policy version they cite.

A verdict of the engine's own (no policy could be asked, letters wait for the morning, the sender is incomplete) is
derived again as well: what the policies said to the same facts must have been ALLOW.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine.facts import Proposal
from orchestrator.engine.handover import handover_opens
from orchestrator.engine.house import House
from orchestrator.engine.policy import policy_of
from orchestrator.engine.reading import read_batch
from orchestrator.engine.stored import id_list
from orchestrator.errors import UnknownReference
from orchestrator.store.session import Session
from policies import evaluate
from policies import facts as f
from policies.compose import Stack
from policies.verdict import Decision, Verdict

Evaluator = Callable[[f.Facts, Stack, datetime], Verdict]
Advance = Callable[[int, int], None]
"""Told how many verdicts were judged again, and of how many."""
_OWN = frozenset(
    {
        "account_not_open",
        "letter_handover",
        "already_answered",
        "message_too_old",
        "not_an_answer",
        "content_differs",
        "sender_incomplete",
        "template_missing",
        "template_failed",
        "stop_switch",
    }
)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A verdict that is not derived again.

    `field`: decision, rules, retry_at, valid_until, obligations, facts, facts_digest, policy, body.
    """

    verdict_id: str
    field: str
    recorded: str
    derived: str
    policy_digest: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many verdicts were judged again, and the differences found."""

    count: int
    differences: tuple[Difference, ...]

    @property
    def changed(self) -> int:
        """How many verdicts differ, each counted once."""
        return len({one.verdict_id for one in self.differences})


def replay(
    house: House,
    start: datetime | None = None,
    end: datetime | None = None,
    evaluator: Evaluator = evaluate.judge,
    *,
    ids: Sequence[str] = (),
    sample: int | None = None,
    advance: Advance | None = None,
) -> Replayed:
    """Judge verdicts recorded from `start` to before `end` again; nothing is written.

    `ids`: only these verdicts, or those of these attempts; an UnknownReference for one that is neither. `sample`:
    only so many of them, drawn by lot.
    """
    span = {
        "start": to_micros(start) if start is not None else 0,
        "end": to_micros(end) if end is not None else 2**62,
    }
    with house.database.read(house.clock) as unit:
        if ids:
            chosen: list[str] | None = _named(unit, ids)
        else:
            chosen = _drawn(unit, span, sample) if sample is not None else None
        known = len(chosen) if chosen is not None else unit.query(f"SELECT count(*) {_IN_SPAN}", span)[0][0]
    count, found = 0, []
    stacks: dict[str, Stack | None] = {}
    for batch in _rows_of(house, chosen) if chosen is not None else _rows(house, span):
        for row in batch:
            count += 1
            found += _differences(house, row, stacks, evaluator)
        if advance is not None:
            advance(count, known)
    return Replayed(count, tuple(found))


@dataclass(frozen=True, slots=True)
class _Recorded:
    id: str
    at: datetime
    policy_digest: str
    facts_digest: str
    decision: str
    body: bytes
    facts: bytes


_SELECT = "SELECT id, as_of, policy_digest, facts_digest, decision, body, facts FROM verdict"
_IN_SPAN = "FROM verdict WHERE as_of >= :start AND as_of < :end"


def _named(unit: Session, ids: Sequence[str]) -> list[str]:
    """The verdicts of these ids, each once, oldest first within an id."""
    found: dict[str, None] = {}
    for one in ids:
        rows = unit.query(
            "SELECT id FROM verdict WHERE id = :id OR attempt_id = :id ORDER BY as_of, id", {"id": one}
        )
        if not rows:
            raise UnknownReference("no verdict or attempt with a verdict has this id", where=one)
        found |= dict.fromkeys(row[0] for row in rows)
    return list(found)


def _drawn(unit: Session, span: dict[str, int], size: int) -> list[str]:
    rows = unit.query(f"SELECT id {_IN_SPAN} ORDER BY random() LIMIT :size", {**span, "size": size})
    return [row[0] for row in rows]


def _rows_of(house: House, ids: Sequence[str]) -> Iterator[list[_Recorded]]:
    for first in range(0, len(ids), _BATCH):
        with house.database.read(house.clock) as unit:
            rows = [
                unit.query(f"{_SELECT} WHERE id = :id", {"id": one}) for one in ids[first : first + _BATCH]
            ]
        yield [_recorded(row) for found in rows for row in found]


def _rows(house: House, span: dict[str, int]) -> Iterator[list[_Recorded]]:
    after = ""
    while True:
        with house.database.read(house.clock) as unit:
            rows = unit.query(
                f"{_SELECT} WHERE id > :after AND as_of >= :start AND as_of < :end ORDER BY id LIMIT :limit",
                {**span, "limit": _BATCH, "after": after},
            )
        if not rows:
            return
        after = rows[-1][0]
        yield [_recorded(row) for row in rows]


def _recorded(row: Sequence[Any]) -> _Recorded:
    return _Recorded(row[0], from_micros(row[1]), row[2], row[3], row[4], bytes(row[5]), bytes(row[6]))


def _differences(
    house: House, row: _Recorded, stacks: dict[str, Stack | None], evaluator: Evaluator
) -> list[Difference]:
    """What is not as recorded. A row that cannot be read is a difference, never the end of the work."""
    opened = _opened(row)
    if isinstance(opened, Difference):
        return [opened]
    recorded, facts = opened
    stack = _stack(house, row.policy_digest, stacks)
    own = recorded.rules[0].id if recorded.rules else ""
    if stack is None:
        is_explained = own == "policy_unavailable"
        return [] if is_explained else [_difference(row, "policy", row.policy_digest, "not kept")]
    derived = evaluator(facts, stack, row.at)
    if own in _OWN:
        return _own_difference(row, recorded, derived, facts)
    return list(_compared(row, recorded, derived))


def _opened(row: _Recorded) -> tuple[Verdict, f.Facts] | Difference:
    """The row's verdict and facts, if they can be read and fit the columns beside them."""
    digest = hashlib.sha256(row.facts).hexdigest()
    if digest != row.facts_digest:
        return _difference(row, "facts_digest", row.facts_digest, digest)
    field = "body"
    try:
        recorded = msgspec.json.decode(row.body, type=Verdict)
        field = "facts"
        facts = f.decode(row.facts)
    except msgspec.DecodeError as error:
        return _difference(row, field, "readable", f"unreadable: {error}")
    if recorded.decision != row.decision:
        return _difference(row, "body", row.decision, recorded.decision)
    return recorded, facts


def _difference(row: _Recorded, field: str, recorded: object, derived: object) -> Difference:
    return Difference(row.id, field, str(recorded), str(derived), row.policy_digest)


def _stack(house: House, digest: str, known: dict[str, Stack | None]) -> Stack | None:
    if digest not in known:
        with house.database.read(house.clock) as unit:
            known[digest] = policy_of(unit, digest)
    return known[digest]


def _own_difference(row: _Recorded, recorded: Verdict, derived: Verdict, facts: f.Facts) -> list[Difference]:
    own = recorded.rules[0].id
    if derived.decision is not Decision.ALLOW:
        return [_difference(row, "decision", own, derived.decision.value)]
    if own == "letter_handover":
        opens = handover_opens(facts.zones, row.at)
        if opens != recorded.retry_at:
            return [_difference(row, "retry_at", recorded.retry_at, opens)]
    return []


def _compared(row: _Recorded, recorded: Verdict, derived: Verdict) -> Iterator[Difference]:
    pairs = {
        "decision": (recorded.decision, derived.decision),
        "rules": (sorted(one.id for one in recorded.rules), sorted(one.id for one in derived.rules)),
        "retry_at": (recorded.retry_at, derived.retry_at),
        "valid_until": (recorded.valid_until, derived.valid_until),
        "obligations": (
            sorted(one.id for one in recorded.obligations),
            sorted(one.id for one in derived.obligations),
        ),
    }
    for name, (before, after) in pairs.items():
        if before != after:
            yield _difference(row, name, before, after)


def rebuild_facts(house: House, unit: Session, verdict_id: str) -> f.Facts | None:
    """The facts of a recorded verdict built again from the tables, as known at its moment.

    Its own reservation, recorded at the same moment, is left out. None: no such verdict.
    """
    row = unit.one(
        "SELECT consumer_id, account_ids, channel, contact_point_id, as_of, facts, attempt_id FROM verdict "
        "WHERE id = :id",
        {"id": verdict_id},
    )
    if row is None:
        return None
    recorded, at = f.decode(bytes(row[5])), from_micros(row[4])
    reader = read_batch(house, unit, [row[0]], at)
    for pool in reader.pools.values():
        pool.history = [one for one in pool.history if one.attempt_id is None or one.attempt_id != row[6]]
    proposal = Proposal(
        consumer_id=row[0],
        account_ids=id_list(row[1]),
        channel=row[2],
        contact_point_id=row[3],
        content=recorded.contact.content,
        automated=recorded.contact.automated,
        language=recorded.contact.language,
        party=recorded.contact.party,
        in_reply_to=recorded.contact.in_reply_to,
    )
    return reader.facts(proposal, at)
