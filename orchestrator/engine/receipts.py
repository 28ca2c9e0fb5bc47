"""Callbacks: stored raw and acknowledged first, applied afterwards, once and in whatever order they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from channels.events import Event, EventKind, is_inbound, supersedes
from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain import attempt as life
from orchestrator.domain.attempt import AttemptState
from orchestrator.domain.cadence import Retry
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine import failpoint
from orchestrator.engine.house import House
from orchestrator.engine.point_learning import learn_from_outcome
from orchestrator.engine.stored import id_list
from orchestrator.engine.task import open_incident
from orchestrator.engine.told import Told
from orchestrator.engine.versions import recall_versions
from orchestrator.store import entry, receipt
from orchestrator.store.campaign_progress import MILESTONES, mark
from orchestrator.store.identifier import derived_id
from orchestrator.store.outcome import (
    AttemptMove,
    Rewind,
    add_event_versions,
    latest_events,
    move_attempts,
    rewind_enrollments,
)
from orchestrator.store.receipt import PendingRow, ReportedAttempt, ReportRow
from orchestrator.store.session import Session

_S, _K = AttemptState, EventKind
_STATE = {
    _K.SENT: _S.SENT, _K.RINGING: _S.SENT, _K.ANSWERED: _S.SENT, _K.QUEUED: _S.ACCEPTED, _K.ACCEPTED: _S.ACCEPTED,
    _K.DELIVERED: _S.DELIVERED, _K.READ: _S.DELIVERED, _K.CONVERSATION: _S.DELIVERED, _K.VOICEMAIL: _S.DELIVERED,
    _K.COMPLETED: _S.DELIVERED, _K.FAILED: _S.FAILED, _K.CANCELED: _S.FAILED, _K.REJECTED: _S.FAILED,
}  # fmt: skip
# in the words of the contact history; what is not here says nothing about how the contact ended
_OUTCOME = {
    _K.SENT: "sent", _K.DELIVERED: "delivered", _K.READ: "read", _K.UNDELIVERED: "undelivered", _K.FAILED: "failed",
    _K.CANCELED: "failed", _K.BOUNCED: "bounced", _K.RETURNED: "returned", _K.CONVERSATION: "conversation",
    _K.NO_ANSWER: "no_answer", _K.BUSY: "busy", _K.VOICEMAIL: "voicemail", _K.DROPPED: "dropped",
    _K.VOICEMAIL_NOT_LEFT: "voicemail_not_left", _K.WRONG_NUMBER: "wrong_number",
    _K.NOT_IN_SERVICE: "not_in_service", _K.UNREACHABLE: "unreachable",
}  # fmt: skip
_NEVER_LEFT = frozenset({_K.FAILED, _K.CANCELED, _K.REJECTED})


def receive(house: House, events: Sequence[Event]) -> None:
    """Store callbacks; when this returns they are durable and may be acknowledged."""
    with house.database.write(house.clock) as unit:
        store(house, unit, events)
        failpoint.reach("receipt.stored")
    failpoint.reach("receipt.committed")


def apply_pending(house: House, limit: int = 500) -> int:
    """Apply stored callbacks; the number applied."""
    with house.database.write(house.clock) as unit:
        return apply_stored(house, unit, limit)


def store(house: House, unit: Session, events: Sequence[Event]) -> None:
    """Keep reports on our messages as they came; what people did is for `inbound`."""
    reports = [event for event in events if not is_inbound(event.kind)]
    receipt.store(unit, [_row(house, unit, event) for event in reports])


def _row(house: House, unit: Session, event: Event) -> ReportRow:
    attempt_id = event.attempt_id
    if attempt_id is None and event.provider_id:
        attempt_id = receipt.attempt_by_provider_id(unit, event.provider, event.provider_id)
    return ReportRow(
        id=derived_id("de", event.provider, event.provider_event_id),
        provider=event.provider,
        provider_event_id=event.provider_event_id,
        attempt_id=attempt_id,
        kind=event.kind.value,
        occurred_at=to_micros(event.occurred_at) if event.occurred_at is not None else unit.now_micros,
        recorded_at=unit.now_micros,
        detail=msgspec.json.encode(dict(event.detail)).decode() if event.detail else None,
        raw_sealed=house.sealer.seal(event.raw) if event.raw else None,
    )


def apply_stored(house: House, unit: Session, limit: int) -> int:
    """Apply what is stored and not applied yet, inside a transaction of the caller."""
    rows = receipt.pending(unit, limit)
    if not rows:
        return 0
    attempts = receipt.attempts_of(unit, {row.attempt_id for row in rows if row.attempt_id is not None})
    named = ((row.cadence or "", row.cadence_digest or "") for row in attempts.values())
    recall_versions(house, unit, named)
    applying = _Applying(house, unit, attempts)
    for row in rows:
        applying.take(row)
    applying.flush()
    receipt.mark_applied(unit, [row.id for row in rows])
    return len(rows)


@dataclass(slots=True)
class _Applying:
    """Several reports on several attempts; an attempt with two reports moves twice, in order."""

    house: House
    unit: Session
    attempts: dict[str, ReportedAttempt]
    last: dict[str, tuple[PendingRow, EventKind]] = field(default_factory=dict)

    def take(self, row: PendingRow) -> None:
        attempt = self.attempts.get(row.attempt_id or "")
        if attempt is None:
            return
        kind = EventKind(row.kind)
        if attempt.state in {_S.RELEASED, _S.EXPIRED}:
            self._contradiction(attempt, kind)
            return
        if not supersedes(kind, _kind(attempt.outcome)):
            return
        reported = _STATE.get(kind, _S.UNDELIVERED)
        state = life.settle(AttemptState(attempt.state), reported)
        outcome = _OUTCOME.get(kind)
        self.attempts[attempt.id] = attempt._replace(state=state.value, outcome=outcome or attempt.outcome)
        self.last[attempt.id] = (row, kind)

    def flush(self) -> None:
        changed = self.last
        moves = [self._move(self.attempts[attempt_id]) for attempt_id in sorted(changed)]
        move_attempts(self.unit, moves)
        versions = {}
        for attempt_id in sorted(changed):
            attempt, kind = self.attempts[attempt_id], changed[attempt_id][1]
            if kind in _OUTCOME:
                versions[attempt.consumer_id, attempt_id] = {"outcome": _OUTCOME[kind]}
        add_event_versions(self.unit, versions)
        ledger.append(self.unit, [self._line(self.attempts[one], changed[one][1]) for one in sorted(changed)])
        talked = [self.attempts[one].consumer_id for one in changed if changed[one][1] is _K.CONVERSATION]
        if talked:
            # what is reserved for these people was judged before they were spoken to
            entry.move_epoch(self.unit, entry.pool_members(self.unit, talked))
        self._note_campaigns()
        for attempt_id in sorted(changed):
            self._follow(self.attempts[attempt_id], *changed[attempt_id])

    def _note_campaigns(self) -> None:
        """Whom campaigns reached, and who spoke with us."""
        reached, spoken = [], []
        for attempt_id, (_, kind) in self.last.items():
            attempt = self.attempts[attempt_id]
            if attempt.campaign_id is None or _STATE.get(kind) is not _S.DELIVERED:
                continue
            accounts = [(attempt.campaign_id, account_id) for account_id in id_list(attempt.account_ids)]
            reached += accounts
            spoken += accounts if kind is _K.CONVERSATION else []
        for milestone in MILESTONES[:2]:
            mark(self.unit, milestone, reached)
        mark(self.unit, "answered", spoken)

    def _move(self, attempt: ReportedAttempt) -> AttemptMove:
        anywhere = tuple(state.value for state in AttemptState if state not in {_S.RELEASED, _S.EXPIRED})
        return AttemptMove(attempt.id, attempt.state, anywhere, outcome=attempt.outcome)

    def _line(self, attempt: ReportedAttempt, kind: EventKind) -> Line:
        reference = self.house.sealer.reference(attempt.consumer_id)
        return Line(LineKind.RECEIPT, self.unit.now_micros, {"kind": kind.value}, reference, attempt.id)

    def _follow(self, attempt: ReportedAttempt, row: PendingRow, kind: EventKind) -> None:
        told = Told(from_micros(row.occurred_at), f"provider:{attempt.channel}", row.id)
        learn_from_outcome(self.house, self.unit, attempt.contact_point_id, _OUTCOME.get(kind, ""), told)
        wait = self._retry_wait(attempt, kind)
        if wait is not None and attempt.step is not None and attempt.ordinal is not None:
            at = self.unit.now_micros + wait // timedelta(microseconds=1)
            accounts = id_list(attempt.account_ids)
            rewind = Rewind(attempt.id, accounts, attempt.step, attempt.ordinal + 1, at)
            rewind_enrollments(self.unit, [rewind])

    def _retry_wait(self, attempt: ReportedAttempt, kind: EventKind) -> timedelta | None:
        """How long until the step is tried again; None: it is not. A dead contact point is replaced at once."""
        retry = self._retry(attempt)
        if retry is None or attempt.ordinal is None or attempt.ordinal + 1 >= retry.tries:
            return None
        if kind in {_K.BOUNCED, _K.NOT_IN_SERVICE, _K.WRONG_NUMBER}:
            return timedelta(0)
        return retry.wait if _OUTCOME.get(kind) in retry.after else None

    def _retry(self, attempt: ReportedAttempt) -> Retry | None:
        if attempt.cadence is None or attempt.cadence_digest is None or attempt.step is None:
            return None
        cadence = self.house.cadences.version(attempt.cadence, attempt.cadence_digest)
        if cadence is None or attempt.step >= len(cadence.steps):
            return None
        return cadence.steps[attempt.step].retry

    def _contradiction(self, attempt: ReportedAttempt, kind: EventKind) -> None:
        """We were sure that it was not sent, and the provider reports on it: it counts, and a person must look."""
        if kind not in _NEVER_LEFT:
            self._count_again(attempt, kind)
        open_incident(
            self.house,
            self.unit,
            "report_on_released",
            attempt.consumer_id,
            attempt_ids=[attempt.id],
            key=attempt.id,
            reported=kind.value,
        )

    def _count_again(self, attempt: ReportedAttempt, kind: EventKind) -> None:
        """The contact stands in the history again, with what is known of it; what was judged without it is void."""
        key = (attempt.consumer_id, attempt.id)
        known = latest_events(self.unit, [key]).get(key, {}).get("outcome")
        outcome = _OUTCOME.get(kind)
        if known != "released" and (outcome is None or not supersedes(kind, _kind(known))):
            return
        add_event_versions(self.unit, {key: {"outcome": outcome}})
        entry.move_epoch(self.unit, entry.pool_members(self.unit, [attempt.consumer_id]))


def _kind(outcome: str | None) -> EventKind | None:
    return EventKind(outcome) if outcome is not None and outcome in _KINDS else None


_KINDS = frozenset(kind.value for kind in EventKind)
