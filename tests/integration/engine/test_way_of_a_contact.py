"""From a due step to its receipt, on both databases, through the real gate, policies and templates."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.book import Book
from channels.contract import Channel
from channels.errors import Ambiguous, Permanent, Refused, Temporary, Throttled
from channels.events import Event, EventKind
from orchestrator.audit.sealer import seal_pending
from orchestrator.audit.verify import verify
from orchestrator.engine import gate, receipts
from orchestrator.engine.reaper import reap
from orchestrator.engine.replay import rebuild_facts, replay
from orchestrator.services import switch
from orchestrator.services.enroll import enroll_accounts
from orchestrator.services.fact import By, record_opt_out
from orchestrator.store.database import Database
from policies import facts as f
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage


@pytest.fixture
def played(database: Database) -> Stage:
    return stage.build(database)


def event(attempt_id: str, kind: EventKind, number: int = 1) -> Event:
    return Event(
        provider="sink_sms",
        provider_event_id=f"{attempt_id}-{kind}-{number}",
        kind=kind,
        channel=Channel.SMS,
        attempt_id=attempt_id,
    )


def test_a_due_step_is_judged_sent_once_and_recorded(played: Stage) -> None:
    report = played.plan()
    assert report.counts["reserved"] == 4
    assert played.dispatch() == 4
    assert played.dispatch() == 0
    assert set(played.sink.per_attempt.values()) == {1}
    assert played.scalar("SELECT count(*) FROM attempt WHERE state = 'accepted'") == 4
    assert played.scalar("SELECT count(*) FROM verdict WHERE decision = 'allow'") == 4
    digests = {row[0] for row in played.query("SELECT content_digest FROM attempt")}
    assert digests == set(played.digests())
    assert played.plan().claimed == 0


def test_the_enrollment_has_moved_on_to_its_next_step(played: Stage) -> None:
    played.plan()
    rows = played.query("SELECT step, tries, state, next_at FROM enrollment")
    assert {row[:3] for row in rows} == {(1, 0, "active")}
    played.clock.advance(timedelta(days=2))
    assert played.plan().counts["reserved"] == 4


def test_reports_move_an_attempt_once_and_in_any_order(played: Stage) -> None:
    played.plan()
    played.dispatch()
    first = played.sink.received[0].attempt_id
    delivered, sent = event(first, EventKind.DELIVERED), event(first, EventKind.SENT)
    receipts.receive(played.house, [delivered, sent, delivered])
    receipts.apply_pending(played.house)
    receipts.receive(played.house, [delivered])
    assert receipts.apply_pending(played.house) == 0
    assert played.query("SELECT state, outcome FROM attempt WHERE id = :id", id=first) == [
        ("delivered", "delivered")
    ]
    versions = played.query(
        "SELECT outcome FROM contact_event WHERE event_id = :id ORDER BY version", id=first
    )
    assert versions == [(None,), ("sent",), ("delivered",)]


def test_ambiguous_counts_and_is_never_sent_again(played: Stage) -> None:
    def hang(_message: object) -> None:
        raise Ambiguous("no answer")

    played.sink.answer = hang
    played.plan()
    played.dispatch()
    assert played.scalar("SELECT count(*) FROM attempt WHERE state = 'ambiguous'") == 4
    assert played.scalar("SELECT count(*) FROM contact_event WHERE outcome = 'released'") == 0
    played.sink.answer = lambda _message: None
    assert played.plan().claimed == 0
    assert played.dispatch() == 0


@pytest.mark.parametrize("failure", [Refused("bad"), Temporary("busy"), Throttled("slow", retry_after_s=30)])
def test_what_is_proven_unsent_is_given_back_and_judged_again(played: Stage, failure: Exception) -> None:
    def refuse(_message: object) -> None:
        raise failure

    played.sink.answer = refuse
    played.plan()
    played.dispatch()
    assert played.scalar("SELECT count(*) FROM attempt WHERE state = 'released'") == 4
    assert played.scalar("SELECT count(*) FROM contact_event WHERE outcome = 'released'") == 4
    played.sink.answer = lambda _message: None
    played.clock.advance(timedelta(hours=6))
    assert played.plan().counts["reserved"] == 4
    assert played.dispatch() == 4
    assert played.scalar("SELECT max(ordinal) FROM attempt") == 1


def test_what_was_given_back_counts_again_once_its_provider_reports_on_it(played: Stage) -> None:
    def refuse(_message: object) -> None:
        raise Temporary("busy")

    played.sink.answer = refuse
    played.plan()
    played.dispatch()
    ids = [str(row[0]) for row in played.query("SELECT id FROM attempt ORDER BY id")]
    kinds = (EventKind.QUEUED, EventKind.DELIVERED, EventKind.FAILED)
    reports = [event(one, kind) for one, kind in zip(ids, kinds, strict=False)]
    epochs = played.scalar("SELECT sum(epoch) FROM consumer")
    receipts.receive(played.house, [*reports, event(ids[0], EventKind.SENT), event(ids[1], EventKind.QUEUED)])
    receipts.apply_pending(played.house)
    last = "SELECT outcome FROM contact_event WHERE event_id = :id ORDER BY version DESC LIMIT 1"
    outcomes = [played.scalar(last, id=one) for one in ids]
    assert outcomes == ["sent", "delivered", "released", "released"]
    assert played.scalar("SELECT sum(epoch) FROM consumer") != epochs
    # an incident for each, and the attempts stay given back: nobody sends them again under the same name
    assert played.scalar("SELECT count(*) FROM incident WHERE kind = 'report_on_released'") == 3
    assert played.scalar("SELECT count(*) FROM attempt WHERE state = 'released'") == 4


def test_a_late_report_sends_no_later_enrollment_back(played: Stage) -> None:
    played.plan()
    played.dispatch()
    first = played.sink.received[0]
    account = f"A-{first.consumer_ref}"
    with played.database.write(played.clock) as unit:
        unit.execute("UPDATE enrollment SET state = 'ended', reason = 'condition'", {})
    played.clock.advance(timedelta(days=3))
    (worked,) = played.house.cadences
    with played.database.write(played.clock) as unit:
        assert enroll_accounts(unit, played.house.sealer, worked, [account]) == 1
    played.plan()
    played.dispatch()
    receipts.receive(played.house, [event(first.attempt_id, EventKind.BOUNCED)])
    receipts.apply_pending(played.house)
    where = "SELECT step, tries FROM enrollment WHERE state = 'active' AND account_id = :id"
    assert played.query(where, id=account) == [(1, 0)]


@pytest.mark.parametrize(("left_ms", "sent"), [(900, 0), (1_100, 4)])
def test_no_permit_outlives_the_hours_in_which_its_contact_is_lawful(
    played: Stage, left_ms: int, sent: int
) -> None:
    played.plan()
    with played.database.write(played.clock) as unit:
        ends = unit.now_micros + left_ms * 1_000
        unit.execute("UPDATE attempt SET valid_until = :ends, not_after = :ends", {"ends": ends})
    assert played.dispatch() == sent
    assert len(played.sink.received) == sent


def test_a_dead_number_gives_way_to_the_next_channel(database: Database) -> None:
    body = "name: two\nsteps:\n  - {name: reminder, day: 0, channels: [sms, email]}\n"
    played = stage.build(database, body=body)

    def dead(message: object) -> None:
        if getattr(message, "channel", None) is Channel.SMS:
            raise Permanent("no such number")

    played.sink.answer = dead
    played.plan()
    played.dispatch()
    assert played.plan().counts["reserved"] == 4
    played.dispatch()
    assert {message.channel for message in played.sink.received} == {Channel.EMAIL}
    assert played.scalar("SELECT count(*) FROM contact_point WHERE state = 'invalid'") == 4


def test_an_opt_out_the_provider_knew_of_is_recorded_with_an_incident(played: Stage) -> None:
    def opted_out(_message: object) -> None:
        raise Permanent("they said stop", code="opted_out")

    played.sink.answer = opted_out
    played.plan()
    played.dispatch()
    assert played.scalar("SELECT count(*) FROM opt_out") == 4
    assert played.scalar("SELECT count(*) FROM incident WHERE kind = 'unknown_opt_out'") == 4


def test_a_stop_before_the_permit_is_spent_stops_the_contact(played: Stage) -> None:
    played.plan()
    record_opt_out(played.house, By("test"), consumer_id="C0000000", channel="sms")
    assert played.dispatch() >= 3
    assert {message.consumer_ref for message in played.sink.received} == {"C0000001", "C0000002", "C0000003"}
    assert played.scalar("SELECT count(*) FROM attempt WHERE state = 'released'") == 1
    played.plan()
    played.dispatch()
    assert len(played.sink.received) == 3


def test_the_stop_switch_holds_everything_back(played: Stage) -> None:
    played.plan()
    switch.stop(played.house, "tester")
    assert played.dispatch() == 0
    assert played.sink.received == []
    switch.resume(played.house, "tester")
    assert played.dispatch() == 4


def test_a_reservation_that_ran_out_is_given_back_and_made_again(played: Stage) -> None:
    played.plan()
    played.clock.advance(timedelta(minutes=16))
    assert played.dispatch() == 0
    assert played.scalar("SELECT count(*) FROM attempt WHERE state = 'released'") == 4
    assert played.plan().counts["reserved"] == 4
    assert played.dispatch() == 4


def test_a_worker_that_died_after_handing_over_leaves_ambiguous_attempts(played: Stage) -> None:
    played.plan()
    assert len(gate.admit(played.house, Channel.SMS, 10)) == 4
    played.clock.advance(timedelta(seconds=31))
    assert reap(played.house).ambiguous == 4
    receipts.receive(
        played.house,
        [event(str(row[0]), EventKind.DELIVERED) for row in played.query("SELECT id FROM attempt")],
    )
    receipts.apply_pending(played.house)
    assert played.scalar("SELECT count(*) FROM attempt WHERE state = 'delivered'") == 4


def test_silence_of_a_provider_ends_in_delivery_unknown(played: Stage) -> None:
    played.plan()
    played.dispatch()
    played.clock.advance(timedelta(days=4))
    assert reap(played.house).unknown == 4


def test_one_contact_covers_the_accounts_of_a_group(database: Database) -> None:
    played = stage.build(database, book=Book(count=1), enroll=False)
    with database.write(played.clock) as unit:
        unit.execute(
            "INSERT INTO account (id, creditor_id, actor, currency, balance_minor, delinquent_since, state, "
            "new_placement, created_at, changed_at) SELECT 'B', creditor_id, actor, currency, 100, delinquent_since, "
            "state, new_placement, created_at, changed_at FROM account"
        )
        unit.execute(
            "INSERT INTO account_consumer (account_id, consumer_id, position) VALUES ('B', 'C0000000', 0)"
        )
        unit.execute(
            "INSERT INTO notice (id, consumer_id, account_id, kind, sent_on, medium, undeliverable, occurred_at, "
            "recorded_at, source, recorded_by, withdrawn) SELECT 'nb', consumer_id, 'B', kind, sent_on, medium, "
            "undeliverable, occurred_at, recorded_at, source, recorded_by, withdrawn FROM notice"
        )
        worked = played.house.cadences.find("plain")
        enroll_accounts(unit, played.house.sealer, worked, ["A-C0000000", "B"])
    assert played.plan().counts["reserved"] == 1
    played.dispatch()
    assert played.sink.received[0].account_refs == ("A-C0000000", "B")
    assert {row[0] for row in played.query("SELECT step FROM enrollment")} == {1}


def test_every_recorded_verdict_replays_and_its_facts_can_be_built_again(played: Stage) -> None:
    played.plan()
    played.dispatch()
    assert replay(played.house).differences == ()
    with played.database.read(played.clock) as unit:
        for verdict_id, facts in unit.query("SELECT id, facts FROM verdict"):
            rebuilt = rebuild_facts(played.house, unit, verdict_id)
            assert rebuilt is not None
            assert f.encode(rebuilt) == bytes(facts)


def test_the_ledger_verifies_after_it_all(played: Stage) -> None:
    played.plan()
    played.dispatch()
    seal_pending(played.database, "stage", played.clock)
    assert verify(played.database).is_sound


def test_nothing_is_sent_without_a_valid_policy(played: Stage) -> None:
    played.house.library = None
    report = played.plan()
    assert report.counts["held"] == 4
    assert played.dispatch() == 0
    assert played.scalar("SELECT count(*) FROM task WHERE reason = 'policy_unavailable'") == 4


def test_a_step_cannot_call_a_reminder_something_that_the_law_lets_through(database: Database) -> None:
    body = "name: sly\nsteps:\n  - {name: reminder, day: 0, channels: [sms], content: 'legally_required:notice'}\n"
    played = stage.build(database, body=body)
    played.plan()
    played.dispatch()
    assert played.sink.received == []
    assert {row[0] for row in played.query("SELECT reason FROM task")} == {"content_differs"}
