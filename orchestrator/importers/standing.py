"""What a portfolio says beside names and money: consents, notices, opt-outs, holds. It adds, and never takes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from orchestrator.importers import bulk, stop
from orchestrator.importers.batch import Batch
from orchestrator.importers.portfolio_row import PortfolioRow
from orchestrator.store.identifier import derived_id

# holds about one debt; every other kind is about the person
ACCOUNT_HOLDS = frozenset({"dispute", "fraud"})
_FACT = ("id", "consumer_id", "occurred_at", "recorded_at", "source", "recorded_by", "withdrawn")


def protective_part(row: PortfolioRow) -> PortfolioRow:
    """The opt-outs and person-wide holds of a row that is refused: they are taken all the same."""
    holds = tuple(kind for kind in row.holds if kind not in ACCOUNT_HOLDS)
    return replace(row, consents=[], notices=[], holds=holds)


def write(unit: bulk.Unit, batch: Batch, rows: Sequence[PortfolioRow]) -> set[str]:
    """Write what the rows add; returns the consumers whose unspent permits must die."""
    _write_consents(unit, batch, [row for row in rows if row.consents])
    _write_notices(unit, batch, [row for row in rows if row.notices])
    held = _write_holds(unit, batch, [row for row in rows if row.holds])
    stopped = stop.close_consumers(
        unit, batch, [(row.consumer_id, channel) for row in rows for channel in row.opt_outs]
    )
    return held | stopped


def _fact(unit: bulk.Unit, batch: Batch, id_: str, consumer_id: str, at: int) -> tuple[object, ...]:
    return (id_, consumer_id, at, unit.now_micros, batch.source, batch.recorded_by, False)


def _write_consents(unit: bulk.Unit, batch: Batch, rows: Sequence[PortfolioRow]) -> None:
    told = {
        derived_id("co", row.consumer_id, kind, channel, str(at)): (row.consumer_id, kind, channel, at)
        for row in rows
        for kind, channel, at in row.consents
    }
    columns = ("consumer_id", "type", "channel", "occurred_at")
    held = {tuple(found) for found in bulk.select(unit, columns, "consent", "consumer_id", _consumers(rows))}
    bulk.insert(
        unit,
        "consent",
        (*_FACT, "type", "channel", "party", "obtained_during_violation"),
        [
            (*_fact(unit, batch, id_, consumer_id, at), kind, channel, "consumer", False)
            for id_, (consumer_id, kind, channel, at) in told.items()
            if (consumer_id, kind, channel, at) not in held
        ],
    )


def _write_notices(unit: bulk.Unit, batch: Batch, rows: Sequence[PortfolioRow]) -> None:
    """A notice sent on another day than the one recorded is a correction of it."""
    accounts = sorted({row.account_id for row in rows})
    columns = ("account_id", "kind", "consumer_id", "sent_on", "recorded_at", "id")
    held: dict[tuple[str, str, str], dict[str, str]] = {}
    for account_id, kind, consumer_id, sent_on, _, id_ in sorted(
        bulk.select(unit, columns, "notice", "account_id", accounts), key=lambda found: (found[4], found[5])
    ):
        held.setdefault((account_id, kind, consumer_id), {})[sent_on] = id_
    new = []
    for row in rows:
        for kind, sent_on, medium in row.notices:
            known = held.setdefault((row.account_id, kind, row.consumer_id), {})
            if sent_on in known:
                continue
            corrects = list(known.values())[-1] if known else None
            id_ = derived_id("no", row.account_id, row.consumer_id, kind, sent_on, corrects or "")
            known[sent_on] = id_
            at = bulk.midday_of(sent_on)
            new.append(
                (
                    *_fact(unit, batch, id_, row.consumer_id, at),
                    corrects,
                    row.account_id,
                    kind,
                    sent_on,
                    medium,
                    False,
                )
            )
    columns_of_new = (*_FACT, "corrects_id", "account_id", "kind", "sent_on", "medium", "undeliverable")
    bulk.insert(unit, "notice", columns_of_new, new)


def _write_holds(unit: bulk.Unit, batch: Batch, rows: Sequence[PortfolioRow]) -> set[str]:
    told: dict[tuple[str, str, str | None], None] = {}
    for row in rows:
        for kind in row.holds:
            told[row.consumer_id, kind, row.account_id if kind in ACCOUNT_HOLDS else None] = None
    return place_holds(unit, batch, list(told))


def place_holds(unit: bulk.Unit, batch: Batch, told: Sequence[tuple[str, str, str | None]]) -> set[str]:
    """Place holds (consumer, kind, account or None for all) that are not there yet; returns the consumers held."""
    consumers = sorted({consumer_id for consumer_id, _, _ in told})
    if not consumers:
        return set()
    columns = ("id", "consumer_id", "kind", "account_id", "withdrawn")
    held = list(bulk.select(unit, columns, "hold", "consumer_id", consumers))
    released = {
        found[0] for found in bulk.select(unit, ("hold_id",), "hold_release", "consumer_id", consumers)
    }
    known = {found[0] for found in held}
    active = {tuple(found[1:4]) for found in held if found[0] not in released and not found[4]}
    new = []
    for consumer_id, kind, account_id in told:
        # by the file's digest: the same file twice does not bring back a hold that was released in between
        id_ = derived_id("ho", consumer_id, kind, account_id or "", batch.file_digest)
        if (consumer_id, kind, account_id) not in active and id_ not in known:
            new.append((*_fact(unit, batch, id_, consumer_id, unit.now_micros), account_id, kind))
    bulk.insert(unit, "hold", (*_FACT, "account_id", "kind"), new)
    return {str(row[1]) for row in new}


def _consumers(rows: Iterable[PortfolioRow]) -> list[str]:
    return sorted({row.consumer_id for row in rows})
