"""A joint account: what one of those who owe it tells us about it holds for all of them, at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from bench.book import Book
from orchestrator.engine.facts import Proposal
from orchestrator.engine.hold import enter_representation
from orchestrator.engine.reading import read_batch
from orchestrator.engine.replay import rebuild_facts, replay
from orchestrator.engine.told import Told
from orchestrator.services import contact, fact
from orchestrator.services.contact import Contact
from orchestrator.services.fact import By
from orchestrator.store.database import Database
from policies.verdict import Decision
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage

ACCOUNT, FIRST, SECOND, OTHER = "A-C0000000", "C0000000", "C0000001", "C0000002"
BY = By("test")
Stop = Callable[[Stage], object]


def build(database: Database) -> Stage:
    """The first account is owed by two persons and worked with the first of them; a third has no part in it."""
    played = stage.build(database, book=Book(count=3))
    with database.write(played.clock) as unit:
        unit.execute(
            "INSERT INTO account_consumer (account_id, consumer_id, position) VALUES (:account, :consumer, 1)",
            {"account": ACCOUNT, "consumer": SECOND},
        )
        # each of them was sent their own notice
        unit.execute(
            "INSERT INTO notice (id, consumer_id, account_id, kind, sent_on, medium, undeliverable, occurred_at, "
            "recorded_at, source, recorded_by, withdrawn) SELECT 'no-joint', :consumer, account_id, kind, sent_on, "
            "medium, undeliverable, occurred_at, recorded_at, source, recorded_by, withdrawn FROM notice "
            "WHERE account_id = :account",
            {"account": ACCOUNT, "consumer": SECOND},
        )
    return played


def standing_of(played: Stage, account: str = ACCOUNT) -> tuple[object, ...]:
    return played.query("SELECT state, reason FROM enrollment WHERE account_id = :one", one=account)[0]


def epochs(played: Stage) -> dict[object, object]:
    return dict(played.query("SELECT id, epoch FROM consumer"))  # type: ignore[arg-type]


def decision(played: Stage, consumer_id: str, account_id: str = ACCOUNT) -> Decision:
    return contact.check_contact(played.house, Contact(consumer_id, "sms", (account_id,))).decision


def promise(played: Stage) -> object:
    due = (played.clock.now() + timedelta(days=5)).date()
    return fact.record_promise(played.house, BY, ACCOUNT, amount_minor=100, due_on=due)


STOPS: dict[str, Stop] = {
    "hold": lambda played: fact.place_hold(played.house, BY, SECOND, kind="fraud", account_id=ACCOUNT),
    "dispute": lambda played: fact.record_dispute(
        played.house, BY, SECOND, account_id=ACCOUNT, form="accepted_electronic"
    ),
    "complaint": lambda played: fact.record_complaint(
        played.house, BY, SECOND, account_id=ACCOUNT, text="no"
    ),
    "promise": promise,
}


@pytest.mark.parametrize("reason", sorted(STOPS))
def test_what_one_says_about_a_joint_account_stops_the_other_at_once(database: Database, reason: str) -> None:
    played = build(database)
    assert decision(played, FIRST) is decision(played, SECOND) is Decision.ALLOW
    assert played.plan().counts["reserved"] == 3
    before = epochs(played)
    STOPS[reason](played)
    assert standing_of(played) == ("suspended", reason)
    assert standing_of(played, "A-C0000002") == ("active", None)
    moved = {name for name, epoch in epochs(played).items() if epoch != before[name]}
    assert moved == {FIRST, SECOND}
    played.dispatch()
    assert {message.account_refs for message in played.sink.received} == {("A-C0000002",)}


@pytest.mark.parametrize("reason", ["hold", "dispute", "complaint"])
def test_by_hand_the_other_is_not_reached_either(database: Database, reason: str) -> None:
    played = build(database)
    with database.write(played.clock) as unit:
        # a dispute binds by law while the validation period runs
        unit.execute(
            "UPDATE notice SET sent_on = :day", {"day": str(played.clock.now().date() - timedelta(10))}
        )
    assert decision(played, FIRST) is decision(played, SECOND) is Decision.ALLOW
    STOPS[reason](played)
    for consumer_id in (FIRST, SECOND):
        assert decision(played, consumer_id) > Decision.DEFER
    assert decision(played, SECOND, "A-C0000001") is Decision.ALLOW


def test_what_lifts_or_answers_it_opens_for_both(database: Database) -> None:
    played = build(database)
    held = fact.place_hold(played.house, BY, SECOND, kind="fraud", account_id=ACCOUNT)
    disputed = fact.record_dispute(played.house, BY, SECOND, account_id=ACCOUNT, form="accepted_electronic")
    fact.release_hold(played.house, BY, SECOND, held, reason="looked into")
    assert standing_of(played) == ("suspended", "dispute")
    before = epochs(played)
    fact.answer_dispute(played.house, BY, SECOND, disputed, kind="resolved")
    moved = {name for name, epoch in epochs(played).items() if epoch != before[name]}
    assert moved == {FIRST, SECOND}
    played.plan()
    assert standing_of(played) == ("active", None)


def test_a_promise_is_kept_by_a_payment_whoever_is_worked_with(database: Database) -> None:
    played = build(database)
    with database.write(played.clock) as unit:
        unit.execute(
            "UPDATE enrollment SET consumer_id = :second WHERE account_id = :account",
            {"second": SECOND, "account": ACCOUNT},
        )
    promise(played)
    assert standing_of(played) == ("suspended", "promise")
    fact.record_payment(played.house, BY, ACCOUNT, amount_minor=100)
    played.clock.advance(timedelta(days=10))
    played.plan()
    assert played.query("SELECT state FROM promise WHERE corrects_id IS NOT NULL") == [("kept",)]


def test_what_is_about_the_person_stays_with_them(database: Database) -> None:
    played = build(database)
    fact.place_hold(played.house, BY, SECOND, kind="hardship")
    fact.record_cease(played.house, BY, SECOND, form="written")
    with database.write(played.clock) as unit:
        enter_representation(played.house, unit, SECOND, Told(unit.now, "test", "attorney"))
    assert standing_of(played) == ("active", None)
    assert decision(played, FIRST) is Decision.ALLOW
    assert decision(played, SECOND) is Decision.DENY


@pytest.mark.parametrize("kind", ["deceased", "attorney"])
def test_a_hold_for_one_person_holds_the_account_and_says_nothing_of_the_other(
    database: Database, kind: str
) -> None:
    played = build(database)
    fact.place_hold(played.house, BY, SECOND, kind=kind, account_id=ACCOUNT)
    with database.read(played.clock) as unit:
        reader = read_batch(played.house, unit, [FIRST, SECOND])
        of_first, of_second = (
            reader.facts(Proposal(one, (ACCOUNT,), "sms", None), unit.now) for one in (FIRST, SECOND)
        )
    assert [hold.type for hold in of_first.holds] == [hold.type for hold in of_second.holds] == [kind]
    assert not of_first.deceased
    assert of_first.attorney is None
    assert of_second.deceased or of_second.attorney is not None


def test_a_stop_waits_for_the_permits_of_everyone_who_owes(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[set[str]] = []
    monkeypatch.setattr(fact, "wait_for_permits", lambda _, people: waited.append(set(people)))
    played = build(database)
    for reason in sorted(STOPS):
        STOPS[reason](played)
    assert waited == [{FIRST, SECOND}] * 4


def test_earlier_verdicts_replay_unchanged(database: Database) -> None:
    """They are judged again by the facts that they were given, and those are still found as known at their moment."""
    played = build(database)
    played.plan()
    played.clock.advance(timedelta(minutes=1))
    for reason in sorted(STOPS):
        STOPS[reason](played)
    assert replay(played.house).differences == ()
    with database.read(played.clock) as unit:
        ((verdict_id,),) = unit.query("SELECT id FROM verdict WHERE consumer_id = :one", {"one": FIRST})
        rebuilt = rebuild_facts(played.house, unit, verdict_id)
    assert rebuilt is not None
    assert (rebuilt.holds, rebuilt.disputes) == ((), ())
    assert rebuilt.contact.at.date() == date(2026, 3, 4)
