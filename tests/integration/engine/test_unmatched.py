"""A fact about what is not in the book is refused in plain words and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from bench.book import Book
from orchestrator.errors import UnknownReference
from orchestrator.services import correction, fact
from orchestrator.services.fact import By
from orchestrator.store.database import Database
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage

BY = By("test")
MINE, THEIRS, ME = "A-C0000000", "A-C0000001", "C0000000"
DAY = date(2026, 3, 20)
Tell = Callable[[Stage, str, str], object]

ABOUT_BOTH: dict[str, Tell] = {
    "hold": lambda played, who, what: fact.place_hold(played.house, BY, who, kind="fraud", account_id=what),
    "dispute": lambda played, who, what: fact.record_dispute(
        played.house, BY, who, account_id=what, form="mail"
    ),
    "complaint": lambda played, who, what: fact.record_complaint(
        played.house, BY, who, account_id=what, text="no"
    ),
    "consent": lambda played, who, what: fact.record_consent(
        played.house, BY, who, kind="electronic", account_id=what
    ),
    "call_back": lambda played, who, what: fact.record_call_back(
        played.house, BY, who, scope_date=DAY, account_id=what
    ),
}
ABOUT_ONE: dict[str, Callable[[Stage], object]] = {
    "cease": lambda played: fact.record_cease(played.house, BY, "nobody", form="written"),
    "hold": lambda played: fact.place_hold(played.house, BY, "nobody", kind="fraud"),
    "release": lambda played: fact.release_hold(played.house, BY, ME, "none", reason="x"),
    "answer": lambda played: fact.answer_dispute(played.house, BY, ME, "none", kind="resolved"),
    "promise": lambda played: fact.record_promise(played.house, BY, "none", amount_minor=1, due_on=DAY),
    "payment": lambda played: fact.record_payment(played.house, BY, "none", amount_minor=1),
    "recall": lambda played: fact.record_recall(played.house, BY, "none", reason="x"),
    "reversal": lambda played: fact.record_payment(
        played.house, BY, MINE, amount_minor=1, reversal_of="none"
    ),
    "contact_point": lambda played: fact.record_consent(
        played.house, BY, ME, kind="electronic", contact_point_id="none"
    ),
}
FACTS = ("hold", "hold_release", "dispute", "dispute_answer", "complaint", "consent", "cease_request", "promise",
         "payment", "recall", "ledger_entry")  # fmt: skip


def rows(played: Stage) -> list[object]:
    return [played.scalar(f"SELECT count(*) FROM {table}") for table in FACTS]


@pytest.fixture
def played(database: Database) -> Stage:
    return stage.build(database, book=Book(count=2))


@pytest.mark.parametrize(
    ("who", "account", "where", "found"),
    [
        ("nobody", MINE, "consumer_id", "no consumer 'nobody' is in the book"),
        (ME, "none", "account_id", "no account 'none' is in the book"),
        (ME, THEIRS, "account_id", "'A-C0000001' is no account of consumer 'C0000000'"),
    ],
)
def test_an_account_is_known_and_theirs(
    played: Stage, who: str, account: str, where: str, found: str
) -> None:
    before = rows(played)
    for tell in ABOUT_BOTH.values():
        with pytest.raises(UnknownReference) as raised:
            tell(played, who, account)
        assert (raised.value.where, raised.value.message) == (where, found)
        assert "nothing was recorded" in (raised.value.hint or "")
    assert rows(played) == before


def test_what_is_named_is_known(played: Stage) -> None:
    before = rows(played)
    for tell in ABOUT_ONE.values():
        with pytest.raises(UnknownReference):
            tell(played)
    assert rows(played) == before


def test_a_hold_is_lifted_for_the_consumer_of_whom_it_was_recorded(played: Stage) -> None:
    made = fact.place_hold(played.house, BY, "C0000001", kind="fraud")
    with pytest.raises(UnknownReference):
        fact.release_hold(played.house, BY, ME, made, reason="x")
    fact.release_hold(played.house, BY, "C0000001", made, reason="x")


def test_a_payment_with_its_own_id_counts_once_and_is_taken_back_by_it(played: Stage) -> None:
    before = played.scalar("SELECT balance_minor FROM account WHERE id = :id", id=MINE)
    first = fact.record_payment(played.house, BY, MINE, amount_minor=100, external_id="p-1")
    again = fact.record_payment(played.house, BY, MINE, amount_minor=100, external_id="p-1")
    assert first == again
    assert (
        played.scalar("SELECT balance_minor FROM account WHERE id = :id", id=MINE) == int(str(before)) - 100
    )
    fact.record_payment(played.house, BY, MINE, amount_minor=100, reversal_of="p-1")
    assert played.scalar("SELECT balance_minor FROM account WHERE id = :id", id=MINE) == before
    with pytest.raises(UnknownReference):
        fact.record_payment(played.house, BY, THEIRS, amount_minor=100, reversal_of="p-1")


def test_a_correction_names_accounts_that_are_theirs(played: Stage) -> None:
    played.plan()
    played.dispatch()
    event = str(played.scalar("SELECT event_id FROM contact_event WHERE consumer_id = :me", me=ME))
    with pytest.raises(UnknownReference) as raised:
        correction.correct_event(
            played.house, ME, event, {"debts_discussed": [THEIRS]}, reason="late report", by="test"
        )
    assert raised.value.where == "changes.debts_discussed"
    made = correction.correct_event(
        played.house, ME, event, {"debts_discussed": [MINE]}, reason="late report", by="test"
    )
    assert made.version > 0
