"""One way to write a number, a mailbox or an address, so that equal ones are found by their blind index.

What an import brings is exact or refused (`phone_number.parse`, `mailbox`). What a person or a provider wrote is
never refused: `spellings` gives every value that it can mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from email.utils import parseaddr

from orchestrator.domain import phone_number
from orchestrator.domain.phone_number import UnreadableNumber

KIND_OF_CHANNEL = {"sms": "phone", "voice": "phone", "task": "phone", "email": "email", "letter": "postal"}
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{2,59})"
)
_BETWEEN_DIGITS = re.compile(r"[^0-9]+")


class UnreadableMailbox(ValueError):  # noqa: N818 - the name says what it is
    """Not exactly one mailbox; the message says why."""


def normal(kind: str, value: str) -> str:
    """Phones are E.164 already; mailboxes and postal addresses compare without case and with single spaces."""
    return value.strip() if kind == "phone" else " ".join(value.casefold().split())


def mailbox(value: str) -> str:
    """Exactly one mailbox `local@domain`, no display name, no quoting; the domain in lower case, as ASCII."""
    local, at, domain = value.rpartition("@")
    if not at or len(value) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        raise UnreadableMailbox(f"{value!r} is not exactly one e-mail address")
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            raise UnreadableMailbox(f"{value!r}: the part behind @ is not a domain") from None
    if not _DOMAIN.fullmatch(domain):
        raise UnreadableMailbox(f"{value!r}: the part behind @ is not a domain")
    return f"{local}@{domain.lower()}"


def spellings(kind: str, value: str, countries: Callable[[], Iterable[str]]) -> tuple[str, ...]:
    """Every normal value that `value` can mean, the likeliest first; none only where nothing is written.

    A number without its country code is read in each of `countries`, asked for only then: closing one number too
    many costs a contact, reading a stop as the wrong country's loses it.
    """
    plain = unicodedata.normalize("NFKC", value).strip()
    read = {"phone": _numbers, "email": _mailboxes}.get(kind)
    if not plain:
        return ()
    found = [] if read is None else list(dict.fromkeys(read(plain, countries)))
    return tuple(found) or (normal(kind, plain),)


def _numbers(plain: str, countries: Callable[[], Iterable[str]]) -> Iterator[str]:
    # "tel:+1...": what stands before the colon says how it came, not what it is
    spelled = plain.rpartition(":")[2]
    digits = _BETWEEN_DIGITS.sub("", spelled)
    international = spelled.startswith("+")
    for country in [None] if international else countries():
        if (number := _number(spelled, country)) is not None:
            yield number
    # the plus sign may have been lost on the way, or 00 stand for it
    if (number := _number("+" + digits.lstrip("0"), None)) is not None:
        yield number
    if international and digits:
        yield "+" + digits


def _number(spelled: str, country: str | None) -> str | None:
    try:
        return phone_number.parse(spelled, country).e164
    except UnreadableNumber:
        return None


def _mailboxes(plain: str, _: Callable[[], Iterable[str]]) -> Iterator[str]:
    bare = parseaddr(plain)[1] if "<" in plain else plain
    squeezed = "".join(bare.split())
    try:
        yield normal("email", mailbox(squeezed))
    except UnreadableMailbox:
        yield normal("email", squeezed)
