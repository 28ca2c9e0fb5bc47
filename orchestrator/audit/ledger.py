"""Lines of the ledger: written in the transaction of what they record, with their own digest, unchained.

A line names an attempt and a keyed hash of the consumer; it holds no personal data, so erasure leaves it valid.
Nothing waits here: no lock is taken and no earlier line is read. `sealer` numbers and chains them afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import msgspec

from orchestrator.domain.instant import to_micros


class LineKind(StrEnum):
    """What a ledger line records."""

    RESERVED = "reserved"
    SUBMITTED = "submitted"
    OUTCOME = "outcome"
    RELEASED = "released"
    REFUSED = "refused"
    RECEIPT = "receipt"
    INBOUND = "inbound"
    CONSENT = "consent"
    OPT_OUT = "opt_out"
    WISH = "wish"
    HOLD = "hold"
    HOLD_RELEASED = "hold_released"
    CEASE = "cease"
    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    PROMISE = "promise"
    PAYMENT = "payment"
    RECALL = "recall"
    CORRECTION = "correction"
    INCIDENT = "incident"
    ENROLLED = "enrolled"
    ENROLLMENT = "enrollment"
    IMPORTED = "imported"
    POLICY = "policy"
    SWITCH = "switch"
    CAMPAIGN = "campaign"
    ACCESS = "access"


class Writer(Protocol):
    """The part of a unit of work that the ledger needs."""

    def insert_many(self, table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None: ...


class Line(msgspec.Struct, frozen=True):
    """`at`: aware or microseconds. `consumer_ref`: `Sealer.reference(consumer_id)`, never the id itself."""

    kind: LineKind
    at: datetime | int
    body: Mapping[str, Any] = msgspec.field(default_factory=dict)
    consumer_ref: str | None = None
    attempt_id: str | None = None


COLUMNS = ["at", "kind", "consumer_ref", "attempt_id", "body", "digest"]
_encode = msgspec.json.Encoder(order="deterministic").encode


def append(unit: Writer, lines: Iterable[Line]) -> None:
    """Write lines in this transaction."""
    unit.insert_many("ledger_entry", COLUMNS, [row_of(line) for line in lines])


def row_of(line: Line) -> tuple[int, str, str | None, str | None, bytes, bytes]:
    """A line as its row, in the order of `COLUMNS`."""
    at = line.at if isinstance(line.at, int) else to_micros(line.at)
    body = _encode(line.body)
    kind = line.kind.value
    digest = digest_of(at, kind, line.consumer_ref, line.attempt_id, body)
    return at, kind, line.consumer_ref, line.attempt_id, body, digest


def digest_of(at: int, kind: str, consumer_ref: str | None, attempt_id: str | None, body: bytes) -> bytes:
    """SHA-256 over every column of a line; the lengths in front keep two lines from sharing one text."""
    ref, attempt = consumer_ref or "", attempt_id or ""
    head = f"{at}:{len(kind)}:{len(ref)}:{len(attempt)}:{kind}{ref}{attempt}"
    return hashlib.sha256(head.encode() + body).digest()
