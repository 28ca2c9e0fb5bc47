"""The planner: what is due is judged, and what is allowed is reserved, a batch in one transaction.

Order of things for each enrollment: exits and suspensions first, then the step's contact. Everything that is due
for one group (consumer, creditor, actor, currency) at the same step becomes one contact. A reservation counts
from here on, so the next question of the same batch already sees it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.engine import failpoint
from orchestrator.engine.campaign import Halt, Turns, turns_of
from orchestrator.engine.choice import Choice, choose, wish_of
from orchestrator.engine.course import Course
from orchestrator.engine.facts import Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged
from orchestrator.engine.reading import read_batch
from orchestrator.engine.record import Recorder
from orchestrator.engine.versions import recall_versions
from orchestrator.store import claim
from orchestrator.store.claim import EnrollmentRow
from orchestrator.store.session import Session
from policies.verdict import Decision, deciding


@dataclass(slots=True)
class Report:
    """What one batch came to, by what happened: reserved, deferred, held, skipped, ended, suspended ..."""

    claimed: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def plan(house: House, limit: int | None = None) -> Report:
    """Work one batch of due enrollments; an empty one claims nothing. Everything or nothing is committed."""
    report = Report()
    with house.database.write(house.clock) as unit:
        recorder = _plan_batch(house, unit, limit or house.batch, report)
        if recorder is not None:
            failpoint.reach("plan.reserved")
    if recorder is not None:
        failpoint.reach("plan.committed")
        recorder.announce()
    return report


def _plan_batch(house: House, unit: Session, limit: int, report: Report) -> Recorder | None:
    if claim.is_stopped(unit):
        return None
    rows = claim.claim_due(unit, limit)
    report.claimed = len(rows)
    if not rows:
        return None
    failpoint.reach("plan.claimed")
    turns = turns_of(unit, [row.campaign_id for row in rows if row.campaign_id is not None])
    free = {row.consumer_id for row in rows if turns.halt(row.campaign_id) is None}
    consumer_ids = claim.lock_pools_now(unit, free)
    rows = [row for row in rows if row.consumer_id in consumer_ids or turns.halt(row.campaign_id) is not None]
    recall_versions(house, unit, ((row.cadence, row.cadence_digest) for row in rows))
    reader = read_batch(house, unit, consumer_ids)
    recorder = Recorder(house, unit, reader, unit.now)
    planning = Planning(house, reader, recorder, unit.now, report.counts, turns)
    planning.work(rows)
    recorder.flush()
    return recorder


@dataclass(slots=True)
class Planning:
    """One batch in work."""

    house: House
    reader: Reader
    recorder: Recorder
    now: datetime
    counts: Counter[str]
    turns: Turns

    def work(self, rows: Sequence[EnrollmentRow]) -> None:
        groups: dict[tuple[object, ...], list[Course]] = {}
        for row in rows:
            course = self._course(row)
            if course is not None:
                groups.setdefault(course.group, []).append(course)
        for courses in groups.values():
            self._contact(sorted(courses, key=lambda one: one.row.account_id))

    def _course(self, row: EnrollmentRow) -> Course | None:
        """The enrollment, if its step is to be made now; exits, suspensions and waits are recorded here."""
        course = Course(self.house, self.reader, self.recorder, row, self.now)
        halt = self.turns.halt(row.campaign_id)
        if halt is not None:
            self._keep_back([course], halt)
            return None
        try:
            moved = course.look()
        except Exception as error:  # noqa: BLE001 - one poisoned enrollment must not stop the batch
            course.crashed(type(error).__name__)
            moved = "crashed"
        if moved is not None:
            self.counts[moved] += 1
            return None
        return course

    def _contact(self, courses: Sequence[Course]) -> None:
        """Make one contact for everything of a group that is due at one step."""
        first = courses[0]
        halt = self.turns.halt(first.row.campaign_id)
        if halt is not None:
            self._keep_back(courses, halt)
            return
        try:
            accounts = [one.row.account_id for one in courses]
            wish = wish_of(first.row.consumer_id, accounts, first.step, first.attempt_id)
            choice = choose(self.house, self.reader, wish, self.now)
        except Exception as error:  # noqa: BLE001 - one poisoned contact must not stop the batch
            for course in courses:
                course.crashed(type(error).__name__)
            self.counts["crashed"] += len(courses)
            return
        self._take(courses, choice)

    def _take(self, courses: Sequence[Course], choice: Choice) -> None:
        first = courses[0]
        if choice.judged is None:
            self._skip(courses, "no_contact_point")
        elif choice.decision is Decision.ALLOW:
            covered = [one for one in courses if one.row.account_id in choice.judged.proposal.account_ids]
            for course in courses:
                if course not in covered:
                    course.left_out(choice.judged)
            if covered[0] is not first:
                # an attempt bears the name of an enrollment that it covers: ask again without the others
                self._contact(covered)
                return
            first.reserve(choice, self.turns.last_instant(first.row.campaign_id))
            self.turns.take(first.row.campaign_id)
            for course in covered:
                course.advance()
            self.counts["reserved"] += 1
        elif choice.decision is Decision.DEFER:
            self._refuse(first, choice.judged)
            for course in courses:
                self.counts[course.defer(choice.judged.verdict.retry_at, rule_of(choice.judged))] += 1
        elif choice.decision is Decision.HOLD:
            self._refuse(first, choice.judged)
            for course in courses:
                course.hold(choice.judged)
            self.counts["held"] += len(courses)
        else:
            self._refuse(first, choice.judged)
            self._skip(courses, "denied", rule_of(choice.judged))

    def _refuse(self, course: Course, judged: Judged) -> None:
        self.recorder.verdict(judged, None, course.row.id, campaign_id=course.row.campaign_id)

    def _skip(self, courses: Sequence[Course], why: str, rule: str | None = None) -> None:
        for course in courses:
            course.skip(rule or why)
        self.counts[why] += len(courses)

    def _keep_back(self, courses: Sequence[Course], halt: Halt) -> None:
        """Their campaign lets nothing leave now: they wait for it, or it is over for them."""
        for course in courses:
            if halt.exit is not None:
                course.end(halt.exit)
            else:
                course.wait_for_campaign(halt.until, halt.reason)
        self.counts[halt.reason] += len(courses)


def rule_of(judged: Judged) -> str | None:
    """The rule that decided, by which refusals are counted."""
    finding = deciding(judged.verdict)
    return None if finding is None else finding.id
