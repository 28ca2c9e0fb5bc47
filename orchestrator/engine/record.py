"""Puts what was decided into rows: the slot that counts, the attempt, the verdict with its facts, the ledger line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import AttemptState
from orchestrator.domain.instant import to_micros
from orchestrator.engine.choice import Choice
from orchestrator.engine.facts import Reader
from orchestrator.engine.handover import handover_closes
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged
from orchestrator.engine.policy import remember_policy
from orchestrator.store.claim import EnrollmentRow
from orchestrator.store.dossier import ContactRow
from orchestrator.store.identifier import derived_id, new_id
from orchestrator.store.reservation import NewAttempt, NewContactEvent, NewTask, NewVerdict, Writes
from orchestrator.store.session import Session
from policies import facts as f
from policies import verdict as v
from policies.compose import Stack

RESERVED_FOR = timedelta(minutes=15)
"""How long a reservation waits for its dispatch; after that it is judged again."""


class Decided(msgspec.Struct, frozen=True):
    """One decision as it was recorded, for whoever listens (a simulation's log, a live display)."""

    at: datetime
    judged: Judged
    attempt_id: str | None
    content_digest: str | None


class Origin(msgspec.Struct, frozen=True):
    """Why an attempt exists. An attempt of a cadence is known by its enrollment, step and ordinal."""

    kind: str
    attempt_id: str
    enrollment_id: str | None = None
    campaign_id: str | None = None
    step: int | None = None
    ordinal: int | None = None
    requested_by: str = "system"
    external_id: str | None = None
    ttl: timedelta = RESERVED_FOR
    not_after: datetime | None = None


@dataclass(slots=True)
class Recorder:
    """Collects the rows of one transaction; `flush` writes them all."""

    house: House
    unit: Session
    reader: Reader
    now: datetime
    writes: Writes = field(default_factory=Writes)
    decided: list[Decided] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    stacks: dict[str, Stack] = field(default_factory=dict)

    def reserve(self, choice: Choice, origin: Origin) -> str:
        """Take the slot: it counts from here, for this batch and for everybody once it commits."""
        judged, composed = choice.judged, choice.composed
        if judged is None or not judged.is_allowed:
            raise ValueError("only an allowed contact is reserved")
        digest = composed.content_digest if composed is not None else None
        verdict_id = self.verdict(
            judged, origin.attempt_id, origin.enrollment_id, digest, campaign_id=origin.campaign_id
        )
        if judged.proposal.channel != "task":
            # a task on a worklist reaches nobody; the call that somebody makes for it is asked for by itself
            self._event(judged, origin.attempt_id)
        at = to_micros(self.now)
        valid_until, not_after = self._ends(judged, origin)
        proposal = judged.proposal
        self.writes.attempts.append(
            NewAttempt(
                id=origin.attempt_id,
                consumer_id=proposal.consumer_id,
                account_id=proposal.account_ids[0] if proposal.account_ids else None,
                account_ids=_json(proposal.account_ids),
                enrollment_id=origin.enrollment_id,
                campaign_id=origin.campaign_id,
                step=origin.step,
                ordinal=origin.ordinal,
                origin=origin.kind,
                requested_by=origin.requested_by,
                channel=proposal.channel,
                contact_point_id=proposal.contact_point_id,
                content=proposal.content,
                template=composed.template if composed else None,
                template_version=composed.version if composed else None,
                language=composed.language if composed else None,
                content_digest=digest,
                subject_sealed=self.house.sealer.seal(composed.subject) if composed else None,
                body_sealed=self.house.sealer.seal(composed.body) if composed else None,
                state=AttemptState.RESERVED.value,
                reserved_at=at,
                valid_until=valid_until,
                not_after=not_after,
                epoch=self.reader.consumer(proposal.consumer_id).epoch,
                fence=0,
                external_id=origin.external_id,
                verdict_id=verdict_id,
            )
        )
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
        """Record an answer with the facts it was given, and its ledger line."""
        verdict, proposal = judged.verdict, judged.proposal
        facts = judged.encoded or f.encode(judged.facts)
        facts_digest = verdict.facts_digest or hashlib.sha256(facts).hexdigest()
        subject = enrollment_id or proposal.consumer_id
        finding = v.deciding(verdict)
        row = NewVerdict(
            id=derived_id("ve", attempt_id) if attempt_id else self._refusal_id(subject),
            consumer_id=proposal.consumer_id,
            attempt_id=attempt_id,
            enrollment_id=enrollment_id,
            campaign_id=campaign_id,
            channel=proposal.channel,
            contact_point_id=proposal.contact_point_id,
            account_ids=_json(proposal.account_ids),
            decision=verdict.decision.value,
            rule=finding.id if finding is not None else None,
            as_of=to_micros(self.now),
            retry_at=_micros(verdict.retry_at),
            valid_until=_micros(verdict.valid_until),
            policy_digest=verdict.policy_digest,
            facts_digest=facts_digest,
            body=v.encode(verdict),
            facts=facts,
        )
        self.writes.verdicts.append(row)
        if judged.stack is not None:
            self.stacks[judged.stack.digest] = judged.stack
        self.decided.append(Decided(self.now, judged, attempt_id, digest))
        kind = LineKind.RESERVED if attempt_id is not None else LineKind.REFUSED
        self.line(kind, proposal.consumer_id, attempt_id, _ledger_body(row, digest))
        return row.id

    def _refusal_id(self, subject: str) -> str:
        """An id for one refusal: the same question may be asked twice at the same instant, by any process.

        A simulation is one process and gives the same ids for the same run.
        """
        if not self.house.inline:
            return new_id("ve")
        return derived_id("ve", subject, to_micros(self.now), next(self.house.refusals))

    def line(self, kind: LineKind, consumer_id: str, attempt_id: str | None, body: dict[str, object]) -> None:
        """A ledger line, written with the rest of the transaction; it holds no personal data."""
        reference = self.house.sealer.reference(consumer_id)
        self.lines.append(Line(kind, to_micros(self.now), body, reference, attempt_id))

    def task(
        self, kind: str, row: EnrollmentRow, reason: str, detail: Mapping[str, object] | None = None
    ) -> None:
        """Put something on a person's worklist."""
        at = to_micros(self.now)
        self.writes.tasks.append(
            NewTask(
                id=derived_id("ta", kind, row.id, reason, str(at)),
                kind=kind,
                consumer_id=row.consumer_id,
                account_id=row.account_id,
                enrollment_id=row.id,
                attempt_id=None,
                state="open",
                reason=reason,
                detail=_json(detail) if detail is not None else None,
                due_at=at,
                created_at=at,
            )
        )

    def flush(self) -> None:
        remember_policy(self.house, self.unit, self.stacks)
        self.writes.flush(self.unit)
        ledger.append(self.unit, self.lines)

    def announce(self) -> None:
        """Tell the listener, once the transaction is committed."""
        if self.house.on_verdict is not None:
            for one in self.decided:
                self.house.on_verdict(one)

    def _ends(self, judged: Judged, origin: Origin) -> tuple[int, int]:
        ends = [self.now + timedelta(days=1)]
        if judged.verdict.valid_until is not None:
            ends.append(judged.verdict.valid_until)
        if judged.proposal.channel == "letter":
            ends.append(handover_closes(judged.facts.zones, self.now))
        if origin.not_after is not None:
            ends.append(origin.not_after)
        not_after = min(ends)
        return to_micros(min(not_after, self.now + origin.ttl)), to_micros(not_after)

    def _event(self, judged: Judged, attempt_id: str) -> None:
        contact, proposal, at = judged.facts.contact, judged.proposal, to_micros(self.now)
        detail: dict[str, object] = {"automated": True} if contact.automated else {}
        if contact.in_reply_to is not None:
            detail |= {"in_reply_to": contact.in_reply_to, "reply": contact.reply}
        pool = self.reader.pool(proposal.consumer_id)
        row = ContactRow(
            consumer_id=proposal.consumer_id,
            event_id=attempt_id,
            version=0,
            occurred_at=at,
            channel=contact.channel.value,
            direction="outbound",
            outcome=None,
            account_ids=list(proposal.account_ids),
            debts_discussed=None,
            intended_debts=None,
            contact_point_id=proposal.contact_point_id,
            party=contact.party,
            actor=judged.facts.actor.value,
            content=contact.content,
            number_kind=contact.number_kind.value if contact.number_kind is not None else None,
            place=contact.place,
            detail=detail or None,
            attempt_id=attempt_id,
        )
        if pool is not None:
            self.reader.happened(pool, row)
        self.writes.events.append(_new_event(row, at))


def _new_event(row: ContactRow, at: int) -> NewContactEvent:
    return NewContactEvent(
        consumer_id=row.consumer_id,
        event_id=row.event_id,
        version=row.version,
        occurred_at=at,
        recorded_at=at,
        channel=row.channel,
        direction=row.direction,
        outcome=row.outcome,
        account_ids=_json(row.account_ids),
        contact_point_id=row.contact_point_id,
        party=row.party,
        actor=row.actor,
        content=row.content,
        number_kind=row.number_kind,
        place=row.place,
        detail=_json(row.detail) if row.detail else None,
        attempt_id=row.attempt_id,
        source="engine",
        recorded_by="system",
    )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else to_micros(at)


def _ledger_body(row: NewVerdict, digest: str | None) -> dict[str, object]:
    return {
        "verdict_id": row.id,
        "decision": row.decision,
        "channel": row.channel,
        "policy_digest": row.policy_digest,
        "facts_digest": row.facts_digest,
        "verdict_digest": hashlib.sha256(row.body).hexdigest(),
        "content_digest": digest,
    }


def _json(value: Sequence[object] | Mapping[str, object]) -> str:
    return msgspec.json.encode(value).decode()
