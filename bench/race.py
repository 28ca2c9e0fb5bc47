"""Many clients after the last slots of a cap: reserve first against check, then act; on one consumer and on many.

The cap is seven calls about one debt in seven days (12 CFR 1006.14(b)(2)(i)(A)). A breach is a call beyond it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from bench import ground, storage
from bench.book import Book, write
from bench.line import Line, rounded
from orchestrator.engine import gate
from orchestrator.engine.choice import Wish
from orchestrator.engine.house import House
from orchestrator.engine.reading import read_batch
from orchestrator.engine.record import Origin, Recorder
from orchestrator.errors import UnavailableError
from orchestrator.services import reservation
from orchestrator.services.reservation import Asked
from orchestrator.store.database import Database
from orchestrator.store.identifier import derived_id
from policies.verdict import Decision

CAP = 7
CLIENTS, PROCESSES = 32, 3
WAYS = ("reserve", "check_then_act")


@dataclass(frozen=True, slots=True)
class Race:
    """`tries` for each client, over `consumers` people chosen by seed."""

    url: str
    way: str
    consumers: int
    tries: int
    prefix: str
    clients: int = CLIENTS
    processes: int = PROCESSES

    @property
    def book(self) -> Book:
        return Book(count=self.consumers, prefix=self.prefix)


@dataclass(frozen=True, slots=True)
class Result:
    """Tries a second, the median and the 99th percentile of one try in milliseconds, and calls granted per consumer."""

    per_s: float
    p50_ms: float
    p99_ms: float
    granted: dict[str, int]
    failed: int

    @property
    def breaches(self) -> int:
        return sum(max(0, number - CAP) for number in self.granted.values())

    @property
    def worst(self) -> int:
        return max(self.granted.values(), default=0)


def run(race: Race) -> Result:
    """Fill the book, let every client loose at once, count what was granted in the tables."""
    database = Database(race.url)
    write(database, ground.sealer(), race.book, clock=ground.house(database, ground.cadence()).clock)
    database.close()
    shares = [
        race.clients // race.processes + (n < race.clients % race.processes) for n in range(race.processes)
    ]
    children = [_start(race, number, share) for number, share in enumerate(shares)]
    for child in children:
        _read(child)  # every client is connected and waits
    began = time.perf_counter()
    for child in children:
        _tell(child)
    answers = [json.loads(child.communicate(timeout=600)[0]) for child in children]
    took = time.perf_counter() - began
    times = sorted(one for answer in answers for one in answer["times"])
    return Result(
        per_s=len(times) / took,
        p50_ms=times[len(times) // 2] * 1000 if times else 0.0,
        p99_ms=times[int(len(times) * 0.99)] * 1000 if times else 0.0,
        granted=_granted(race),
        failed=sum(answer["failed"] for answer in answers),
    )


def _granted(race: Race) -> dict[str, int]:
    database = Database(race.url)
    with database.read() as unit:
        rows = unit.query(
            "SELECT consumer_id, count(*) FROM contact_event WHERE consumer_id LIKE :prefix GROUP BY consumer_id",
            {"prefix": f"{race.prefix}%"},
        )
    database.close()
    return dict(rows)


def _start(race: Race, number: int, clients: int) -> subprocess.Popen[str]:
    setting = json.dumps(
        {"url": race.url, "way": race.way, "consumers": race.consumers, "tries": race.tries, "prefix": race.prefix,
         "clients": clients, "number": number}
    )  # fmt: skip
    command = [sys.executable, "-m", "bench.race", "child", setting]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _read(child: subprocess.Popen[str]) -> str:
    line = child.stdout.readline() if child.stdout is not None else ""
    if not line:
        raise RuntimeError("a client process ended without an answer")
    return line


def _tell(child: subprocess.Popen[str]) -> None:
    if child.stdin is not None:
        child.stdin.write("go\n")
        child.stdin.flush()


def child(setting: dict[str, Any]) -> None:
    """One process of clients: connect, wait for the word, try, answer with every try's time."""
    database = Database(setting["url"], pool_size=setting["clients"])
    house = ground.house(database, ground.cadence())
    book = Book(count=setting["consumers"], prefix=setting["prefix"])
    act = {"reserve": _reserve, "check_then_act": _check_then_act}[setting["way"]]
    _warm(house, book)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    times: list[float] = []
    failed: Counter[str] = Counter()
    threads = [
        threading.Thread(target=_client, args=(house, book, act, setting, number, times, failed))
        for number in range(setting["clients"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    sys.stdout.write(json.dumps({"times": times, "failed": failed.total()}) + "\n")
    sys.stdout.flush()


Act = Callable[[House, Book, int, str], None]


def _client(  # noqa: PLR0917 - a thread takes positions
    house: House,
    book: Book,
    act: Act,
    setting: dict[str, Any],
    number: int,
    times: list[float],
    failed: Counter[str],
) -> None:
    draws = Random(setting["number"] * 1000 + number)
    for attempt in range(setting["tries"]):
        key = f"{setting['prefix']}-{setting['number']}-{number}-{attempt}"
        began = time.perf_counter()
        try:
            act(house, book, draws.randrange(book.count), key)
        except UnavailableError:
            failed["unavailable"] += 1
        times.append(time.perf_counter() - began)


def _warm(house: House, book: Book) -> None:
    gate.check(house, [_wish(book, 0, "warm")])


def _reserve(house: House, book: Book, number: int, key: str) -> None:
    asked = Asked(book.consumer_id(number), (book.account_id(number),), "voice", external_id=key)
    reservation.reserve(house, asked, requested_by="race")


def _check_then_act(house: House, book: Book, number: int, key: str) -> None:
    """What most systems do: ask whether it is allowed, and if it is, do it."""
    wish = _wish(book, number, derived_id("at", "slot", key))
    choice = gate.check(house, [wish])[0]
    if choice.decision is not Decision.ALLOW:
        return
    with house.database.write(house.clock) as unit:
        reader = read_batch(house, unit, [wish.consumer_id])
        recorder = Recorder(house, unit, reader, unit.now)
        recorder.reserve(choice, Origin("reservation", wish.attempt_id))
        recorder.flush()


def _wish(book: Book, number: int, attempt_id: str) -> Wish:
    return Wish(
        consumer_id=book.consumer_id(number),
        account_ids=(book.account_id(number),),
        template="",
        content="collection",
        channels=("voice",),
        attempt_id=attempt_id,
        automated=False,
        template_needed=False,
        exact=True,
    )


def lines(*, quick: bool = False) -> Iterator[Line]:
    """One line for each database and number of consumers; both ways in the same run."""
    tries = 5 if quick else 20
    for dialect in storage.DIALECTS:
        with storage.fresh_url(dialect) as url:
            for consumers in (1, 200):
                results = {
                    way: run(Race(url, way, consumers, tries * min(consumers, 3), f"{way[:2]}{consumers}x"))
                    for way in WAYS
                }
                yield _line(f"race {dialect} {consumers}", results["reserve"], results["check_then_act"])


def _line(name: str, ours: Result, theirs: Result) -> Line:
    return Line(
        name=name,
        ours=rounded(ours.per_s),
        unit="tries/s",
        peer="check, then act",
        theirs=rounded(theirs.per_s),
        ratio=rounded(ours.per_s / theirs.per_s),
        detail={
            "clients": CLIENTS,
            "processes": PROCESSES,
            "cap": CAP,
            "breaches": ours.breaches,
            "most granted": ours.worst,
            "p50_ms": round(ours.p50_ms, 1),
            "p99_ms": round(ours.p99_ms, 1),
            "failed": ours.failed,
            "their breaches": theirs.breaches,
            "their most granted": theirs.worst,
            "their p50_ms": round(theirs.p50_ms, 1),
            "their p99_ms": round(theirs.p99_ms, 1),
        },
    )


if __name__ == "__main__" and sys.argv[1:2] == ["child"]:
    child(json.loads(sys.argv[2]))
