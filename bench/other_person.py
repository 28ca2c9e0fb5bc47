"""What makes a copy of a person somebody else: names, numbers, mailboxes, and the ledger lines about them.

SQLite functions, so that a million rows are made inside the database.
"""

from __future__ import annotations

import re
import sqlite3
from functools import lru_cache

from orchestrator.audit import ledger
from orchestrator.store.sealing import Sealer

_SYLLABLES = ("ba", "cor", "den", "el", "far", "gan", "hol", "ish", "jar", "kel", "lin", "mar", "nor", "ol", "pen",
              "quin", "ros", "sal", "tor", "ur", "ven", "wil", "yar", "zan")  # fmt: skip
_HAN = "伟芳娜敏静强磊军洋艳勇杰娟涛明超霞平刚桂英华建国玉兰文波辉鹏宇欣怡浩然子涵雨泽"
COMMON = "Smith"
"""A family name that one person in ten has: too many for one page."""
_IDS = re.compile(rb'"(verdict_id|message_id|decision_id)":"([^"]+)"')
_MESSAGE = re.compile(r'"(message_id|attempt_id)": ?"([^"]+)"')
# every new number of one area code differs, whatever person and copy it is of
_STEP, _NUMBERS = 1_009, 7_900_000


class OtherPerson:
    """Contact values are known by their blind index in the small book, attached as `small`."""

    def __init__(self, connection: sqlite3.Connection, sealer: Sealer):
        self._connection, self._sealer = connection, sealer
        rows = connection.execute(
            "SELECT value_index, kind, value_sealed FROM small.contact_point ORDER BY value_index"
        ).fetchall()
        self._values = {row[0]: (number, row[1], sealer.open(row[2])) for number, row in enumerate(rows)}
        ids = connection.execute("SELECT id FROM small.consumer").fetchall()
        self._people = {sealer.reference(row[0]): row[0] for row in ids}

    def register(self) -> None:
        """Make the functions known to the connection."""
        for name, count, function in (
            ("other_index", 2, lru_cache(4_096)(self.index)),
            ("other_sealed", 3, self.sealed),
            ("other_given", 3, given),
            ("other_family", 3, family),
            ("other_reference", 2, lru_cache(4_096)(self.reference)),
            ("other_body", 2, body),
            ("other_digest", 7, self.digest),
            ("other_detail", 2, detail),
        ):
            self._connection.create_function(name, count, function, deterministic=True)

    def value(self, index: str, copy: int) -> str:
        """The contact value that stands for one of the small book."""
        place, kind, value = self._values[index]
        if kind == "phone":
            number = 2_000_000 + (place * _STEP + copy) % _NUMBERS
            return f"{value[:5]}{number:07}" if value.startswith("+1") else f"+86199{number:08}"
        if kind == "email":
            name, _, domain = value.partition("@")
            return f"{name}.{copy}@{domain}"
        return f"{value} {copy}"

    def index(self, index: str | None, copy: int) -> str | None:
        """The blind index of the copy's value; of a value that nobody in the book has, another text."""
        if index is None:
            return None
        if index not in self._values:
            return f"{index[:20]}{copy:06}"
        return self._sealer.index(self._values[index][1], self.value(index, copy))

    def sealed(self, index: str, copy: int, own: bytes) -> bytes:
        return self._sealer.seal(self.value(index, copy)) if index in self._values else own

    def reference(self, reference: str | None, tail: str) -> str | None:
        known = self._people.get(reference or "")
        return reference if known is None else self._sealer.reference(known + tail)

    def digest(  # noqa: PLR0917 - the columns of a line
        self, at: int, kind: str, reference: str | None, tail: str, attempt: str | None, text: bytes, own: str
    ) -> bytes:
        """The digest of the line as the copy has it."""
        return ledger.digest_of(at, kind, self.reference(reference, tail), attempt, body(text, own))


def body(text: bytes, own: str) -> bytes:
    """A ledger line's body with the ids of the copy."""
    return _IDS.sub(rb'"\1":"\2' + own.encode() + b'"', text)


def detail(text: str | None, own: str) -> str | None:
    return None if text is None else _MESSAGE.sub(rf'"\1":"\2{own}"', text)


def given(name: str | None, country: str, copy: int) -> str | None:
    if name is None or country != "CN":
        return name
    return name + (_HAN[copy % len(_HAN)] if copy % 3 else "")


def family(name: str | None, country: str, copy: int) -> str | None:
    """Half keep a family name that many share, one in ten is called the same, the others have one of few."""
    if name is None or country == "CN" or copy % 2:
        return name
    return COMMON if copy % 10 == 0 else name[0] + _made_up(copy, name)


def _made_up(copy: int, name: str) -> str:
    number = copy * 31 + sum(map(ord, name))
    count = len(_SYLLABLES)
    return _SYLLABLES[number % count] + _SYLLABLES[number // count % count] + _SYLLABLES[number // 7 % count]
