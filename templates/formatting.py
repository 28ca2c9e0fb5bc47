"""Money, dates and phones as a reader of the locale writes them. Small tables: no locale database needed."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple


class Money(NamedTuple):
    """An amount in minor units of an ISO 4217 currency."""

    minor: int
    currency: str


# ISO 4217: digits after the point, where they are not two
_DIGITS = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLP": 0, "ISK": 0, "JPY": 0, "KRW": 0, "PYG": 0, "UGX": 0, "VND": 0, "XAF": 0, "XOF": 0,
}  # fmt: skip
_EN_SIGN = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "CNY": "CN¥",
    "JPY": "¥",
    "CAD": "CA$",
    "AUD": "A$",
    "MXN": "MX$",
}
_ES_SIGN = {"USD": "$", "MXN": "MX$"}
_ZH_NAME = {
    "CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港元", "TWD": "新台币",
}  # fmt: skip
_ES_SUFFIX = {"EUR": "€"}
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_ES_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip
# area codes have two digits or three; 400 and 800 numbers are dialled without a zero
_CN_LINE = re.compile(r"\+86(?!400|800)(10|2\d|[3-9]\d{2})(\d{7,8})")
_NANP = re.compile(r"\+1([2-9]\d{2})([2-9]\d{2})(\d{4})")


def language_of(locale: str) -> str:
    """The language subtag of a BCP 47 tag, in lower case."""
    return locale.replace("_", "-").split("-", 1)[0].lower()


def _grouped(minor: int, digits: int, *, comma_decimal: bool) -> str:
    whole, part = divmod(abs(minor), 10**digits)
    text = f"{whole:,}" + (f".{part:0{digits}d}" if digits else "")
    if comma_decimal:
        text = text.translate({ord(","): ".", ord("."): ","})
    return text


@lru_cache(maxsize=4096)
def format_money(minor: int, currency: str, locale: str) -> str:
    """An amount in minor units as text; the sign stands before everything else.

    Spanish writes dollars and pesos of Mexico with a point, other currencies with a comma.
    """
    language = language_of(locale)
    sign = "-" if minor < 0 else ""
    digits = _DIGITS.get(currency, 2)
    if language == "zh":
        number = sign + _grouped(minor, digits, comma_decimal=False)
        return number + _ZH_NAME[currency] if currency in _ZH_NAME else f"{currency} {number}"
    if language == "es" and currency not in _ES_SIGN:
        number = sign + _grouped(minor, digits, comma_decimal=currency not in {"CNY", "HKD", "JPY"})
        return f"{number} {_ES_SUFFIX.get(currency, currency)}"
    signs = _ES_SIGN if language == "es" else _EN_SIGN
    number = _grouped(minor, digits, comma_decimal=False)
    return f"{sign}{signs[currency]}{number}" if currency in signs else f"{currency} {sign}{number}"


@lru_cache(maxsize=4096)
def format_date(day: date, locale: str) -> str:
    """A calendar date in words, so that day and month cannot be taken for each other."""
    language = language_of(locale)
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    if language == "es":
        return f"{day.day} de {_ES_MONTHS[day.month - 1]} de {day.year}"
    if locale.lower() in {"en-gb", "en-ie", "en-au", "en-nz", "en-in", "en-za"}:
        return f"{day.day} {_EN_MONTHS[day.month - 1]} {day.year}"
    return f"{_EN_MONTHS[day.month - 1]} {day.day}, {day.year}"


@lru_cache(maxsize=4096)
def format_phone(number: str, locale: str) -> str:
    """A North American number as people dial it, a Chinese one so for readers of Chinese; others as given."""
    found = _NANP.fullmatch(number)
    if found:
        return "1-{}-{}-{}".format(*found.groups())
    if language_of(locale) == "zh" and number.startswith("+86"):
        line = _CN_LINE.fullmatch(number)
        return f"0{line.group(1)}-{line.group(2)}" if line else number.removeprefix("+86")
    return number
