"""What a campaign would do: its enrollments planned ahead by the planner itself, without writing anything.

The loop goes from one instant at which something is due to the next, as a simulation does. What is foreseen to be
reserved is added to its person's history, so that accounts that share a cap, and contacts of other enrollments of
the same people, are seen by the questions after it. What people answer is not foreseen.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from orchestrator.domain.cadence import Cadence
from orchestrator.domain.campaign import WAITS
from orchestrator.domain.enrollment import EnrollmentState, ExitReason
from orchestrator.domain.forecast import CONTACTED, Outcome
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine.campaign import Halt, Turn, Turns, limits_of
from orchestrator.engine.choice import Choice, choose, wish_of
from orchestrator.engine.course import REJUDGE, Course
from orchestrator.engine.facts import Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged
from orchestrator.engine.message import local_date
from orchestrator.engine.planner import Planning
from orchestrator.engine.reading import read_batch
from orchestrator.engine.record import Origin, Recorder
from orchestrator.engine.versions import recall_versions
from orchestrator.store import claim, enrollment
from orchestrator.store.campaign import CampaignRow
from orchestrator.store.claim import EnrollmentRow
from orchestrator.store.dossier import Pool
from orchestrator.store.reservation import EnrollmentMove
from orchestrator.store.session import Session
from policies.verdict import Decision, Finding, deciding
from templates.segment import measure

READ_AT_ONCE = 1_000
_CLAIM_ORDER = {"active": 0, "held": 1, "suspended": 2}
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Seen:
    """What is foreseen for one account. `rule`: what stood first in its way; for one never contacted: last."""

    account_id: str
    consumer_id: str
    pool_id: str
    row_id: str = ""
    outcome: Outcome | None = None
    rule: str | None = None
    channel: str | None = None
    allowed_at: datetime | None = None
    expected_at: datetime | None = None
    zone: str = "UTC"
    answer: str | None = None
    last: str | None = None

    @property
    def is_settled(self) -> bool:
        return self.outcome is not None

    def local_day(self, at: datetime | None) -> date | None:
        """The consumer's date at `at`."""
        return None if at is None else local_date((self.zone,), at)


@dataclass(slots=True)
class Foreseen:
    """Accounts by id, what rules found in the words of the first time, contacts and units by channel."""

    accounts: dict[str, Seen]
    findings: dict[str, Finding] = field(default_factory=dict)
    contacts: Counter[str] = field(default_factory=Counter)
    segments: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """`chosen`: (account id, consumer id) of those who would be enrolled. `row`: the campaign, as if it ran."""

    row: CampaignRow
    cadence: Cadence
    chosen: Sequence[tuple[str, str]]
    starts_at: datetime
    ends_at: datetime
    known: Foreseen | None = None
    """What the law lets happen when, where that was found before: it need not be looked at while a limit waits."""


def foresee(house: House, question: Question, progress: Progress | None = None) -> Foreseen:
    """Plan ahead from `starts_at` to `ends_at`; `progress` takes (settled accounts, accounts)."""
    tell = progress or _nowhere
    reader, others, ids = _read(house, question, tell)
    house.cadences.remember(question.cadence)
    ahead = _Ahead(house, question, reader, tell)
    for account_id, consumer_id in question.chosen:
        ahead.enter(ids[account_id], account_id, consumer_id)
    for row in others:
        ahead.push(row)
    ahead.run()
    return ahead.foreseen


def _nowhere(_done: int, _total: int) -> None:
    """Nobody watches."""


def _read(
    house: House, question: Question, tell: Progress
) -> tuple[Reader, list[EnrollmentRow], dict[str, str]]:
    """Everything known of these people, a thousand at a time, what else works them now, and enrollments' ids to be."""
    pools: dict[str, Pool] = {}
    others: list[EnrollmentRow] = []
    consumer_ids = sorted({consumer_id for _, consumer_id in question.chosen})
    with house.database.read(house.clock) as unit:
        for first in range(0, len(consumer_ids), READ_AT_ONCE):
            part = read_batch(house, unit, consumer_ids[first : first + READ_AT_ONCE])
            pools.update(part.pools)
            others += _at_work(unit, [one for pool in part.pools.values() for one in pool.consumers])
            tell(0, len(question.chosen))
        recall_versions(house, unit, ((row.cadence, row.cadence_digest) for row in others))
        account_ids = [account_id for account_id, _ in question.chosen]
        ids = enrollment.next_ids(unit, account_ids, question.cadence.name)
    return Reader(pools, house.settings, house.assume_complete, keeps=False), others, ids


def _at_work(unit: Session, consumer_ids: Iterable[str]) -> list[EnrollmentRow]:
    """Enrollments of these people that make contacts beside the campaign."""
    return [row for row in claim.running_of_consumers(unit, consumer_ids) if row.state in _CLAIM_ORDER]


class _Foreseer(Recorder):
    """Remembers what would have been recorded; of all rows, only contacts that count towards caps come about."""

    foreseen: Foreseen

    def reserve(self, choice: Choice, origin: Origin) -> str:
        judged = choice.judged
        if judged is not None and judged.proposal.channel != "task":
            self._event(judged, origin.attempt_id)
            self.writes.events.clear()
        return origin.attempt_id

    def verdict(
        self,
        judged: Judged,
        attempt_id: str | None,
        enrollment_id: str | None,
        digest: str | None = None,
        *,
        campaign_id: str | None = None,
    ) -> str:
        finding = deciding(judged.verdict)
        if finding is not None:
            self.foreseen.findings.setdefault(finding.id, finding)
        return ""

    def line(self, *_args: Any, **_more: Any) -> None:
        return

    def task(self, *_args: Any, **_more: Any) -> None:
        return


class _Nowhere:
    """Stands for a transaction: nothing is written."""

    def insert_many(self, *_args: Any) -> None:
        return


class _Foresight(Planning):
    """The planner over one instant of the future."""

    ahead: _Ahead

    def _contact(self, courses: Sequence[Course]) -> None:
        halt = self.ahead.turn.halt()
        if halt is not None and all(self.ahead.was_looked_at(one.row) for one in courses):
            self._keep_back(courses, halt)
            return
        super()._contact(courses)

    def _take(self, courses: Sequence[Course], choice: Choice) -> None:
        ahead, first = self.ahead, courses[0]
        is_ours = first.row.campaign_id == ahead.question.row.id
        judged = choice.judged
        halt = ahead.turn.halt() if is_ours else None
        if halt is not None:
            # the planner would not even ask: here, what the law says is only looked at
            ahead.looked(courses, choice, self.now)
            self._keep_back(courses, halt)
            return
        if judged is not None and choice.decision is Decision.ALLOW and is_ours:
            covered = frozenset(judged.proposal.account_ids)
            ahead.allowed(covered, self.now)
            if first.row.account_id in covered:
                ahead.turn.take()
                ahead.contacted(choice, self.now)
        if judged is not None and choice.decision is Decision.HOLD:
            for course in courses:
                ahead.looks[course.row.id] = self._until_released(courses, judged)
        super()._take(courses, choice)

    def _until_released(self, courses: Sequence[Course], judged: Judged) -> datetime:
        """The first daily look that does not find a hold; far away if time alone does not settle it.

        The planner looks every day. Here, the span is halved, for a hold that time ends does not come back; what
        released the one before for the same reason is tried first.
        """
        held, free = 0, (self.ahead.question.ends_at - self.now) // REJUDGE + 1
        if self._is_held(courses, free):
            return self.now + REJUDGE * (free + 1)
        finding = deciding(judged.verdict)
        reason = "" if finding is None else finding.id
        before = self.ahead.released.get(reason)
        tries = iter(() if before is None else _around(-((self.now - before) // REJUDGE)))
        while free - held > 1:
            day = next(tries, (held + free) // 2)
            if not held < day < free:
                continue
            held, free = (day, free) if self._is_held(courses, day) else (held, day)
        self.ahead.released[reason] = self.now + REJUDGE * free
        return self.ahead.released[reason]

    def _is_held(self, courses: Sequence[Course], days: int) -> bool:
        first, accounts = courses[0], [one.row.account_id for one in courses]
        wish = wish_of(first.row.consumer_id, accounts, first.step, first.attempt_id)
        choice = choose(self.house, self.reader, wish, self.now + REJUDGE * days)
        return choice.judged is not None and choice.decision is Decision.HOLD


def _around(day: int) -> tuple[int, int]:
    """The looks that settle a hold if it ends on `day`: that one no longer finds it, the one before still does."""
    return day, day - 1


class _Ahead:
    """The loop, and what it found so far."""

    def __init__(self, house: House, question: Question, reader: Reader, tell: Progress) -> None:
        self.house, self.question, self.reader, self.tell = house, question, reader, tell
        self.foreseen = Foreseen({})
        self.turn = Turn(question.row, question.starts_at)
        self.used: dict[tuple[str, datetime], int] = {}
        self.looks: dict[str, datetime] = {}
        self.released: dict[str, datetime] = {}
        self.rows: dict[str, EnrollmentRow] = {}
        self.heap: list[tuple[int, int, str, str]] = []
        self.waiting: Counter[str] = Counter()
        self.settled = 0
        self.recorder = _Foreseer(house, cast(Session, _Nowhere()), reader, question.starts_at)
        self.recorder.foreseen = self.foreseen

    def enter(self, row_id: str, account_id: str, consumer_id: str) -> None:
        """One account as it would be enrolled at the start."""
        pool, start = self.reader.pool(consumer_id), to_micros(self.question.starts_at)
        if pool is None:
            return
        zones = [entry["zone"] for entry in pool.consumers[consumer_id].zones or ()]
        seen = Seen(account_id, consumer_id, pool.id, row_id, zone=min(zones, default="UTC"))
        self.foreseen.accounts[account_id] = seen
        self.waiting[pool.id] += 1
        cadence = self.question.cadence
        first = cadence.due(0, self.question.starts_at) or self.question.starts_at
        self.push(
            EnrollmentRow(
                id=row_id,
                consumer_id=consumer_id,
                account_id=account_id,
                cadence=cadence.name,
                cadence_digest=cadence.digest,
                campaign_id=self.question.row.id,
                state=EnrollmentState.ACTIVE.value,
                reason=None,
                step=0,
                tries=0,
                next_at=max(to_micros(first), start),
                suspended_until=None,
                entered_at=start,
                changed_at=start,
                crashes=0,
            )
        )

    def push(self, row: EnrollmentRow) -> None:
        at = row.suspended_until if row.state == EnrollmentState.SUSPENDED else row.next_at
        if row.state == EnrollmentState.ENDED or at is None:
            return
        at = max(at, to_micros(self.question.starts_at))
        self.rows[row.id] = row
        heapq.heappush(self.heap, (at, _CLAIM_ORDER[row.state], row.consumer_id, row.id))

    def run(self) -> None:
        end = to_micros(self.question.ends_at)
        while self.heap and self.heap[0][0] < end:
            at = self.heap[0][0]
            self._at(from_micros(at), self._batch(at))
        for seen in self.foreseen.accounts.values():
            if seen.outcome is None:
                self._settle(seen, self._left(seen))
            if seen.outcome not in CONTACTED:
                seen.rule = seen.last
        self.tell(self.settled, len(self.foreseen.accounts))

    def _left(self, seen: Seen) -> Outcome:
        """What of an account that was not contacted in time: as it was last told."""
        row = self.rows.get(seen.row_id)
        if row is None:
            return Outcome.BLOCKED
        if row.state in {EnrollmentState.HELD, EnrollmentState.SUSPENDED}:
            return Outcome.HELD
        return Outcome.BLOCKED if seen.answer == "deny" else Outcome.BEYOND

    def _batch(self, at: int) -> list[EnrollmentRow]:
        """What a worker would claim at this instant: at most a batch, with all that is due of the last person."""
        found: list[EnrollmentRow] = []
        last = None
        while self.heap and self.heap[0][0] <= at:
            consumer_id, row_id = self.heap[0][2:]
            if len(found) >= self.house.batch and consumer_id != last:
                break
            heapq.heappop(self.heap)
            row = self.rows.pop(row_id, None)
            last = consumer_id
            if row is not None and self._matters(row):
                found.append(row)
        return sorted(found, key=lambda one: (one.next_at or one.suspended_until or 0, one.id))

    def _matters(self, row: EnrollmentRow) -> bool:
        """Whether an account whose first contact is not foreseen yet shares this one's person."""
        pool = self.reader.pool(row.consumer_id)
        return pool is not None and self.waiting[pool.id] > 0

    def _at(self, now: datetime, rows: Sequence[EnrollmentRow]) -> None:
        self.turn.now = now
        self.turn.limits = limits_of(self.question.row, now, {})
        for limit in self.turn.limits:
            limit.left -= self.used.get((limit.reason, limit.window.starts_at), 0)
        halt = self.turn.halt()
        kept = [row for row in rows if halt is None or not self.was_looked_at(row)]
        if halt is not None:
            for row in rows:
                if self.was_looked_at(row):
                    self._wait(row, halt, now)
        self.recorder.now = now
        planning = _Foresight(self.house, self.reader, self.recorder, now, Counter(), Turns())
        planning.ahead = self
        by_id = {row.id: row for row in kept}
        planning.work(kept)
        for move in self.recorder.writes.moves:
            self._follow(by_id[move.id], move, now)
        self.recorder.writes.moves.clear()

    def was_looked_at(self, row: EnrollmentRow) -> bool:
        """It waits for its turn already: it need not be judged again to wait on."""
        if row.campaign_id != self.question.row.id:
            return False
        known = self.question.known.accounts.get(row.account_id) if self.question.known is not None else None
        if known is None:
            return row.reason in WAITS
        seen = self.foreseen.accounts[row.account_id]
        seen.allowed_at, seen.rule = known.allowed_at, known.rule
        return True

    def _wait(self, row: EnrollmentRow, halt: Halt, now: datetime) -> None:
        until, waits = to_micros(halt.until), halt.reason
        self.push(row._replace(next_at=until, changed_at=to_micros(now), reason=waits))

    def allowed(self, account_ids: Iterable[str], at: datetime) -> None:
        """The law lets these accounts be spoken of now, whatever the limits say."""
        for account_id in account_ids:
            seen = self.foreseen.accounts.get(account_id)
            if seen is not None and (seen.allowed_at is None or at < seen.allowed_at):
                seen.allowed_at = at

    def looked(self, courses: Sequence[Course], choice: Choice, at: datetime) -> None:
        """What the law says of contacts that the limits keep back: allowed now, or from a time on."""
        if choice.judged is None:
            return
        if choice.decision is Decision.ALLOW:
            self.allowed(choice.judged.proposal.account_ids, at)
            return
        verdict = choice.judged.verdict
        finding = deciding(verdict)
        for course in courses:
            seen = self.foreseen.accounts.get(course.row.account_id)
            if seen is not None and seen.allowed_at is None and finding is not None:
                seen.rule = seen.rule or finding.id
                self.foreseen.findings.setdefault(finding.id, finding)
        if verdict.retry_at is not None:
            self.allowed([one.row.account_id for one in courses], verdict.retry_at)

    def contacted(self, choice: Choice, at: datetime) -> None:
        """A contact of the campaign is foreseen to leave."""
        for limit in self.turn.limits:
            key = limit.reason, limit.window.starts_at
            self.used[key] = self.used.get(key, 0) + 1
        if choice.judged is None:
            return
        channel, is_first = choice.judged.proposal.channel, False
        for account_id in choice.judged.proposal.account_ids:
            seen = self.foreseen.accounts.get(account_id)
            if seen is None or seen.is_settled:
                continue
            is_first = True
            seen.expected_at, seen.channel = at, channel
            is_now = seen.allowed_at == self.question.starts_at
            self._settle(seen, Outcome.NOW if is_now else Outcome.LATER)
        if is_first:
            self.foreseen.contacts[channel] += 1
            if channel == "sms" and choice.composed is not None:
                self.foreseen.segments += measure(choice.composed.text).segments

    def _settle(self, seen: Seen, outcome: Outcome) -> None:
        seen.outcome = outcome
        self.waiting[seen.pool_id] -= 1
        self.settled += 1
        if self.settled % READ_AT_ONCE == 0:
            self.tell(self.settled, len(self.foreseen.accounts))

    def _follow(self, row: EnrollmentRow, move: EnrollmentMove, now: datetime) -> None:
        """Where a row goes from here, and what stood in its way."""
        values = {name: value for name, value in move._asdict().items() if name in EnrollmentRow._fields}
        moved = row._replace(**values)
        look = self.looks.pop(row.id, None)
        if look is not None and moved.state == EnrollmentState.HELD:
            moved = moved._replace(next_at=to_micros(look))
        seen = self.foreseen.accounts.get(row.account_id)
        if seen is not None and row.campaign_id == self.question.row.id and not seen.is_settled:
            seen.answer = move.answer
            if move.reason is not None and move.reason != ExitReason.DONE:
                seen.last = move.reason
                if seen.rule is None and seen.allowed_at is None and move.reason not in WAITS:
                    seen.rule = move.reason
            if moved.state == EnrollmentState.ENDED:
                self._settle(seen, Outcome.BLOCKED)
        self.push(moved)
