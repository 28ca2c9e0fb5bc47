"""Planning: due enrollments claimed, their facts read, judged by the real packs, rendered, reserved and moved on.

The peer is `objects`: the same judging and the same words, with ORM objects for rows. Both sides plan the same
number of enrollments on a database of their own, a batch in one transaction.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import time
from collections.abc import Callable, Iterator
from functools import partial

from bench import ground, objects, storage
from bench.book import Book, write
from bench.line import Line, compared, in_turns
from orchestrator.engine import planner
from orchestrator.engine.house import House
from orchestrator.store.database import Database

AIM = 5_000
BATCH = 500
Step = Callable[[House], int]


def lines(*, quick: bool = False) -> Iterator[Line]:
    count, rounds = (2_000, 1) if quick else (10_000, 3)
    for dialect in storage.DIALECTS:
        mine, other = in_turns(
            partial(rate, dialect, ours, count), partial(rate, dialect, theirs, count // 2), rounds
        )
        detail: dict[str, object] = {"enrollments": count, "batch": BATCH, "aim": AIM}
        if max(mine) < AIM:
            detail["stands in the way"] = profile(dialect)
        yield compared(f"plan {dialect}", "enrollments/s", mine, "ORM objects", other, detail)


def ours(house: House) -> int:
    return planner.plan(house, BATCH).claimed


def theirs(house: House) -> int:
    return objects.plan(house, BATCH)


def rate(dialect: str, step: Step, count: int) -> float:
    """Enrollments a second over a whole book; the first batch warms up and is not counted."""
    with storage.fresh(dialect) as database:
        house = _due(database, count)
        begun, done = time.perf_counter(), 0
        while (taken := step(house)) > 0:
            done += taken
        return done / (time.perf_counter() - begun)


def _due(database: Database, count: int) -> House:
    cadence = ground.cadence()
    house = ground.house(database, cadence, batch=BATCH)
    write(database, ground.sealer(), Book(count=count), cadence, clock=house.clock)
    storage.settle(database)
    planner.plan(house, 100)
    return house


def profile(dialect: str, count: int = 2_000, top: int = 12) -> list[str]:
    """Where one worker's time goes: own seconds of the costliest functions, while planning `count`."""
    with storage.fresh(dialect) as database:
        house = _due(database, count)
        profiler = cProfile.Profile()
        profiler.enable()
        while ours(house):
            pass
        profiler.disable()
    out = io.StringIO()
    pstats.Stats(profiler, stream=out).sort_stats("tottime").print_stats(top)
    rows = [line.split(None, 5) for line in out.getvalue().splitlines() if line[:12].strip()[:1].isdigit()]
    return [f"{row[1]} s {row[5].rpartition('/')[2]}" for row in rows if len(row) == 6]
