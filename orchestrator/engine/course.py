"""One enrollment while it is planned: where it stands, and every way it can go on from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestrator.audit.ledger import LineKind
from orchestrator.domain import condition
from orchestrator.domain.cadence import Cadence, Step
from orchestrator.domain.enrollment import EnrollmentState, ExitReason, SuspendReason
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine import promise
from orchestrator.engine.choice import Choice
from orchestrator.engine.facts import Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged
from orchestrator.engine.record import Origin, Recorder
from orchestrator.engine.standing import CLEAR, Standing, standing
from orchestrator.store.account_field import record_of
from orchestrator.store.claim import EnrollmentRow
from orchestrator.store.dossier import AccountRow, Pool
from orchestrator.store.identifier import derived_id
from orchestrator.store.reservation import EnrollmentMove
from policies.verdict import deciding

REJUDGE = timedelta(days=1)
"""What is held is judged again when a fact arrives, and at least this often: time alone settles some holds."""
_CRASH_WAIT = timedelta(minutes=5)
_MAX_CRASHES = 3
_AFTER_LAST = timedelta(days=1)
"""The last step leaves this much time for its retries before the enrollment is done."""


@dataclass(slots=True)
class Course:
    """`row` as it was claimed; each way on records one move."""

    house: House
    reader: Reader
    recorder: Recorder
    row: EnrollmentRow
    now: datetime
    place: int = -1
    cadence: Cadence | None = None
    pool: Pool | None = None
    account: AccountRow | None = None
    _named: tuple[int, str] | None = None

    def __post_init__(self) -> None:
        self.place = self.row.step
        self.cadence = self.house.cadences.version(self.row.cadence, self.row.cadence_digest)
        self.pool = self.reader.pool(self.row.consumer_id)
        accounts = self.reader.accounts(self.row.consumer_id) if self.pool is not None else []
        self.account = next((one for one in accounts if one.id == self.row.account_id), None)

    @property
    def step(self) -> Step:
        cadence = self.cadence
        if cadence is None:
            raise LookupError(self.row.cadence)
        return cadence.steps[self.place]

    @property
    def group(self) -> tuple[object, ...]:
        """What one contact may cover together."""
        account = self.account
        of_account = (
            (account.creditor_id, account.actor, account.currency) if account is not None else (self.row.id,)
        )
        return (self.row.consumer_id, *of_account, self.row.campaign_id, self.row.cadence_digest, self.place)

    def standing(self) -> Standing:
        """Exit, suspension or neither."""
        pool, cadence = self.pool, self.cadence
        if pool is None:
            return Standing(exit=ExitReason.CLOSED)
        grace = cadence.promise_grace if cadence is not None else timedelta(days=1)
        zones = [entry["zone"] for entry in self.reader.consumer(self.row.consumer_id).zones or ()]
        where = standing(pool, self.account, self.now, grace, zones)
        return self._by_condition(pool) if where.is_clear and cadence is not None else where

    def _by_condition(self, pool: Pool) -> Standing:
        """What the cadence's own conditions say; a suspension by one is looked at again every day."""
        cadence, account = self.cadence, self.account
        if cadence is None or account is None or not (cadence.exit_when or cadence.suspend_when):
            return CLEAR
        record = record_of(pool, account, self.now)
        if cadence.exit_when and condition.holds(cadence.exit_when, record):
            return Standing(exit=ExitReason.CONDITION)
        if cadence.suspend_when and condition.holds(cadence.suspend_when, record):
            return Standing(suspend=SuspendReason.CONDITION, until=self.now + REJUDGE)
        return CLEAR

    def look(self) -> str | None:
        """What moved the enrollment before any contact was thought of, or None: its step is to be made now."""
        where = self.standing()
        if where.exit is not None:
            self.end(where.exit)
            return f"ended_{where.exit.value}"
        if where.suspend is not None:
            self.suspend(where)
            return f"suspended_{where.suspend.value}"
        if self.cadence is None:
            self.hold_for("cadence_unavailable", {"cadence": self.row.cadence})
            return "held"
        if self.row.state == EnrollmentState.SUSPENDED and self._resume():
            return "resumed"
        if self.place >= len(self.cadence.steps):
            self.end(ExitReason.DONE)
            return "ended_done"
        return self._skip_if_late()

    def _skip_if_late(self) -> str | None:
        """Nobody worked the step in time: it is not made any more."""
        if self.now < self._due() + self.step.not_after:
            return None
        self.skip(None, "defer")
        return "skipped_late"

    @property
    def attempt_id(self) -> str:
        """The same for the same enrollment, step and try: a repeated commit finds what the first one wrote."""
        if self._named is None or self._named[0] != self.place:
            self._named = (self.place, derived_id("at", self.row.id, str(self.place), str(self.row.tries)))
        return self._named[1]

    def reserve(self, choice: Choice, last: datetime | None = None) -> None:
        """Take the slot; `last`: nothing of its campaign leaves from here on."""
        due = self._due() + self.step.not_after
        origin = Origin(
            "cadence",
            self.attempt_id,
            self.row.id,
            self.row.campaign_id,
            self.place,
            self.row.tries,
            not_after=due if last is None else min(due, last),
        )
        self.recorder.reserve(choice, origin)

    def advance(self) -> None:
        """On to the next step: its day, and not sooner than its gap from now."""
        self._go(EnrollmentState.ACTIVE, step=self.place + 1, next_at=self._next(self.now), moved=True)

    def skip(self, rule: str | None = None, answer: str | None = "deny") -> None:
        """This step makes no contact; the next one keeps its own day. `rule` said so."""
        at = self._next(None)
        self._go(
            EnrollmentState.ACTIVE, step=self.place + 1, next_at=at, moved=True, reason=rule, answer=answer
        )

    def defer(self, until: datetime | None, rule: str | None = None) -> str:
        """Wait for the next permitted time; a step that would be too late is skipped. Says which."""
        if until is None or until > self._due() + self.step.not_after:
            self.skip(rule, "defer")
            return "skipped_late"
        at, tries = until, self.row.tries
        was_held = self.row.state == EnrollmentState.HELD
        self._go(
            EnrollmentState.ACTIVE,
            step=self.place,
            tries=tries,
            next_at=at,
            reason=rule,
            answer="defer",
            moved=was_held,
        )
        return "deferred"

    def wait_for_campaign(self, at: datetime, reason: str) -> None:
        """The campaign keeps it back until `at`; the time that its step may still be made does not run meanwhile."""
        state = EnrollmentState(self.row.state)
        until = at if state is EnrollmentState.SUSPENDED else None
        self._go(
            state,
            step=self.place,
            tries=self.row.tries,
            next_at=at,
            reason=reason,
            suspended_until=until,
            moved=True,
        )

    def hold(self, judged: Judged) -> None:
        """Wait for a fact or a person."""
        finding = deciding(judged.verdict)
        found = [rule.found for rule in judged.verdict.rules]
        detail = {"found": found, "channel": judged.proposal.channel}
        self.hold_for("hold" if finding is None else finding.id, detail)

    def hold_for(self, reason: str, detail: Mapping[str, object]) -> None:
        self.recorder.task("hold", self.row, reason, detail)
        at = self.now + REJUDGE
        self._go(EnrollmentState.HELD, step=self.place, tries=self.row.tries, next_at=at, reason=reason)

    def left_out(self, judged: Judged) -> None:
        """Due with others, but this account may not be spoken of now: asked again, alone, tomorrow."""
        del judged
        self._go(EnrollmentState.ACTIVE, step=self.place, tries=self.row.tries, next_at=self.now + REJUDGE)

    def end(self, reason: ExitReason) -> None:
        self._go(EnrollmentState.ENDED, step=self.place, next_at=None, reason=reason.value, moved=True)
        body: dict[str, object] = {"enrollment_id": self.row.id, "ended": reason.value}
        self.recorder.line(LineKind.ENROLLMENT, self.row.consumer_id, None, body)

    def suspend(self, where: Standing) -> None:
        """Wait for the promise, the dispute, the person; the step and its day stay as they are."""
        reason = where.suspend.value if where.suspend is not None else ""
        again = where.until or self.now + REJUDGE * 30
        next_at = from_micros(self.row.next_at) if self.row.next_at is not None else self.now
        self._go(
            EnrollmentState.SUSPENDED,
            step=self.place,
            tries=self.row.tries,
            next_at=next_at,
            reason=reason,
            suspended_until=again,
            moved=self.row.state != EnrollmentState.SUSPENDED,
        )

    def wake(self) -> None:
        """A fact arrived: what is held or suspended is looked at again by the next batch."""
        is_suspended = self.row.state == EnrollmentState.SUSPENDED
        next_at = from_micros(self.row.next_at) if is_suspended and self.row.next_at is not None else self.now
        self._go(
            EnrollmentState(self.row.state),
            step=self.place,
            tries=self.row.tries,
            next_at=next_at,
            reason=self.row.reason,
            suspended_until=self.now if is_suspended else None,
        )

    def crashed(self, error: str) -> None:
        """Planning it raised: tried again later, and after the third time put aside for a person."""
        crashes = self.row.crashes + 1
        if crashes >= _MAX_CRASHES:
            self.recorder.task("quarantine", self.row, "planning_failed", {"error": error})
            self._go(
                EnrollmentState.HELD, step=self.place, tries=self.row.tries, next_at=None, reason="quarantine"
            )
            return
        self._go(
            EnrollmentState.ACTIVE,
            step=self.place,
            tries=self.row.tries,
            next_at=self.now + _CRASH_WAIT,
            crashes=crashes,
        )

    def _resume(self) -> bool:
        """Leave a suspension. True if the step is not due yet; a broken promise goes to its own step, at once."""
        pool, cadence = self.pool, self.cadence
        if pool is None or cadence is None:
            return False
        is_broken = promise.settle(self.recorder, pool, self.row)
        if is_broken and cadence.broken_promise is not None and self.place <= cadence.broken_promise:
            self.place = cadence.broken_promise
            return False
        if self.row.next_at is not None and from_micros(self.row.next_at) > self.now:
            at = from_micros(self.row.next_at)
            self._go(EnrollmentState.ACTIVE, step=self.place, tries=self.row.tries, next_at=at, moved=True)
            return True
        return False

    def _due(self) -> datetime:
        """When this step fell due: its day, or when the enrollment last came to it (now, if it waited for a fact)."""
        cadence = self.cadence
        entered, moved = from_micros(self.row.entered_at), from_micros(self.row.changed_at)
        day = cadence.due(self.place, entered) if cadence is not None else None
        waited = self.row.state in {EnrollmentState.SUSPENDED, EnrollmentState.HELD}
        since = self.now if waited else moved
        return max(day or since, since)

    def _next(self, after: datetime | None) -> datetime:
        cadence = self.cadence
        entered = from_micros(self.row.entered_at)
        due = cadence.due(self.place + 1, entered, after) if cadence is not None else None
        return due if due is not None else self.now + _AFTER_LAST

    def _go(
        self,
        state: EnrollmentState,
        *,
        step: int,
        next_at: datetime | None,
        tries: int = 0,
        reason: str | None = None,
        answer: str | None = None,
        suspended_until: datetime | None = None,
        moved: bool = False,
        crashes: int = 0,
    ) -> None:
        self.recorder.writes.moves.append(
            EnrollmentMove(
                state=state.value,
                reason=reason,
                answer=answer,
                step=step,
                tries=tries,
                next_at=None if next_at is None else to_micros(next_at),
                suspended_until=None if suspended_until is None else to_micros(suspended_until),
                changed_at=to_micros(self.now) if moved else self.row.changed_at,
                crashes=crashes,
                id=self.row.id,
            )
        )
