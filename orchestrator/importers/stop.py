"""Opt-outs into the register: by consumer, or by value for everyone who has that number or mailbox, now or
later.

An import only ever adds to the register. A stop that is already in force is not written again.
"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.audit.ledger import LineKind
from orchestrator.importers import pool
from orchestrator.importers.batch import Batch
from orchestrator.store import bulk
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session

ALL = "all"
_COLUMNS = (
    "id", "consumer_id", "value_index", "channel", "scope", "occurred_at", "recorded_at", "source",
    "recorded_by", "proof",
    "withdrawn",
)  # fmt: skip


def close_consumers(unit: Session, batch: Batch, told: Sequence[tuple[str, str]]) -> None:
    """Close channels (or `all`) of consumers, for everyone in their pools."""
    if not told:
        return
    active, known = in_force(unit, "consumer_id", sorted({consumer_id for consumer_id, _ in told}))
    new = []
    for consumer_id, channel in dict.fromkeys(told):
        id_ = derived_id("oo", consumer_id, channel, batch.file_digest)
        if id_ in known or not active.isdisjoint({(consumer_id, channel), (consumer_id, ALL)}):
            continue
        stored = None if channel == ALL else channel
        now = unit.now_micros
        new.append(
            (id_, consumer_id, None, stored, None, now, now, batch.source, batch.recorded_by, None, False)
        )
    bulk.insert(unit, "opt_out", _COLUMNS, new)
    for row in new:
        batch.note(LineKind.OPT_OUT, str(row[1]), channel=row[3], by_value=False)
    batch.moves(pool.members(unit, [str(row[1]) for row in new]))


def in_force(unit: Session, key: str, values: Sequence[str]) -> tuple[set[tuple[str, str]], set[str]]:
    """(key, channel or `all`) of the stops in force, and the ids of all that were ever written."""
    found = list(
        bulk.select(unit, (key, "channel", "id", "corrects_id", "withdrawn"), "opt_out", key, values)
    )
    replaced = {corrects for _, _, _, corrects, _ in found if corrects}
    active = {
        (value, channel or ALL)
        for value, channel, id_, _, withdrawn in found
        if not withdrawn and id_ not in replaced
    }
    return active, {id_ for _, _, id_, _, _ in found}
