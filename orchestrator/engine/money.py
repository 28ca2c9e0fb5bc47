"""Money promised, paid and taken back, and accounts that the creditor recalls."""

from __future__ import annotations

from datetime import date

from orchestrator.audit.ledger import LineKind
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.errors import UnknownReference
from orchestrator.store import entry
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session


def enter_promise(
    house: House, unit: Session, account_id: str, told: Told, *, amount_minor: int, due_on: date
) -> str:
    consumer_id, currency = _owner(unit, account_id)
    made = add_fact(unit, "promise", consumer_id, told, account_id=account_id, amount_minor=amount_minor,
                currency=currency, due_on=due_on, state="open")  # fmt: skip
    people = entry.owners_of(unit, account_id)
    follow(house, unit, LineKind.PROMISE, people, told.source, promise_id=made, due_on=due_on.isoformat())
    return made


def enter_payment(
    house: House,
    unit: Session,
    account_id: str,
    told: Told,
    *,
    amount_minor: int,
    reversal_of: str | None = None,
    external_id: str | None = None,
) -> str:
    """Money in, or back: the balance moves, and with it whether the account is paid."""
    consumer_id, currency = _owner(unit, account_id)
    made = add_fact(unit, "payment", consumer_id, told, account_id=account_id, amount_minor=amount_minor,
                currency=currency, reversal_of=reversal_of, external_id=external_id)  # fmt: skip
    found = entry.account_of(unit, account_id)
    if found is not None:
        balance, _, state, _ = found
        left = max(0, balance + amount_minor if reversal_of else balance - amount_minor)
        after = _state_after(state, left)
        before = {"balance_minor": balance, "state": state}
        entry.revise(
            unit, "account", account_id, before=before, source=told.source, revision_id=derived_id("rv", made)
        )
        entry.set_account(unit, account_id, left, after, after != state)
    body = {"payment_id": made, "reversal": reversal_of is not None}
    follow(house, unit, LineKind.PAYMENT, entry.owners_of(unit, account_id), told.source, **body)
    return made


def _state_after(state: str, balance_minor: int) -> str:
    if state in {"open", "paid"}:
        return "open" if balance_minor > 0 else "paid"
    return state


def enter_recall(house: House, unit: Session, account_id: str, told: Told, *, reason: str) -> None:
    consumer_id, _ = _owner(unit, account_id)
    add_fact(unit, "recall", consumer_id, told, account_id=account_id, reason=reason)
    found = entry.account_of(unit, account_id)
    if found is not None:
        before = {"state": found[2]}
        entry.revise(
            unit,
            "account",
            account_id,
            before=before,
            source=told.source,
            revision_id=derived_id("rv", told.key, account_id),
        )
        entry.set_account(unit, account_id, found[0], "recalled", True)
    follow(house, unit, LineKind.RECALL, entry.owners_of(unit, account_id), told.source, reason=reason)


def _owner(unit: Session, account_id: str) -> tuple[str, str]:
    owners, found = entry.owners_of(unit, account_id), entry.account_of(unit, account_id)
    if not owners or found is None:
        raise UnknownReference(f"no account {account_id!r}", where="account_id")
    return owners[0], found[1]
