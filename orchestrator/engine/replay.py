"""Recorded verdicts judged again: from the facts they were given and the policy version they cite.

A verdict of the engine's own (no policy could be asked, letters wait for the morning, the sender is incomplete) is
derived again as well: what the policies said to the same facts must have been ALLOW.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from orchestrator.engine.facts import Proposal
from orchestrator.engine.handover import handover_opens
from orchestrator.engine.house import House
from orchestrator.engine.policy import policy_of
from orchestrator.engine.reading import read_batch
from orchestrator.engine.stored import id_list
from orchestrator.store.session import Session
from orchestrator.store.tables.types import from_micros, to_micros
from policies import evaluate
from policies import facts as f
from policies.compose import Stack
from policies.verdict import Decision, Verdict

Evaluator = Callable[[f.Facts, Stack, datetime], Verdict]
_OWN = frozenset(
    {
        "letter_handover",
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
    """A verdict that is not derived again. `field`: decision, rules, retry_at, facts_digest, policy, body."""

    verdict_id: str
    field: str
    recorded: str
    derived: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many verdicts were judged again, and the differences found."""

    count: int
    differences: tuple[Difference, ...]


def replay(
    house: House,
    start: datetime | None = None,
    end: datetime | None = None,
    evaluator: Evaluator = evaluate.judge,
) -> Replayed:
    """Judge every verdict recorded from `start` to `end` again; nothing is written."""
    count, found = 0, []
    stacks: dict[str, Stack | None] = {}
    for batch in _verdicts(house, start, end):
        for row in batch:
            count += 1
            found += _differences(house, row, stacks, evaluator)
    return Replayed(count, tuple(found))


@dataclass(frozen=True, slots=True)
class _Recorded:
    id: str
    at: datetime
    policy_digest: str
    facts_digest: str
    verdict: Verdict
    facts: bytes


def _verdicts(house: House, start: datetime | None, end: datetime | None) -> Iterator[list[_Recorded]]:
    after = ""
    bounds = {
        "start": to_micros(start) if start is not None else 0,
        "end": to_micros(end) if end is not None else 2**62,
        "limit": _BATCH,
    }
    while True:
        with house.database.read(house.clock) as unit:
            rows = unit.query(
                "SELECT id, as_of, policy_digest, facts_digest, body, facts FROM verdict WHERE id > :after "
                "AND as_of >= :start AND as_of < :end ORDER BY id LIMIT :limit",
                {**bounds, "after": after},
            )
        if not rows:
            return
        after = rows[-1][0]
        yield [
            _Recorded(row[0], from_micros(row[1]), row[2], row[3], _decoded(row[4]), bytes(row[5]))
            for row in rows
        ]


def _decoded(body: bytes) -> Verdict:
    return msgspec.json.decode(bytes(body), type=Verdict)


def _differences(
    house: House, row: _Recorded, stacks: dict[str, Stack | None], evaluator: Evaluator
) -> list[Difference]:
    digest = hashlib.sha256(row.facts).hexdigest()
    if digest != row.facts_digest:
        return [Difference(row.id, "facts_digest", row.facts_digest, digest)]
    if row.policy_digest not in stacks:
        with house.database.read(house.clock) as unit:
            stacks[row.policy_digest] = policy_of(unit, row.policy_digest)
    stack = stacks[row.policy_digest]
    own = row.verdict.rules[0].id if row.verdict.rules else ""
    if stack is None:
        is_explained = own == "policy_unavailable"
        return [] if is_explained else [Difference(row.id, "policy", row.policy_digest, "not kept")]
    derived = evaluator(f.decode(row.facts), stack, row.at)
    if own in _OWN:
        return _own_difference(row, derived, own)
    return list(_compared(row, derived))


def _own_difference(row: _Recorded, derived: Verdict, own: str) -> list[Difference]:
    if derived.decision is not Decision.ALLOW:
        return [Difference(row.id, "decision", own, derived.decision.value)]
    if own == "letter_handover":
        opens = handover_opens(f.decode(row.facts).zones, row.at)
        if opens != row.verdict.retry_at:
            return [Difference(row.id, "retry_at", str(row.verdict.retry_at), str(opens))]
    return []


def _compared(row: _Recorded, derived: Verdict) -> Iterator[Difference]:
    recorded = row.verdict
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
            yield Difference(row.id, name, str(before), str(after))


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
    )
    return reader.facts(proposal, at)
