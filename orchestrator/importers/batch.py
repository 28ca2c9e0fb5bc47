"""One import under way.

What it counts, where its refused rows go, and the name its facts carry as their source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.cadence import Cadence
from orchestrator.engine.house import House
from orchestrator.importers.kind import Kind
from orchestrator.importers.rejected import RejectedFile
from orchestrator.importers.row import Row
from orchestrator.store import book, entry
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session


@dataclass(slots=True)
class Batch:
    """`file_digest` is the SHA-256 of the file in hex; `seen_before`.

    The same file was imported whole before.
    """

    id: str
    kind: Kind
    file_digest: str
    sealer: Sealer
    rejected: RejectedFile
    seen_before: bool = False
    complete_since: str | None = None
    cadence: Cadence | None = None
    house: House | None = None
    enrolled: int = 0
    # consumers found to share a number or mailbox with another
    sharing: int = 0
    rows: int = 0
    # creditors whose row is there, and those that a history speaks of
    known_creditors: set[str] = field(default_factory=set)
    creditors: set[str] = field(default_factory=set)
    # holds of refused rows, (kind, account) by consumer, until the book has whom they are about; placing one again does
    # nothing, so that none is taken out and a chunk that is tried again finds them
    waiting: dict[str, dict[tuple[str, str], None]] = field(default_factory=dict)
    # hashes of ids: eight bytes an entry instead of the id, so that memory stays flat
    _accounts: set[int] = field(default_factory=set)
    _consumers: set[int] = field(default_factory=set)
    _countries: tuple[str, ...] | None = None
    _serial: int = 0
    _moved: set[str] = field(default_factory=set)
    _stirred: set[str] = field(default_factory=set)
    _refused: list[tuple[int, str, list[str]]] = field(default_factory=list)
    _noted: list[tuple[LineKind, str | None, dict[str, Any]]] = field(default_factory=list)

    @property
    def source(self) -> str:
        return f"import:{self.kind}"

    @property
    def recorded_by(self) -> str:
        return f"import:{self.id}"

    @property
    def accounts(self) -> int:
        """Accounts that accepted rows were about."""
        return len(self._accounts)

    @property
    def consumers(self) -> int:
        """Consumers that accepted rows were about."""
        return len(self._consumers)

    def serial(self) -> int:
        """A number that no other row of this import has."""
        self._serial += 1
        return self._serial

    def order(self, unit: Session) -> int:
        """Grows from chunk to chunk and from import to import, for ids that lie together in their index."""
        return unit.now_micros + self.serial()

    def countries(self, unit: Session) -> tuple[str, ...]:
        """The countries of the book, in which a national number may have to be read."""
        if self._countries is None:
            self._countries = book.countries(unit)
        return self._countries

    def moves(self, consumer_ids: Iterable[str]) -> None:
        """The unspent permits of these consumers die with this chunk."""
        self._moved.update(consumer_ids)

    def stirs(self, consumer_ids: Iterable[str]) -> None:
        """There is news of these consumers: what waits for a fact is judged again."""
        self._stirred.update(consumer_ids)

    def note(self, line: LineKind, who: str | None, **body: Any) -> None:
        """A line for the ledger; `body` names rows by id and holds nothing personal."""
        self._noted.append((line, who, body))

    def follow(self, unit: Session) -> None:
        """What every chunk brings, in its transaction.

        Permits die, held work is looked at, the ledger has its lines.
        """
        book.move_epochs(unit, sorted(self._moved))
        if stirred := self._moved | self._stirred:
            entry.wake(unit, stirred)
        reference = self.sealer.reference
        lines = [
            Line(kind, unit.now_micros, {**body, "import": self.id}, reference(who) if who else None)
            for kind, who, body in self._noted
        ]
        if lines:
            ledger.append(unit, lines)
        self._moved.clear()
        self._stirred.clear()
        self._noted.clear()

    def touched(self, account_id: str | None, consumer_id: str | None) -> None:
        """Count what an accepted row was about."""
        if account_id is not None:
            self._accounts.add(hash(account_id))
        if consumer_id is not None:
            self._consumers.add(hash(consumer_id))

    def touched_all(self, about: Iterable[tuple[str, str]]) -> None:
        """Count the account and consumer of many accepted rows."""
        for account_id, consumer_id in about:
            self._accounts.add(hash(account_id))
            self._consumers.add(hash(consumer_id))

    def refuse(self, row: Row, reason: str) -> None:
        """Refuse a row of this chunk, once."""
        if row.is_refused:
            return
        self._refused.append((row.line, reason, row.cells))

    def keep_refused(self) -> None:
        """Into the rejected file, before the accepted rows commit: no row is in neither place."""
        for line, reason, cells in self._refused:
            self.rejected.add(line, reason, cells)
        self._refused.clear()
        self.rejected.flush()

    def forget_chunk(self) -> None:
        """The chunk was rolled back and is tried again."""
        for noted in (self._refused, self._moved, self._stirred, self._noted, self.known_creditors):
            noted.clear()
