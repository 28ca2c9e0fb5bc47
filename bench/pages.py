"""`pages`: every page of the console over a large book: server time at the median and the 95th percentile.

Each is asked as every role that may see it, `TIMES` times with other ids, after once to load what a process loads once.
Nobody's password is checked except where that is what is measured.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import sqlite3
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import structlog
from starlette.types import ASGIApp

from bench import crowd, lived
from bench.line import Line, rounded
from bench.multiply import Size, add_indexes, multiply
from bench.places import Book, Place, places
from bench.visit import Answer, ask, get
from bench.watch import Watch, watch
from orchestrator.bootstrap import Runtime, key_ring
from orchestrator.clock import VirtualClock
from orchestrator.domain.permission import Role
from orchestrator.domain.user import Preferences
from orchestrator.services import sign_in, user
from orchestrator.store.sealing import Sealer
from orchestrator.web import create_web

FULL, QUICK = Size(100_000, 1_000_000), Size(2_000, 20_000)
TIMES = 30
PASSWORD = "nobody reads this word of passing"
GUEST = ""
_FORBIDDEN, _PAGE = 403, 200
_FINE = frozenset({_PAGE, 303})


@dataclass(frozen=True, slots=True)
class Ground:
    """An opened book: the pages over it, who is signed in (role -> token), and what watches the database."""

    runtime: Runtime
    app: ASGIApp
    watch: Watch
    tokens: Mapping[str, str]


def lines(
    *,
    quick: bool = False,
    consumers: int | None = None,
    attempts: int | None = None,
    keep: Path | None = None,
) -> Iterator[Line]:
    """One line for each page; `keep`: a folder where the book stays, and is taken from when it is there already."""
    usual = QUICK if quick else FULL
    size = Size(consumers or usual.consumers, attempts or usual.attempts)
    structlog.configure(  # as in service: no debug, and nothing of the data in a traceback
        wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
        processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)],
    )
    with book(size, keep) as folder, opened(folder) as ground:
        drawn = Book(ground.runtime)
        for place in places():
            yield measure(ground, drawn, place)
        yield measure_sign_in(ground)
        yield from crowd.measure(ground.runtime, ground.app, ground.watch, ground.tokens)


@contextmanager
def book(size: Size, keep: Path | None) -> Iterator[Path]:
    """The folder of a book of that size, made or found."""
    folder = keep or Path(tempfile.mkdtemp(prefix="duecourse-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    note, wanted = folder / "book.json", {"consumers": size.consumers, "attempts": size.attempts}
    try:
        if note.exists() and json.loads(note.read_text(encoding="utf-8")) == wanted:
            add_indexes_to(folder / lived.FILE)
        else:
            make(folder, size)
            note.write_text(json.dumps(wanted), encoding="utf-8")
        yield folder
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def make(folder: Path, size: Size) -> None:
    """Lives a small book and multiplies it."""
    large = folder / lived.FILE
    large.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as small:
        path = lived.live(Path(small))
        sealer = Sealer(key_ring(lived.settings(folder)))
        multiply(path, large, sealer, size, VirtualClock(lived.NOW))


def add_indexes_to(path: Path) -> None:
    """A kept book gets the indexes that came since."""
    connection = sqlite3.connect(path, isolation_level=None)
    add_indexes(connection)
    connection.close()


@contextmanager
def opened(folder: Path) -> Iterator[Ground]:
    """The pages over it, and somebody of each role who is signed in; every second reads Chinese."""
    runtime = Runtime.open(lived.settings(folder), VirtualClock(lived.NOW))
    watched = watch(runtime.database)
    tokens = {GUEST: ""}
    known = {one.name: one for one in user.everybody(runtime.house)}
    for number, role in enumerate(Role):
        if role.value not in known:
            chosen = Preferences(language="zh" if number % 2 else "en", time_zone="America/Chicago")
            user.add(runtime.house, role.value, role, by="system", password=PASSWORD, chosen=chosen)
            known = {one.name: one for one in user.everybody(runtime.house)}
        with runtime.database.write(runtime.clock) as unit:
            tokens[role.value] = sign_in.open_session(runtime.house, unit, known[role.value].id).token
    try:
        yield Ground(runtime, create_web(runtime), watched, tokens)
    finally:
        runtime.close()


def measure(ground: Ground, drawn: Book, place: Place) -> Line:
    """Every role that may see it, `TIMES` times each."""
    answers: dict[str, list[Answer]] = {}

    async def visit() -> None:
        for role, token in ground.tokens.items():
            first = await get(ground.app, ground.watch, place.draw(drawn), token)
            if first.status == _FORBIDDEN or (role == GUEST and first.location.startswith("/sign-in")):
                continue
            answers[role] = [
                await get(ground.app, ground.watch, place.draw(drawn), token) for _ in range(TIMES)
            ]
            wrong = [one for one in answers[role] if one.status not in _FINE]
            assert not wrong, (place.name, role, wrong[0].status, wrong[0].body[:2_000])

    asyncio.run(visit())
    assert answers, f"nobody may see {place.name}"
    pages = {role: each for role, each in answers.items() if any(one.status == _PAGE for one in each)}
    # a page that sends some roles elsewhere at once is measured as those who see it
    return line(place.name, pages or answers, place.aim, place.aim_p95)


def line(name: str, answers: Mapping[str, list[Answer]], aim: float, aim_p95: float) -> Line:
    """Milliseconds; `misses` says which aim is missed, if one is."""
    every = [one for each in answers.values() for one in each]
    seconds = sorted(one.seconds for one in every)
    middle, late = statistics.median(seconds), seconds[int(len(seconds) * 0.95)]
    slowest = max(answers, key=lambda role: statistics.median(one.seconds for one in answers[role]))
    return Line(
        name=f"pages {name}",
        ours=milliseconds(middle),
        unit="ms",
        detail={
            "min": milliseconds(seconds[0]),
            "p95": milliseconds(late),
            "aim": f"{aim * 1000:.0f} ms, {aim_p95 * 1000:.0f} ms at p95",
            "processor": milliseconds(statistics.median(one.processor for one in every)),
            "processor p95": milliseconds(sorted(one.processor for one in every)[int(len(every) * 0.95)]),
            "database": f"{sum(one.database for one in every) / sum(seconds):.0%}",
            "statements": round(statistics.median(one.statements for one in every)),
            "slowest as": slowest or "guest",
            "visits": len(every),
            "kilobytes": round(statistics.median(len(one.body) for one in every) / 1_024),
        },
        misses=tuple(
            word for word, is_late in (("median", middle > aim), ("p95", late > aim_p95)) if is_late
        ),
    )


def milliseconds(seconds: float) -> float:
    return rounded(seconds * 1_000)


def measure_sign_in(ground: Ground) -> Line:
    """The form with a right password: argon2 is meant to take its time, so it stands apart and has no aim."""

    async def enter() -> Answer:
        page = await get(ground.app, ground.watch, "/sign-in")
        csrf = page.body.partition(b'name="csrf" value="')[2].partition(b'"')[0].decode()
        return await ask(ground.app, ground.watch, "POST", "/sign-in", form=_form(csrf), cookie=page.cookie)

    answers = [asyncio.run(enter()) for _ in range(TIMES // 3)]
    assert all(one.status == 303 for one in answers), answers[0].body[:1_000]
    return line("signing in, with the password", {"guest": answers}, aim=5, aim_p95=5)


def _form(csrf: str) -> bytes:
    return urlencode({"csrf": csrf, "name": Role.COLLECTOR.value, "password": PASSWORD}).encode()
