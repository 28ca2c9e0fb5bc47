"""A portfolio's chunk into the database.

Read what is there, apply the rows, write what changed, in one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from orchestrator.importers import place, pool, standing
from orchestrator.importers.batch import Batch
from orchestrator.importers.book import OPEN, AccountState, Book, ConsumerState
from orchestrator.importers.portfolio_row import CONSUMER_FIELDS, PortfolioRow
from orchestrator.importers.row import RowError
from orchestrator.services.enroll import enroll_accounts
from orchestrator.store import bulk, claim
from orchestrator.store.identifier import derived_id, ordered_ids
from orchestrator.store.session import Session

_ACCOUNT_COLUMNS = (
    "creditor_id", "actor", "currency", "balance_minor", "delinquent_since", "original_creditor",
    "account_label",
    "product", "placed_on", "new_placement", "charged_off_on", "last_payment_on", "limitation_on",
    "principal_minor",
    "interest_minor", "fees_minor", "instalments_total", "instalments_overdue", "itemization_on",
    "itemization_amount_minor", "itemization_interest_minor", "itemization_fees_minor",
    "itemization_payments_minor",
    "itemization_creditor", "history_complete_since",
)  # fmt: skip
_CONSUMER_COLUMNS = (*CONSUMER_FIELDS, "zones", "jurisdictions")
_POINT_COLUMNS = (
    "id", "consumer_id", "kind", "value_sealed", "value_index", "key_id", "number_kind", "country",
    "subdivision",
    "city", "postal_code", "employer_provided", "position", "state", "zones", "created_at", "changed_at",
)  # fmt: skip


def write_chunk(unit: Session, batch: Batch, rows: Sequence[PortfolioRow]) -> None:
    """Upsert the rows of one chunk; those that contradict the book are refused into `batch`."""
    book = load(unit, rows)
    book.balances_known = batch.seen_before
    taken: list[PortfolioRow] = []
    refused: list[PortfolioRow] = []
    for row in rows:
        if row.row.is_refused:
            refused.append(row)
            continue
        try:
            book.apply(row)
        except RowError as problem:
            batch.refuse(row.row, str(problem))
            refused.append(row)
        else:
            taken.append(row)
    batch.touched_all((row.account_id, row.consumer_id) for row in taken)
    _set_history(book, batch)
    _write_creditors(unit, batch, book)
    _write_consumers(unit, batch, book)
    _write_accounts(unit, batch, book)
    _write_points(unit, batch, book)
    pool.join(unit, batch, _newcomers(book))
    # what protects the consumer is taken even from a row that is refused, whichever row brings them into the book
    standing.write(unit, batch, book, [*taken, *(standing.protective_part(row, batch) for row in refused)])
    batch.moves(book.moved | _judged_otherwise(book))
    batch.stirs(_with_news(book))
    if batch.cadence is not None:
        accounts = sorted({row.account_id for row in taken if row.account_id in book.accounts})
        batch.enrolled += enroll_accounts(unit, batch.sealer, batch.cadence, accounts)


_JUDGED = frozenset({"actor", "delinquent_since", "limitation_on", "new_placement", "product"})
"""What rules ask of an account; a balance moves every day, and is told as of its date."""


def _judged_otherwise(book: Book) -> set[str]:
    """Consumers of whom something changed that verdicts rest on: where they are, above all.

    What is reserved for them was judged on what they were before.
    """
    changed = [account for account in book.accounts.values() if not _JUDGED.isdisjoint(account.before)]
    theirs = {id_ for account in changed for id_ in account.consumers}
    return theirs | {state.id for state in book.consumers.values() if state.before}


def _with_news(book: Book) -> set[str]:
    """Consumers who were in the book before and of whom something is new."""
    changed = {state.id for state in book.consumers.values() if state.before}
    changed |= {new.consumer.id for new in book.new_points}
    changed |= {id_ for account in book.accounts.values() if account.before for id_ in account.consumers}
    # a joint consumer whom no row of this chunk names is not in `book`, and so not new
    return changed - {state.id for state in book.consumers.values() if state.is_new}


def load(unit: Session, rows: Iterable[PortfolioRow]) -> Book:
    """The consumers and accounts that the rows name, as they are."""
    book = Book()
    consumer_ids = sorted({row.consumer_id for row in rows})
    account_ids = sorted({row.account_id for row in rows})
    # consumers first, then what is theirs: the order in which every change locks
    claim.lock_pools(unit, consumer_ids, account_ids)
    columns = ("id", "pool_id", *_CONSUMER_COLUMNS)
    for found in bulk.select(unit, columns, "consumer", "id", consumer_ids):
        fields = dict(zip(columns, found, strict=True))
        zones = {entry["zone"]: entry["source"] for entry in bulk.from_json(fields.pop("zones"))}
        paths = dict.fromkeys(bulk.from_json(fields.pop("jurisdictions")))
        state = ConsumerState(fields.pop("id"), False, fields, zones, paths, fields.pop("pool_id"))
        book.consumers[state.id] = state
    _load_points(unit, book)
    _load_accounts(unit, book, account_ids)
    return book


def _load_points(unit: Session, book: Book) -> None:
    columns = ("consumer_id", "kind", "value_index", "id", "party_id")
    for consumer_id, kind, index, id_, party in bulk.select(
        unit, columns, "contact_point", "consumer_id", sorted(book.consumers)
    ):
        if party is None:
            state = book.consumers[consumer_id]
            state.points[kind, index] = id_
            state.counts[kind] = state.counts.get(kind, 0) + 1


def _load_accounts(unit: Session, book: Book, account_ids: list[str]) -> None:
    columns = ("id", "state", "state_changed_at", "account_number_index", *_ACCOUNT_COLUMNS)
    for found in bulk.select(unit, columns, "account", "id", account_ids, lock=True):
        fields = dict(zip(columns, found, strict=True))
        if fields["new_placement"] is not None:
            fields["new_placement"] = bool(fields["new_placement"])
        account = AccountState(fields.pop("id"), False, fields, fields.pop("state"))
        changed_at = fields.pop("state_changed_at")
        account.state_changed_on = bulk.day_of(changed_at) if changed_at is not None else ""
        account.number_index = fields.pop("account_number_index")
        book.accounts[account.id] = account
    links = bulk.select(
        unit,
        ("account_id", "consumer_id", "position"),
        "account_consumer",
        "account_id",
        sorted(book.accounts),
    )
    for account_id, consumer_id, _ in sorted(links, key=lambda link: (link[0], link[2])):
        book.accounts[account_id].consumers.append(consumer_id)


def _set_history(book: Book, batch: Batch) -> None:
    """`--complete-since` of a portfolio: the history of its accounts is whole from that day on."""
    if batch.complete_since is None:
        return
    for account in book.accounts.values():
        held = account.fields.get("history_complete_since")
        if held is None or held > batch.complete_since:
            if not account.is_new:
                account.before.setdefault("history_complete_since", held)
            account.fields["history_complete_since"] = batch.complete_since


def _write_creditors(unit: Session, batch: Batch, book: Book) -> None:
    wanted = {account.fields["creditor_id"] for account in book.accounts.values() if account.is_new}
    missing = sorted(wanted - batch.known_creditors)
    if missing:
        known = {found[0] for found in bulk.select(unit, ("id",), "creditor", "id", missing)}
        bulk.insert(
            unit,
            "creditor",
            ("id", "name", "first_seen_at"),
            [(id_, id_, unit.now_micros) for id_ in missing if id_ not in known],
        )
        batch.known_creditors |= wanted


def _consumer_cells(state: ConsumerState) -> tuple[Any, ...]:
    zones = place.zones_json(tuple(state.zones.items()))
    return (*map(state.fields.get, CONSUMER_FIELDS), zones, bulk.list_json(tuple(state.jurisdictions)))


def _write_consumers(unit: Session, batch: Batch, book: Book) -> None:
    now = unit.now_micros
    new = [
        (state.id, state.pool_id, 0, now, now, *_consumer_cells(state))
        for state in sorted(book.consumers.values(), key=lambda state: state.id)
        if state.is_new
    ]
    bulk.insert(
        unit, "consumer", ("id", "pool_id", "epoch", "created_at", "changed_at", *_CONSUMER_COLUMNS), new
    )
    changed = [state for state in book.consumers.values() if not state.is_new and state.before]
    bulk.update(
        unit,
        "consumer",
        ("changed_at", *_CONSUMER_COLUMNS),
        [(state.id, now, *_consumer_cells(state)) for state in changed],
    )
    _write_revisions(unit, batch, "consumer", changed)


def _write_accounts(unit: Session, batch: Batch, book: Book) -> None:
    now = unit.now_micros
    columns = (
        "state",
        "state_changed_at",
        "account_number_sealed",
        "account_number_index",
        "changed_at",
        *_ACCOUNT_COLUMNS,
    )

    def cells(account: AccountState) -> tuple[Any, ...]:
        fields = map(account.fields.get, _ACCOUNT_COLUMNS)
        moved_at = now if account.state != OPEN else None
        return (account.state, moved_at, account.number_sealed, account.number_index, now, *fields)

    new = [account for account in book.accounts.values() if account.is_new]
    bulk.insert(
        unit,
        "account",
        ("id", "created_at", *columns),
        [(account.id, now, *cells(account)) for account in new],
    )
    changed = [account for account in book.accounts.values() if not account.is_new and account.before]
    for names, group in _by_changed_columns(changed).items():
        at = [columns.index(name) for name in names]
        bulk.update(
            unit,
            "account",
            names,
            [(account.id, *(cells(account)[index] for index in at)) for account in group],
        )
    _write_revisions(unit, batch, "account", changed)
    bulk.insert(unit, "account_consumer", ("account_id", "consumer_id", "position"), book.new_links)


def _by_changed_columns(changed: list[AccountState]) -> dict[tuple[str, ...], list[AccountState]]:
    """Accounts grouped by the columns that move, so that an update touches no other column."""
    groups: dict[tuple[str, ...], list[AccountState]] = {}
    for account in changed:
        names = dict.fromkeys(["changed_at", *account.before])
        if "state" in names:
            names["state_changed_at"] = None
        if "account_number_index" in names:
            names["account_number_sealed"] = None
        groups.setdefault(tuple(names), []).append(account)
    return groups


def _write_revisions(
    unit: Session, batch: Batch, subject: str, changed: Sequence[ConsumerState | AccountState]
) -> None:
    rows = [
        (
            derived_id("rv", batch.id, batch.serial()),
            subject,
            state.id,
            unit.now_micros,
            batch.source,
            json.dumps(state.before, sort_keys=True),
        )
        for state in changed
    ]
    bulk.insert(unit, "revision", ("id", "subject", "subject_id", "recorded_at", "source", "before"), rows)


def _write_points(unit: Session, batch: Batch, book: Book) -> None:
    now, key_id = unit.now_micros, batch.sealer.key_id
    rows = []
    ids = _point_ids(book, batch.order(unit))
    for (consumer, point, position), id_ in zip(book.new_points, ids, strict=False):
        consumer.points[point.kind, point.index] = id_
        rows.append(
            (
                *(id_, consumer.id, point.kind, point.sealed, point.index, key_id, point.number_kind),
                *(*point.where, "no", position, "unverified", point.zones, now, now),
            )
        )
    bulk.insert(unit, "contact_point", _POINT_COLUMNS, rows)


def _point_ids(book: Book, order: int) -> Iterator[str]:
    first = [(new.consumer.id, new.point.kind, new.point.index) for new in book.new_points[:1]]
    return ordered_ids("cp", order, *first)


def _newcomers(book: Book) -> pool.Newcomers:
    """What may join pools: identity keys that are new, and numbers and mailboxes that are new."""
    keys = {
        state.fields["person_key"]: state.id
        for state in book.consumers.values()
        if state.fields.get("person_key") and (state.is_new or "person_key" in state.before)
    }
    values = [
        (new.point.index, new.point.kind, new.consumer.id)
        for new in book.new_points
        if new.point.kind in {"phone", "email"}
    ]
    fresh = {state.id for state in book.consumers.values() if state.is_new}
    return pool.Newcomers(keys=set(keys), values=values, consumers=fresh)
