"""One import under way: what it counts, where its refused rows go, and the name its facts carry as their source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from orchestrator.importers.kind import Kind
from orchestrator.importers.rejected import RejectedFile
from orchestrator.importers.row import Row
from orchestrator.store.session import Session


class Sealing(Protocol):
    """Encrypts a value, and hashes it for exact search (`orchestrator.store.sealing.Sealer`)."""

    @property
    def key_id(self) -> str: ...

    def seal(self, text: str) -> bytes: ...

    def index(self, kind: str, text: str) -> str: ...


@dataclass(slots=True)
class Batch:
    """`file_digest` is the SHA-256 of the file in hex; `seen_before`: the same file was imported whole before."""

    id: str
    kind: Kind
    file_digest: str
    sealer: Sealing
    rejected: RejectedFile
    seen_before: bool = False
    complete_since: str | None = None
    rows: int = 0
    creditors: set[str] = field(default_factory=set)
    # hashes of ids: eight bytes an entry instead of the id, so that memory stays flat
    _accounts: set[int] = field(default_factory=set)
    _consumers: set[int] = field(default_factory=set)
    _countries: tuple[str, ...] | None = None
    _serial: int = 0

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

    def countries(self, unit: Session) -> tuple[str, ...]:
        """The countries of the book, in which a national number may have to be read."""
        if self._countries is None:
            found = unit.query("SELECT DISTINCT country FROM consumer ORDER BY country")
            self._countries = tuple(str(row[0]) for row in found)
        return self._countries

    def touched(self, account_id: str | None, consumer_id: str | None) -> None:
        """Count what an accepted row was about."""
        if account_id is not None:
            self._accounts.add(hash(account_id))
        if consumer_id is not None:
            self._consumers.add(hash(consumer_id))

    def refuse(self, row: Row, reason: str) -> None:
        """Put a row into the rejected file."""
        self.rejected.add(row.line, reason, row.cells)
