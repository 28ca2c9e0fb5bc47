"""What an enrollment does besides its steps: conditions, promises, versions, tasks, the stop switch, locked people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from bench.book import Book
from channels.contract import Channel
from orchestrator.domain.cadence_library import Cadences
from orchestrator.domain.firm import Firm
from orchestrator.engine import gate
from orchestrator.engine.replay import replay
from orchestrator.services import contact, fact, switch
from orchestrator.services.contact import Contact
from orchestrator.services.fact import By
from orchestrator.store.database import Database
from tests import postgres
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage

HEAD = "name: plain\n"
STEPS = """steps:
  - {name: reminder, day: 0, channels: [sms]}
  - {name: later, template: reminder, day: 2, channels: [sms]}
"""


PROMISE = """name: plain
broken_promise: broken
promise_grace: 1d
steps:
  - {name: reminder, day: 0, channels: [sms]}
  - {name: later, template: reminder, day: 30, channels: [sms]}
  - {name: broken, template: reminder, day: 40, channels: [sms]}
"""


def states(played: Stage) -> set[tuple[object, ...]]:
    return set(played.query("SELECT state, reason FROM enrollment"))


def test_a_cadence_ends_and_waits_by_its_own_conditions(database: Database) -> None:
    played = stage.build(database, body=f'{HEAD}exit_when: "balance < 250.02"\n{STEPS}')
    played.plan()
    assert played.scalar("SELECT count(*) FROM enrollment WHERE reason = 'condition'") == 2
    assert played.scalar("SELECT count(*) FROM attempt") == 2


def test_a_condition_that_suspends_is_asked_again_every_day(database: Database) -> None:
    played = stage.build(database, body=f'{HEAD}suspend_when: "balance > 0.0"\n{STEPS}')
    assert played.plan().counts["suspended_condition"] == 4
    assert states(played) == {("suspended", "condition")}
    played.clock.advance(timedelta(days=1))
    assert played.plan().claimed == 4


def test_what_a_dated_hold_suspends_is_looked_at_once_when_it_ends(database: Database) -> None:
    """Its last day is over where the consumer is hours before it is in UTC: nobody is claimed again and again then."""
    played = stage.build(database, body=f"{HEAD}{STEPS.partition('  - {name: later')[0]}")
    last = played.clock.now().date() + timedelta(days=1)
    ids = [row[0] for row in played.query("SELECT id FROM consumer")]
    for consumer_id in ids:
        fact.place_hold(played.house, By("test"), consumer_id, kind="other", account_id=None, until=last)
    claimed = 0
    for _ in range(3 * 24):
        claimed += played.plan().claimed
        assert played.plan().claimed == 0
        played.clock.advance(timedelta(hours=1))
    assert claimed > len(ids)
    assert played.scalar("SELECT count(*) FROM attempt") == len(ids)


def test_an_enrollment_keeps_the_version_it_entered_with(database: Database) -> None:
    played = stage.build(database)
    played.house.cadences = Cadences(
        [stage.cadence("name: plain\nsteps:\n  - {name: other, day: 9, channels: [sms]}\n")]
    )
    assert played.plan().counts["reserved"] == 4


def test_a_version_that_cannot_be_read_is_held_for_a_person(database: Database) -> None:
    played = stage.build(database)
    with database.write(played.clock) as unit:
        unit.execute("UPDATE cadence_version SET body = 'name: ['", {})
    played.house.cadences = Cadences()
    assert played.plan().counts["held"] == 4
    assert played.scalar("SELECT count(*) FROM task WHERE reason = 'cadence_unavailable'") == 4


def test_a_step_that_nobody_worked_in_time_is_skipped(database: Database) -> None:
    played = stage.build(database, book=Book(count=1))
    played.clock.advance(timedelta(days=20))
    assert played.plan().counts == {"skipped_late": 1}
    assert played.dispatch() == 0
    # the next one is due by now, and is made once
    assert [played.plan().counts["reserved"], played.dispatch(), played.plan().claimed] == [1, 1, 0]
    assert played.query("SELECT step, state FROM attempt") == [(1, "accepted")]


def test_what_waited_for_a_fact_is_not_late(database: Database) -> None:
    played = stage.build(database, book=Book(count=1))
    with database.write(played.clock) as unit:
        unit.execute("UPDATE consumer SET zones = '[]'", {})
    for _ in range(20):
        assert played.plan().counts["held"] == 1
        played.clock.advance(timedelta(days=1))
    played.clock.advance(timedelta(hours=10))
    with database.write(played.clock) as unit:
        zones = '[{"zone": "America/Chicago", "source": "stated"}]'
        unit.execute("UPDATE consumer SET zones = :zones", {"zones": zones})
    assert played.plan().counts["deferred"] == 1
    played.clock.advance(timedelta(hours=14))
    assert [played.plan().counts["reserved"], played.dispatch()] == [1, 1]
    assert played.query("SELECT step, state FROM attempt") == [(0, "accepted")]


PAST: dict[str, Callable[[Stage], None]] = {
    "paid": lambda played: _pay(played, 25_000),
    "recalled": lambda played: fact.record_recall(played.house, By("test"), "A-C0000000", reason="sold"),
    "cease": lambda played: fact.record_cease(played.house, By("test"), "C0000000", form="written"),
}


def _pay(played: Stage, minor: int) -> None:
    fact.record_payment(played.house, By("test"), "A-C0000000", amount_minor=minor)


@pytest.mark.parametrize("reason", sorted(PAST))
def test_what_ends_an_account_ends_its_enrollment_at_once(database: Database, reason: str) -> None:
    played = stage.build(database, book=Book(count=1))
    played.plan()
    PAST[reason](played)
    assert states(played) == {("ended", reason)}
    played.dispatch()
    assert played.sink.received == []


def test_a_kept_promise_goes_on_and_a_broken_one_takes_its_own_step(database: Database) -> None:
    played = stage.build(database, book=Book(count=2), body=PROMISE)
    played.plan()
    played.dispatch()
    due = (played.clock.now() + timedelta(days=3)).date()
    for number in (0, 1):
        account = f"A-C000000{number}"
        fact.record_promise(played.house, By("test"), account, amount_minor=5_000, due_on=due)
    assert states(played) == {("suspended", "promise")}
    fact.record_payment(played.house, By("test"), "A-C0000000", amount_minor=5_000)
    played.clock.advance(timedelta(days=6))
    played.plan()
    steps = {row[0]: row[1] for row in played.query("SELECT account_id, step FROM enrollment")}
    assert steps == {"A-C0000000": 1, "A-C0000001": 3}
    promises = played.query("SELECT account_id, state FROM promise WHERE corrects_id IS NOT NULL ORDER BY 1")
    assert promises == [("A-C0000000", "kept"), ("A-C0000001", "broken")]


def test_a_task_on_a_worklist_counts_as_no_contact(database: Database) -> None:
    body = "name: plain\nsteps:\n  - {name: reminder, day: 0, channels: [task]}\n"
    played = stage.build(database, book=Book(count=1), body=body)
    assert played.plan().counts["reserved"] == 1
    assert played.scalar("SELECT count(*) FROM contact_event") == 0


def test_a_call_is_about_one_account_and_the_other_waits_a_day(database: Database) -> None:
    played = stage.build(database, book=Book(count=2), body="name: plain\n" + ONE_CALL)
    with database.write(played.clock) as unit:
        # both accounts are owed by the first person now
        unit.execute("UPDATE account_consumer SET consumer_id = 'C0000000'", {})
        unit.execute("UPDATE enrollment SET consumer_id = 'C0000000'", {})
        unit.execute("UPDATE notice SET consumer_id = 'C0000000'", {})
    assert played.plan().counts["reserved"] == 1
    played.dispatch()
    assert [message.account_refs for message in played.sink.received] == [("A-C0000000",)]
    played.clock.advance(timedelta(days=1))
    played.plan()
    played.dispatch()
    assert [message.account_refs for message in played.sink.received][1:] == [("A-C0000001",)]


@pytest.mark.parametrize(
    "zones", ['[{"zone": "Not/AZone", "source": "stated"}]', '"nonsense"', '[{"zone": null}]']
)
def test_one_poisoned_person_stops_nobody_else_and_ends_with_a_person(database: Database, zones: str) -> None:
    played = stage.build(database)
    with database.write(played.clock) as unit:
        unit.execute("UPDATE consumer SET zones = :zones WHERE id = 'C0000001'", {"zones": zones})
    assert played.plan().counts["reserved"] == 3
    for _ in range(3):
        played.clock.advance(timedelta(minutes=6))
        played.plan()
    state = played.query("SELECT state FROM enrollment WHERE consumer_id = 'C0000001'")
    assert state == [("held",)]
    assert played.scalar("SELECT count(*) FROM task WHERE consumer_id = 'C0000001' AND state = 'open'") == 1
    assert played.scalar("SELECT count(*) FROM attempt WHERE consumer_id = 'C0000001'") == 0


ONE_CALL = "steps:\n  - {name: reminder, day: 0, channels: [voice]}\n"


async def sent(played: Stage) -> contact.Sent:
    asked = Contact("C0000000", "sms", ("A-C0000000",))
    return await contact.send_contact(played.house, asked, requested_by="tester")


def test_a_person_cannot_send_while_the_stop_switch_is_on(database: Database) -> None:
    played = stage.build(database, enroll=False)
    switch.stop(played.house, "tester")
    refused = asyncio.run(sent(played))
    assert (refused.verdict.decision, refused.attempt_id) == ("hold", None)
    assert refused.verdict.rules[0].id == "stop_switch"
    switch.resume(played.house, "tester")
    done = asyncio.run(sent(played))
    assert (done.verdict.decision, done.outcome) == ("allow", "sent")
    assert len(played.sink.received) == 1


def test_what_the_sender_lacks_is_named_and_its_verdict_replays(database: Database) -> None:
    played = stage.build(database)
    played.house.firm = replace_phone(played)
    assert played.plan().counts["held"] == 4
    assert played.scalar("SELECT count(*) FROM task WHERE reason = 'sender_incomplete'") == 4
    assert played.scalar("SELECT count(*) FROM verdict WHERE policy_digest = ''") == 0
    assert replay(played.house).differences == ()


def replace_phone(played: Stage) -> Firm:
    return msgspec.structs.replace(played.house.firm, phones={})


def test_a_planner_passes_over_people_who_are_being_changed() -> None:
    name, url = postgres.fresh()
    database = Database(url)
    other = Database(url)
    try:
        played = stage.build(database)
        with other.write(played.clock) as unit:
            unit.query("SELECT id FROM consumer WHERE id = 'C0000001' FOR UPDATE", {})
            assert played.plan().counts["reserved"] == 3
        assert played.plan().counts["reserved"] == 1
    finally:
        database.close()
        other.close()
        postgres.drop(name)


def test_a_permit_is_minted_for_one_attempt_only_when_one_is_meant(database: Database) -> None:
    played = stage.build(database)
    played.plan()
    wanted = str(played.scalar("SELECT min(id) FROM attempt"))
    leaves = gate.admit(played.house, Channel.SMS, 10, wanted)
    assert [leave.attempt.id for leave in leaves] == [wanted]
