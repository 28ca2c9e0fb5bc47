"""Files to import, written row by row, and a look into what they left behind."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestrator.clock import VirtualClock
from orchestrator.importers.options import ImportOptions, ImportResult
from orchestrator.importers.run import import_file
from orchestrator.store.database import Database
from orchestrator.store.sealing import KeyRing, Sealer

NOW = datetime(2026, 4, 7, 15, tzinfo=UTC)
ANN = {
    "consumer_id": "c1", "kind": "person", "given_name": "Ann", "family_name": "Hill", "country": "US",
    "mobile": "+12125550100", "account_id": "a1", "creditor": "harbor", "actor": "third_party_collector",
    "currency": "USD", "balance": "120.50", "delinquent_since": "2025-11-01",
}  # fmt: skip


class Desk:
    """Imports rows as a file of its own, a minute after the one before."""

    def __init__(self, database: Database, folder: Path):
        self.database, self.folder = database, folder
        self.clock = VirtualClock(NOW)
        self.sealer = Sealer(KeyRing.of_secret("a secret of the tests, long enough"))
        self.count = 0

    def bring(self, *rows: dict[str, str], **options: Any) -> ImportResult:
        """Write the rows as CSV with the columns they have, and import them."""
        columns = list(dict.fromkeys(name for row in rows for name in row))
        self.count += 1
        path = self.folder / f"file{self.count}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
        return self.bring_file(path, **options)

    def bring_file(self, path: Path, **options: Any) -> ImportResult:
        """Import a file as it is."""
        self.clock.advance(timedelta(minutes=1))
        return import_file(self.database, path, ImportOptions(**options), self.clock, self.sealer)

    def see(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.database.read() as unit:
            return unit.query(sql, params)

    def reasons(self, result: ImportResult) -> list[str]:
        """Why rows were refused."""
        if result.rejected_path is None:
            return []
        with result.rejected_path.open(encoding="utf-8", newline="") as file:
            return [row["rejected_reason"] for row in csv.DictReader(file)]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """Both databases, empty."""
    return Desk(database, tmp_path)


@pytest.fixture
def ann() -> Callable[..., dict[str, str]]:
    """A good row of a portfolio, with what is to be different."""
    return lambda **changes: {**ANN, **changes}
