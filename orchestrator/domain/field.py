"""The fields that conditions may name.

One table, from which the reference page and the sample records are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FieldType(StrEnum):
    """As CEL sees it. A date is text like 2026-03-31, which compares in the order of time."""

    STRING = "string"
    INT = "int"
    DOUBLE = "double"
    BOOL = "bool"
    DATE = "date"
    LIST = "list of string"


@dataclass(frozen=True, slots=True)
class Field:
    """`sample` is a value of the field; one that may be empty is null in some records."""

    name: str
    type: FieldType
    unit: str
    meaning: str
    sample: Any
    may_be_empty: bool = False


_T = FieldType


def _may(name: str, kind: FieldType, unit: str, meaning: str, sample: Any) -> Field:
    return Field(name, kind, unit, meaning, sample, may_be_empty=True)


_FIELDS = (
    Field("account_id", _T.STRING, "", "the account's id", "a1"),
    Field("creditor", _T.STRING, "", "the creditor's id in the firm file", "harbor-bank"),
    Field("actor", _T.STRING, "", "third_party_collector, debt_buyer or original_creditor", "debt_buyer"),
    Field("currency", _T.STRING, "ISO 4217", "the account's currency", "USD"),
    Field("balance", _T.DOUBLE, "major units of the currency", "what is owed", 120.5),
    Field("days_past_due", _T.INT, "days", "since the first missed payment", 60),
    _may("product", _T.STRING, "", "kind of debt, as imported", "credit_card"),
    _may("original_creditor", _T.STRING, "", "name, where the debt was sold", "Old Bank"),
    _may("placed_on", _T.DATE, "ISO date", "the day of the placement", "2026-01-05"),
    _may("days_since_placed", _T.INT, "days", "since the placement", 80),
    Field("new_placement", _T.BOOL, "", "nobody contacted the consumer about it for us before", True),
    _may("charged_off_on", _T.DATE, "ISO date", "the day of the charge-off", "2026-01-05"),
    _may("last_payment_on", _T.DATE, "ISO date", "the day of the last payment, as imported", "2026-01-05"),
    _may(
        "limitation_on", _T.DATE, "ISO date", "the day on which a court action is time-barred", "2029-01-05"
    ),
    Field("consumer_id", _T.STRING, "", "the first consumer who owes the account", "c1"),
    Field("kind", _T.STRING, "", "person or business", "person"),
    Field("country", _T.STRING, "ISO 3166-1", "the consumer's country", "US"),
    Field(
        "jurisdictions", _T.LIST, "lower-case ISO 3166-2", "whose rules apply, like us-ny", ["us", "us-ny"]
    ),
    _may("language", _T.STRING, "BCP 47", "the consumer's language", "en"),
    _may("age", _T.INT, "years", "the consumer's age", 40),
    Field("accounts", _T.INT, "accounts", "open accounts of the consumer", 2),
    Field("has_mobile", _T.BOOL, "", "there is a usable mobile number", True),
    Field("has_landline", _T.BOOL, "", "there is a usable landline number", False),
    Field("has_email", _T.BOOL, "", "there is a usable mailbox", True),
    Field("has_address", _T.BOOL, "", "there is a usable postal address", True),
    Field("holds", _T.LIST, "kinds of hold", "holds in force on the person or the account", ["dispute"]),
    Field("opt_outs", _T.LIST, "channels, or all", "what the person stopped, wherever", ["sms"]),
    Field("consents", _T.LIST, "channels", "what the person agreed to and did not take back", ["email"]),
    _may("validation_sent_on", _T.DATE, "ISO date", "the day of the validation notice (US)", "2026-01-09"),
    _may(
        "agency_notice_on", _T.DATE, "ISO date", "the day of the notice of the agency (China)", "2026-01-09"
    ),
)
FIELDS = {field.name: field for field in _FIELDS}


def sample_record() -> dict[str, Any]:
    """A record in which every field holds a value."""
    return {field.name: field.sample for field in _FIELDS}
