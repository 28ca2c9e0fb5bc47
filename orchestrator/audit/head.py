"""Signed heads of the chain, kept in the database and in a second place that the database's owner does not hold.

A head says: at this moment the chain had `seq` links and ended in `chained`. It is signed with Ed25519. The file
outside is append-only JSON lines; put it on another volume (`DUECOURSE_LEDGER_HEADS`).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from orchestrator.audit.sealer import tip_of
from orchestrator.clock import Clock
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.errors import LedgerError
from orchestrator.store.database import Database
from orchestrator.store.session import Session

HEAD_EVERY_S = 60
HEAD_EVERY_ROWS = 1_000


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """One signed head. `chained`, `signature`, `public_key` are base64; `signed_at` RFC 3339 UTC.

    The database keeps no public key: one read from there (`public_key` empty) is checked with ours.
    """

    seq: int
    chained: str
    signed_at: datetime
    key_id: str
    public_key: str
    signature: str

    @property
    def chained_bytes(self) -> bytes:
        return base64.b64decode(self.chained)


class Signer:
    """Signs heads with the key ring's signing key (32 bytes)."""

    def __init__(self, seed: bytes):
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.public_key = base64.b64encode(raw).decode()
        self.key_id = self.public_key[:8]

    def sign(self, seq: int, chained: bytes, signed_at: datetime) -> Head:
        """A head of the chain at this moment."""
        text = base64.b64encode(chained).decode()
        signature = self._key.sign(_message(seq, text, signed_at))
        return Head(
            seq=seq,
            chained=text,
            signed_at=signed_at,
            key_id=self.key_id,
            public_key=self.public_key,
            signature=base64.b64encode(signature).decode(),
        )


def _message(seq: int, chained: str, signed_at: datetime) -> bytes:
    return f"duecourse ledger head 1\n{seq}\n{chained}\n{signed_at.isoformat()}".encode()


def is_genuine(head: Head, public_key: str) -> bool:
    """Whether `public_key` (base64, ours or one kept outside) signed this head."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        key.verify(base64.b64decode(head.signature), _message(head.seq, head.chained, head.signed_at))
    except (InvalidSignature, ValueError):
        return False
    return True


def write_head(
    database: Database, signer: Signer, outside: Path | None, clock: Clock | None = None
) -> Head | None:
    """Sign the present head, if the chain moved since the last; the outside copy is written first.

    A head outside that the database lost says "the tail was cut"; the other way round would say nothing.
    """
    with database.read(clock) as unit:
        tip = tip_of(unit)
        last = unit.one("SELECT max(seq) FROM ledger_head")
        if tip.seq == 0 or (last and last[0] is not None and int(last[0]) >= tip.seq):
            return None
        head = signer.sign(tip.seq, tip.chained, from_micros(unit.now_micros))
    if outside is not None:
        append_outside(outside, head)
    with database.write(clock) as unit:
        unit.execute(
            "INSERT INTO ledger_head (seq, chained, signed_at, key_id, signature) "
            "VALUES (:seq, :chained, :at, :key_id, :signature) ON CONFLICT (seq) DO NOTHING",
            {
                "seq": head.seq,
                "chained": head.chained_bytes,
                "at": to_micros(head.signed_at),
                "key_id": head.key_id,
                "signature": base64.b64decode(head.signature),
            },
        )
    return head


def inside_heads(unit: Session) -> list[Head]:
    """The heads in the database, oldest first."""
    return [_of_row(row) for row in unit.query(f"{_SELECT} ORDER BY seq")]


def last_inside(unit: Session) -> Head | None:
    """The newest head in the database."""
    row = unit.one(f"{_SELECT} ORDER BY seq DESC LIMIT 1")
    return None if row is None else _of_row(row)


_SELECT = "SELECT seq, chained, signed_at, key_id, signature FROM ledger_head"


def _of_row(row: tuple[Any, ...]) -> Head:
    seq, chained, signed_at, key_id, signature = row
    return Head(
        seq=int(seq),
        chained=base64.b64encode(bytes(chained)).decode(),
        signed_at=from_micros(signed_at),
        key_id=key_id,
        public_key="",
        signature=base64.b64encode(bytes(signature)).decode(),
    )


def append_outside(path: Path, head: Head) -> None:
    """Add a head to the file outside, durable before this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(msgspec.json.encode(head) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_outside(path: Path) -> Iterator[Head]:
    """The heads kept outside, oldest first; a line that is not a head is a LedgerError with its number.

    A last line without its end was cut by a crash while it was written, and is passed over.
    """
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if not line:
            continue
        try:
            yield msgspec.json.decode(line, type=Head)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if path.read_bytes().endswith(line):
                return
            raise LedgerError("this line is not a signed head", where=f"{path}:{number}") from error


def last_outside(path: Path) -> Head | None:
    """The newest head kept outside, read from the end of the file; None: there is no file, or no head at its end."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LONGEST))
            lines = file.read().split(b"\n")
    except OSError:
        return None
    for line in reversed(lines):
        try:
            return msgspec.json.decode(line, type=Head)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # the empty end, or a line that a crash cut
    return None


_LONGEST = 4_096
"""Bytes that surely hold the last two lines."""
