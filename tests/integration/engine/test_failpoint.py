"""Every named place at which a process may die, one after the other: nothing twice, nothing lost, nothing stuck."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from channels.contract import Channel
from channels.events import Event, EventKind
from orchestrator.audit.sealer import seal_pending
from orchestrator.audit.verify import verify
from orchestrator.engine import failpoint, inbound, receipts
from orchestrator.engine.failpoint import POINTS, FailpointError
from orchestrator.engine.reaper import reap
from orchestrator.engine.worker import Worker
from orchestrator.errors import UnavailableError
from orchestrator.services.fact import By, record_opt_out
from orchestrator.store.database import Database
from tests.integration.engine import stage
from tests.integration.engine.stage import Stage
from tests.postgres import sqlite_url

WORKING = [point for point in POINTS if point.startswith(("plan.", "admit.", "dispatch.", "record."))]
# from the permit to the recorded outcome nobody can say whether the provider has it: it counts, and is not sent again
UNSURE = {"admit.committed", "dispatch.before_call", "dispatch.called", "record.written"}
BEFORE_THE_CALL = {"admit.committed", "dispatch.before_call"}


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    failpoint.arm("")


def work(played: Stage) -> None:
    played.plan()
    while played.dispatch():
        pass


def recover(played: Stage) -> None:
    """What the next process does: reaps what the dead one held, and goes on."""
    failpoint.arm("")
    for _ in range(4):
        played.clock.advance(timedelta(minutes=20))
        reap(played.house)
        work(played)


@pytest.mark.parametrize("point", WORKING)
def test_dying_at_any_place_neither_doubles_nor_loses_a_contact(database: Database, point: str) -> None:
    played = stage.build(database, body="name: one\nsteps:\n  - {name: reminder, day: 0, channels: [sms]}\n")
    failpoint.arm(f"{point}:raise")
    with pytest.raises(FailpointError):
        work(played)
    recover(played)
    assert set(played.sink.per_attempt.values()) <= {1}, "an attempt left twice"
    reached = sorted(message.consumer_ref for message in played.sink.received)
    assert len(set(reached)) == len(reached), "a consumer was contacted twice for one step"
    if point not in BEFORE_THE_CALL:
        assert reached == [f"C000000{n}" for n in range(4)]
    stuck = played.query("SELECT state FROM attempt WHERE state IN ('reserved', 'submitted')")
    assert stuck == []
    ambiguous = played.scalar("SELECT count(*) FROM attempt WHERE state = 'ambiguous'")
    assert (ambiguous == 4) == (point in UNSURE)
    digests = {row[0] for row in played.query("SELECT content_digest FROM attempt WHERE state <> 'released'")}
    assert set(played.digests()) <= digests
    seal_pending(played.database, "test")
    assert verify(played.database).findings == []


def test_nobody_who_said_stop_is_contacted_after_a_worker_died_with_the_permit(database: Database) -> None:
    played = stage.build(database)
    played.plan()
    failpoint.arm("admit.committed:raise")
    with pytest.raises(FailpointError):
        played.dispatch()
    failpoint.arm("")
    record_opt_out(played.house, By("test"), consumer_id="C0000001")
    recover(played)
    assert "C0000001" not in {message.consumer_ref for message in played.sink.received}


@pytest.mark.parametrize("point", ["receipt.stored", "receipt.committed"])
def test_a_callback_that_dies_with_us_is_applied_once_when_it_is_repeated(
    database: Database, point: str
) -> None:
    played = stage.build(database)
    work(played)
    first = played.sink.received[0].attempt_id
    report = Event(
        provider="sink_sms",
        provider_event_id="one",
        kind=EventKind.DELIVERED,
        channel=Channel.SMS,
        attempt_id=first,
    )
    failpoint.arm(f"{point}:raise")
    with pytest.raises(FailpointError):
        receipts.receive(played.house, [report])
    failpoint.arm("")
    receipts.receive(played.house, [report])
    receipts.apply_pending(played.house)
    assert played.scalar("SELECT count(*) FROM delivery_event") == 1
    assert played.scalar("SELECT state FROM attempt WHERE id = :id", id=first) == "delivered"


def test_a_stop_that_dies_with_us_is_kept_when_the_provider_repeats_it(database: Database) -> None:
    played = stage.build(database)
    reply = Event(
        provider="sink_sms",
        provider_event_id="stop-1",
        kind=EventKind.REPLY,
        channel=Channel.SMS,
        address="+13125550000",
        text="Stop please",
    )
    said = inbound.heard(reply, played.clock.now())
    failpoint.arm("reaction.written:raise")
    with pytest.raises(FailpointError):
        inbound.receive(played.house, [said])
    failpoint.arm("")
    inbound.receive(played.house, [said])
    inbound.receive(played.house, [said])
    assert played.scalar("SELECT count(*) FROM inbound_message") == 1


def test_without_a_database_nothing_is_handed_over(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "book.db"
    path.parent.mkdir()
    database = Database(sqlite_url(path))
    played = stage.build(database)
    played.plan()
    database.close()
    shutil.rmtree(path.parent)
    with pytest.raises(UnavailableError):
        played.dispatch()
    with pytest.raises(UnavailableError):
        played.plan()
    assert played.sink.received == []


def test_a_worker_outlives_a_database_that_is_away(tmp_path: Path) -> None:
    """It says so, sends nothing, and goes on trying."""
    played = stage.build(Database(sqlite_path(tmp_path)))
    played.house.inline = False
    played.house.database = Database("postgresql://nobody@127.0.0.1:1/none")
    told: list[str] = []

    async def run() -> None:
        stop = asyncio.Event()
        worker = Worker(
            played.house, idle_s=0.01, pause_s=0.01, on_error=lambda name, _error: told.append(name)
        )
        running = asyncio.create_task(worker.run(stop))
        await asyncio.sleep(0.5)
        stop.set()
        await running

    asyncio.run(run())
    assert told
    assert played.sink.received == []


def sqlite_path(folder: Path) -> str:
    return sqlite_url(folder / "book.db")
