"""What is known when a contact is judged: frozen, typed, and the same shape as a case (`given`, history, contact).

Instants are aware datetimes, days are dates, clock times are "HH:MM" strings of a local day. A key outside these
structs is refused. `Facts.unknown` names facts that are missing; an absent register means nothing was recorded.
In live facts an address is the contact point's id and a debt is the account's id: no personal data is in here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated

import msgspec
from msgspec import Meta

from policies.vocabulary import (
    Actor,
    Channel,
    Direction,
    EventActor,
    NumberKind,
    Outcome,
    Weekday,
)

Instant = Annotated[dt.datetime, Meta(tz=True)]
ClockTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-4]):[0-5][0-9]$")]
Word = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.\-]*$", max_length=100)]
"""A name of our own making: lower case, digits, underscore, hyphen."""
Tagged = Annotated[str, Meta(pattern=r"^[a-z0-9_]+(:[^\s:][^:]*)?$", max_length=200)]
"""A word, or a word and what it is about: `third_party:neighbour`, `legally_required:reg_z_periodic_statement`."""
RuleId = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_\-]*$", max_length=100)]
Jurisdiction = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Name = Annotated[str, Meta(min_length=1, max_length=320)]
"""An id, an address, a person's or a company's name: text that nothing is read into."""


class Frozen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A value: equal by content, never changed, unknown keys refused."""


class Consent(Frozen, frozen=True):
    """What the consumer agreed to. `window` is two local clock times; `scope_date` narrows it to one local date."""

    type: Word
    debt: Name | None = None
    party: Tagged = "consumer"
    medium: Channel | None = None
    address: Name | None = None
    received_at: Instant | None = None
    revoked_at: Instant | None = None
    via: Word | None = None
    quote: str | None = None
    scope_date: dt.date | None = None
    window: tuple[ClockTime, ClockTime] | None = None
    obtained_during_violation: bool = False


class Inconvenient(Frozen, frozen=True):
    """A time the consumer calls inconvenient. No start and end: the whole local day. `until` is inclusive."""

    days: tuple[Weekday, ...] = ()
    start: ClockTime | None = None
    end: ClockTime | None = None
    until: dt.date | None = None
    source: Word | None = None


class InconvenientPlace(Frozen, frozen=True):
    place: Word
    source: Word | None = None


class MediaStop(Frozen, frozen=True):
    """Stop using a medium; with an address only that address or number. `at` is the receipt."""

    medium: Channel
    address: Name | None = None
    at: Instant | None = None
    source: Word | None = None


class Cease(Frozen, frozen=True):
    form: Word
    received_at: Instant | None = None
    sent_at: Instant | None = None
    via: Word | None = None
    accepted_medium: bool | None = None


class Attorney(Frozen, frozen=True):
    known: bool = True
    contact_known: bool = True
    notice_at: Instant | None = None
    unresponsive: bool = False
    consents_direct: bool = False


class Employer(Frozen, frozen=True):
    prohibits: bool | None = None
    source: str | None = None


class Verification(Frozen, frozen=True):
    sent_at: Instant | None = None
    undeliverable: bool = False


class DuplicativeNotice(Frozen, frozen=True):
    sent_at: Instant | None = None
    reasons: bool = False
    refers_to_earlier: bool = False


class SingleDispute(Frozen, frozen=True):
    """The short form of one dispute."""

    form: Word
    received_at: Instant | None = None
    verification_sent_at: Instant | None = None


class Dispute(Frozen, frozen=True):
    at: Instant
    form: Word
    by: Tagged = "consumer"
    portion: Word | None = None
    debt: Name | None = None
    duplicative: bool = False
    duplicative_notice: DuplicativeNotice | None = None
    verification: Verification | None = None


class CreditorRequest(Frozen, frozen=True):
    """A request for the original creditor's name and address."""

    at: Instant
    form: Word
    answered_at: Instant | None = None


class Validation(Frozen, frozen=True):
    """The validation notice: when and how it was sent. Days are local dates."""

    sent: dt.date | None = None
    medium: Word | None = None
    actual_receipt: dt.date | None = None
    undeliverable: bool = False
    resent: dt.date | None = None


class Hold(Frozen, frozen=True):
    type: Word
    from_: dt.date | None = msgspec.field(name="from", default=None)
    until: dt.date | None = None
    debt: Name | None = None


class Debt(Frozen, frozen=True):
    type: Word | None = None
    account_number: Name | None = None
    days_past_due: int | None = None


class CreditorNotice(Frozen, frozen=True):
    sent: dt.date | None = None
    opt_out_by: dt.date | None = None
    elements: tuple[Word, ...] = ()
    conspicuous: bool = False
    respond_to: Word | None = None


class CreditorUse(Frozen, frozen=True):
    """What the creditor did with an address before placing the debt."""

    obtained_from_consumer: bool = False
    used_for: tuple[Word, ...] = ()
    notice: CreditorNotice | None = None
    opted_out_at: Instant | None = None


class PriorCollector(Frozen, frozen=True):
    name: Name
    obtained_by: Word | None = None
    used: bool = False
    opted_out: bool = False


class Provided(Frozen, frozen=True):
    at: Instant | None = None
    form: Word | None = None
    disclosed: bool = False


class DisclosureReport(Frozen, frozen=True):
    """Somebody told us that a message to this address or number reached a third party."""

    at: Instant
    by: Name | None = None


class NumberCheck(Frozen, frozen=True):
    """A check against the reassigned-numbers database: was it reassigned since the consent?"""

    at: Instant
    number: Name | None = None
    reassigned_since: Word | None = None


class PointConsent(Frozen, frozen=True):
    """Consent to one address or number, through whatever medium it was given."""

    medium: Channel | None = None
    received_at: Instant | None = None
    revoked_at: Instant | None = None


class Address(Frozen, frozen=True):
    """A mailbox or postal address. `state`: valid, invalid, wrong_party, reassigned, unknown; left out: valid."""

    state: Word | None = None
    consents: tuple[PointConsent, ...] = ()
    consumer_used: Instant | None = None
    creditor: CreditorUse | None = None
    domain_public: bool | None = None
    employer_provided: Word | None = None
    prior_collectors: tuple[PriorCollector, ...] = ()
    provided: Provided | None = None
    disclosure_reports: tuple[DisclosureReport, ...] = ()


class Number(Frozen, frozen=True):
    """A telephone number. `state` as of an address."""

    state: Word | None = None
    consents: tuple[PointConsent, ...] = ()
    disclosure_reports: tuple[DisclosureReport, ...] = ()
    rnd: tuple[NumberCheck, ...] = ()


class Settings(Frozen, frozen=True):
    """Choices of the firm, all tightening. `electronic_cap_per_day` None: no cap of that kind.

    `daytime_only`: keep to daytime hours also where no law in force sets any; live contacts do, by default.
    """

    safe_harbor: Word = "advise"
    voicemail: Word = "any"
    electronic_cap_per_day: int | None = None
    daytime_only: bool = False


class Notice(Frozen, frozen=True):
    """What a validation notice contains."""

    fields: tuple[Word, ...] = ()
    prompt_order: tuple[Word, ...] = ()
    account_exists: bool = True
    financial_product: bool = True
    reverse_behind_response: bool = False


class Touch(Frozen, frozen=True):
    """What the contact that is judged and the events of the past have in common.

    `in_reply_to`: the id of the consumer's message that it answers; `reply` says that the answer is within the rule.
    """

    at: Instant
    channel: Channel
    direction: Direction = Direction.OUTBOUND
    debts: tuple[Name, ...] = ()
    intended_debts: tuple[Name, ...] = ()
    party: Tagged = "consumer"
    actor: EventActor | None = None
    address: Name | None = None
    collector: Name | None = None
    content: Tagged = "collection"
    purpose: Word | None = None
    place: Word | None = None
    number_kind: NumberKind | None = None
    automated: bool = False
    disclosure: Word | None = None
    flags: tuple[Word, ...] = ()
    body: str | None = None
    reply: bool = False
    in_reply_to: Name | None = None
    in_response_to_request: bool = False


class Event(Touch, frozen=True):
    """Something that happened. `outcome` None: reserved or ambiguous, it counts. `id` is our attempt's, if any."""

    id: Name | None = None
    outcome: Outcome | None = None
    debts_discussed: tuple[Name, ...] | None = None
    session_end: Instant | None = None
    undeliverable_at: Instant | None = None


class Contact(Touch, frozen=True):
    """The contact that is judged."""

    known_place: Word | None = None
    in_session: bool = False
    initial_communication: bool | None = None
    call_reason: Word | None = None
    category: Word | None = None
    portion: Word | None = None
    language: Name | None = None
    disclosure_language: Name | None = None
    opt_out_text: bool = True
    elements: tuple[Word, ...] | None = None
    fields: tuple[Word, ...] | None = None
    notice: Notice | None = None
    statements: tuple[Word, ...] | None = None
    statements_on: Word | None = None
    text: str | None = None
    envelope_text: str | None = None
    sealed: bool | None = None
    mail_address: Word | None = None
    subject_has_creditor: bool | None = None
    subject_has_second_id: bool | None = None
    esign_consent: bool | None = None
    business_name_reveals: bool = False
    discloses_collector: bool | None = None
    discloses_debt: bool | None = None
    address_chain: tuple[str, ...] | None = None
    agency_id: Name | None = None
    collector_type: Word | None = None
    sender_type: Word | None = None
    staff: int | None = None
    id_shown: bool | None = None
    recording: bool | None = None
    queued_at: Instant | None = None
    delivered_at: Instant | None = None


class Given(Frozen, frozen=True):
    """Everything but history and contact. An absent register: nothing was recorded. See `unknown` for missing facts."""

    jurisdictions: tuple[Jurisdiction, ...] = ()
    zones: tuple[Name, ...] = ()
    zone_sources: dict[str, str] = msgspec.field(default_factory=dict)
    actor: Actor = Actor.THIRD_PARTY_COLLECTOR
    rules: tuple[RuleId, ...] | None = None
    settings: Settings = Settings()
    unknown: tuple[Tagged, ...] = ()
    country: Name | None = None
    currency: Name | None = None
    history_since: Instant | None = None
    debts: dict[str, Debt] = msgspec.field(default_factory=dict)
    days_past_due: int | None = None
    time_barred: bool = False
    consents: tuple[Consent, ...] = ()
    commercial_consent: tuple[Name, ...] = ()
    written_consent: tuple[RuleId, ...] = ()
    entry_consent: tuple[Word, ...] = ()
    principal_consent: bool | None = None
    agreements: tuple[RuleId, ...] = ()
    inconvenient: tuple[Inconvenient, ...] = ()
    inconvenient_places: tuple[InconvenientPlace, ...] = ()
    media_stop: tuple[MediaStop, ...] = ()
    excluded_channels: tuple[Channel, ...] = ()
    writing_only_registered_mail: bool = False
    work_stop: bool = False
    offhours_number: bool = False
    home_phone_failed: bool = False
    cease: Cease | None = None
    attorney: Attorney | None = None
    law_firm_engaged: bool = False
    lawsuit_filed: bool = False
    court_document_served: bool = False
    employer: Employer | None = None
    dispute: SingleDispute | None = None
    disputes: tuple[Dispute, ...] = ()
    original_creditor_requests: tuple[CreditorRequest, ...] = ()
    validation: Validation | None = None
    notices: dict[str, dt.date] = msgspec.field(default_factory=dict)
    dc_notice_mailed: dt.date | msgspec.UnsetType | None = msgspec.UNSET
    holds: tuple[Hold, ...] = ()
    addresses: dict[str, Address] = msgspec.field(default_factory=dict)
    numbers: dict[str, Number] = msgspec.field(default_factory=dict)
    primary_number: Name | None = None
    rnd_checks: tuple[NumberCheck, ...] = ()
    deceased: bool = False
    consumer_status: Word | None = None
    consumer_unreachable: bool | None = None
    debt_related_evidence: bool | None = None
    jointly_liable: tuple[Name, ...] = ()
    third_party_offered_to_pay: tuple[Name, ...] = ()
    third_party_refused: tuple[Name, ...] = ()
    agency_whitelist: tuple[Name, ...] | None = None
    active_placements: int | None = None


class Facts(Given, frozen=True, kw_only=True):
    """A whole question: what is given, what happened (sorted by `at`), and the contact that is judged."""

    contact: Contact
    history: tuple[Event, ...] = ()


GIVEN_KEYS: tuple[str, ...] = Given.__struct_fields__
_encoder = msgspec.json.Encoder(order="deterministic")


def facts_of(given: Given, history: tuple[Event, ...], contact: Contact) -> Facts:
    """Join the three parts of a case into facts."""
    return Facts(**{key: getattr(given, key) for key in GIVEN_KEYS}, history=history, contact=contact)


def encode(facts: Facts) -> bytes:
    """Canonical JSON of the facts: equal facts give equal bytes; `decode` gives them back."""
    return _encoder.encode(facts)


def decode(data: bytes | str) -> Facts:
    """Facts from their JSON; a key that is not in the vocabulary raises msgspec.ValidationError."""
    return msgspec.json.decode(data, type=Facts)


def digest(facts: Facts) -> str:
    """SHA-256 over the canonical JSON, in hex."""
    return hashlib.sha256(encode(facts)).hexdigest()
