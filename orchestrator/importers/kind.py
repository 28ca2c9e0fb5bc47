"""The kinds of file, their columns and how each cell is read.

The reference page of columns is made from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from orchestrator.importers import cell
from orchestrator.importers.cell import Parse


class Kind(StrEnum):
    PORTFOLIO = "portfolio"
    HISTORY = "history"
    OPT_OUTS = "opt-outs"
    PARTIES = "parties"
    PAYMENTS = "payments"
    RECALLS = "recalls"
    CHECKS = "checks"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name: how its cell is read, and what to write in it.

    `raw` cells need others to be understood.
    """

    name: str
    parse: Parse
    note: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind; of every group in `one_of` the header has at least one whole alternative."""

    kind: Kind
    columns: tuple[Column, ...]
    one_of: tuple[tuple[tuple[str, ...], ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


HOLD_KINDS = (
    "attorney", "bankruptcy", "cease", "complaint", "deceased", "dispute", "fraud", "hardship", "legal",
    "military",
    "bereavement", "breathing_space", "other",
)  # fmt: skip
PRODUCTS = (
    "credit_card", "personal_loan", "online_loan", "auto_loan", "student_loan", "mortgage", "medical",
    "utility",
    "telecom", "trade", "other",
)  # fmt: skip
ACTORS = ("third_party_collector", "debt_buyer", "original_creditor")
CHANNELS = (
    "sms", "email", "voice", "letter", "visit", "im", "fax", "web", "web_session", "postcard",
    "social_public",
    "social_contacts", "social_private",
)  # fmt: skip
OUTCOMES = (
    "conversation", "no_answer", "voicemail", "voicemail_not_left", "voicemail_withheld",
    "ringless_voicemail", "dropped",
    "wrong_number", "callback_requested", "met", "busy", "not_in_service", "power_off", "unreachable",
    "sent", "delivered",
    "read", "received", "undelivered", "bounced", "failed", "returned",
)  # fmt: skip
CONTENTS = (
    "collection", "limited_content", "payment_reminder", "validation_notice", "verification",
    "consent_request",
    "opt_out_confirmation", "opt_out_confirmation_with_extra", "advise_terminating_efforts",
    "may_invoke_ordinary_remedy",
    "intends_to_invoke_specified_remedy", "mortgage_early_intervention_notice", "threat_of_suit",
    "proof_of_claim",
    "service_of_process",
)  # fmt: skip
CONTENT_FAMILIES = ("legally_required:", "overshadowing:")
PARTIES = (
    "consumer",
    "spouse",
    "consumer_attorney",
    "executor",
    "family",
    "related_third",
    "reference",
    "employer",
)
PARTY_FAMILIES = ("third_party:",)
ROLES = (
    "co_borrower", "guarantor", "spouse", "reference", "employer", "attorney", "representative", "heir",
    "officer",
)  # fmt: skip
CHECK_KINDS = ("reassigned", "deceased", "bankruptcy", "litigation", "military", "line_type")
MEDIA = ("mail", "electronic", "oral")


def _raw(limit: int) -> Parse:
    def parse(text: str) -> str:
        if len(text) > limit:
            raise cell.CellError(f"{len(text)} characters, at most {limit} are kept")
        return text

    return parse


def _family(values: tuple[str, ...], families: tuple[str, ...]) -> Parse:
    one = cell.choice(*values, *(family + "…" for family in families))

    def parse(text: str) -> object:
        folded = text.casefold()
        for family in families:
            if folded.startswith(family) and len(folded) > len(family) and len(folded) <= 80:
                return folded
        return one(text)

    return parse


_ID = cell.identifier
_CHANNEL = cell.choice(*CHANNELS)
_CHANNELS_OR_ALL = cell.choices("all", *CHANNELS, doubtful="all")

_CONSUMER = (
    Column("consumer_id", _ID, "the consumer's id, used everywhere", required=True),
    Column("kind", cell.choice("person", "business"), "person or business", required=True),
    Column("given_name", cell.text(200), "with family_name; or organization"),
    Column("family_name", cell.text(200), "with given_name; or organization"),
    Column("organization", cell.text(200), "a business's name"),
    Column("country", cell.country, "ISO 3166-1 alpha-2, like US", required=True),
    Column("person_key", cell.text(200), "keyed hash of an identity number; equal keys are one person"),
    Column("language", cell.language_tag, "BCP 47, like en or zh-CN"),
    Column("date_of_birth", cell.day, "ISO date"),
    Column("email", cell.email, "exactly one address"),
    Column("mobile", _raw(40), "E.164, or as dialled in the consumer's country"),
    Column("landline", _raw(40), "E.164, or as dialled in the consumer's country"),
    Column("address_line1", cell.text(200), "street and number"),
    Column("address_line2", cell.text(200), "flat, floor, building"),
    Column("city", cell.text(120), "city"),
    Column("subdivision", _raw(10), "ISO 3166-2, like US-NY or CN-GD; beside its country also NY or GD"),
    Column("postal_code", _raw(16), "postal code; in the US a ZIP code"),
    Column("time_zone", cell.zone, "IANA; joins the zones of the postal code and the numbers"),
)
_ACCOUNT = (
    Column("account_id", _ID, "the account's id, used everywhere", required=True),
    Column("creditor", _ID, "the creditor's id in the firm file", required=True),
    Column("actor", cell.choice(*ACTORS), "in what capacity the firm collects", required=True),
    Column("currency", cell.currency, "ISO 4217, like USD", required=True),
    Column("balance", _raw(24), "what is owed, in major units; 0 is paid", required=True),
    Column("delinquent_since", cell.day, "ISO date of the first missed payment", required=True),
    Column("original_creditor", cell.text(200), "name, where the debt was sold"),
    Column("account_number", cell.text(64), "the creditor's number for the account; kept encrypted"),
    Column("account_label", cell.text(80), "what may be printed for it, like 'ending 4421'"),
    Column("product", cell.choice(*PRODUCTS), "kind of debt"),
    Column("placed_on", cell.day, "ISO date of the placement"),
    Column("new_placement", cell.yes_no, "yes: nobody contacted the consumer about it for us before"),
    Column("charged_off_on", cell.day, "ISO date"),
    Column("last_payment_on", cell.day, "ISO date"),
    Column("limitation_on", cell.day, "ISO date on which a court action is time-barred"),
    Column("principal", _raw(24), "major units"),
    Column("interest", _raw(24), "major units"),
    Column("fees", _raw(24), "major units"),
    Column("instalments_total", cell.count, "number of instalments agreed"),
    Column("instalments_overdue", cell.count, "number of instalments overdue"),
    Column("itemization_on", cell.day, "ISO date of the itemization (12 CFR 1006.34(b)(3))"),
    Column("itemization_amount", _raw(24), "major units, on the itemization date"),
    Column("itemization_interest", _raw(24), "major units, since the itemization date"),
    Column("itemization_fees", _raw(24), "major units, since the itemization date"),
    Column("itemization_payments", _raw(24), "major units, since the itemization date"),
    Column("itemization_creditor", cell.text(200), "creditor on the itemization date"),
)
_STANDING = (
    Column("validation_sent_on", cell.day, "ISO date on which the validation notice was sent"),
    Column("validation_medium", cell.choice(*MEDIA), "mail, electronic or oral"),
    Column("agency_notice_on", cell.day, "ISO date on which the consumer was told of the agency (China)"),
    Column("consent_sms", cell.instant, "RFC 3339 time at which the consumer agreed to texts"),
    Column("consent_email", cell.instant, "RFC 3339 time at which the consumer agreed to e-mail"),
    Column("consent_voice", cell.instant, "RFC 3339 time at which the consumer agreed to automated calls"),
    Column("opt_out", _CHANNELS_OR_ALL, "channel[;channel], or all"),
    Column("holds", cell.choices(*HOLD_KINDS), "kind[;kind]: " + " ".join(HOLD_KINDS)),
)

_LAYOUTS = (
    Layout(
        Kind.PORTFOLIO,
        (*_CONSUMER, *_ACCOUNT, *_STANDING),
        one_of=(
            (("given_name", "family_name"), ("organization",)),
            (("email",), ("mobile",), ("landline",), ("address_line1",)),
        ),
    ),
    Layout(
        Kind.HISTORY,
        (
            Column("at", cell.instant, "RFC 3339 time of the contact", required=True),
            Column("recorded_at", cell.instant, "RFC 3339 time at which it became known; empty: now"),
            Column("consumer_id", _ID, "the consumer", required=True),
            Column("account_id", _ID, "the account it was about; empty: every account of the consumer"),
            Column("channel", _CHANNEL, " ".join(CHANNELS), required=True),
            Column("direction", cell.choice("outbound", "inbound"), "outbound or inbound", required=True),
            Column("outcome", cell.choice(*OUTCOMES), " ".join(OUTCOMES), required=True),
            Column("address", _raw(254), "number or mailbox"),
            Column("party", _family(PARTIES, PARTY_FAMILIES), "who was contacted; empty: the consumer"),
            Column("content", _family(CONTENTS, CONTENT_FAMILIES), "what it said; empty: collection"),
            Column(
                "actor", cell.choice("agency", "lender", *ACTORS), "who made it; empty: the account's actor"
            ),
        ),
    ),
    Layout(
        Kind.OPT_OUTS,
        (
            Column("consumer_id", _ID, "the consumer; or address"),
            Column("address", _raw(254), "a number or mailbox: closed for every consumer who has it"),
            Column("channel", _CHANNELS_OR_ALL, "channel[;channel] or all; empty: all"),
            Column("scope", cell.text(200), "what the consumer said it covers; kept, never used to narrow"),
            Column("at", cell.instant, "RFC 3339 time at which it was said; empty: now"),
            Column("source", cell.text(120), "where it came from"),
            Column("proof", cell.text(500), "reference of the evidence"),
        ),
        one_of=((("consumer_id",), ("address",)),),
    ),
    Layout(
        Kind.PARTIES,
        (
            Column("consumer_id", _ID, "the consumer", required=True),
            Column("account_id", _ID, "the account; empty: all"),
            Column("party_id", _ID, "the other person's id", required=True),
            Column("role", cell.choice(*ROLES), " ".join(ROLES), required=True),
            Column("name", cell.text(200), "name"),
            Column("mobile", _raw(40), "E.164, or as dialled in the consumer's country"),
            Column("landline", _raw(40), "E.164, or as dialled in the consumer's country"),
            Column("email", cell.email, "exactly one address"),
            Column("address", cell.text(400), "postal address in one line"),
            Column("basis", cell.text(200), "why this person may be contacted"),
            Column("evidence", cell.text(500), "reference of the evidence that the person owes"),
        ),
    ),
    Layout(
        Kind.PAYMENTS,
        (
            Column("at", cell.instant, "RFC 3339 time of the payment", required=True),
            Column("account_id", _ID, "the account", required=True),
            Column("amount", _raw(24), "major units, above 0", required=True),
            Column("currency", cell.currency, "ISO 4217; the account's", required=True),
            Column("reversal_of", _ID, "external_id of the payment that this row takes back"),
            Column("external_id", _ID, "the payment's own id; equal ids are one payment"),
        ),
    ),
    Layout(
        Kind.RECALLS,
        (
            Column("at", cell.instant, "RFC 3339 time of the recall", required=True),
            Column("account_id", _ID, "the account", required=True),
            Column("reason", cell.text(200), "why", required=True),
        ),
    ),
    Layout(
        Kind.CHECKS,
        (
            Column("at", cell.instant, "RFC 3339 time of the look-up", required=True),
            Column("address", _raw(254), "a number or mailbox; or consumer_id"),
            Column("consumer_id", _ID, "the consumer; or address"),
            Column("kind", cell.choice(*CHECK_KINDS), " ".join(CHECK_KINDS), required=True),
            Column(
                "result",
                cell.text(80),
                "yes, no or unknown; of line_type: mobile, landline, voip or unknown",
                required=True,
            ),
            Column("source", cell.text(120), "which register", required=True),
        ),
        one_of=((("address",), ("consumer_id",)),),
    ),
)
LAYOUTS = {layout.kind: layout for layout in _LAYOUTS}
