"""Opt-outs: of a consumer, of a number or mailbox for everyone who has it, or both. In force when the chunk commits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orchestrator.importers import stop
from orchestrator.importers.batch import Batch
from orchestrator.importers.cell import CellError
from orchestrator.importers.ready import Ready, needs_one, readings
from orchestrator.importers.row import Row
from orchestrator.importers.stop import Closing
from orchestrator.store import bulk
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session

# a stop of a mailbox for calls only would close nothing
_OUT_OF_REACH = {
    "phone": frozenset({"email", "letter", "postcard"}),
    "email": frozenset({"sms", "voice", "fax", "letter", "postcard"}),
}


def prepare(row: Row, sealer: Sealer) -> Ready:
    """A row with somebody or something to close."""
    return needs_one(row, "consumer_id", "address")


def protective_part(row: Row) -> Ready | None:
    """The stop of a row that is refused for its date or source: as of now, and of all where no channel can be read."""
    return Ready(row, row.values) if {"consumer_id", "address"} & row.values.keys() else None


def write_chunk(unit: Session, batch: Batch, rows: Sequence[Ready]) -> None:
    """Close what the rows name. A row of which only one half can be closed closes that, and is refused aloud."""
    known = set(_known_consumers(unit, rows))
    wanted: list[Closing] = []
    for row in rows:
        consumer_id, problem = row.get("consumer_id"), None
        # beside an address somebody who is not in the book yet is closed in advance
        if consumer_id and (consumer_id in known or row.get("address")):
            wanted += _closings(row, _channels(row), consumer_id=consumer_id)
        try:
            wanted += _by_address(unit, batch, row)
        except CellError as unreadable:
            problem = f"address: {unreadable}" + ("; the consumer's stop is recorded" if consumer_id else "")
        if consumer_id and consumer_id not in known and not row.get("address"):
            problem = f"consumer_id: {consumer_id!r} is not in the book"
        if problem is None:
            batch.touched(None, consumer_id)
        else:
            batch.refuse(row.row, problem)
    stop.close(unit, batch, wanted)


def _known_consumers(unit: Session, rows: Sequence[Ready]) -> list[str]:
    wanted = sorted({row.values["consumer_id"] for row in rows if row.get("consumer_id")})
    return [found[0] for found in bulk.select(unit, ("id",), "consumer", "id", wanted)]


def _by_address(unit: Session, batch: Batch, row: Ready) -> Iterator[Closing]:
    """The address wherever it is; whole, where the row names only channels that do not reach it."""
    if not row.get("address"):
        return
    for reading in readings(row.values["address"], batch.countries(unit), batch.sealer):
        named = [name for name in _channels(row) if name not in _OUT_OF_REACH[reading.kind]]
        yield from _closings(row, named or (stop.ALL,), value_index=reading.index)


def _channels(row: Ready) -> Sequence[str]:
    return row.get("channel") or (stop.ALL,)


def _closings(
    row: Ready, channels: Sequence[str], *, consumer_id: str | None = None, value_index: str | None = None
) -> Iterator[Closing]:
    told = (row.get("at"), row.get("scope"), row.get("source"), row.get("proof"))
    return (Closing(consumer_id, value_index, channel, *told) for channel in channels)
