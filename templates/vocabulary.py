"""The closed words of message templates: channels, parts, contents, types of slots, obligations.

A template is data written by a firm; whatever it names must be one of these words, so a typing error is
found when the file is saved and not when a consumer reads the message.
"""

from __future__ import annotations

from enum import StrEnum


class VariableType(StrEnum):
    """What a slot may hold. The type decides the check, the formatting, and where the slot may stand."""

    TEXT = "text"  # a short phrase of the firm, e.g. opening hours
    NAME = "name"  # a natural person
    ORGANIZATION = "organization"  # a firm's name that says nothing about a debt
    CREDITOR = "creditor"  # whom the money is owed to: reveals the debt
    AMOUNT = "amount"  # (minor units, currency)
    DATE = "date"
    PHONE = "phone"
    URL = "url"
    EMAIL = "email"
    ADDRESS = "address"  # one line
    REFERENCE = "reference"  # a case or staff number
    ACCOUNT_LABEL = "account_label"  # safe to print: never a whole account, card or identity number
    ACCOUNT_LINES = "account_lines"  # bounded list of (label, amount)
    NUMBER = "number"
    FLAG = "flag"


MAX_LENGTH: dict[VariableType, int] = {
    VariableType.TEXT: 60,
    VariableType.NAME: 80,
    VariableType.ORGANIZATION: 80,
    VariableType.CREDITOR: 80,
    VariableType.AMOUNT: 32,
    VariableType.DATE: 32,
    VariableType.PHONE: 24,
    VariableType.URL: 400,
    VariableType.EMAIL: 254,
    VariableType.ADDRESS: 160,
    VariableType.REFERENCE: 40,
    VariableType.ACCOUNT_LABEL: 40,
    VariableType.ACCOUNT_LINES: 80,
    VariableType.NUMBER: 12,
    VariableType.FLAG: 1,
}
FREE_TEXT_LIMIT = 120  # a longer phrase is free text, which only an approved template may hold
MAX_ITEMS = 20

# Types that tell a bystander something about a debt: barred where others may see or hear the words.
REVEALING = frozenset(
    {
        VariableType.AMOUNT,
        VariableType.DATE,
        VariableType.CREDITOR,
        VariableType.ACCOUNT_LABEL,
        VariableType.ACCOUNT_LINES,
        VariableType.URL,
    }
)

# channel -> (parts that must be there, parts that may be there), in the order in which they are read
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sms": (("text",), ()),
    "email": (("subject", "text"), ("html",)),
    "voice": (("limited_content", "right_party", "message"), ("wrong_person",)),
    "letter": (
        ("envelope", "salutation", "body", "closing"),
        ("reference", "date", "amounts", "legal_basis", "rights", "notices", "contact", "objection", "seal"),
    ),
    "task": (("text",), ("subject",)),
}
LETTER_ORDER = (
    "envelope", "reference", "date", "salutation", "body", "amounts", "legal_basis", "rights", "notices",
    "contact", "objection", "closing", "seal",
)  # fmt: skip
# Parts that a bystander may see or hear before anybody has confirmed to be the consumer.
EXPOSED: dict[str, tuple[str, ...]] = {
    "email": ("subject",),
    "voice": ("limited_content", "right_party", "wrong_person"),
    "letter": ("envelope",),
}
SINGLE_LINE_PARTS = frozenset({"subject", "salutation", "reference", "date"})

CONTENTS = frozenset(
    {
        "collection", "limited_content", "payment_reminder", "validation_notice", "verification",
        "consent_request", "opt_out_confirmation", "advise_terminating_efforts",
        "may_invoke_ordinary_remedy", "intends_to_invoke_specified_remedy",
        "mortgage_early_intervention_notice", "proof_of_claim", "service_of_process",
    }
)  # fmt: skip
CONTENT_PREFIXES = ("legally_required:",)
# 12 CFR 1006.42: the subject of a required disclosure names the creditor and one identifier, never an amount.
SUBJECT_NAMES_CREDITOR = frozenset({"validation_notice", "verification"})

OBLIGATIONS = (
    "mini_miranda_first", "mini_miranda", "opt_out_notice", "sender_identity", "agency_relation",
    "official_phone", "complaint_phone", "limited_content", "right_party_first", "recording_notice",
    "bot_identity", "human_handover", "envelope_plain", "letter_art69",
)  # fmt: skip

_DISCLOSURES = ("mini_miranda_first", "mini_miranda")
_SENDER = ("sender_identity", "agency_relation", "official_phone", "complaint_phone")
# What a message that is about a debt must be able to carry: a verdict may ask for any of these.
EXPECTED: dict[str, tuple[str, ...]] = {
    "sms": (*_DISCLOSURES, "opt_out_notice", *_SENDER),
    "email": (*_DISCLOSURES, "opt_out_notice", *_SENDER),
    "voice": (
        *_DISCLOSURES, *_SENDER, "limited_content", "right_party_first", "recording_notice",
        "bot_identity", "human_handover",
    ),
    "letter": (*_DISCLOSURES, *_SENDER, "envelope_plain", "letter_art69"),
    "task": (*_DISCLOSURES, *_SENDER, "right_party_first", "recording_notice"),
}  # fmt: skip
DEBT_CONTENTS = CONTENTS - {"limited_content", "opt_out_confirmation", "consent_request"}

# An obligation that the template's own words fulfil: the variables that must then stand there always.
CARRIED_BY: dict[str, tuple[str, ...]] = {
    "sender_identity": ("sender_name",),
    "official_phone": ("official_phone",),
    "complaint_phone": ("complaint_phone",),
    "right_party_first": ("consumer_name",),
    "limited_content": ("neutral_name", "agent_name", "phone"),
    "envelope_plain": ("neutral_name",),
    "letter_art69": (),
}
CARRIED_IN: dict[str, str] = {
    "right_party_first": "right_party",
    "limited_content": "limited_content",
    "envelope_plain": "envelope",
}
# Sections that the reminder letter of a Chinese card issuer has (rules of 2011 on cards, article 69).
ART69_SECTIONS = ("amounts", "legal_basis", "rights", "contact", "objection", "seal")
LOCALES = ("en", "es", "zh")
