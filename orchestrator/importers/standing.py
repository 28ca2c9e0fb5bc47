"""What a portfolio says beside names and money: consents, notices, opt-outs, holds.

It adds, and never takes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec.structs import replace

from orchestrator.audit.ledger import LineKind
from orchestrator.importers import pool, stop
from orchestrator.importers.batch import Batch
from orchestrator.importers.book import Book
from orchestrator.importers.portfolio_row import PortfolioRow
from orchestrator.store import bulk
from orchestrator.store.identifier import derived_id, ordered_ids
from orchestrator.store.session import Session
from policies.instant import DAY

# holds about one debt; every other kind is about the person
ACCOUNT_HOLDS = frozenset({"dispute", "fraud"})
_FACT = ("id", "consumer_id", "occurred_at", "recorded_at", "source", "recorded_by", "withdrawn")


def protective_part(row: PortfolioRow, batch: Batch) -> PortfolioRow:
    """What a row that is refused closes all the same: opt-outs, in advance of who is not in the book yet, and holds.

    The holds wait in `batch` for a row that brings the person, or the account: in this chunk, or a later one.
    """
    if row.holds:
        told = dict.fromkeys((kind, row.account_id) for kind in row.holds)
        batch.waiting.setdefault(row.consumer_id, {}).update(told)
    return replace(row, consents=[], notices=[], holds=())


def write(unit: Session, batch: Batch, book: Book, rows: Sequence[PortfolioRow]) -> None:
    """Write what the rows add."""
    _write_consents(unit, batch, book, [row for row in rows if row.consents])
    _write_notices(unit, batch, [row for row in rows if row.notices])
    _write_holds(unit, batch, book, [row for row in rows if row.holds])
    told = [(row.consumer_id, channel) for row in rows for channel in row.opt_outs]
    stop.close_consumers(unit, batch, told)
    batch.stirs(row.consumer_id for row in rows if row.consents or row.notices)


def _told(unit: Session, batch: Batch) -> tuple[object, ...]:
    """What every fact of a chunk has in common: the last four of `_FACT`."""
    return (unit.now_micros, batch.source, batch.recorded_by, False)


def _write_consents(unit: Session, batch: Batch, book: Book, rows: Sequence[PortfolioRow]) -> None:
    told = {
        (row.consumer_id, kind, channel, at, point): None
        for row in rows
        for kind, channel, at in row.consents
        for point in _points_of(book.consumers[row.consumer_id].points, row, channel)
    }
    columns = ("consumer_id", "type", "channel", "occurred_at", "contact_point_id")
    held = {tuple(found) for found in bulk.select(unit, columns, "consent", "consumer_id", _consumers(rows))}
    new = [consent for consent in told if consent not in held]
    ids, common = ordered_ids("co", batch.order(unit), *new[:1]), _told(unit, batch)
    bulk.insert(
        unit,
        "consent",
        (*_FACT, "type", "channel", "contact_point_id", "party", "obtained_during_violation"),
        [
            (
                *(id_, consent[0], consent[3], *common),
                *(*consent[1:3], consent[4], "consumer", False),
            )
            for consent, id_ in zip(new, ids, strict=False)
        ],
    )


def _points_of(known: Mapping[tuple[str, str], str], row: PortfolioRow, channel: str) -> Sequence[str | None]:
    """What the consent is for: the row's own numbers or mailbox, else those on record; without any, the channel."""
    kind, any_number = "email" if channel == "email" else "phone", channel != "sms"
    own = [
        known[kind, point.index]
        for point in row.points
        if point.kind == kind and (any_number or point.number_kind == "mobile")
    ]
    return own or [id_ for (kept, _), id_ in known.items() if kept == kind] or [None]


def _write_notices(unit: Session, batch: Batch, rows: Sequence[PortfolioRow]) -> None:
    """A notice sent on another day than the one recorded is a correction of it."""
    accounts = sorted({row.account_id for row in rows})
    columns = ("account_id", "kind", "consumer_id", "sent_on", "recorded_at", "id")
    held: dict[tuple[str, str, str], dict[str, str]] = {}
    for account_id, kind, consumer_id, sent_on, _, id_ in sorted(
        bulk.select(unit, columns, "notice", "account_id", accounts), key=lambda found: (found[4], found[5])
    ):
        held.setdefault((account_id, kind, consumer_id), {})[sent_on] = id_
    new = []
    order, common = batch.order(unit), _told(unit, batch)
    ids: Iterator[str] | None = None
    for row in rows:
        for kind, sent_on, medium in row.notices:
            known = held.setdefault((row.account_id, kind, row.consumer_id), {})
            if sent_on in known:
                continue
            corrects = list(known.values())[-1] if known else None
            if corrects is not None:
                # periods run from another day: what is reserved was judged on the old one
                batch.moves([row.consumer_id])
            ids = ids or ordered_ids("no", order, row.account_id, row.consumer_id, kind, sent_on, corrects)
            id_ = next(ids)
            known[sent_on] = id_
            at = bulk.midday_of(sent_on)
            new.append(
                (
                    *(id_, row.consumer_id, at, *common),
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


def _write_holds(unit: Session, batch: Batch, book: Book, rows: Sequence[PortfolioRow]) -> None:
    told: dict[tuple[str, str, str | None], None] = {}
    for row in rows:
        for kind in row.holds:
            told[row.consumer_id, kind, row.account_id if kind in ACCOUNT_HOLDS else None] = None
    if batch.waiting:
        owed = {(id_, account.id) for account in book.accounts.values() for id_ in account.consumers}
        told |= dict.fromkeys(_due(batch, book.consumers.keys(), owed))
    place_holds(unit, batch, list(told))


def place_waiting(unit: Session, batch: Batch) -> None:
    """The holds of refused rows about whom somebody else brought meanwhile; after the last chunk."""
    wanted = sorted(batch.waiting)
    known = {found[0] for found in bulk.select(unit, ("id",), "consumer", "id", wanted)}
    columns = ("consumer_id", "account_id")
    owed = {tuple(found) for found in bulk.select(unit, columns, "account_consumer", "consumer_id", wanted)}
    place_holds(unit, batch, list(_due(batch, known, owed)))


def _due(
    batch: Batch, known: AbstractSet[str], owed: AbstractSet[tuple[str, ...]]
) -> Iterator[tuple[str, str, str | None]]:
    """What waits and can be placed: the consumer is in the book, and owes the account that it is about."""
    for consumer_id in sorted(known & batch.waiting.keys()):
        for kind, account_id in batch.waiting[consumer_id]:
            if kind not in ACCOUNT_HOLDS:
                yield consumer_id, kind, None
            elif (consumer_id, account_id) in owed:
                yield consumer_id, kind, account_id


def place_holds(unit: Session, batch: Batch, told: Sequence[tuple[str, str, str | None]]) -> None:
    """Place holds (consumer, kind, account or None for all) that are not there yet.

    A file's hold has no last day, so one that has does not stand for it, nor does one that begins later.
    """
    consumers = sorted({consumer_id for consumer_id, _, _ in told})
    if not consumers:
        return
    known, active = _lasting_holds(unit, consumers)
    new = {}
    for consumer_id, kind, account_id in told:
        id_ = _hold_id(batch, consumer_id, kind, account_id)
        if (consumer_id, kind, account_id) not in active and id_ not in known:
            new[id_] = (id_, consumer_id, unit.now_micros, *_told(unit, batch), account_id, kind)
    bulk.insert(unit, "hold", (*_FACT, "account_id", "kind"), list(new.values()))
    for row in new.values():
        batch.note(LineKind.HOLD, str(row[1]), hold_id=row[0], kind=row[-1])
    ceased = _write_ceases(unit, batch, [consumer_id for consumer_id, kind, _ in told if kind == "cease"])
    accounts = sorted({str(row[-2]) for row in new.values() if row[-2] is not None})
    owners = bulk.select(unit, ("consumer_id",), "account_consumer", "account_id", accounts)
    concerned = {str(row[1]) for row in new.values()} | {found[0] for found in owners}
    batch.moves(pool.members(unit, concerned | ceased))


def _hold_id(batch: Batch, consumer_id: str, kind: str, account_id: str | None) -> str:
    """By the file's digest: the same file twice does not bring back a hold that was released in between."""
    return derived_id("ho", consumer_id, kind, account_id or "", batch.file_digest)


def _lasting_holds(unit: Session, consumers: Sequence[str]) -> tuple[set[str], set[tuple[Any, ...]]]:
    """The ids of every hold of theirs, and (consumer, kind, account) of those that hold now and have no last day."""
    columns = ("id", "consumer_id", "kind", "account_id", "withdrawn", "corrects_id", "until", "starts_on")
    held = list(bulk.select(unit, columns, "hold", "consumer_id", consumers))
    over = {found[0] for found in bulk.select(unit, ("hold_id",), "hold_release", "consumer_id", consumers)}
    over |= {found[5] for found in held if found[5]}
    # behind every zone's date: what begins today may not have begun where the consumer is
    begun = bulk.day_of(unit.now_micros - DAY)
    active = {
        tuple(found[1:4])
        for found in held
        if not found[4] and found[0] not in over and found[6] is None and (found[7] or begun) <= begun
    }
    return {found[0] for found in held}, active


def _write_ceases(unit: Session, batch: Batch, consumers: Sequence[str]) -> set[str]:
    """A hold `cease` says that the consumer asked in writing not to be contacted: that is the request itself.

    Written where no written one is in force, whatever holds are there; returns for whom.
    """
    columns = ("id", "consumer_id", "form", "withdrawn", "corrects_id")
    held = list(bulk.select(unit, columns, "cease_request", "consumer_id", sorted(set(consumers))))
    known, over = {found[0] for found in held}, {found[4] for found in held}
    asked = {found[1] for found in held if found[2] == "written" and not found[3] and found[0] not in over}
    new = {}
    for consumer_id in consumers:
        id_ = derived_id("ce", _hold_id(batch, consumer_id, "cease", None))
        if consumer_id not in asked and id_ not in known:
            new[id_] = (id_, consumer_id, unit.now_micros, *_told(unit, batch), "written")
    bulk.insert(unit, "cease_request", (*_FACT, "form"), list(new.values()))
    for id_, row in new.items():
        batch.note(LineKind.CEASE, str(row[1]), cease_id=id_, form="written")
    return {str(row[1]) for row in new.values()}


def _consumers(rows: Iterable[PortfolioRow]) -> list[str]:
    return sorted({row.consumer_id for row in rows})
