"""E-mail from a due step to its recorded outcome: judged, rendered, reserved, built, handed to a mail server, recorded.

The peer is django-post_office on the same work, each side with its own SQLite file, to the same kind of sink in a
process of its own. Ours judges each contact by the real packs besides; the peer does not.
"""

from __future__ import annotations

import asyncio
import contextlib
import cProfile
import io
import pstats
import re
import time
from collections.abc import Iterator
from dataclasses import replace

from bench import ground, post_office, smtp_sink, storage
from bench.book import Book, write
from bench.line import Line, compared, rounded
from channels.contract import Channel
from channels.email.smtp import SmtpProvider, SmtpSettings
from orchestrator.engine import planner
from orchestrator.engine.dispatch import Dispatcher
from orchestrator.engine.house import House
from orchestrator.store.database import Database

AIM = 1_800
PROFILED = re.compile(r" +\d+(/\d+)? +\d+\.\d+ ")


def lines(*, quick: bool = False) -> Iterator[Line]:
    count, rounds = (1_000, 1) if quick else (6_000, 3)
    mine, other = [], []
    with smtp_sink.running() as port:
        for _ in range(rounds):
            with contextlib.suppress(post_office.Missing):
                other.append(post_office.rate(port, count // 3))
            mine.append(rate(port, count))
        detail: dict[str, object] = {"mails": count, "aim": AIM}
        if max(mine) < AIM:
            detail["stands in the way"] = profile(port)
    if other:
        yield compared("email", "mails/s", mine, "django-post_office", other, detail)
    else:
        detail["peer"] = "not installed: make bench-setup"
        yield Line(name="email", ours=rounded(max(mine)), unit="mails/s", detail=detail)


def rate(port: int, count: int) -> float:
    """Mails a second over a whole book of people who each have one due."""
    with storage.fresh("sqlite") as database:
        house = _due(database, port, count)
        begun = time.perf_counter()
        asyncio.run(work(house))
        seconds = time.perf_counter() - begun
        with database.read() as unit:
            states = dict(
                unit.query("SELECT state, count(*) FROM attempt WHERE channel = 'email' GROUP BY state")
            )
    # a permit that ran out on a busy machine is given back and judged again later: those are not counted
    assert set(states) <= {"accepted", "released"}, states
    assert states["accepted"] >= count * 0.8, states
    return float(states["accepted"] / seconds)


def _due(database: Database, port: int, count: int) -> House:
    cadence = ground.cadence(ground.EMAIL)
    provider = SmtpProvider(
        SmtpSettings(host="127.0.0.1", port=port, sender="notices@example.com", tls="none")
    )
    house = ground.house(database, cadence, {Channel.EMAIL: provider})
    write(database, ground.sealer(), Book(count=count), cadence, clock=house.clock)
    storage.settle(database)
    return replace(house)


async def work(house: House) -> None:
    """Plan a batch and hand it over, until nothing is due."""
    dispatcher = Dispatcher(house)
    try:
        while (await asyncio.to_thread(planner.plan, house)).claimed:
            while await dispatcher.run_once():
                pass
    finally:
        for provider in house.providers.values():
            await provider.close()


def profile(port: int, count: int = 1_500, top: int = 12) -> list[str]:
    """Where the time of the thread that hands over goes: own seconds of the costliest functions."""
    with storage.fresh("sqlite") as database:
        house = _due(database, port, count)
        house.inline = True
        profiler = cProfile.Profile()
        profiler.enable()
        asyncio.run(work(house))
        profiler.disable()
    out = io.StringIO()
    pstats.Stats(profiler, stream=out).sort_stats("tottime").print_stats(top)
    rows = [line.split(None, 5) for line in out.getvalue().splitlines() if PROFILED.match(line)]
    return [f"{row[1]} s {row[5].rpartition('/')[2]}" for row in rows if len(row) == 6]
