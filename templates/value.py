"""From a value to the text of its slot: typed, cleaned, bounded. What does not fit is refused, never guessed.

Line breaks and odd spaces become one space. Control characters, bidirectional overrides, private-use and
lone surrogate code points are refused: nobody's name holds them, and each can make a message read as another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from templates.errors import InvalidVariable
from templates.formatting import format_date, format_money, format_phone
from templates.vocabulary import MAX_ITEMS, MAX_LENGTH, VariableType


class Variable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A declared slot. `max` is in characters, `items` bounds a list; an optional slot may stay empty."""

    type: VariableType
    max: int = 0
    items: int = MAX_ITEMS
    optional: bool = False

    @property
    def limit(self) -> int:
        return self.max or MAX_LENGTH[self.type]


_SPACES = re.compile(r"[\s\u200b\u2060\ufeff]+")
_JOINERS = frozenset("\u200c\u200d\u200e\u200f")  # needed by scripts that join letters or run to the left
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINK = re.compile(r"://|www\.|\{\{|\{%", re.IGNORECASE)
# cards have 13 to 19 digits, Chinese identity numbers 17 or 18
_LONG_NUMBER = re.compile(r"(?:\d[ -]?){12,}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{2,22}(?:(?:x|ext\.? ?)\d{1,6})?")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][A-Za-z0-9._~:/?#@!$&()*+,;=%-]*)?")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&*+/=?^_{|}~-]{1,64}@[A-Za-z0-9.-]{1,189}")
_MONEY_TEXT = re.compile(r"[^\d\n]{0,8}-?[\d][\d.,\s']*[^\d\n]{0,8}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def clean_line(text: str) -> str:
    """One printable line in NFC; raises ValueError naming the first character that has no place in it."""
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text.strip()
    text = _SPACES.sub(" ", text).strip()
    for sign in text:
        if sign not in _JOINERS and unicodedata.category(sign) in _REFUSED_CATEGORIES:
            raise ValueError(f"it holds the character U+{ord(sign):04X}, which has no place in a message")
    return text


def _phrase(value: object, variable: Variable, _locale: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"it must be text, not {type(value).__name__}")
    text = clean_line(value)
    if _LINK.search(text):
        raise ValueError("it looks like a link or template code")
    return text


def _account_label(value: object, variable: Variable, locale: str) -> str:
    text = _phrase(value, variable, locale)
    if _LONG_NUMBER.search(text):
        raise ValueError("it holds a whole account, card or identity number; keep the last four digits")
    return text


def _amount(value: object, _variable: Variable, locale: str) -> str:
    if isinstance(value, str):
        text = clean_line(value)
        if not _MONEY_TEXT.fullmatch(text):
            raise ValueError("it is not an amount; give (minor units, currency)")
        return text
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise TypeError("an amount is (minor units, currency)")
    minor: object = value[0]
    currency = str(value[1])
    if isinstance(minor, bool) or not isinstance(minor, int) or not _CURRENCY.fullmatch(currency):
        raise ValueError("an amount is (whole minor units, ISO 4217 currency)")
    return format_money(minor, currency, locale)


def _date(value: object, _variable: Variable, locale: str) -> str:
    if isinstance(value, datetime):
        raise TypeError("it is a time; give the date in the reader's zone")
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise ValueError("it is not a date of the form 2026-03-05") from None
    if not isinstance(value, date):
        raise TypeError(f"it must be a date, not {type(value).__name__}")
    return format_date(value, locale)


def _pattern(pattern: re.Pattern[str], what: str) -> Callable[[object, Variable, str], str]:
    def check(value: object, _variable: Variable, _locale: str) -> str:
        text = clean_line(value) if isinstance(value, str) else ""
        if not pattern.fullmatch(text):
            raise ValueError(f"it is not {what}")
        return text

    return check


def _phone(value: object, _variable: Variable, locale: str) -> str:
    text = clean_line(value) if isinstance(value, str) else ""
    if not _PHONE.fullmatch(text):
        raise ValueError("it is not a phone number")
    return format_phone(text, locale)


def _number(value: object, _variable: Variable, _locale: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("it must be a whole or decimal number")
    is_finite = not isinstance(value, Decimal) or value.is_finite()
    is_printable = (
        is_finite and -(10**11) <= value <= 10**11 and len(str(value)) <= MAX_LENGTH[VariableType.NUMBER]
    )
    if not is_printable:
        raise ValueError("it is too large to print")
    return value


def _flag(value: object, _variable: Variable, _locale: str) -> Any:
    if not isinstance(value, bool):
        raise TypeError("it must be true or false")
    return value


def _account_lines(value: object, variable: Variable, locale: str) -> Any:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError("it must be a list of (label, amount)")
    if len(value) > variable.items:
        raise ValueError(f"it has {len(value)} lines, {variable.items} are allowed")
    return tuple(_account_line(item, variable, locale) for item in value)


def _account_line(item: object, variable: Variable, locale: str) -> str:
    if not isinstance(item, tuple | list) or len(item) != 2:
        raise ValueError("each line is (label, amount)")
    label = _account_label(item[0], variable, locale).replace("|", "/")
    line = f"{label} | {_amount(item[1], variable, locale)}"
    if len(line) > variable.limit:
        raise ValueError(f"a line has {len(line)} characters, {variable.limit} are allowed")
    return line


_CHECKS: dict[VariableType, Callable[[object, Variable, str], Any]] = {
    VariableType.TEXT: _phrase,
    VariableType.NAME: _phrase,
    VariableType.ORGANIZATION: _phrase,
    VariableType.CREDITOR: _phrase,
    VariableType.ADDRESS: _phrase,
    VariableType.REFERENCE: _account_label,
    VariableType.ACCOUNT_LABEL: _account_label,
    VariableType.AMOUNT: _amount,
    VariableType.DATE: _date,
    VariableType.PHONE: _phone,
    VariableType.URL: _pattern(_URL, "a web address"),
    VariableType.EMAIL: _pattern(_EMAIL, "an e-mail address"),
    VariableType.NUMBER: _number,
    VariableType.FLAG: _flag,
    VariableType.ACCOUNT_LINES: _account_lines,
}


def to_slot(name: str, value: object, variable: Variable, locale: str, *, file: str = "") -> Any:
    """The flat value that a template sees: text, a number, a flag, or a tuple of lines.

    Raises InvalidVariable; the message names the slot and the fault, never the value (it may be personal).
    """
    try:
        slot = _CHECKS[variable.type](value, variable, locale)
    except (TypeError, ValueError) as fault:
        raise InvalidVariable(f"the value of {name} does not fit: {fault}", file=file) from None
    if isinstance(slot, str):
        if len(slot) > variable.limit:
            message = f"the value of {name} has {len(slot)} characters, {variable.limit} are allowed"
            raise InvalidVariable(
                message, file=file, hint="shorten the value or raise `max` in the front matter"
            )
        if not slot and not variable.optional:
            raise InvalidVariable(f"the value of {name} is empty", file=file)
    return slot
