"""Who is contacted and about what: consumers, accounts, parties, contact points."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, func
from sqlmodel import Field

from orchestrator.store.tables.base import Fact, SQLModel, instant, minor, open_json, optional_instant, sealed


class Creditor(SQLModel, table=True):
    __tablename__ = "creditor"

    id: str = Field(primary_key=True)
    name: str
    first_seen_at: datetime = instant()


class Consumer(SQLModel, table=True):
    """A person or business that owes. `pool_id` groups consumers that count as one person for caps and stops."""

    __tablename__ = "consumer"

    id: str = Field(primary_key=True)
    kind: str
    person_key: str | None = Field(default=None, index=True)
    pool_id: str = Field(index=True)
    given_name: str | None = None
    family_name: str | None = None
    organization: str | None = None
    date_of_birth: date | None = None
    language: str | None = None
    country: str = Field(index=True)
    time_zone: str | None = None
    # [{"zone": IANA, "source": stated|postal_code|mobile_area_code|landline_area_code|country}], joined candidates
    zones: Any = open_json(nullable=False)
    # lower-case ISO 3166-2 paths, widest first: ["us", "us-ny", "us-ny-nyc"]
    jurisdictions: Any = open_json(nullable=False)
    # moves with every opt-out, stop, payment or recall, so that unspent permits die
    epoch: int = 0
    created_at: datetime = instant()
    changed_at: datetime = instant()


# people are searched by the beginning of a name, whatever its case; of both names within one index
_names = Consumer.__table__.c  # type: ignore[attr-defined]  # set by the mapper on every table class
for _index in (("family_name", "given_name"), ("given_name",), ("organization",)):
    Index(
        f"consumer_by_{_index[0]}",
        *(func.lower(_names[_one]).label(_one) for _one in _index),
        _names.id,
        postgresql_ops=dict.fromkeys(_index, "text_pattern_ops"),
        sqlite_where=_names[_index[0]].is_not(None),
        postgresql_where=_names[_index[0]].is_not(None),
    )


class PoolLink(SQLModel, table=True):
    """Why two consumers are pooled; a shared number or mailbox pools until someone settles it."""

    __tablename__ = "pool_link"

    id: str = Field(primary_key=True)
    consumer_id: str = Field(foreign_key="consumer.id", index=True)
    other_consumer_id: str = Field(foreign_key="consumer.id", index=True)
    basis: str  # person_key | number | mailbox
    value_index: str | None = None
    found_at: datetime = instant()
    settled_at: datetime | None = optional_instant()
    settled_by: str | None = None
    same_person: bool | None = None


class Account(SQLModel, table=True):
    """One debt placed. Amounts are minor units of `currency`."""

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    creditor_id: str = Field(foreign_key="creditor.id", index=True)
    actor: str
    currency: str
    balance_minor: int = minor()
    delinquent_since: date
    state: str = Field(default="open", index=True)  # open | paid | recalled | closed
    state_changed_at: datetime | None = optional_instant()
    original_creditor: str | None = None
    account_number_sealed: bytes | None = sealed()
    account_number_index: str | None = Field(default=None, index=True)
    account_label: str | None = None
    product: str | None = None
    placed_on: date | None = None
    new_placement: bool | None = None
    charged_off_on: date | None = None
    last_payment_on: date | None = None
    limitation_on: date | None = None
    principal_minor: int | None = minor(nullable=True)
    interest_minor: int | None = minor(nullable=True)
    fees_minor: int | None = minor(nullable=True)
    instalments_total: int | None = None
    instalments_overdue: int | None = None
    itemization_on: date | None = None
    itemization_amount_minor: int | None = minor(nullable=True)
    itemization_interest_minor: int | None = minor(nullable=True)
    itemization_fees_minor: int | None = minor(nullable=True)
    itemization_payments_minor: int | None = minor(nullable=True)
    itemization_creditor: str | None = None
    # imported history of this account is complete from this date on; None: unknown
    history_complete_since: date | None = None
    created_at: datetime = instant()
    changed_at: datetime = instant()


class AccountConsumer(SQLModel, table=True):
    """The consumers who owe an account; two rows with one account are joint consumers."""

    __tablename__ = "account_consumer"

    account_id: str = Field(foreign_key="account.id", primary_key=True)
    consumer_id: str = Field(foreign_key="consumer.id", primary_key=True, index=True)
    position: int = 0


class Revision(SQLModel, table=True):
    """What a consumer or account row held before a change, so that any earlier moment can be rebuilt."""

    __tablename__ = "revision"

    id: str = Field(primary_key=True)
    subject: str  # consumer | account | contact_point
    subject_id: str = Field(index=True)
    recorded_at: datetime = instant()
    source: str
    before: Any = open_json(nullable=False)


class Party(Fact, table=True):
    """A link between a consumer's account and somebody else, with a role."""

    __tablename__ = "party"

    party_id: str = Field(index=True)
    account_id: str | None = Field(default=None, index=True)
    role: str  # co_borrower guarantor spouse reference employer attorney representative heir officer
    name: str | None = None
    basis: str | None = None
    evidence: str | None = None
    jointly_liable: bool = False
    debt_related_evidence: bool = False
    refused_at: datetime | None = optional_instant()
    offered_to_pay_at: datetime | None = optional_instant()


class ContactPoint(SQLModel, table=True):
    """A number, mailbox or postal address. `value_index` finds equal values without opening them."""

    __tablename__ = "contact_point"
    __table_args__ = (Index("contact_point_by_consumer", "consumer_id", "kind", "position"),)

    id: str = Field(primary_key=True)
    consumer_id: str = Field(foreign_key="consumer.id")
    party_id: str | None = Field(default=None, index=True)
    kind: str  # phone | email | postal
    value_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    value_index: str = Field(index=True)
    key_id: str
    number_kind: str | None = None  # mobile | landline | work
    place: str | None = None  # home | work | other
    country: str | None = None
    subdivision: str | None = None
    city: str | None = None
    postal_code: str | None = None
    employer_provided: str = "no"  # known | unknown | no
    domain_public: bool | None = None
    basis: str | None = None
    position: int = 0
    state: str = "unverified"  # unverified | valid | invalid | wrong_party | reassigned
    zones: Any = Field(default=None, sa_column=Column(JSON))
    created_at: datetime = instant()
    changed_at: datetime = instant()


class ContactPointFact(Fact, table=True):
    """Something learnt about one number or mailbox.

    kind: verified, bounce, address_returned, wrong_number, consumer_used, disclosure_report, reassigned_check,
    creditor_notice, prior_collector, known_moved; `detail` has the keys of the case vocabulary.
    """

    __tablename__ = "contact_point_fact"

    contact_point_id: str = Field(foreign_key="contact_point.id", index=True)
    kind: str
    detail: Any = open_json()
