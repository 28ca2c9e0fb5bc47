"""Proves the ledger from its rows and from heads kept outside.

The rows alone show an edited, lost or inserted line. Only heads that somebody else keeps show a chain that was cut
and closed again, a database restored from an older copy, or a chain rewritten from its first line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from orchestrator.audit.head import Head, inside_heads, is_genuine, read_outside
from orchestrator.audit.ledger import digest_of
from orchestrator.audit.sealer import GENESIS, chain
from orchestrator.store.database import Database
from orchestrator.store.session import Session

PAGE = 10_000
MOST_FINDINGS = 50
Progress = Callable[[int], None]
"""Called with the number of lines that were just checked."""


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
    # read first: a head written from here on may be ahead of the state that is looked at
    kept = _heads(_outside(outside), "kept outside", public_key, result)
    result.heads_outside = len(kept)
    with database.read() as unit:
        inside = _heads(inside_heads(unit), "in the database", public_key, result)
        result.heads_inside = len(inside)
        if inside and outside is not None and not outside.exists():
            result.find(f"the heads kept outside are gone: there is no file {outside}")
        seen = _walk(unit, {*kept, *inside}, result, progress)
        _compare(kept, seen, "kept outside", result)
        _compare(inside, seen, "in the database", result)
        _check_waiting(unit, result)
        _count(unit, result)
    return result


def _outside(path: Path | None) -> list[Head]:
    return list(read_outside(path)) if path is not None and path.exists() else []


def _heads(
    heads: Sequence[Head], where: str, public_key: str | None, result: Verification
) -> dict[int, bytes]:
    """The chained digest that each head gives to its link; two heads that differ and false signatures are found."""
    found: dict[int, bytes] = {}
    for head in heads:
        name = f"the head {where} at link {head.seq}"
        if public_key is not None and head.public_key not in ("", public_key):
            result.find(f"{name} was signed with another key")
        elif (key := public_key or head.public_key) and not is_genuine(head, key):
            result.find(f"{name} has a signature that does not fit it")
        if found.setdefault(head.seq, head.chained_bytes) != head.chained_bytes:
            result.find(f"two heads {where} differ at link {head.seq}: the ledger was rewritten between them")
    return found


def _walk(
    unit: Session, marks: set[int], result: Verification, progress: Progress | None
) -> dict[int, bytes]:
    """Go along the chain from its first link; the chained digest at each of `marks`."""
    seen: dict[int, bytes] = {}
    seq, chained = 0, GENESIS
    while rows := unit.query(_PAGE_SQL, {"after": seq, "size": PAGE}):
        if not _is_whole(rows, seq, chained):
            _explain(rows, seq, chained, result)
        seen.update((row[0], bytes(row[2])) for row in rows if row[0] in marks)
        seq, chained = rows[-1][0], bytes(rows[-1][2])
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


def _is_whole(rows: Sequence[tuple[Any, ...]], before: int, previous: bytes) -> bool:
    """Whether a page holds, in the fewest steps a line; `_explain` says what does not.

    The text is that of `digest_of`, written out here because a call a line is a third of the time.
    """
    if [row[0] for row in rows] != list(range(before + 1, before + 1 + len(rows))) or rows[-1][8] is None:
        return False
    try:
        digests = [
            sha256(
                f"{at}:{len(kind)}:{len(ref or '')}:{len(attempt or '')}:{kind}{ref or ''}{attempt or ''}".encode()
                + body
            ).digest()
            for _, _, _, at, kind, ref, attempt, body, _ in rows
        ]
    except TypeError:  # a line that is missing or of the wrong type
        return False
    if digests != [row[8] for row in rows]:
        return False
    chained = []
    for digest in digests:
        previous = sha256(previous + digest).digest()
        chained.append(previous)
    return chained == [row[2] for row in rows]


def _explain(rows: Sequence[tuple[Any, ...]], seq: int, chained: bytes, result: Verification) -> None:
    for row in rows:
        seq, chained = _step(row, seq, chained, result)


def _step(row: tuple[Any, ...], before: int, previous: bytes, result: Verification) -> tuple[int, bytes]:
    """One link; what goes on is what is stored, so that one break is not reported for every later link."""
    seq, entry_id, stored, at, kind, consumer_ref, attempt_id, body, digest = row
    if seq != before + 1:
        result.find(f"links {before + 1} to {seq - 1} are missing")
    if digest is None:
        result.find(f"link {seq}: its line {entry_id} is missing")
    elif not _is_digest(at, kind, consumer_ref, attempt_id, body, digest):
        result.find(f"link {seq}: line {entry_id} ({kind}) was changed")
    elif chain(previous, bytes(digest)) != bytes(stored):
        result.find(f"link {seq}: it does not follow from the link before it")
    return seq, bytes(stored)


def _is_digest(at: Any, kind: Any, consumer_ref: Any, attempt_id: Any, body: Any, digest: Any) -> bool:  # noqa: PLR0917
    """SQLite keeps any type in any column, so a tampered line may hold what no digest is made of."""
    try:
        return digest_of(at, kind, consumer_ref, attempt_id, bytes(body)) == bytes(digest)
    except (TypeError, AttributeError, UnicodeError):
        return False


def _compare(heads: dict[int, bytes], seen: dict[int, bytes], where: str, result: Verification) -> None:
    for seq, chained in sorted(heads.items()):
        if seq not in seen:
            result.find(f"the head {where} at link {seq} has no link: the ledger ends at {result.last_seq}")
        elif seen[seq] != chained:
            result.find(f"the head {where} at link {seq} does not fit: the ledger was rewritten before it")


def _check_waiting(unit: Session, result: Verification) -> None:
    """Lines that are not chained yet; their own digests are checked as well."""
    last = 0
    while rows := unit.query(_WAITING_SQL, {"after": last, "size": PAGE}):
        for entry_id, at, kind, consumer_ref, attempt_id, body, digest in rows:
            last = int(entry_id)
            result.waiting += 1
            if not _is_digest(at, kind, consumer_ref, attempt_id, body, digest):
                result.find(f"line {entry_id} ({kind}), not chained yet, was changed")


_WAITING_SQL = (
    "SELECT entry.id, entry.at, entry.kind, entry.consumer_ref, entry.attempt_id, entry.body, entry.digest "
    "FROM ledger_entry AS entry LEFT JOIN ledger_link AS link ON link.entry_id = entry.id "
    "WHERE link.entry_id IS NULL AND entry.id > :after ORDER BY entry.id LIMIT :size"
)


def _count(unit: Session, result: Verification) -> None:
    """Nothing lies outside what was walked: a link numbered below one, or a line with two links, would."""
    row = unit.one("SELECT (SELECT count(*) FROM ledger_link), (SELECT count(*) FROM ledger_entry)")
    links, lines = row or (0, 0)
    if links != result.lines:
        result.find(f"{links - result.lines} links lie outside the chain")
    if not result.findings and lines != result.lines + result.waiting:
        result.find(f"{lines} lines are stored, {result.lines + result.waiting} were found by the chain")
