"""Standing facts that decide whether a contact may be made: consents, stops, holds, disputes, notices."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy import text as sql
from sqlmodel import Field

from orchestrator.store.tables.base import Fact, SQLModel, instant, minor, open_json, optional_instant, sealed


class Consent(Fact, table=True):
    """type: electronic, call_frequency, time, automated_voice, commercial. `contact_point_id` empty: the channel."""

    __tablename__ = "consent"

    type: str
    channel: str | None = None
    contact_point_id: str | None = None
    account_id: str | None = None
    party: str = "consumer"
    via: str | None = None
    quote_sealed: bytes | None = sealed()
    scope_date: date | None = None
    window_start: str | None = None
    window_end: str | None = None
    obtained_during_violation: bool = False


class ConsentRevocation(Fact, table=True):
    __tablename__ = "consent_revocation"

    consent_id: str = Field(foreign_key="consent.id", index=True)


class OptOut(SQLModel, table=True):
    """A stop. By consumer, or by value for every consumer who has that number or mailbox, now or later."""

    __tablename__ = "opt_out"

    id: str = Field(primary_key=True)
    consumer_id: str | None = Field(default=None, index=True)
    value_index: str | None = Field(default=None, index=True)
    channel: str | None = None  # empty: every channel
    scope: str | None = None
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    source: str
    recorded_by: str = "system"
    proof: str | None = None
    corrects_id: str | None = Field(default=None, index=True)
    correction_reason: str | None = None
    withdrawn: bool = False


class Preference(Fact, table=True):
    """kind: inconvenient_time, inconvenient_place, excluded_channel, preferred_channel. Times are local."""

    __tablename__ = "preference"

    kind: str
    days: str | None = None  # "mon;tue"
    start: str | None = None
    end: str | None = None
    until: date | None = None
    place: str | None = None
    channel: str | None = None


class CeaseRequest(Fact, table=True):
    """`occurred_at` is the receipt, which is what counts; `sent_at` the postmark."""

    __tablename__ = "cease_request"

    form: str  # written | electronic | oral
    via: str | None = None
    accepted_medium: bool | None = None
    sent_at: datetime | None = optional_instant()


class Hold(Fact, table=True):
    """kind as in the portfolio's holds column, and lawyer_representation, debtor_offered_date."""

    __tablename__ = "hold"

    account_id: str | None = Field(default=None, index=True)
    kind: str
    starts_on: date | None = None
    until: date | None = None
    note: str | None = None


class HoldRelease(Fact, table=True):
    __tablename__ = "hold_release"

    hold_id: str = Field(foreign_key="hold.id", index=True)
    reason: str


class Representation(Fact, table=True):
    __tablename__ = "representation"

    account_id: str | None = None
    known: bool = True
    contact_known: bool = False
    consents_direct: bool = False
    unresponsive: bool = False
    notice_at: datetime | None = optional_instant()


class EmployerNote(Fact, table=True):
    __tablename__ = "employer_note"

    prohibits: bool
    note: str | None = None


class Dispute(Fact, table=True):
    """`form`: mail, tear_off, courier, accepted_electronic, unaccepted_electronic, oral, written."""

    __tablename__ = "dispute"

    account_id: str | None = Field(default=None, index=True)
    form: str
    portion: str | None = None
    by: str | None = None
    duplicative: bool = False


class DisputeAnswer(Fact, table=True):
    """kind: verification, duplicative_notice, resolved."""

    __tablename__ = "dispute_answer"

    dispute_id: str = Field(foreign_key="dispute.id", index=True)
    kind: str
    undeliverable: bool = False
    gives_reasons: bool | None = None
    refers_to_earlier: bool | None = None


class OriginalCreditorRequest(Fact, table=True):
    __tablename__ = "original_creditor_request"

    account_id: str | None = Field(default=None, index=True)
    form: str
    answered_at: datetime | None = optional_instant()


class Complaint(Fact, table=True):
    """A later row with corrects_id says that it is closed, when, as what (answered, resolved) and in what words."""

    __tablename__ = "complaint"
    # the work list reads those that nobody closed
    __table_args__ = (
        Index(
            "complaint_open",
            "occurred_at",
            "id",
            sqlite_where=sql("closed_at IS NULL"),
            postgresql_where=sql("closed_at IS NULL"),
        ),
    )

    account_id: str | None = Field(default=None, index=True)
    text_sealed: bytes | None = sealed()
    due_on: date | None = None
    closed_at: datetime | None = optional_instant()
    closed_as: str | None = None


class Notice(Fact, table=True):
    """A notice that was sent.

    kind: validation, agency_notice, dc_notice, placement_notice, start_notice, visit_letter, initial_notice_letter.
    """

    __tablename__ = "notice"

    account_id: str | None = Field(default=None, index=True)
    kind: str
    sent_on: date
    medium: str | None = None  # mail | electronic | oral
    undeliverable: bool = False
    resent_on: date | None = None
    actual_receipt_on: date | None = None


class Agreement(Fact, table=True):
    """Words agreed with the consumer that lift one named rule (`rule_id`), e.g. contact outside its hours."""

    __tablename__ = "agreement"

    account_id: str | None = None
    rule_id: str
    written: bool = False
    text_sealed: bytes | None = sealed()


class Assertion(Fact, table=True):
    """One named scalar or list of the case vocabulary that has no table of its own (see docs/reference/facts.md)."""

    __tablename__ = "assertion"

    account_id: str | None = None
    name: str = Field(index=True)
    value: Any = open_json()


class CheckResult(SQLModel, table=True):
    """A lookup of a register: reassigned, deceased, bankruptcy, litigation, military, line_type."""

    __tablename__ = "check_result"

    id: str = Field(primary_key=True)
    consumer_id: str | None = Field(default=None, index=True)
    value_index: str | None = Field(default=None, index=True)
    kind: str
    result: str
    source: str
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()


class Promise(Fact, table=True):
    __tablename__ = "promise"
    # the work list reads those whose day has come
    __table_args__ = (
        Index(
            "promise_due",
            "due_on",
            "id",
            sqlite_where=sql("state = 'open'"),
            postgresql_where=sql("state = 'open'"),
        ),
        Index("promise_by_time", "recorded_at"),  # what came of a campaign since it began
    )

    account_id: str = Field(index=True)
    amount_minor: int = minor()
    currency: str
    due_on: date
    state: str = "open"  # a later row with corrects_id says kept | broken | cancelled


class Payment(Fact, table=True):
    __tablename__ = "payment"
    __table_args__ = (Index("payment_by_time", "recorded_at"),)  # what came of a campaign since it began

    account_id: str = Field(index=True)
    amount_minor: int = minor()
    currency: str
    reversal_of: str | None = None
    external_id: str | None = Field(default=None, index=True)


class Recall(Fact, table=True):
    __tablename__ = "recall"

    account_id: str = Field(index=True)
    reason: str


class Note(Fact, table=True):
    """What somebody wrote down for the next one who opens the case."""

    __tablename__ = "note"

    account_id: str | None = None
    text_sealed: bytes | None = sealed()


class ContactEvent(SQLModel, table=True):
    """History, append only. `event_id` names one contact; the row recorded last is what we know of it.

    A reservation writes the first row (`outcome` empty: it counts against every cap), its outcome another, a
    correction another with `corrects` and a reason. `outcome` = released: proven not sent, counts nowhere.
    """

    __tablename__ = "contact_event"
    # judging reads the longest window only, however long a consumer's history is
    __table_args__ = (Index("contact_event_by_time", "consumer_id", "occurred_at"),)

    consumer_id: str = Field(foreign_key="consumer.id", primary_key=True)
    event_id: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    channel: str
    direction: str
    outcome: str | None = None
    account_ids: Any = open_json(nullable=False)
    # accounts discussed in a conversation, or that a call could have meant
    debts_discussed: Any = open_json()
    intended_debts: Any = open_json()
    contact_point_id: str | None = None
    party: str = "consumer"
    actor: str | None = None
    content: str = "collection"
    number_kind: str | None = None
    place: str | None = None
    # further keys of the case vocabulary: automated, collector, disclosure, purpose, flags, session_end ...
    detail: Any = open_json()
    attempt_id: str | None = None
    source: str = "engine"
    recorded_by: str = "system"
    correction_reason: str | None = None
