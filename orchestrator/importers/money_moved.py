"""Payments and recalls: what they do to an account, once, whatever order the files come in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from orchestrator.audit.ledger import LineKind
from orchestrator.importers import pool
from orchestrator.importers.batch import Batch
from orchestrator.importers.cell import CellError, amount
from orchestrator.importers.ready import Ready, needs
from orchestrator.importers.row import Row, RowError
from orchestrator.store import bulk, claim
from orchestrator.store.identifier import derived_id
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session

_FACT = (
    "id",
    "consumer_id",
    "occurred_at",
    "recorded_at",
    "source",
    "recorded_by",
    "withdrawn",
    "account_id",
)

_NO_REASON = "a recall whose row was refused"


@dataclass(slots=True)
class AccountMoney:
    """An account's money while a chunk is applied."""

    id: str
    currency: str
    balance: int
    state: str
    consumer_id: str
    before: dict[str, object] = field(default_factory=dict)


def prepare_payment(row: Row, sealer: Sealer) -> Ready:
    """A payment of more than nothing, in minor units."""
    ready = needs(row, "at", "account_id", "amount", "currency")
    try:
        minor = amount(ready.values["amount"], ready.values["currency"])
    except CellError as problem:
        raise RowError(f"amount: {problem}") from None
    if minor <= 0:
        raise RowError("amount: is not above 0; a payment taken back names it in reversal_of")
    ready.values["amount"] = minor
    return ready


def prepare_recall(row: Row, sealer: Sealer) -> Ready:
    """A recall with its reason."""
    return needs(row, "at", "account_id", "reason")


def recall_of_refused(row: Row) -> Ready | None:
    """The recall of a row that is refused for its date or reason: the account is not ours to work any more."""
    return Ready(row, row.values) if "account_id" in row.values else None


def write_payments(unit: Session, batch: Batch, rows: Sequence[Ready]) -> None:
    """Add payments that are not known yet; they lower the balance, and a reversal raises it again."""
    accounts = _accounts(unit, {row.values["account_id"] for row in rows})
    named = {row.get(name) for row in rows for name in ("external_id", "reversal_of")} - {None}
    known = {
        (account, external)
        for account, external in bulk.select(
            unit, ("account_id", "external_id"), "payment", "external_id", sorted(named)
        )
    }
    new: dict[str, tuple[object, ...]] = {}
    ids = _payment_ids(batch, rows)
    written = {found[0] for found in bulk.select(unit, ("id",), "payment", "id", sorted(ids.values()))}
    for row in rows:
        id_ = ids[row.row.line]
        try:
            account = _checked(accounts, known, row)
        except RowError as problem:
            batch.refuse(row.row, str(problem))
            continue
        batch.touched(account.id, account.consumer_id)
        if id_ in written or id_ in new:
            continue
        known.add((account.id, row.get("external_id")))
        new[id_] = (
            *(
                id_,
                account.consumer_id,
                row.values["at"],
                unit.now_micros,
                batch.source,
                batch.recorded_by,
                False,
            ),
            *(
                account.id,
                row.values["amount"],
                account.currency,
                row.get("reversal_of"),
                row.get("external_id"),
            ),
        )
        _move(account, row.values["amount"] if row.get("reversal_of") else -row.values["amount"])
    columns = (*_FACT, "amount_minor", "currency", "reversal_of", "external_id")
    bulk.insert(unit, "payment", columns, list(new.values()))
    for id_, payment in new.items():
        batch.note(LineKind.PAYMENT, str(payment[1]), payment_id=id_, reversal=payment[-2] is not None)
    _store(unit, batch, accounts.values())


def _payment_ids(batch: Batch, rows: Sequence[Ready]) -> dict[int, str]:
    """Line -> id. Payments with an id of their own are the same in every file; others by file and line."""
    return {
        row.row.line: derived_id("pa", row.values["account_id"], row.get("external_id"))
        if row.get("external_id")
        else derived_id("pa", row.values["account_id"], batch.file_digest, row.row.line)
        for row in rows
    }


def _checked(accounts: dict[str, AccountMoney], known: set[tuple[str, str]], row: Ready) -> AccountMoney:
    account = accounts.get(row.values["account_id"])
    if account is None:
        raise RowError(f"account_id: {row.values['account_id']!r} is not in the book")
    if account.currency != row.values["currency"]:
        raise RowError(f"currency: account {account.id} is in {account.currency}")
    taken_back = row.get("reversal_of")
    if taken_back and (account.id, taken_back) not in known:
        raise RowError(f"reversal_of: {taken_back!r} is no payment on account {account.id}")
    return account


def _move(account: AccountMoney, by: int) -> None:
    """A balance does not go below nothing; nothing left is paid, and something left again is open again."""
    account.before.setdefault("balance_minor", account.balance)
    account.balance = max(0, account.balance + by)
    state = account.state
    if state == "open" and account.balance == 0:
        state = "paid"
    elif state == "paid" and account.balance > 0:
        state = "open"
    if state != account.state:
        account.before.setdefault("state", account.state)
        account.state = state


def write_recalls(unit: Session, batch: Batch, rows: Sequence[Ready]) -> None:
    """Close recalled accounts; an account that is paid stays paid."""
    accounts = _accounts(unit, {row.values["account_id"] for row in rows})
    # without a date that can be read, by the file: the same file again is the same recall
    ids = {
        row.row.line: derived_id("rc", row.values["account_id"], row.values.get("at", batch.file_digest))
        for row in rows
    }
    written = {found[0] for found in bulk.select(unit, ("id",), "recall", "id", sorted(set(ids.values())))}
    new: dict[str, tuple[object, ...]] = {}
    for row in rows:
        account = accounts.get(row.values["account_id"])
        if account is None:
            batch.refuse(row.row, f"account_id: {row.values['account_id']!r} is not in the book")
            continue
        if not row.row.is_refused:
            batch.touched(account.id, account.consumer_id)
        id_ = ids[row.row.line]
        if id_ in written:
            continue
        now = (unit.now_micros, batch.source, batch.recorded_by, False)
        at, reason = row.values.get("at", unit.now_micros), row.values.get("reason", _NO_REASON)
        new[id_] = (id_, account.consumer_id, at, *now, account.id, reason)
        _recall(account)
    bulk.insert(unit, "recall", (*_FACT, "reason"), list(new.values()))
    for id_, recall in new.items():
        batch.note(LineKind.RECALL, str(recall[1]), recall_id=id_)
    _store(unit, batch, accounts.values())


def _recall(account: AccountMoney) -> None:
    if account.state == "open":
        account.before.setdefault("state", account.state)
        account.state = "recalled"


def close_absent(unit: Session, batch: Batch, account_ids: Sequence[str]) -> None:
    """Close these accounts as recalled because the whole book no longer lists them."""
    accounts = _accounts(unit, set(account_ids))
    rows = []
    for account in accounts.values():
        id_ = derived_id("rc", account.id, batch.id)
        now = (unit.now_micros, unit.now_micros, batch.source, batch.recorded_by, False)
        rows.append((id_, account.consumer_id, *now, account.id, "absent from the whole book"))
        _recall(account)
    bulk.insert(unit, "recall", (*_FACT, "reason"), rows)
    for row in rows:
        batch.note(LineKind.RECALL, row[1], recall_id=row[0])
    _store(unit, batch, accounts.values())


def _accounts(unit: Session, ids: Iterable[str]) -> dict[str, AccountMoney]:
    wanted = sorted(ids)
    columns = ("id", "currency", "balance_minor", "state")
    owners: dict[str, str] = {}
    links = bulk.select(
        unit, ("account_id", "position", "consumer_id"), "account_consumer", "account_id", wanted
    )
    for account_id, _, consumer_id in sorted(links):
        owners.setdefault(account_id, consumer_id)
    claim.lock_pools(unit, owners.values(), wanted)
    return {
        found[0]: AccountMoney(found[0], found[1], found[2], found[3], owners[found[0]])
        for found in bulk.select(unit, columns, "account", "id", wanted, lock=True)
    }


def _store(unit: Session, batch: Batch, accounts: Iterable[AccountMoney]) -> None:
    changed = [account for account in accounts if account.before]
    moved = [account for account in changed if "state" in account.before]
    now = unit.now_micros
    bulk.update(
        unit,
        "account",
        ("balance_minor", "changed_at"),
        [(account.id, account.balance, now) for account in changed],
    )
    bulk.update(
        unit,
        "account",
        ("state", "state_changed_at"),
        [(account.id, account.state, now) for account in moved],
    )
    bulk.insert(
        unit,
        "revision",
        ("id", "subject", "subject_id", "recorded_at", "source", "before"),
        [
            (
                derived_id("rv", batch.id, batch.serial()),
                *("account", account.id, now, batch.source, json.dumps(account.before, sort_keys=True)),
            )
            for account in changed
        ],
    )
    owners = bulk.select(
        unit, ("consumer_id",), "account_consumer", "account_id", sorted(account.id for account in changed)
    )
    batch.moves(pool.members(unit, {found[0] for found in owners}))
