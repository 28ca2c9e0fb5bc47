"""A hundred collectors at once: what the work list and the live figures of a campaign cost, and who waits for whom.

Beside them one thread writes opt-outs: reading must not make it wait.
"""

from __future__ import annotations

import asyncio
import statistics
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message

from bench.import_ import opt_out_until
from bench.line import Line, rounded
from bench.places import Book
from bench.visit import request_of
from bench.watch import Watch
from orchestrator.bootstrap import Runtime

PEOPLE = 100
SECONDS = 20.0
PAUSE_S = 3.0
"""Between two cases of one collector: far less than anybody needs."""
WAIT_S = 0.5
"""The longest that an opt-out may wait for readers."""


@dataclass
class Tally:
    """What came back to all of them."""

    answered: list[float] = field(default_factory=list)
    failed: int = 0
    events: int = 0


def measure(runtime: Runtime, app: ASGIApp, watch: Watch, tokens: Mapping[str, str]) -> Iterator[Line]:
    """One line for each thing that a hundred do at once."""
    token, other = tokens["collector"], tokens["campaign_manager"]
    running = Book(runtime).one("campaign", where="state = 'running'")
    yield _together(
        "100 look at a running campaign",
        runtime,
        watch,
        lambda tally: _look(app, f"/campaigns/{running}/events", other, tally),
    )
    yield _together("100 go through the work list", runtime, watch, lambda tally: _work(app, token, tally))


Person = Callable[[Tally], Coroutine[Any, Any, None]]


def _together(name: str, runtime: Runtime, watch: Watch, person: Person) -> Line:
    tally, waits, done = Tally(), [0.0], threading.Event()
    writer = threading.Thread(target=opt_out_until, args=(runtime.database, done, waits))
    watch.reset()
    writer.start()
    wall, worked = time.perf_counter(), time.process_time()
    asyncio.run(_all(person, tally))
    wall, worked = time.perf_counter() - wall, time.process_time() - worked
    done.set()
    writer.join()
    own = len(waits) - 1
    answered = sorted(tally.answered) or [0.0]
    return Line(
        name=f"pages {name}",
        ours=rounded(watch.statements / wall),
        unit="statements/s",
        detail={
            "answers a second": rounded(len(tally.answered) / wall),
            "median": rounded(statistics.median(answered) * 1_000),
            "p95": rounded(answered[int(len(answered) * 0.95)] * 1_000),
            "events": tally.events,
            "failed": tally.failed,
            "of one core": f"{worked / wall:.0%}",
            "in the database": f"{watch.seconds / wall:.0%}",
            "writes of theirs": watch.writes - own,
            "opt-outs beside them": own,
            "longest wait of an opt-out": rounded(max(waits) * 1_000),
        },
        misses=tuple(
            word
            for word, is_so in (("failed", tally.failed > 0), ("opt-outs wait", max(waits) > WAIT_S))
            if is_so
        ),
    )


async def _all(person: Person, tally: Tally) -> None:
    async def come(number: int) -> None:
        await asyncio.sleep(PAUSE_S * number / PEOPLE)
        await person(tally)

    async with asyncio.timeout(SECONDS + 30):
        await asyncio.gather(*(come(number) for number in range(PEOPLE)))


async def _look(app: ASGIApp, address: str, token: str, tally: Tally) -> None:
    """Keeps the stream open, and counts what it tells."""
    until = time.perf_counter() + SECONDS

    async def receive() -> Message:
        await asyncio.sleep(max(0.0, until - time.perf_counter()))
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            tally.failed += 1
        tally.events += message.get("body", b"").count(b"event: ")

    await app(request_of("GET", address, token), receive, send)


async def _work(app: ASGIApp, token: str, tally: Tally) -> None:
    """From case to case: the list, the next case, its consumer."""
    until, case = time.perf_counter() + SECONDS, ""
    while time.perf_counter() < until:
        for address in ("/work", f"/work/next?after={case}"):
            status, location = await _ask(app, address, token, tally)
            if status not in {200, 303}:
                tally.failed += 1
            if location.startswith("/consumers/"):
                case = location.partition("task=")[2].partition("&")[0]
                await _ask(app, location, token, tally)
        await asyncio.sleep(PAUSE_S)


async def _ask(app: ASGIApp, address: str, token: str, tally: Tally) -> tuple[int, str]:
    said: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(3_600)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    began = time.perf_counter()
    await app(request_of("GET", address, token), receive, send)
    tally.answered.append(time.perf_counter() - began)
    headers = dict(said[0]["headers"])
    return int(said[0]["status"]), headers.get(b"location", b"").decode()
