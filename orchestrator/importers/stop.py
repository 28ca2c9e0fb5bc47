"""Opt-outs into the register: by consumer, or by value for everyone who has that number or mailbox, now or
later.

An import only ever adds to the register. What it closes already is not written again. A list without dates says
what holds at the moment of its import, so it closes again what was opened since the last time; a dated row that
is older than the opening does not. What a text of the person stopped closes only until a START lifts it: an
import that says the same is written down beside it, because no START lifts that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from orchestrator.audit.ledger import LineKind
from orchestrator.importers import pool
from orchestrator.importers.batch import Batch
from orchestrator.store import bulk
from orchestrator.store.entry import is_liftable
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session

ALL = "all"
_COLUMNS = (
    "id", "consumer_id", "value_index", "channel", "scope", "occurred_at", "recorded_at", "source",
    "recorded_by", "proof",
    "withdrawn",
)  # fmt: skip
_READ = ("channel", "id", "corrects_id", "withdrawn", "occurred_at", "source", "recorded_by")


class Closing(NamedTuple):
    """One channel, or `all`, of one consumer, number or mailbox. `at` (microseconds) None: as of this import."""

    consumer_id: str | None
    value_index: str | None
    channel: str
    at: int | None = None
    scope: str | None = None
    source: str | None = None
    proof: str | None = None

    @property
    def who(self) -> str:
        return str(self.consumer_id or self.value_index)

    @property
    def stored(self) -> str | None:
        """The channel as the register holds it: empty is every channel."""
        return None if self.channel == ALL else self.channel

    @property
    def covered_by(self) -> tuple[tuple[str, str], ...]:
        """The keys of the register under which a stop would close this."""
        return (self.who, self.channel), (self.who, ALL)


@dataclass(slots=True)
class _Register:
    """By (consumer or value, channel or `all`): what is closed for good, and when it was opened again, each time."""

    closed: set[tuple[str, str]] = field(default_factory=set)
    opened: dict[tuple[str, str], list[int]] = field(default_factory=dict)


def close_consumers(unit: Session, batch: Batch, told: Sequence[tuple[str, str]]) -> None:
    """Close channels (or `all`) of consumers, for everyone in their pools."""
    close(unit, batch, [Closing(consumer_id, None, channel) for consumer_id, channel in told])


def close(unit: Session, batch: Batch, wanted: Sequence[Closing]) -> None:
    """Write the stops that are not in force yet, and let the unspent permits of everyone concerned die."""
    if not wanted:
        return
    register = _read(unit, wanted)
    new: dict[str, Closing] = {}
    for one in wanted:
        if not register.closed.isdisjoint(one.covered_by):
            continue
        opened = [moment for key in one.covered_by for moment in register.opened.get(key, ())]
        if one.at is not None and one.at < max(opened, default=one.at):
            continue
        # closed once for each time that it was opened, however often the same list comes
        id_ = derived_id("oo", one.who, one.channel, one.at or batch.file_digest, len(opened))
        new[id_] = one
    bulk.insert(unit, "opt_out", _COLUMNS, [_row(unit, batch, one, id_) for id_, one in new.items()])
    for id_, one in new.items():
        by_value = one.consumer_id is None
        batch.note(LineKind.OPT_OUT, one.consumer_id, opt_out_id=id_, channel=one.stored, by_value=by_value)
    batch.moves(_concerned(unit, list(new.values())))


def _row(unit: Session, batch: Batch, one: Closing, id_: str) -> tuple[object, ...]:
    now = unit.now_micros
    at = min(now if one.at is None else one.at, now)
    told = (one.source or batch.source, batch.recorded_by, one.proof, False)
    return (id_, one.consumer_id, one.value_index, one.stored, one.scope, at, now, *told)


def _read(unit: Session, wanted: Sequence[Closing]) -> _Register:
    register = _Register()
    _fill(unit, register, "consumer_id", sorted({one.consumer_id for one in wanted if one.consumer_id}))
    _fill(unit, register, "value_index", sorted({one.value_index for one in wanted if one.value_index}))
    return register


def _fill(unit: Session, register: _Register, key: str, values: Sequence[str]) -> None:
    """A stop that a START may lift, and its lifting, are the person's and count for nothing here."""
    found = list(bulk.select(unit, (key, *_READ), "opt_out", key, values))
    liftable = {id_ for _, _, id_, _, _, _, source, by in found if is_liftable(source, by)}
    replaced = {corrects for _, _, _, corrects, _, _, _, _ in found if corrects}
    for who, channel, id_, corrects, withdrawn, at, _, _ in found:
        if withdrawn and corrects not in liftable:
            register.opened.setdefault((who, channel or ALL), []).append(at)
        elif not withdrawn and id_ not in replaced and id_ not in liftable:
            register.closed.add((who, channel or ALL))


def _concerned(unit: Session, new: Sequence[Closing]) -> set[str]:
    values = sorted({one.value_index for one in new if one.value_index})
    holders = bulk.select(unit, ("consumer_id",), "contact_point", "value_index", values)
    named = {one.consumer_id for one in new if one.consumer_id} | {found[0] for found in holders}
    return pool.members(unit, named)
