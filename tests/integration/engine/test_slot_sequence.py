"""Whatever a dialer does in whatever order, with whatever clock: never an eighth call in seven days about one account.

The oracle knows the law's sentence (12 CFR 1006.14(b)(2)(i)) and what the dialer was told; it shares no code with the
rules. Only calls that the dialer says never connected are not counted, as the law has it.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import tests.steady  # noqa: F401 - before the machine is defined
from bench.book import Book, write
from orchestrator.clock import VirtualClock
from orchestrator.engine.reaper import reap
from orchestrator.errors import ConflictError, UsageError
from orchestrator.services import fact, switch
from orchestrator.services.fact import By
from orchestrator.services.reservation import Asked, reserve
from orchestrator.services.slot import commit, started, void
from orchestrator.store.database import Database
from tests.integration.engine import stage
from tests.integration.engine.stage import NOON, Stage
from tests.postgres import sqlite_url

CHICAGO = ZoneInfo("America/Chicago")
CAP, DAYS = 7, 7
CONNECTED = ("no_answer", "voicemail", "dropped", "conversation", "power_off", "unreachable")
UNCONNECTED = ("busy", "not_in_service")
WORDS = (*CONNECTED, *UNCONNECTED, "delivered", "celebrated")
_numbers = count()
_which = st.integers(0, 30)


@cache
def ground() -> Stage:
    """One database for every sequence; each has a person and a clock of its own."""
    folder = Path(tempfile.mkdtemp(prefix="duecourse-slots-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return stage.build(Database(sqlite_url(folder / "test.db")), enroll=False, book=Book(count=1, prefix="G"))


@dataclass
class Call:
    """A slot as the dialer knows it. `begun_at`: when it was first told to go ahead."""

    id: str
    begun_at: datetime | None = None
    reported: str | None = None

    @property
    def day(self) -> date | None:
        return self.begun_at.astimezone(CHICAGO).date() if self.begun_at is not None else None


class Dialer(RuleBasedStateMachine):
    """A dialer that wants an eighth call."""

    @initialize()
    def meet(self) -> None:
        base = ground()
        self.clock = VirtualClock(NOON)
        self.house = replace(base.house, clock=self.clock, monotonic=lambda: self.clock.now().timestamp())
        self.calls: list[Call] = []
        self.talked_on: list[date] = []
        book = Book(count=1, prefix=f"P{next(_numbers)}-")
        write(base.database, base.house.sealer, book, None, self.clock)
        self.who, self.account = book.consumer_id(0), book.account_id(0)
        switch.resume(self.house, "tester")

    @rule(ttl=st.integers(1, 900), key=st.none() | st.integers(0, 9))
    def reserve(self, ttl: int, key: int | None) -> None:
        external_id = None if key is None else f"{self.who}-{key}"
        asked = Asked(self.who, (self.account,), "voice", ttl_s=ttl, external_id=external_id)
        try:
            slot = reserve(self.house, asked, requested_by="dialer")
        except ConflictError:
            return
        if slot.id is not None and slot.id not in {call.id for call in self.calls}:
            self.calls.append(Call(slot.id))

    @rule(which=_which)
    def start(self, which: int) -> None:
        if not self.calls:
            return
        call = self.calls[which % len(self.calls)]
        try:
            started(self.house, call.id)
        except ConflictError:
            return
        if call.begun_at is not None:
            return
        call.begun_at = self.clock.now()
        today = call.begun_at.astimezone(CHICAGO).date()
        assert not any(today < day + timedelta(days=DAYS) for day in self.talked_on)

    @rule(
        which=_which,
        word=st.sampled_from(WORDS),
        began=st.none() | st.timedeltas(timedelta(days=-30), timedelta(days=2)),
        ended=st.none() | st.timedeltas(timedelta(days=-30), timedelta(days=2)),
    )
    def report(self, which: int, word: str, began: timedelta | None, ended: timedelta | None) -> None:
        """With times up to a month back: most are refused, some are true."""
        if not self.calls:
            return
        call = self.calls[which % len(self.calls)]
        now = self.clock.now()
        try:
            commit(
                self.house,
                call.id,
                outcome=word,
                started_at=None if began is None else now + began,
                ended_at=None if ended is None else now + ended,
            )
        except (ConflictError, UsageError):
            return
        call.reported = word
        if word == "conversation" and call.day is not None:
            self.talked_on.append(call.day)

    @rule(word=st.sampled_from(WORDS), began=st.none() | st.timedeltas(timedelta(days=-30), timedelta(0)))
    def call(self, word: str, began: timedelta | None) -> None:
        """A whole call, so that sequences come near the cap."""
        before = len(self.calls)
        self.reserve(900, None)
        if len(self.calls) > before:
            self.start(before)
            self.report(before, word, began, None)

    @rule()
    def take_back(self) -> None:
        before = len(self.calls)
        self.reserve(900, None)
        if len(self.calls) > before:
            self.start(before)
            self.void(before)

    @rule(which=_which, word=st.sampled_from(WORDS))
    def report_now(self, which: int, word: str) -> None:
        self.report(which, word, None, None)

    @rule(which=_which)
    def void(self, which: int) -> None:
        if not self.calls:
            return
        try:
            void(self.house, self.calls[which % len(self.calls)].id, reason="mistake", proof="believe me")
        except ConflictError:
            return

    @rule(by=st.sampled_from([1, 20, 301, 901, 3_600, 86_400, 3 * 86_400]))
    def wait(self, by: int) -> None:
        self.clock.advance(timedelta(seconds=by))

    @rule()
    def reap(self) -> None:
        reap(self.house)

    @rule()
    def pay(self) -> None:
        """A fact that moves: what was reserved before must not be started."""
        fact.record_payment(self.house, By("test"), self.account, amount_minor=1)

    @rule()
    def stop_and_resume(self) -> None:
        switch.stop(self.house, "tester")
        for call in self.calls[-3:]:
            try:
                started(self.house, call.id)
            except ConflictError:
                continue
            raise AssertionError("started while everything is stopped")
        switch.resume(self.house, "tester")

    @invariant()
    def no_week_has_an_eighth_call(self) -> None:
        days = sorted(
            call.day for call in getattr(self, "calls", ()) if call.day and call.reported not in UNCONNECTED
        )
        for first in days:
            assert sum(first <= day < first + timedelta(days=DAYS) for day in days) <= CAP


TestDialer = Dialer.TestCase
TestDialer.settings = settings(max_examples=25, stateful_step_count=60, deadline=None)


def test_a_dialer_in_a_hurry_gets_exactly_seven() -> None:
    """The same oracle on a sequence that wants nothing else, so that the one above is known to reach the cap."""
    dialer = Dialer()
    dialer.meet()
    for number in range(20):
        dialer.reserve(300, None)
        dialer.start(len(dialer.calls) - 1 if dialer.calls else 0)
        dialer.void(number)
        dialer.wait(20)
        dialer.no_week_has_an_eighth_call()
    assert sum(call.begun_at is not None for call in dialer.calls) == CAP
