"""The sample book's first sixty days, lived on the virtual clock into a new database file.

The file takes its name only when the life is whole: an interrupted first start begins again, and never leaves half a
history behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event

from channels.registry import simulated
from channels.simulator.behaviour import Behaviour
from channels.simulator.world import World
from orchestrator.audit.sealer import seal_pending
from orchestrator.clock import VirtualClock
from orchestrator.engine.conduct import Conduct
from orchestrator.engine.house import House
from orchestrator.engine.life import Agenda, Life
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from orchestrator.sample import book
from orchestrator.services.enroll import enroll_accounts
from orchestrator.store import enrollment
from orchestrator.store.database import Database
from orchestrator.store.identifier import derived_id
from orchestrator.store.migration import upgrade

DAYS = 60
# accounts are placed in waves, so that at any day some are fresh, some in the middle and some worked through
WAVES = 12
NEWCOMER_EVERY_S = 4.0
CADENCE = "standard"
MARK = "sample_book"
Tell = Callable[[int, int], None]


def live_first(house: House, path: Path, behaviour: Behaviour, now: datetime, tell: Tell) -> Agenda:
    """Lives the sixty days before `now` into a new SQLite file at `path`; `tell` takes (days done, days).

    Gives the future that is already under way, for whoever goes on in real time.
    """
    draft = path.with_suffix(".first-life")
    remove(draft)
    database = Database(f"sqlite:///{draft.resolve()}")
    event.listen(database.engine, "connect", without_syncing)
    try:
        upgrade(database)
        life = asyncio.run(live(house, database, behaviour, now, path.parent / "sample", tell))
        seal_pending(database, house.node, life.clock, whole=True)
        fold_journal(database)
    finally:
        database.close()
    draft.replace(path)
    remove(draft)
    return life.agenda


async def live(  # noqa: PLR0917 - one call, six different things
    house: House, database: Database, behaviour: Behaviour, now: datetime, folder: Path, tell: Tell
) -> Life:
    start = datetime.combine((now - timedelta(days=DAYS)).date(), time(0), now.tzinfo)
    clock, agenda = VirtualClock(start), Agenda()
    world = World(
        behaviour,
        1,
        clock.now,
        agenda.schedule,
        nowhere,
        sleep=no_wait,
        monotonic=lambda: clock.now().timestamp(),
    )
    own = replace(
        house,
        database=database,
        clock=clock,
        providers=simulated(world),
        inline=True,
        monotonic=lambda: clock.now().timestamp(),
        known_policies=set(),
    )
    bring_book(own, folder, start)
    life = Life(own, clock, agenda, Conduct(own, nowhere))
    with database.read(clock) as unit:
        accounts = [row.account_id for row in enrollment.candidates(unit, "", 1_000_000)]
    for wave in range(WAVES):
        day = now if wave == WAVES - 1 else start + timedelta(days=wave * DAYS // (WAVES - 1))
        await life.live(day, lambda at: tell((at - start).days, DAYS))
        enroll_some(own, accounts[wave :: WAVES + 1])
    return life


def enroll_some(house: House, account_ids: Sequence[str]) -> None:
    with house.database.write(house.clock) as unit:
        enroll_accounts(unit, house.sealer, house.cadences.find(CADENCE), account_ids)


async def newcomers(house: House, stop: asyncio.Event) -> None:
    """Places the accounts that the first life left out, one after another, so that there is something to watch."""
    while not stop.is_set():
        waiting = await asyncio.to_thread(left_out, house)
        if not waiting:
            return
        await asyncio.to_thread(enroll_some, house, waiting[:1])
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), NEWCOMER_EVERY_S)


def left_out(house: House) -> list[str]:
    """Open accounts of the sample book that were never in a cadence, Chinese and American ones mixed.

    Whoever brings accounts of their own beside it decides themselves what works them.
    """
    ours = {row["account_id"] for row in book.portfolio(house.clock.now().date())}
    with house.database.read(house.clock) as unit:
        found = [account_id for account_id in enrollment.never_entered(unit) if account_id in ours]
    return sorted(found, key=lambda account_id: derived_id("", account_id))


def bring_book(house: House, folder: Path, day: datetime) -> None:
    """The files that a firm would bring on its first day, imported as it would import them."""
    files = book.write(folder, day.date())
    for name in (book.PORTFOLIO, book.OPT_OUTS, book.HISTORY):
        since = None if name == book.OPT_OUTS else (day - timedelta(days=90)).date()
        import_file(
            house.database, files[name], ImportOptions(complete_since=since), house.clock, house.sealer
        )


def without_syncing(connection: Any, _record: Any) -> None:
    """The draft is thrown away if the power fails, so it need not survive that."""
    connection.execute("PRAGMA synchronous=OFF")


def fold_journal(database: Database) -> None:
    """Everything into the one file, so that it can be renamed."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def nowhere(_line: dict[str, object]) -> None:
    """Receipts and acts of the first life are not kept as lines: they are in the database."""


async def no_wait(_seconds: float) -> None:
    """A slow provider costs no virtual time."""
