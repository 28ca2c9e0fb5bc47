"""Planning: due enrollments claimed, their facts read, judged by the real packs, rendered, reserved and moved on.

The peer is `objects`: the same judging and the same words, with ORM objects for rows. Both sides plan the same
number of enrollments on a database of their own, a batch in one transaction.
"""

from __future__ import annotations

import cProfile
import io
import pstats
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from bench import ground, objects, storage
from bench.book import Book, write
from bench.line import Line, compared, in_turns, rounded, spread
from orchestrator.engine import planner
from orchestrator.engine.house import House
from orchestrator.store.database import Database

AIM = 5_000
BATCH = 500
WORKERS = 2
FEW = 10
PROFILED = re.compile(r" +\d+(/\d+)? +\d+\.\d+ ")
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
    yield side_by_side(count, rounds, max(mine))
    for dialect in storage.DIALECTS:
        yield long_history(dialect)


def side_by_side(count: int, rounds: int, alone: float) -> Line:
    """Two workers on one PostgreSQL, each a process that claims what the other has not."""
    rates = [shared_rate(count) for _ in range(rounds)]
    return Line(
        name=f"plan postgresql, {WORKERS} workers",
        ours=rounded(max(rates)),
        unit="enrollments/s",
        peer="one worker",
        theirs=rounded(alone),
        ratio=rounded(max(rates) / alone),
        detail={"enrollments": count, "batch": BATCH, "aim": AIM, "ours": spread(rates)},
    )


def long_history(dialect: str) -> Line:
    """10,000 earlier contacts a consumer against 10, none of them within a window: the ratio should stay near 1."""
    rates = {earlier: history_rate(dialect, earlier) for earlier in (10, 10_000)}
    return Line(
        name=f"plan history {dialect}",
        ours=rounded(rates[10_000]),
        unit="enrollments/s",
        peer="the same with 10 earlier contacts",
        theirs=rounded(rates[10]),
        ratio=rounded(rates[10_000] / rates[10]),
        detail={"earlier contacts": 10_000, "batch": FEW, "aim": "at least 0.67"},
    )


def history_rate(dialect: str, earlier: int) -> float:
    """The rate of the best of some small batches."""
    with storage.fresh(dialect) as database:
        cadence = ground.cadence()
        house = ground.house(database, cadence, batch=FEW)
        write(database, ground.sealer(), Book(count=6 * FEW, history=earlier), cadence, clock=house.clock)
        storage.settle(database)
        best = 0.0
        for _ in range(6):
            begun = time.perf_counter()
            taken = planner.plan(house, FEW).claimed
            best = max(best, taken / (time.perf_counter() - begun))
        return best


def shared_rate(count: int) -> float:
    """Enrollments a second of all workers together, from the word until the last of them finds nothing."""
    with storage.fresh("postgresql") as database:
        _due(database, count)
        command = [sys.executable, "-m", "bench.plan", database.url]
        workers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(WORKERS)
        ]
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
        begun = time.perf_counter()
        done = sum(int(answer) for answer in _answers(workers))
        return done / (time.perf_counter() - begun)


def _answers(workers: list[subprocess.Popen[str]]) -> list[str]:
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return [worker.communicate(timeout=600)[0] for worker in workers]


def worker(url: str) -> None:
    """One process: connect, load, wait for the word, plan until nothing is left, say how many that were."""
    database = Database(url)
    house = ground.house(database, ground.cadence(), batch=BATCH)
    planner.plan(house, 1)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    done = 0
    while (taken := ours(house)) > 0:
        done += taken
    database.close()
    sys.stdout.write(f"{done}\n")


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
    rows = [line.split(None, 5) for line in out.getvalue().splitlines() if PROFILED.match(line)]
    return [f"{row[1]} s {row[5].rpartition('/')[2]}" for row in rows if len(row) == 6]


if __name__ == "__main__":
    worker(sys.argv[1])
