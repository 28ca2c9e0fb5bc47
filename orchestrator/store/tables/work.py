"""What the engine works on: cadences, enrollments, attempts, verdicts, receipts, tasks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from orchestrator.store.tables.base import SQLModel, instant, open_json, optional_instant, sealed


class CadenceVersion(SQLModel, table=True):
    __tablename__ = "cadence_version"

    name: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)
    body: str
    active: bool = True
    loaded_at: datetime = instant()


class Enrollment(SQLModel, table=True):
    """One account in one cadence. An account is in at most one enrollment that has not ended."""

    __tablename__ = "enrollment"
    __table_args__ = (
        # a batch of what is due is read off this index in order, however much is due at one instant
        Index("enrollment_due", "state", "next_at", "consumer_id"),
        Index("enrollment_resume", "state", "suspended_until"),
        Index(
            "enrollment_one_per_account",
            "account_id",
            unique=True,
            sqlite_where=sql("state != 'ended'"),
            postgresql_where=sql("state != 'ended'"),
        ),
        # how a campaign stands is read off this index alone
        Index(
            "enrollment_by_campaign",
            "campaign_id",
            "state",
            "answer",
            "reason",
            "next_at",
            sqlite_where=sql("campaign_id IS NOT NULL"),
            postgresql_where=sql("campaign_id IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    consumer_id: str = Field(foreign_key="consumer.id", index=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    cadence: str
    cadence_digest: str
    campaign_id: str | None = None
    state: str = "active"  # active | suspended | held | ended
    # why suspended, held or ended; of an active one: the rule that answered last, or what its campaign waits for
    reason: str | None = None
    answer: str | None = None  # what an active one was last told: defer | deny
    step: int = 0
    tries: int = 0
    next_at: datetime | None = optional_instant()
    suspended_until: datetime | None = optional_instant()
    entered_at: datetime = instant()
    changed_at: datetime = instant()
    lease_owner: str | None = None
    lease_until: datetime | None = optional_instant()
    fence: int = 0
    crashes: int = 0


class Attempt(SQLModel, table=True):
    """One intended contact: the unit that is judged, sent, counted and audited."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "step", "ordinal", name="attempt_once_per_step"),
        UniqueConstraint("external_id", name="attempt_external"),
        Index("attempt_by_state", "state", "lease_until"),
        # what waits for a permit is read off in order, however many attempts there have ever been
        Index(
            "attempt_waiting",
            "channel",
            "reserved_at",
            "id",
            sqlite_where=sql("state = 'reserved'"),
            postgresql_where=sql("state = 'reserved'"),
        ),
        Index("attempt_by_consumer", "consumer_id", "reserved_at"),
        # what a campaign used of its limits, and how its day went
        Index(
            "attempt_by_campaign",
            "campaign_id",
            "reserved_at",
            "state",
            sqlite_where=sql("campaign_id IS NOT NULL"),
            postgresql_where=sql("campaign_id IS NOT NULL"),
        ),
        # of a campaign's attempts, those whose end nobody knows: few, however many there have been
        Index(
            "attempt_under_way",
            "campaign_id",
            "state",
            sqlite_where=sql("campaign_id IS NOT NULL AND state IN ('reserved', 'submitted', 'ambiguous')"),
            postgresql_where=sql(
                "campaign_id IS NOT NULL AND state IN ('reserved', 'submitted', 'ambiguous')"
            ),
        ),
    )

    id: str = Field(primary_key=True)
    consumer_id: str = Field(foreign_key="consumer.id")
    account_id: str | None = None
    account_ids: Any = open_json(nullable=False)
    enrollment_id: str | None = None
    campaign_id: str | None = None
    step: int | None = None
    ordinal: int | None = None
    origin: str = "cadence"  # cadence | person | api | reservation | reaction
    requested_by: str = "system"
    channel: str
    contact_point_id: str | None = None
    content: str = "collection"
    template: str | None = None
    template_version: str | None = None
    language: str | None = None
    content_digest: str | None = None
    subject_sealed: bytes | None = sealed()
    body_sealed: bytes | None = sealed()
    # reserved -> submitted -> accepted -> sent -> delivered | undelivered | failed; released; ambiguous; expired
    state: str = "reserved"
    outcome: str | None = None
    failure: str | None = None
    failure_detail: str | None = None
    reserved_at: datetime = instant()
    valid_until: datetime = instant()
    not_after: datetime = instant()
    epoch: int = 0
    lease_owner: str | None = None
    lease_until: datetime | None = optional_instant()
    fence: int = 0
    permit_expires_at: datetime | None = optional_instant()
    submitted_at: datetime | None = optional_instant()
    settled_at: datetime | None = optional_instant()
    provider: str | None = None
    provider_id: str | None = Field(default=None, index=True)
    external_id: str | None = None
    verdict_id: str | None = None


class Verdict(SQLModel, table=True):
    """A recorded answer with the facts it was given; facts name contact points by id and hold no personal data."""

    __tablename__ = "verdict"
    __table_args__ = (
        # the newest of every answer and channel are read off these, and put together
        Index("verdict_by_answer", "decision", "channel", "as_of", "id"),
        Index(
            "verdict_by_rule",
            "rule",
            "decision",
            "channel",
            "as_of",
            "id",
            sqlite_where=sql("rule IS NOT NULL"),
            postgresql_where=sql("rule IS NOT NULL"),
        ),
        # the newest refusals of one campaign; what was allowed is an attempt
        Index(
            "verdict_by_campaign",
            "campaign_id",
            "as_of",
            "id",
            sqlite_where=sql("campaign_id IS NOT NULL AND decision <> 'allow'"),
            postgresql_where=sql("campaign_id IS NOT NULL AND decision <> 'allow'"),
        ),
    )

    id: str = Field(primary_key=True)
    consumer_id: str = Field(index=True)
    attempt_id: str | None = Field(default=None, index=True)
    enrollment_id: str | None = None
    campaign_id: str | None = None
    channel: str
    contact_point_id: str | None = None
    account_ids: Any = open_json(nullable=False)
    decision: str
    rule: str | None = None  # the one to name where there is room for one
    as_of: datetime = instant()
    retry_at: datetime | None = optional_instant()
    valid_until: datetime | None = optional_instant()
    policy_digest: str
    facts_digest: str
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    facts: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PolicyVersion(SQLModel, table=True):
    """The packs that a verdict cites, kept whole under their digest."""

    __tablename__ = "policy_version"

    digest: str = Field(primary_key=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    first_used_at: datetime = instant()


class TemplateVersion(SQLModel, table=True):
    __tablename__ = "template_version"

    digest: str = Field(primary_key=True)
    name: str
    channel: str
    locale: str
    body: str
    loaded_at: datetime = instant()


class DeliveryEvent(SQLModel, table=True):
    """A provider's callback, kept raw and applied once."""

    __tablename__ = "delivery_event"
    __table_args__ = (
        UniqueConstraint("provider", "provider_event_id", name="delivery_event_once"),
        Index(
            "delivery_event_waiting",
            "occurred_at",
            sqlite_where=sql("applied_at IS NULL"),
            postgresql_where=sql("applied_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    provider: str
    provider_event_id: str
    attempt_id: str | None = Field(default=None, index=True)
    kind: str
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    applied_at: datetime | None = optional_instant()
    detail: Any = open_json()
    raw_sealed: bytes | None = sealed()


class InboundMessage(SQLModel, table=True):
    __tablename__ = "inbound_message"
    __table_args__ = (UniqueConstraint("provider", "provider_event_id", name="inbound_message_once"),)

    id: str = Field(primary_key=True)
    provider: str
    provider_event_id: str
    channel: str
    value_index: str = Field(index=True)
    consumer_id: str | None = Field(default=None, index=True)
    attempt_id: str | None = None
    # as the provider spelled it: who wrote cannot be told from the index where nobody has that number
    address_sealed: bytes | None = sealed()
    body_sealed: bytes | None = sealed()
    intent: str | None = None
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    handled_at: datetime | None = optional_instant()


class Task(SQLModel, table=True):
    """Work for a person. kind: call, hold, reply, review, incident, quarantine."""

    __tablename__ = "task"
    __table_args__ = (
        Index("task_open", "state", "due_at"),
        # the work list counts and reads each kind by itself, in the order in which it is due
        Index("task_by_kind", "state", "kind", "due_at", "id"),
    )

    id: str = Field(primary_key=True)
    kind: str
    consumer_id: str | None = Field(default=None, index=True)
    account_id: str | None = None
    enrollment_id: str | None = Field(default=None, index=True)
    attempt_id: str | None = None
    state: str = "open"
    reason: str
    detail: Any = open_json()
    due_at: datetime | None = optional_instant()
    created_at: datetime = instant()
    closed_at: datetime | None = optional_instant()
    closed_by: str | None = None
    outcome: str | None = None


class WorkClaim(SQLModel, table=True):
    """Who has a piece of work in hand, so that two people do not take the same. `item`: of a task, promise, incident.

    A promise has no task: `settled_at` says that its day was dealt with.
    """

    __tablename__ = "work_claim"

    item: str = Field(primary_key=True)
    taken_by: str
    taken_at: datetime = instant()
    settled_at: datetime | None = optional_instant()


class Incident(SQLModel, table=True):
    """Something that compliance must look at: a past contact that a correction makes unlawful, an unknown opt-out."""

    __tablename__ = "incident"
    __table_args__ = (
        Index(
            "incident_open",
            "opened_at",
            "id",
            sqlite_where=sql("closed_at IS NULL"),
            postgresql_where=sql("closed_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    kind: str
    consumer_id: str | None = Field(default=None, index=True)
    attempt_ids: Any = open_json()
    detail: Any = open_json()
    opened_at: datetime = instant()
    closed_at: datetime | None = optional_instant()
    closed_by: str | None = None


class ImportBatch(SQLModel, table=True):
    __tablename__ = "import_batch"

    id: str = Field(primary_key=True)
    kind: str
    file_name: str
    file_digest: str
    started_at: datetime = instant()
    finished_at: datetime | None = optional_instant()
    rows: int = 0
    accounts: int = 0
    consumers: int = 0
    rejected: int = 0
    complete_since: date | None = None


class IdempotencyKey(SQLModel, table=True):
    __tablename__ = "idempotency_key"

    key: str = Field(primary_key=True)
    route: str = Field(primary_key=True)
    owner: str = Field(primary_key=True)
    body_digest: str
    status: int | None = None
    response_sealed: bytes | None = sealed()
    created_at: datetime = instant()


class ApiKey(SQLModel, table=True):
    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    name: str
    secret_hash: str
    role: str
    created_at: datetime = instant()
    revoked_at: datetime | None = optional_instant()
    last_used_at: datetime | None = optional_instant()


class Lease(SQLModel, table=True):
    """A named duty that one node holds at a time: the sealer, the reaper."""

    __tablename__ = "lease"

    name: str = Field(primary_key=True)
    owner: str
    until: datetime = instant()
    fence: int = 0


class Switch(SQLModel, table=True):
    """Switches and marks: stop (the kill switch), clock_high_water, sms_gap ..."""

    __tablename__ = "switch"

    name: str = Field(primary_key=True)
    value: Any = open_json()
    changed_at: datetime = instant()
    changed_by: str = "system"
