"""What is known of one person as rows: named tuples in the order of their columns, instants in microseconds.

`orchestrator.store.dossier` reads them, many persons at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple


class ConsumerRow(NamedTuple):
    id: str
    pool_id: str
    kind: str
    given_name: str | None
    family_name: str | None
    organization: str | None
    date_of_birth: date | None
    language: str | None
    country: str
    zones: Any
    jurisdictions: Any
    epoch: int


class AccountRow(NamedTuple):
    id: str
    consumer_id: str
    position: int
    creditor_id: str
    actor: str
    currency: str
    balance_minor: int
    delinquent_since: date
    state: str
    original_creditor: str | None
    account_label: str | None
    account_number_sealed: bytes | None
    product: str | None
    placed_on: date | None
    new_placement: bool | None
    charged_off_on: date | None
    last_payment_on: date | None
    limitation_on: date | None
    history_complete_since: date | None
    created_at: int


class PointRow(NamedTuple):
    id: str
    consumer_id: str
    party_id: str | None
    kind: str
    value_index: str
    number_kind: str | None
    place: str | None
    country: str | None
    employer_provided: str
    domain_public: bool | None
    state: str
    position: int


class PointFactRow(NamedTuple):
    id: str
    consumer_id: str
    contact_point_id: str
    kind: str
    occurred_at: int
    detail: Any
    source: str


class ConsentRow(NamedTuple):
    id: str
    consumer_id: str
    type: str
    channel: str | None
    contact_point_id: str | None
    account_id: str | None
    party: str
    via: str | None
    scope_date: date | None
    window_start: str | None
    window_end: str | None
    obtained_during_violation: bool
    occurred_at: int


class RevocationRow(NamedTuple):
    id: str
    consumer_id: str
    consent_id: str
    occurred_at: int


class OptOutRow(NamedTuple):
    id: str
    consumer_id: str | None
    value_index: str | None
    channel: str | None
    scope: str | None
    occurred_at: int
    source: str


class PreferenceRow(NamedTuple):
    id: str
    consumer_id: str
    kind: str
    days: str | None
    start: str | None
    end: str | None
    until: date | None
    place: str | None
    channel: str | None
    source: str
    occurred_at: int


class CeaseRow(NamedTuple):
    id: str
    consumer_id: str
    form: str
    via: str | None
    accepted_medium: bool | None
    sent_at: int | None
    occurred_at: int


class HoldRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str | None
    kind: str
    starts_on: date | None
    until: date | None
    occurred_at: int


class HoldReleaseRow(NamedTuple):
    id: str
    consumer_id: str
    hold_id: str
    occurred_at: int


class RepresentationRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str | None
    known: bool
    contact_known: bool
    consents_direct: bool
    unresponsive: bool
    notice_at: int | None
    occurred_at: int


class EmployerRow(NamedTuple):
    id: str
    consumer_id: str
    prohibits: bool
    source: str
    occurred_at: int


class DisputeRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str | None
    form: str
    portion: str | None
    by: str | None
    duplicative: bool
    occurred_at: int


class DisputeAnswerRow(NamedTuple):
    id: str
    consumer_id: str
    dispute_id: str
    kind: str
    undeliverable: bool
    gives_reasons: bool | None
    refers_to_earlier: bool | None
    occurred_at: int


class CreditorRequestRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str | None
    form: str
    answered_at: int | None
    occurred_at: int


class ComplaintRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str | None
    closed_at: int | None
    occurred_at: int


class NoticeRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str | None
    kind: str
    sent_on: date
    medium: str | None
    undeliverable: bool
    resent_on: date | None
    actual_receipt_on: date | None
    occurred_at: int


class AgreementRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str | None
    rule_id: str
    written: bool


class AssertionRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str | None
    name: str
    value: Any
    occurred_at: int


class CheckRow(NamedTuple):
    id: str
    consumer_id: str | None
    value_index: str | None
    kind: str
    result: str
    source: str
    occurred_at: int


class PromiseRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str
    amount_minor: int
    currency: str
    due_on: date
    state: str
    occurred_at: int


class PaymentRow(NamedTuple):
    id: str
    consumer_id: str
    account_id: str
    amount_minor: int
    currency: str
    reversal_of: str | None
    occurred_at: int


class PartyRow(NamedTuple):
    id: str
    consumer_id: str
    party_id: str
    account_id: str | None
    role: str
    jointly_liable: bool
    debt_related_evidence: bool
    refused_at: int | None
    offered_to_pay_at: int | None


class ContactRow(NamedTuple):
    consumer_id: str
    event_id: str
    version: int
    occurred_at: int
    channel: str
    direction: str
    outcome: str | None
    account_ids: Any
    debts_discussed: Any
    intended_debts: Any
    contact_point_id: str | None
    party: str
    actor: str | None
    content: str
    number_kind: str | None
    place: str | None
    detail: Any
    attempt_id: str | None


@dataclass(slots=True)
class Pool:
    """One person as far as we know: the rows of every consumer that is counted together.

    What nobody said anything about stays the one empty tuple: a list for each would cost more than the queries.
    """

    id: str
    consumers: dict[str, ConsumerRow] = field(default_factory=dict)
    accounts: dict[str, list[AccountRow]] = field(default_factory=dict)
    points: list[PointRow] = field(default_factory=list)
    point_facts: Sequence[PointFactRow] = ()
    consents: Sequence[ConsentRow] = ()
    revocations: Sequence[RevocationRow] = ()
    opt_outs: Sequence[OptOutRow] = ()
    preferences: Sequence[PreferenceRow] = ()
    ceases: Sequence[CeaseRow] = ()
    holds: Sequence[HoldRow] = ()
    releases: Sequence[HoldReleaseRow] = ()
    representations: Sequence[RepresentationRow] = ()
    employer_notes: Sequence[EmployerRow] = ()
    disputes: Sequence[DisputeRow] = ()
    answers: Sequence[DisputeAnswerRow] = ()
    creditor_requests: Sequence[CreditorRequestRow] = ()
    complaints: Sequence[ComplaintRow] = ()
    notices: Sequence[NoticeRow] = ()
    agreements: Sequence[AgreementRow] = ()
    assertions: Sequence[AssertionRow] = ()
    checks: Sequence[CheckRow] = ()
    promises: list[PromiseRow] = field(default_factory=list)
    payments: Sequence[PaymentRow] = ()
    parties: Sequence[PartyRow] = ()
    history: list[ContactRow] = field(default_factory=list)
    contacted_before: bool = False
