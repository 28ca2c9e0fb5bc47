"""Telephone numbers to E.164, with the kind of line where the numbering plan tells it.

Plain numbers of North America and of China, nearly all of a book, are recognised by one expression built from the
numbering metadata itself; every other spelling goes through the parser. Both give the same answer (a test compares).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType
from phonenumbers.phonemetadata import PhoneMetadata

_SPECIAL = (
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
_PUNCTUATION = str.maketrans("", "", " ()-.\u00a0/")
_SHAPE = re.compile(r"\(?\+?[0-9() .\-/\u00a0;,xXextEXT#*]{5,40}")
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.PAGER}
_FIXED = {PhoneNumberType.FIXED_LINE, PhoneNumberType.UAN}
_REFUSED_TYPES = {
    PhoneNumberType.PREMIUM_RATE: "a premium-rate number",
    PhoneNumberType.SHARED_COST: "a shared-cost number",
    PhoneNumberType.VOICEMAIL: "a voicemail access number",
}


class UnreadableNumber(ValueError):  # noqa: N818 - the name says what it is
    """Not a number that can be contacted; the message says why."""


class Number(NamedTuple):
    """`e164` with its plus sign; `line` is mobile or landline where the plan tells them apart, else None."""

    e164: str
    line: str | None


def _pattern(region: str, line: str) -> str:
    metadata = PhoneMetadata.metadata_for_region(region)
    special = [getattr(metadata, kind) for kind in _SPECIAL]
    never = "|".join(
        desc.national_number_pattern for desc in special if desc and desc.national_number_pattern
    )
    return f"(?!(?:{never})$)(?:{getattr(metadata, line).national_number_pattern})"


@lru_cache(maxsize=1)
def _plain() -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(r"\+1" + _pattern("US", "fixed_line")), re.compile(r"\+86" + _pattern("CN", "mobile"))


def parse(cell: str, country: str | None) -> Number:
    """The number of `cell`, read as dialled in `country` unless it starts with a plus sign.

    Refused with the reason.
    """
    digits = cell.translate(_PUNCTUATION)
    if digits[:1] != "+":
        if country == "US" and len(digits) == 10:
            digits = "+1" + digits
        elif country == "CN" and len(digits) == 11 and digits[0] == "1":
            digits = "+86" + digits
    american, chinese = _plain()
    if american.fullmatch(digits):
        return Number(digits, None)
    if chinese.fullmatch(digits):
        return Number(digits, "mobile")
    return _parse_any(cell, country)


@lru_cache(maxsize=8_192)
def _parse_any(cell: str, country: str | None) -> Number:
    if not _SHAPE.fullmatch(cell):
        raise UnreadableNumber(f"{cell!r} is not a telephone number")
    try:
        number = phonenumbers.parse(cell, country)
    except phonenumbers.NumberParseException:
        where = f" of {country}" if country else " with its country code, like +12125550123"
        raise UnreadableNumber(f"{cell!r} is not a telephone number{where}") from None
    if number.extension:
        raise UnreadableNumber(f"{cell!r} has an extension; only direct numbers can be contacted")
    if not phonenumbers.is_valid_number(number):
        raise UnreadableNumber(f"{cell!r} is not a number in use in its country")
    kind = phonenumbers.number_type(number)
    if kind in _REFUSED_TYPES:
        raise UnreadableNumber(f"{cell!r} is {_REFUSED_TYPES[kind]}")
    line = "mobile" if kind in _MOBILE else "landline" if kind in _FIXED else None
    return Number(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), line)
