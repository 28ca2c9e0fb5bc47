"""A made-up book straight into the tables: who is contacted, about what, enrolled and due. Fast and without files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from orchestrator.clock import Clock
from orchestrator.domain.cadence import Cadence
from orchestrator.domain.instant import from_micros
from orchestrator.store import enrollment
from orchestrator.store.database import Database
from orchestrator.store.identifier import derived_id
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session

CREDITOR = "harbor-bank"
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Book:
    """`count` consumers with one account each; each has a mobile number, a mailbox and a postal address.

    zone: where they live. history: earlier calls a consumer has had, spread over the year before.
    """

    count: int
    zone: str = "America/Chicago"
    jurisdictions: tuple[str, ...] = ("us", "us-il")
    country: str = "US"
    currency: str = "USD"
    language: str = "en"
    history: int = 0
    prefix: str = "C"

    def consumer_id(self, number: int) -> str:
        return f"{self.prefix}{number:07}"

    def account_id(self, number: int) -> str:
        return f"A-{self.consumer_id(number)}"


def write(
    database: Database, sealer: Sealer, book: Book, cadence: Cadence | None = None, clock: Clock | None = None
) -> None:
    """Fill the tables; with a cadence everybody is enrolled and due at once."""
    for first in range(0, book.count, _CHUNK):
        numbers = range(first, min(first + _CHUNK, book.count))
        with database.write(clock) as unit:
            if first == 0:
                _creditor(unit)
            _people(unit, book, numbers)
            _points(unit, sealer, book, numbers)
            _history(unit, book, numbers)
            if cadence is not None:
                _enroll(unit, book, numbers, cadence)


def _creditor(unit: Session) -> None:
    unit.execute(
        "INSERT INTO creditor (id, name, first_seen_at) VALUES (:id, :id, :now) ON CONFLICT DO NOTHING",
        {"id": CREDITOR, "now": unit.now_micros},
    )


def _people(unit: Session, book: Book, numbers: range) -> None:
    now, today = unit.now_micros, from_micros(unit.now_micros).date()
    zones = f'[{{"zone": "{book.zone}", "source": "stated"}}]'
    places = "[" + ", ".join(f'"{one}"' for one in book.jurisdictions) + "]"
    unit.insert_many(
        "consumer",
        ("id", "kind", "pool_id", "given_name", "family_name", "language", "country", "zones", "jurisdictions",
         "epoch", "created_at", "changed_at"),
        [
            (book.consumer_id(n), "person", book.consumer_id(n), "Ann", f"Lee{n}", book.language, book.country, zones,
             places, 0, now, now)
            for n in numbers
        ],
    )  # fmt: skip
    unit.insert_many(
        "account",
        ("id", "creditor_id", "actor", "currency", "balance_minor", "delinquent_since", "state", "account_label",
         "product", "new_placement", "created_at", "changed_at"),
        [
            (book.account_id(n), CREDITOR, "third_party_collector", book.currency, 25_000 + n % 1000,
             str(today - timedelta(days=90)), "open", f"ending {n % 10000:04}", "credit_card", True, now, now)
            for n in numbers
        ],
    )  # fmt: skip
    unit.insert_many(
        "account_consumer",
        ("account_id", "consumer_id", "position"),
        [(book.account_id(n), book.consumer_id(n), 0) for n in numbers],
    )
    kinds = ("validation",) if book.country == "US" else ("agency_notice",)
    unit.insert_many(
        "notice",
        ("id", "consumer_id", "account_id", "kind", "sent_on", "medium", "undeliverable", "occurred_at",
         "recorded_at", "source", "recorded_by", "withdrawn"),
        [
            (derived_id("no", book.account_id(n), kind), book.consumer_id(n), book.account_id(n), kind,
             str(today - timedelta(days=60)), "mail", False, now, now, "book", "book", False)
            for n in numbers
            for kind in kinds
        ],
    )  # fmt: skip
    unit.insert_many(
        "consent",
        ("id", "consumer_id", "type", "channel", "party", "obtained_during_violation", "occurred_at", "recorded_at",
         "source", "recorded_by", "withdrawn"),
        [
            (derived_id("co", book.consumer_id(n), channel), book.consumer_id(n), kind, channel, "consumer", False,
             now - 86_400_000_000, now, "book", "book", False)
            for n in numbers
            for kind, channel in (("electronic", "sms"), ("electronic", "email"), ("automated_voice", "voice"))
        ],
    )  # fmt: skip


def _points(unit: Session, sealer: Sealer, book: Book, numbers: range) -> None:
    now = unit.now_micros
    unit.insert_many(
        "contact_point",
        ("id", "consumer_id", "kind", "value_sealed", "value_index", "key_id", "number_kind", "country", "position",
         "state", "employer_provided", "created_at", "changed_at"),
        [
            (derived_id("cp", book.consumer_id(n), kind), book.consumer_id(n), kind, sealer.seal(value),
             sealer.index(kind, value.casefold()), sealer.key_id, "mobile" if kind == "phone" else None,
             book.country, 0, "unverified", "no", now, now)
            for n in numbers
            for kind, value in values(book, n)
        ],
    )  # fmt: skip


def values(book: Book, number: int) -> Iterator[tuple[str, str]]:
    """Every contact value of a consumer, with its kind."""
    yield "phone", f"+1312{number % 10_000_000:07}" if book.country == "US" else f"+86138{number:08}"
    yield "email", f"{book.consumer_id(number).lower()}@example.org"
    yield "postal", f"{number} main street\nchicago, il 60601\nus"


def _history(unit: Session, book: Book, numbers: range) -> None:
    """Calls long past and evenly spread: every one of them has to be looked past."""
    if not book.history:
        return
    now = unit.now_micros
    apart = 400 * 86_400_000_000 // book.history
    start = now - 40 * 86_400_000_000
    unit.insert_many(
        "contact_event",
        ("consumer_id", "event_id", "version", "occurred_at", "recorded_at", "channel", "direction", "outcome",
         "account_ids", "party", "actor", "content", "source", "recorded_by"),
        [
            (book.consumer_id(n), f"ev{k:06}", 0, start - k * apart, start - k * apart, "voice", "outbound",
             "no_answer", f'["{book.account_id(n)}"]', "consumer", "third_party_collector", "collection", "book",
             "book")
            for n in numbers
            for k in range(book.history)
        ],
    )  # fmt: skip


def _enroll(unit: Session, book: Book, numbers: range, cadence: Cadence) -> None:
    enrollment.keep_version(unit, cadence.name, cadence.digest, cadence.source)
    chosen = enrollment.candidates_among(unit, [book.account_id(n) for n in numbers])
    enrollment.enter(unit, chosen, cadence=cadence.name, digest=cadence.digest, next_at=unit.now_micros)
