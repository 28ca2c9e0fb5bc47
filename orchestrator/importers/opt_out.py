"""Opt-outs: by consumer, or by number or mailbox for everyone who has it. In force when the chunk commits."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.audit.ledger import LineKind
from orchestrator.importers import pool, stop
from orchestrator.importers.batch import Batch
from orchestrator.importers.cell import CellError
from orchestrator.importers.ready import Ready, needs_one, readings
from orchestrator.importers.row import Row, RowError
from orchestrator.store import bulk
from orchestrator.store.identifier import derived_id
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session

_COLUMNS = (
    "id", "consumer_id", "value_index", "channel", "scope", "occurred_at", "recorded_at", "source",
    "recorded_by",
    "proof", "withdrawn",
)  # fmt: skip


def prepare(row: Row, sealer: Sealer) -> Ready:
    """A row with somebody or something to close."""
    return needs_one(row, "consumer_id", "address")


def write_chunk(unit: Session, batch: Batch, rows: Sequence[Ready]) -> None:
    """Add the stops that are not in force yet, and let the unspent permits of everyone concerned die."""
    known = set(_known_consumers(unit, rows))
    told: list[tuple[Ready, str | None, str | None]] = []
    for row in rows:
        try:
            told += [(row, consumer_id, index) for consumer_id, index in _targets(unit, batch, row, known)]
        except (CellError, RowError) as problem:
            batch.refuse(row.row, str(problem))
        else:
            batch.touched(None, row.get("consumer_id"))
    new = _new(unit, batch, told)
    bulk.insert(unit, "opt_out", _COLUMNS, new)
    concerned = _concerned(unit, new)
    batch.moves(concerned)
    for id_, consumer_id, _, channel, *_ in new:
        who = None if consumer_id is None else str(consumer_id)
        batch.note(LineKind.OPT_OUT, who, opt_out_id=id_, channel=channel, by_value=who is None)


def _known_consumers(unit: Session, rows: Sequence[Ready]) -> list[str]:
    wanted = sorted({row.values["consumer_id"] for row in rows if row.get("consumer_id")})
    return [found[0] for found in bulk.select(unit, ("id",), "consumer", "id", wanted)]


def _targets(unit: Session, batch: Batch, row: Ready, known: set[str]) -> list[tuple[str | None, str | None]]:
    """(consumer, value) pairs to close: the address wherever it is, else the consumer."""
    address, consumer_id = row.get("address"), row.get("consumer_id")
    if address:
        countries = batch.countries(unit)
        try:
            return [(None, reading.index) for reading in readings(address, countries, batch.sealer)]
        except CellError as problem:
            raise CellError(f"address: {problem}") from None
    if consumer_id not in known:
        raise RowError(f"consumer_id: {consumer_id!r} is not in the book")
    return [(consumer_id, None)]


def _new(
    unit: Session, batch: Batch, told: Sequence[tuple[Ready, str | None, str | None]]
) -> list[tuple[object, ...]]:
    by_consumer, _ = stop.in_force(unit, "consumer_id", sorted({c for _, c, _ in told if c}))
    by_value, _ = stop.in_force(unit, "value_index", sorted({v for _, _, v in told if v}))
    active, written = by_consumer | by_value, dict[str, tuple[object, ...]]()
    for row, consumer_id, value_index in told:
        for channel in row.get("channel") or (stop.ALL,):
            who = str(consumer_id or value_index)
            if not active.isdisjoint({(who, channel), (who, stop.ALL)}):
                continue
            at = min(row.get("at") or unit.now_micros, unit.now_micros)
            id_ = derived_id("oo", who, channel, row.get("at") or batch.file_digest)
            stored = None if channel == stop.ALL else channel
            source = row.get("source") or batch.source
            facts = (
                row.get("scope"),
                at,
                unit.now_micros,
                source,
                batch.recorded_by,
                row.get("proof"),
                False,
            )
            written[id_] = (id_, consumer_id, value_index, stored, *facts)
    known = {found[0] for found in bulk.select(unit, ("id",), "opt_out", "id", sorted(written))}
    # the same stop of the same moment was lifted later: that is newer than what this row says
    return [row for id_, row in written.items() if id_ not in known]


def _concerned(unit: Session, new: Sequence[tuple[object, ...]]) -> set[str]:
    values = sorted({str(row[2]) for row in new if row[2]})
    holders = bulk.select(unit, ("consumer_id",), "contact_point", "value_index", values)
    named = {str(row[1]) for row in new if row[1]} | {found[0] for found in holders}
    return pool.members(unit, named)
