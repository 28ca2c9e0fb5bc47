"""The firm and its creditors: who a contact comes from, and what a disclosure needs of them.

Read from YAML by `firm_file`. `sender_for` gathers what one contact needs and names what is missing, so that the
contact is held with the field's name instead of leaving incomplete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

import msgspec

T = TypeVar("T")
# a creditor of this id stands for every creditor that is not listed: for trying out, never for production
ANY_CREDITOR = "*"


class _Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Unknown keys are refused."""


class Address(_Shape, frozen=True):
    """A postal address as printed, one line each; `country` empty: for every country."""

    lines: tuple[str, ...]
    country: str | None = None


class Licence(_Shape, frozen=True):
    """`jurisdiction` is a lower-case ISO 3166-2 path such as us-ny-nyc; `ends_on` is the last day."""

    jurisdiction: str
    number: str
    ends_on: date | None = None
    regulator: str | None = None


class Agent(_Shape, frozen=True):
    """An employee as consumers know them: a fixed alias and a staff number."""

    id: str
    alias: str


class Mailbox(_Shape, frozen=True):
    """The From of an e-mail, and where answers go."""

    from_: str = msgspec.field(name="from")
    reply_to: str | None = None


class SenderIds(_Shape, frozen=True):
    """Numbers or names that a channel shows, E.164 where they are numbers."""

    sms: str | None = None
    voice: str | None = None


class Creditor(_Shape, frozen=True):
    """One creditor. Texts by language have a tag or `default` as their key."""

    id: str
    name: str
    names: dict[str, str] = {}
    relation: str | None = None
    default_language: str = "en"
    official_phone: str | None = None
    complaint_phone: str | None = None
    payment_link: str | None = None
    sender_ids: dict[str, SenderIds] = {}
    email: Mailbox | None = None
    letterhead: tuple[str, ...] = ()
    seal_image: str | None = None
    legal_basis: dict[str, str] = {}
    may_be_named: bool = True


class Price(_Shape, frozen=True):
    """What the firm pays for a contact, or for each segment of a text: a decimal in major units."""

    amount: Decimal
    currency: str
    per: Literal["contact", "segment"] = "contact"


class Firm(_Shape, frozen=True):
    """The collecting firm. Phones by country, texts by language; `default` serves what is not listed.

    prices: by channel; what is not listed has no price, and no cost is made up for it.
    """

    name: str
    neutral_name: str
    names: dict[str, str] = {}
    neutral_names: dict[str, str] = {}
    addresses: tuple[Address, ...] = ()
    phones: dict[str, str] = {}
    complaint_phones: dict[str, str] = {}
    hours: dict[str, str] = {}
    languages: tuple[str, ...] = ("en",)
    time_zone: str | None = None
    email: Mailbox | None = None
    sender_ids: dict[str, SenderIds] = {}
    licences: tuple[Licence, ...] = ()
    agents: tuple[Agent, ...] = ()
    prices: dict[str, Price] = {}
    creditors: tuple[Creditor, ...] = ()

    def creditor(self, creditor_id: str) -> Creditor | None:
        """The creditor of that id, else the one that stands for any."""
        by_id = {creditor.id: creditor for creditor in self.creditors}
        return by_id.get(creditor_id) or by_id.get(ANY_CREDITOR)

    def licence(self, jurisdictions: tuple[str, ...], on: date) -> Licence | None:
        """The narrowest licence that covers one of the jurisdictions on that day."""
        valid = [
            licence
            for licence in self.licences
            if licence.jurisdiction in jurisdictions and (licence.ends_on is None or licence.ends_on >= on)
        ]
        return max(valid, key=lambda licence: len(licence.jurisdiction), default=None)


@dataclass(frozen=True, slots=True)
class Sender:
    """What one contact says of its sender.

    variables: the standard template variables that are known, by name. missing: fields of the firm file, like
    `creditors.acme.official_phone`, that this contact needs and that are empty; not empty means HOLD.
    number: E.164 or a sender id, for sms and voice. default_language: the creditor's.
    """

    variables: Mapping[str, str]
    number: str = ""
    email_from: str = ""
    reply_to: str = ""
    address: tuple[str, ...] = ()
    letterhead: tuple[str, ...] = ()
    seal_image: str | None = None
    default_language: str = "en"
    missing: tuple[str, ...] = field(default=())


# what every message of a channel needs whatever the verdict asks; a verdict's obligations may need more
_NEEDED = {
    "sms": ("sender_name", "phone"),
    "email": ("sender_name", "phone", "sender_email", "sender_address"),
    "voice": ("sender_name", "neutral_name", "phone", "agent_name"),
    "letter": ("sender_name", "neutral_name", "phone", "sender_address"),
    "task": ("sender_name", "phone"),
}
# a Chinese contact names the creditor's own line, and where to complain (GB/T 45251-2025)
_NEEDED_IN = {"CN": ("official_phone", "complaint_phone")}


def sender_for(firm: Firm, creditor_id: str, country: str, language: str, channel: str) -> Sender:
    """The sender of a contact about that creditor's account, in that language and channel, to that country."""
    creditor = firm.creditor(creditor_id)
    if creditor is None:
        return Sender(variables={}, missing=(f"creditors.{creditor_id}",))
    places = _where(firm, creditor, country, language)
    values = {name: value for name, (value, _) in places.items() if value}
    needed = dict.fromkeys((*_NEEDED.get(channel, ()), *_NEEDED_IN.get(country, ()), "creditor_name"))
    missing = [places[name][1] for name in needed if name not in values]
    ids = _by_country(creditor.sender_ids, country) or _by_country(firm.sender_ids, country) or SenderIds()
    mailbox = creditor.email or firm.email
    return Sender(
        variables=values,
        number=(ids.voice if channel == "voice" else ids.sms) or ids.sms or "",
        email_from=mailbox.from_ if mailbox else "",
        reply_to=(mailbox.reply_to or mailbox.from_) if mailbox else "",
        address=_address(firm, country),
        letterhead=creditor.letterhead,
        seal_image=creditor.seal_image,
        default_language=creditor.default_language,
        missing=tuple(missing),
    )


def _where(firm: Firm, creditor: Creditor, country: str, language: str) -> dict[str, tuple[str | None, str]]:
    """Each standard variable of the sender: its value, and the field of the firm file that it comes from."""
    at = f"creditors.{creditor.id}"
    agent = firm.agents[0] if firm.agents else None
    mailbox = creditor.email or firm.email
    address = ", ".join(_address(firm, country))
    complaints = creditor.complaint_phone or _by_country(firm.complaint_phones, country)
    return {
        "sender_name": (_by_language(firm.names, language) or firm.name, "name"),
        "neutral_name": (_by_language(firm.neutral_names, language) or firm.neutral_name, "neutral_name"),
        "sender_address": (address, "addresses"),
        "sender_email": ((mailbox.reply_to or mailbox.from_) if mailbox else None, "email"),
        "agent_name": (agent.alias if agent else None, "agents"),
        "agent_id": (agent.id if agent else None, "agents"),
        "phone": (_by_country(firm.phones, country), f"phones.{country}"),
        "official_phone": (creditor.official_phone, f"{at}.official_phone"),
        "complaint_phone": (complaints, f"complaint_phones.{country}"),
        "hours": (_by_language(firm.hours, language), "hours"),
        "creditor_name": (_by_language(creditor.names, language) or creditor.name, f"{at}.name"),
        "legal_basis": (_by_language(creditor.legal_basis, language), f"{at}.legal_basis"),
        "payment_url": (creditor.payment_link, f"{at}.payment_link"),
    }


def _by_country(values: Mapping[str, T], country: str) -> T | None:
    return values.get(country) or values.get("default")


def _by_language(values: Mapping[str, str], language: str) -> str | None:
    """The text of the tag, else of its language, else the default."""
    return values.get(language) or values.get(language.split("-", maxsplit=1)[0]) or values.get("default")


def _address(firm: Firm, country: str) -> tuple[str, ...]:
    by_country = {address.country or "": address.lines for address in firm.addresses}
    first = firm.addresses[0].lines if firm.addresses else ()
    return by_country.get(country) or by_country.get("") or first
