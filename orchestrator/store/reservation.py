"""The bulk writes of planning: attempts, verdicts, contact events and enrollments' next steps, each kind at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orchestrator.store.session import Session


class NewAttempt(NamedTuple):
    """One row of `attempt` at its reservation; instants are microseconds, `account_ids` JSON text."""

    id: str
    consumer_id: str
    account_id: str | None
    account_ids: str
    enrollment_id: str | None
    campaign_id: str | None
    step: int | None
    ordinal: int | None
    origin: str
    requested_by: str
    channel: str
    contact_point_id: str | None
    content: str
    template: str | None
    template_version: str | None
    language: str | None
    content_digest: str | None
    subject_sealed: bytes | None
    body_sealed: bytes | None
    state: str
    reserved_at: int
    valid_until: int
    not_after: int
    epoch: int
    fence: int
    external_id: str | None
    verdict_id: str | None


class NewVerdict(NamedTuple):
    id: str
    consumer_id: str
    attempt_id: str | None
    enrollment_id: str | None
    campaign_id: str | None
    channel: str
    contact_point_id: str | None
    account_ids: str
    decision: str
    rule: str | None
    as_of: int
    retry_at: int | None
    valid_until: int | None
    policy_digest: str
    facts_digest: str
    body: bytes
    facts: bytes


class NewContactEvent(NamedTuple):
    consumer_id: str
    event_id: str
    version: int
    occurred_at: int
    recorded_at: int
    channel: str
    direction: str
    outcome: str | None
    account_ids: str
    contact_point_id: str | None
    party: str
    actor: str | None
    content: str
    number_kind: str | None
    place: str | None
    detail: str | None
    attempt_id: str | None
    source: str
    recorded_by: str


class EnrollmentMove(NamedTuple):
    """Where an enrollment goes. `answer`: what an active one was last told, `reason` the rule that said it."""

    state: str
    reason: str | None
    answer: str | None
    step: int
    tries: int
    next_at: int | None
    suspended_until: int | None
    changed_at: int
    crashes: int
    id: str


class NewTask(NamedTuple):
    id: str
    kind: str
    consumer_id: str | None
    account_id: str | None
    enrollment_id: str | None
    attempt_id: str | None
    state: str
    reason: str
    detail: str | None
    due_at: int | None
    created_at: int


@dataclass(slots=True)
class Writes:
    """Everything one transaction of planning adds; `flush` writes it with one statement per kind."""

    attempts: list[NewAttempt] = field(default_factory=list)
    verdicts: list[NewVerdict] = field(default_factory=list)
    events: list[NewContactEvent] = field(default_factory=list)
    moves: list[EnrollmentMove] = field(default_factory=list)
    tasks: list[NewTask] = field(default_factory=list)

    def flush(self, unit: Session) -> None:
        insert(unit, "verdict", NewVerdict, self.verdicts)
        insert(unit, "attempt", NewAttempt, self.attempts)
        insert(unit, "contact_event", NewContactEvent, self.events)
        insert(unit, "task", NewTask, _without_open(unit, self.tasks))
        move_enrollments(unit, self.moves)


def insert(unit: Session, table: str, row: type[Any], rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows of one named tuple type, in bulk."""
    if rows:
        unit.copy_or_many(table, row._fields, rows)


def move_enrollments(unit: Session, moves: Sequence[EnrollmentMove]) -> None:
    """Set where enrollments go; the caller holds their rows."""
    columns = ("id", *EnrollmentMove._fields[:-1])
    rows = [(move.id, *move[:-1]) for move in moves]
    unit.update_many("enrollment", columns, rows, only="enrollment.state <> 'ended'")


def _without_open(unit: Session, tasks: Sequence[NewTask]) -> list[NewTask]:
    """Tasks that are not already open for the same enrollment and reason: a hold that lasts is one task."""
    named = sorted({task.enrollment_id for task in tasks if task.enrollment_id is not None})
    if not named:
        return list(tasks)
    sql = f"SELECT enrollment_id, kind, reason FROM task WHERE state = 'open' AND enrollment_id {unit.within('ids')}"  # noqa: S608
    known = {tuple(row) for row in unit.query(sql, {"ids": unit.listed(named)})}
    return [task for task in tasks if (task.enrollment_id, task.kind, task.reason) not in known]
