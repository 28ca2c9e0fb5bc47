"""The form that ends a call: outcome, promise and note in one go, read with a message beside each wrong field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from orchestrator.console.message import N_
from orchestrator.domain import horizon, money
from orchestrator.engine.house import House
from orchestrator.services import call
from orchestrator.services.consumer_view import ConsumerView
from orchestrator.services.local_days import day_in

NO_OUTCOME = N_("Choose how the call ended.")
NO_ACCOUNT = N_("Choose the account that you talked about.")
ONLY_TALKED = N_("A promise needs a conversation: choose that outcome, or leave the promise empty.")
NO_AMOUNT = N_("Enter the amount that was promised, like 150.00.")
TOO_MUCH = N_("That is more than the balance of %(balance)s.")
NO_DATE = N_("Enter the day on which it is due.")
PAST = N_("That day is over: enter today or a later one.")
FIELDS = ("outcome", "amount", "due_on", "note")


@dataclass(frozen=True, slots=True)
class WrapUp:
    """What was typed, with `errors` by field as messages and their values; without errors `save` records it."""

    account: str
    point: str
    task: str
    outcome: str
    discussed: tuple[str, ...]
    promised: call.Promised | None
    note: str
    goes_on: bool
    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    balance: tuple[int, str] = (0, "USD")

    def save(self, house: House, consumer_id: str, call_id: str, *, by: str) -> None:
        """Records all of it."""
        call.finish(
            house,
            consumer_id,
            call_id,
            by=by,
            outcome=self.outcome,
            discussed=self.discussed,
            promised=self.promised,
            note=self.note,
            task_id=self.task,
        )


def read_wrap_up(given: Mapping[str, Sequence[str]], view: ConsumerView, now: datetime) -> WrapUp:
    """The form as it was sent."""
    typed = {name: next(iter(given.get(name, ())), "").strip() for name in FIELDS}
    account = view.account(_first(given, "account") or None) or view.account(None)
    owned = {one.id for one in view.accounts}
    discussed = tuple(one for one in given.get("discussed", ()) if one in owned)
    balance = (account.balance_minor, account.currency) if account is not None else (0, "USD")
    errors: dict[str, str] = {}
    if typed["outcome"] not in call.OUTCOMES:
        errors["outcome"] = NO_OUTCOME
    elif typed["outcome"] == "conversation" and not discussed:
        errors["discussed"] = NO_ACCOUNT
    promised = _promised(typed, balance, day_in(now, view.main_zone), errors)
    return WrapUp(
        account=account.id if account is not None else "",
        point=_first(given, "contact_point"),
        task=_first(given, "task"),
        outcome=typed["outcome"],
        discussed=discussed,
        promised=promised,
        note=typed["note"],
        goes_on=_first(given, "then") == "next",
        typed=typed,
        errors=errors,
        balance=balance,
    )


def _first(given: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(given.get(name, ())), "")


def _promised(
    typed: Mapping[str, str], balance: tuple[int, str], today: date, errors: dict[str, str]
) -> call.Promised | None:
    """Amount and day together or neither."""
    if not typed["amount"] and not typed["due_on"]:
        return None
    amount, due_on = _amount(typed["amount"], balance, errors), _day(typed["due_on"], today, errors)
    if typed["outcome"] and typed["outcome"] != "conversation":
        errors.setdefault("amount", ONLY_TALKED)
    return call.Promised(amount, due_on) if amount is not None and due_on is not None else None


def _amount(text: str, balance: tuple[int, str], errors: dict[str, str]) -> int | None:
    try:
        amount = money.to_minor(text.replace(",", ""), balance[1])
    except ValueError:
        amount = 0
    if amount <= 0:
        errors["amount"] = NO_AMOUNT
    elif amount > balance[0]:
        errors["amount"] = TOO_MUCH
    return amount if "amount" not in errors else None


def _day(text: str, today: date, errors: dict[str, str]) -> date | None:
    day: date | None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day > horizon.LAST:
        errors["due_on"] = NO_DATE
        return None
    if day < today:
        errors["due_on"] = PAST
        return None
    return day
