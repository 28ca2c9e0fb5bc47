"""A house without anything to send, on each database, and passwords that are hashed cheaply."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from orchestrator.clock import VirtualClock
from orchestrator.domain import firm_file
from orchestrator.domain import password as passwords
from orchestrator.domain.cadence_library import Cadences
from orchestrator.engine.house import House
from orchestrator.store.database import Database
from orchestrator.store.sealing import KeyRing, Sealer
from templates.library import Catalog

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    passwords.nobody.cache_clear()
    yield
    passwords.nobody.cache_clear()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def house(database: Database, clock: VirtualClock) -> House:
    return House(
        database=database,
        clock=clock,
        sealer=Sealer(KeyRing.of_secret("a secret of forty characters for the tests")),
        library=None,
        catalog=Catalog({}, {}),
        firm=firm_file.load(None),
        cadences=Cadences([]),
        providers={},
    )
