"""What an import is asked to do, and what came of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestrator.domain.cadence import Cadence
from orchestrator.importers.kind import Kind

CHUNK_ROWS = 2_000
MAX_CLOSING = 0.10


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """`kind` None: by the header. `full`: the file is the whole book of its creditors.

    max_closing: the largest share (0 to 1) of their open accounts that `full` may close.
    complete_since: how far back the contact history of the file's accounts is whole.
    cadence: the accounts of a portfolio enrol into it. mapping: a YAML file of column names.
    """

    kind: Kind | None = None
    full: bool = False
    max_closing: float = MAX_CLOSING
    complete_since: date | None = None
    cadence: Cadence | None = None
    mapping: Path | None = None
    chunk_rows: int = CHUNK_ROWS


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Counts of one import. `rows` were read, of which `rejected` did not go in; `accounts` and `consumers`
    are
    those that accepted rows were about."""

    kind: Kind
    rows: int
    accounts: int
    consumers: int
    rejected: int
    rejected_path: Path | None = None
    closed: int = 0
    enrolled: int = 0
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 where no row went in although there were some."""
        return 1 if self.rows and self.rejected == self.rows else 0

    def as_json(self) -> str:
        """The four counts that stay, on one line."""
        counts = {
            "rows": self.rows,
            "accounts": self.accounts,
            "consumers": self.consumers,
            "rejected": self.rejected,
        }
        return json.dumps(counts)
