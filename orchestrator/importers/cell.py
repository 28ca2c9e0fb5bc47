"""One cell of an imported file to one typed value.

A cell that cannot be read says why, in words for the rejected file.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import available_timezones

from orchestrator.domain import horizon, language
from orchestrator.domain.contact_value import UnreadableMailbox, mailbox
from orchestrator.domain.country import COUNTRIES
from orchestrator.domain.currency import CURRENCIES
from orchestrator.domain.instant import to_micros
from orchestrator.domain.money import exponent

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
_FORMULA = re.compile(r"[=@]|[+\-].*[|!(]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?)([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_AMOUNT = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]+))?")
_ZONES = available_timezones() - {"localtime", "Factory", "posixrules"}
_BY_FOLDED_ZONE = {zone.casefold(): zone for zone in _ZONES}


class CellError(ValueError):
    """A cell that cannot be read; the message goes to the rejected file behind the column's name.

    `protects`: what such a cell says all the same, for what is taken of a row that is refused.
    """

    def __init__(self, reason: str, protects: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.protects = protects


Parse = Callable[[str], object]


def text(limit: int) -> Parse:
    """Free text of at most `limit` characters that no spreadsheet would run."""

    def parse(cell: str) -> str:
        if len(cell) > limit:
            raise CellError(f"{len(cell)} characters, at most {limit} are kept")
        if cell[0] in "=@+-" and _FORMULA.match(cell):
            raise CellError("looks like a spreadsheet formula")
        return cell

    return parse


def identifier(cell: str) -> str:
    """An external id, kept as it is: at most 64 printable characters."""
    if len(cell) > 64:
        raise CellError(f"{len(cell)} characters, an id has at most 64")
    if not cell.isprintable() or cell[0] in "=@":
        raise CellError(f"{cell!r} is not usable as an id")
    return cell


def choice(*values: str) -> Parse:
    """One of a closed list, in any letter case."""
    known = frozenset(values)

    def parse(cell: str) -> str:
        folded = cell.casefold()
        if folded in known:
            return folded
        raise CellError(f"{cell!r} is not one of {', '.join(values)}")

    return parse


def choices(*values: str, doubtful: str | None = None) -> Parse:
    """Several of a closed list, separated by semicolons.

    Beside a word that cannot be read the others are read all the same. `doubtful` is what the whole cell means then,
    unless it only says no.
    """
    one = choice(*values)

    def parse(cell: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        unread: dict[str, str] = {}
        for part in filter(None, map(str.strip, cell.split(";"))):
            try:
                found[str(one(part))] = None
            except CellError as problem:
                unread[part.casefold()] = str(problem)
        if unread:
            in_doubt = doubtful is not None and not _DENIALS.issuperset({*found, *unread})
            raise CellError("; ".join(unread.values()), (str(doubtful),) if in_doubt else tuple(found))
        return tuple(found)

    return parse


_DENIALS = frozenset({"no", "n", "none", "false", "0", "-", "n/a"})
"""What says that there is nothing to protect from, in words that are not ours."""


def yes_no(cell: str) -> bool:
    folded = cell.casefold()
    if folded not in {"yes", "no"}:
        raise CellError(f"{cell!r} is neither yes nor no")
    return folded == "yes"


def count(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 6):
        raise CellError(f"{cell!r} is not a whole number")
    return int(cell)


@lru_cache(maxsize=16_384)
def day(cell: str) -> str:
    """An ISO 8601 calendar date, checked and kept as text, which both databases take."""
    if not _DATE.fullmatch(cell):
        raise CellError(f"{cell!r} is not a date like 2026-03-31")
    try:
        parsed = date.fromisoformat(cell)
    except ValueError:
        raise CellError(f"{cell!r} is not a day of the calendar") from None
    if not horizon.is_within(parsed):
        raise CellError(f"{cell!r} cannot be meant: a day is {horizon.SPAN}")
    return cell


@lru_cache(maxsize=16_384)
def instant(cell: str) -> int:
    """An RFC 3339 time with its offset, as microseconds of UTC."""
    match = _INSTANT.fullmatch(cell)
    if match is None:
        raise CellError(f"{cell!r} is not a time with its offset, like 2026-03-31T14:30:00-05:00")
    on, clock_time, offset = match.groups()
    try:
        parsed = datetime.fromisoformat(f"{on}T{clock_time}{'+00:00' if offset in 'Zz' else offset}")
    except ValueError:
        raise CellError(f"{cell!r} is not a time of the calendar") from None
    try:
        return to_micros(horizon.moment_in_span(parsed))
    except ValueError as problem:
        raise CellError(str(problem)) from None


def amount(cell: str, currency: str) -> int:
    """Minor units of a plain decimal in major units, with at most the currency's digits."""
    match = _AMOUNT.fullmatch(cell)
    if match is None:
        advice = ", without separators or signs" if "," in cell or " " in cell else ""
        raise CellError(f"{cell!r} is not an amount; write it like 1234.50{advice}")
    sign, whole, fraction = match.groups(default="")
    digits = exponent(currency)
    if len(fraction) > digits:
        raise CellError(f"{cell!r} has {len(fraction)} digits after the point, {currency} has {digits}")
    minor = int(whole + fraction.ljust(digits, "0"))
    if minor >= 2**62:
        raise CellError(f"{cell!r} is too large")
    return -minor if sign else minor


def country(cell: str) -> str:
    code = cell.upper()
    if code not in COUNTRIES:
        raise CellError(f"{cell!r} is not a country of ISO 3166-1, like US or CN")
    return code


def currency(cell: str) -> str:
    code = cell.upper()
    if code not in CURRENCIES:
        raise CellError(f"{cell!r} is not a currency of ISO 4217, like USD or CNY")
    return code


def zone(cell: str) -> str:
    known = _BY_FOLDED_ZONE.get(cell.casefold())
    if known is None:
        raise CellError(f"{cell!r} is not an IANA time zone, like America/Chicago")
    return known


@lru_cache(maxsize=1024)
def language_tag(cell: str) -> str:
    try:
        return language.canonical(cell)
    except ValueError as problem:
        raise CellError(str(problem)) from None


def email(cell: str) -> str:
    """Exactly one mailbox `local@domain`, no display name, no quoting; the domain in lower case, as ASCII."""
    try:
        return mailbox(cell)
    except UnreadableMailbox as problem:
        raise CellError(str(problem)) from None
