"""Proves the ledger from its rows and from heads kept outside.

The rows alone show an edited, lost or inserted line. Only heads that somebody else keeps show a chain that was cut
and closed again, a database restored from an older copy, or a chain rewritten from its first line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestrator.audit.head import Head, is_genuine, read_outside
from orchestrator.audit.ledger import digest_of
from orchestrator.audit.sealer import GENESIS, chain
from orchestrator.store.database import Database
from orchestrator.store.session import Session

PAGE = 20_000
MOST_FINDINGS = 50
Progress = Callable[[int], None]


@dataclass
class Verification:
    """What was looked at and what was found wrong; `waiting` lines are written but not chained yet."""

    lines: int = 0
    waiting: int = 0
    heads_inside: int = 0
    heads_outside: int = 0
    last_seq: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.findings

    def find(self, sentence: str) -> None:
        """Note what is wrong; a long list is cut, its length is not needed to know that it is broken."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(sentence)


def verify(
    database: Database,
    *,
    outside: Path | None = None,
    public_key: str | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Check every line, every link, and every head; `public_key` (base64) is the one that must have signed."""
    result = Verification()
    wanted = _outside_heads(outside, public_key, result)
    with database.read() as unit:
        inside = _inside_heads(unit)
        result.heads_inside = len(inside)
        marks = sorted({*wanted, *inside})
        seen = _walk(unit, marks, result, progress)
        _compare(wanted, seen, "kept outside", result)
        _compare(inside, seen, "in the database", result)
        _count_strays(unit, result)
    return result


def _outside_heads(path: Path | None, public_key: str | None, result: Verification) -> dict[int, bytes]:
    heads: dict[int, bytes] = {}
    if path is None or not path.exists():
        return heads
    for head in read_outside(path):
        result.heads_outside += 1
        _check_signature(head, public_key, result)
        if heads.setdefault(head.seq, head.chained_bytes) != head.chained_bytes:
            result.find(
                f"two heads kept outside differ at link {head.seq}: the ledger was rewritten between them"
            )
    return heads


def _check_signature(head: Head, public_key: str | None, result: Verification) -> None:
    if public_key is not None and head.public_key != public_key:
        result.find(f"the head at link {head.seq} was signed with another key")
    elif not is_genuine(head, public_key or head.public_key):
        result.find(f"the signature of the head at link {head.seq} does not fit it")


def _inside_heads(unit: Session) -> dict[int, bytes]:
    return {int(seq): bytes(chained) for seq, chained in unit.query("SELECT seq, chained FROM ledger_head")}


def _walk(
    unit: Session, marks: Sequence[int], result: Verification, progress: Progress | None
) -> dict[int, bytes]:
    """Go along the chain from its first link; the chained digest at each of `marks`."""
    seen: dict[int, bytes] = {}
    wanted = set(marks)
    seq, chained = 0, GENESIS
    while rows := unit.query(_PAGE_SQL, {"after": seq, "size": PAGE}):
        for row in rows:
            seq, chained = _step(row, seq, chained, result)
            if seq in wanted:
                seen[seq] = chained
        result.lines += len(rows)
        if progress is not None:
            progress(len(rows))
    result.last_seq = seq
    return seen


_PAGE_SQL = (
    "SELECT link.seq, link.entry_id, link.chained, entry.at, entry.kind, entry.consumer_ref, entry.attempt_id, "
    "entry.body, entry.digest FROM ledger_link AS link LEFT JOIN ledger_entry AS entry ON entry.id = link.entry_id "
    "WHERE link.seq > :after ORDER BY link.seq LIMIT :size"
)


def _step(row: tuple[Any, ...], before: int, previous: bytes, result: Verification) -> tuple[int, bytes]:
    """One link; what goes on is what was computed, so that one break is not reported for every later link."""
    seq, entry_id, stored, at, kind, consumer_ref, attempt_id, body, digest = row
    if seq != before + 1:
        result.find(f"links {before + 1} to {seq - 1} are missing")
    if digest is None:
        result.find(f"link {seq}: its line {entry_id} is missing")
        return seq, bytes(stored)
    if digest_of(at, kind, consumer_ref, attempt_id, bytes(body)) != bytes(digest):
        result.find(f"link {seq}: line {entry_id} ({kind}) was changed")
    if chain(previous, bytes(digest)) != bytes(stored):
        result.find(f"link {seq}: it does not follow from the link before it")
    return seq, bytes(stored)


def _compare(heads: dict[int, bytes], seen: dict[int, bytes], where: str, result: Verification) -> None:
    for seq, chained in sorted(heads.items()):
        if seq not in seen:
            result.find(f"the head {where} at link {seq} has no link: the ledger ends at {result.last_seq}")
        elif seen[seq] != chained:
            result.find(f"the head {where} at link {seq} does not fit: the ledger was rewritten before it")


def _count_strays(unit: Session, result: Verification) -> None:
    """Lines that are not chained yet; their own digests are checked as well."""
    last = 0
    while rows := unit.query(_WAITING_SQL, {"after": last, "size": PAGE}):
        for entry_id, at, kind, consumer_ref, attempt_id, body, digest in rows:
            last = int(entry_id)
            result.waiting += 1
            if digest_of(at, kind, consumer_ref, attempt_id, bytes(body)) != bytes(digest):
                result.find(f"line {entry_id} ({kind}), not chained yet, was changed")


_WAITING_SQL = (
    "SELECT entry.id, entry.at, entry.kind, entry.consumer_ref, entry.attempt_id, entry.body, entry.digest "
    "FROM ledger_entry AS entry LEFT JOIN ledger_link AS link ON link.entry_id = entry.id "
    "WHERE link.entry_id IS NULL AND entry.id > :after ORDER BY entry.id LIMIT :size"
)
