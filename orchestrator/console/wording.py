"""Dates, times, money and numbers as the console writes them: never a time without its zone, a year only if it is
not this one, 24 hours, two decimals with the currency (design: Words).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import phonenumbers
from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

LOCALES = {"en": "en_US", "zh": "zh_CN"}
_DAY = {"en": "EEE d MMM", "zh": "M/d EEE"}
_DAY_OF_YEAR = {"en": "EEE d MMM yyyy", "zh": "yyyy-MM-dd"}
_DATE = {"en": "d MMM", "zh": "M/d"}
_DATE_OF_YEAR = {"en": "d MMM yyyy", "zh": "yyyy-MM-dd"}
_HAN_LATIN = re.compile(
    "(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9\u00c0-\u024f])|(?<=[A-Za-z0-9\u00c0-\u024f])(?=[\u4e00-\u9fff])"
)
# names that readers know better than the abbreviation, which means several places
_ZONE_NAMES = {"Asia/Shanghai": {"en": "Beijing time", "zh": "北京时间"}}


def beside(language: str, items: Iterable[str]) -> str:
    """Things of one kind beside each other: "calls, texts", and as Chinese sets them."""
    return ("、" if language == "zh" else ", ").join(items)


def spaced(text: str) -> str:
    """A space between Han and Latin letters or figures, where a name was put into a Chinese sentence."""
    return _HAN_LATIN.sub(" ", text)


@dataclass(frozen=True, slots=True)
class Wording:
    """How one reader wants to read: their language, and today as they see it."""

    language: str
    now: datetime
    zone: str = "UTC"

    @property
    def locale(self) -> str:
        return LOCALES[self.language]

    def day(self, value: date | datetime | None, zone: str | None = None) -> str:
        """ "Fri 27 Nov", in another year with the year."""
        if value is None:
            return ""
        on = self.local(value, zone).date() if isinstance(value, datetime) else value
        forms = _DAY if on.year == self.local(self.now, zone).year else _DAY_OF_YEAR
        return str(format_date(on, forms[self.language], locale=self.locale))

    def weekday(self, value: datetime, zone: str | None = None) -> str:
        """ "Fri": over a column of days."""
        return str(format_date(self.local(value, zone).date(), "EEE", locale=self.locale))

    def date(self, value: date | None) -> str:
        """ "16 Nov", in another year with the year: a date of a record, whose weekday does not matter."""
        if value is None:
            return ""
        forms = _DATE if value.year == self.local(self.now).year else _DATE_OF_YEAR
        return str(format_date(value, forms[self.language], locale=self.locale))

    def time(self, value: datetime, zone: str | None = None) -> str:
        """ "08:00 MST"."""
        return f"{self.clock(value, zone)} {self.zone_name(value, zone)}"

    def clock(self, value: datetime, zone: str | None = None) -> str:
        """ "08:00": only beside a time or heading that names the zone."""
        return f"{self.local(value, zone):%H:%M}"

    def moment(self, value: datetime | None, zone: str | None = None) -> str:
        """ "Fri 27 Nov 08:00 MST"."""
        return "" if value is None else f"{self.day(value, zone)} {self.time(value, zone)}"

    def zone_name(self, value: datetime, zone: str | None = None) -> str:
        named = _ZONE_NAMES.get(zone or self.zone)
        if named is not None:
            return named[self.language]
        short = self.local(value, zone).tzname() or "UTC"
        return short if short.isalpha() else f"UTC{short}"

    def local(self, value: datetime, zone: str | None = None) -> datetime:
        return value.astimezone(UTC if (zone or self.zone) == "UTC" else ZoneInfo(zone or self.zone))

    def money(self, minor: int, currency: str) -> str:
        """Minor units with their currency: "$2,348.16"."""
        amount = Decimal(minor).scaleb(-get_currency_precision(currency))
        return str(format_currency(amount, currency, locale=self.locale))

    def count(self, value: float) -> str:
        return str(format_decimal(value, locale=self.locale))

    def share(self, value: float) -> str:
        """A share of one as a percentage with at most one decimal."""
        return str(format_percent(value, "#,##0.#%", locale=self.locale))

    @property
    def gap(self) -> str:
        """What stands between two sentences: Chinese sets none after its own full stop."""
        return "" if self.language == "zh" else " "

    def beside(self, items: Iterable[str]) -> str:
        """The same in the reader's language."""
        return beside(self.language, items)

    def spaced(self, text: str) -> str:
        """A sentence with names of other letters in it, as the reader's language sets them."""
        return spaced(text) if self.language == "zh" else text

    def phone(self, value: str) -> str:
        """A number as its own country writes it; anything else as it is."""
        try:
            number = phonenumbers.parse(value, None)
        except phonenumbers.NumberParseException:
            return value
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))

    def tongue(self, code: str | None) -> str:
        """The name of a language, e.g. "Spanish"."""
        if not code:
            return ""
        try:
            return Locale.parse(code.replace("-", "_")).get_language_name(self.locale) or code
        except (UnknownLocaleError, ValueError):
            return code
