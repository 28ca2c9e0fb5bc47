"""Who is meant by what somebody types: a name, an account, a number, a mailbox, an id, however it is spelled.

Names are found by their beginnings, everything else whole. Numbers, mailboxes and account numbers are found by their
blind index, so nothing is opened. Who is not in the book and who is not found look the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.domain.contact_value import spellings
from orchestrator.engine.house import House
from orchestrator.engine.message import display_name
from orchestrator.store import book
from orchestrator.store import search as rows
from orchestrator.store.search import OwedRow, PersonRow
from orchestrator.store.session import Session

LIMIT = 50
MAX_TEXT = 200
_NUMBER = re.compile(r"(?:tel:)?[+(]?[0-9][0-9() .\-/]*")
_MIN_DIGITS = 5
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was found. `by`: what matched: consumer_id, account, phone, email, name."""

    consumer_id: str
    name: str
    country: str
    by: str
    accounts: tuple[OwedRow, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """At most LIMIT people, exact matches first; `has_more`: the name is too common to list everybody."""

    found: tuple[Found, ...]
    has_more: bool = False

    @property
    def only(self) -> Found | None:
        """The one who is meant, if an id, a number or a mailbox names nobody else."""
        exact = [one for one in self.found if one.by != "name"]
        return exact[0] if len(exact) == 1 == len(self.found) else None


def find_consumers(house: House, text: str, *, limit: int = LIMIT) -> Answer:
    """Everybody who may be meant by `text`; nothing typed finds nobody."""
    plain = " ".join(unicodedata.normalize("NFKC", text[:MAX_TEXT]).split())
    if not plain:
        return Answer(())
    with house.database.read(house.clock) as unit:
        by: dict[str, str] = {}
        for reason, consumer_ids in _exact(house, unit, plain):
            for one in consumer_ids:
                by.setdefault(one, reason)
        people = {row.id: row for row in rows.by_ids(unit, by)} if by else {}
        if not people:
            named = rows.by_names(unit, list(_names(plain)), limit + 1)
            people = {row.id: row for row in sorted(named, key=_order)}
        shown = list(people.values())[:limit]
        owed: dict[str, list[OwedRow]] = {}
        for account in rows.owed(unit, [row.id for row in shown]) if shown else ():
            owed.setdefault(account.consumer_id, []).append(account)
    found = (
        Found(row.id, display_name(row), row.country, by.get(row.id, "name"), tuple(owed.get(row.id, ())))
        for row in shown
    )
    return Answer(tuple(found), len(people) > limit)


def _exact(house: House, unit: Session, plain: str) -> Iterator[tuple[str, list[str]]]:
    """What names somebody whole."""
    cases = sorted({plain, plain.upper(), plain.lower()})
    yield "consumer_id", [row.id for row in rows.by_ids(unit, cases)]
    numbers = sorted({plain, *cases, re.sub(r"[ \-]", "", plain)})
    yield "account", rows.owners(unit, cases, [house.sealer.index("account", one) for one in numbers])
    for kind in _kinds(plain):
        values = spellings(kind, plain, lambda: book.countries(unit))
        yield kind, rows.holders(unit, [house.sealer.index(kind, value) for value in values])


def _kinds(plain: str) -> Iterator[str]:
    if "@" in plain:
        yield "email"
    digits = sum(character.isdigit() for character in plain)
    if digits >= _MIN_DIGITS and _NUMBER.fullmatch(plain):
        yield "phone"


def _names(plain: str) -> Iterator[dict[str, str]]:
    """Which columns may begin how: words in any order, and a Chinese name without a space between its two."""
    for folded in _folded(plain):
        for column in ("family_name", "given_name", "organization"):
            yield {column: folded}
        for one, other in _parted(folded):
            yield {"family_name": one, "given_name": other}
            yield {"family_name": other, "given_name": one}


def _parted(folded: str) -> Iterator[tuple[str, str]]:
    """Every way to part what was typed into two names."""
    words = folded.replace(",", " ").split()
    for place in range(1, len(words)):
        yield " ".join(words[:place]), " ".join(words[place:])
    if len(words) == 1 and _HAN.fullmatch(folded):
        for place in range(1, min(len(folded), 4)):
            yield folded[:place], folded[place:]


def _folded(plain: str) -> list[str]:
    """In the cases that a database's lower() may leave: SQLite folds ASCII letters only."""
    spelled = (plain.lower(), plain, plain.title(), plain.upper())
    return list(dict.fromkeys([plain.lower(), *map(_ascii_lower, spelled)]))


def _ascii_lower(text: str) -> str:
    return "".join(one.lower() if one.isascii() else one for one in text)


def _order(row: PersonRow) -> tuple[str, str, str]:
    return (row.organization or row.family_name or "").lower(), (row.given_name or "").lower(), row.id
