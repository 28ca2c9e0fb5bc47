"""A product opened over a fresh SQLite file with a small book, an application over it, a caller for every role."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from orchestrator.api.app import create_app
from orchestrator.bootstrap import Runtime
from orchestrator.clock import VirtualClock
from orchestrator.domain.permission import Role
from orchestrator.importers.options import ImportOptions
from orchestrator.importers.run import import_file
from orchestrator.settings import Settings
from orchestrator.store import migration
from orchestrator.store.database import Database
from templates import library as template_library

Callers = dict[str, dict[str, str]]
Count = Callable[[str], int]
# a Wednesday, ten in Chicago, an hour at which nothing but facts stands in the way
NOW = datetime(2026, 10, 14, 15, 0, tzinfo=UTC)
SECRET = "a secret of the tests, long enough to seal"
COLUMNS = (
    "consumer_id,kind,given_name,family_name,country,subdivision,postal_code,language,mobile,email,account_id,creditor,"
    "actor,currency,balance,delinquent_since,new_placement,account_label,validation_sent_on,consent_sms,consent_email"
)
ROWS = (
    (
        "C-1,person,Maria,Canary,US,US-IL,60614,en,+13125550101,maria.canary@example.com,A-1,harbor-bank,"
        "third_party_collector,USD,120.50,2026-05-01,yes,ending 1,2026-08-01,2026-07-01T10:00:00Z,2026-07-01T10:00:00Z"
    ),
    (
        "C-2,person,Noah,Canary,US,US-IL,60614,en,+13125550102,noah.canary@example.com,A-2,harbor-bank,"
        "third_party_collector,USD,80,2026-05-01,yes,ending 2,2026-08-01,2026-07-01T10:00:00Z,2026-07-01T10:00:00Z"
    ),
    (
        "C-3,person,Olga,Canary,US,US-IL,60614,en,+13125550101,,A-3,harbor-bank,"
        "third_party_collector,USD,80,2026-05-01,yes,ending 3,2026-08-01,2026-07-01T10:00:00Z,"
    ),
)


loaded = cache(template_library.load)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the schema and the book, copied for every test."""
    folder = tmp_path_factory.mktemp("book")
    book = folder / "portfolio.csv"
    book.write_text("\n".join((COLUMNS, *ROWS)) + "\n", encoding="utf-8")
    made = make_settings(folder)
    migration.upgrade(Database(made.database_url))
    runtime = Runtime.open(made, VirtualClock(NOW))
    result = import_file(runtime.database, book, ImportOptions(), runtime.clock, runtime.sealer)
    assert result.rejected == 0, (folder / "portfolio.rejected.csv").read_text(encoding="utf-8")
    runtime.close()
    return folder / "test.db"


def make_settings(folder: Path, **more: object) -> Settings:
    values: dict[str, object] = {
        "data_dir": folder,
        "database_url": f"sqlite:///{folder}/test.db",
        "secret_key": SecretStr(SECRET),
        "email_webhook_secret": SecretStr("mail-secret"),
        "public_url": "https://collections.example.com",
    }
    return Settings(_env_file=None, **values | more)  # type: ignore[call-arg, arg-type]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(NOW)


@pytest.fixture
def runtime(
    settings: Settings, clock: VirtualClock, prepared: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Runtime]:
    shutil.copy(prepared, settings.data_dir / "test.db")
    # the catalog never changes after it is loaded, so one serves all tests
    monkeypatch.setattr("orchestrator.bootstrap.template_library.load", loaded)
    opened = Runtime.open(settings, clock)
    yield opened
    opened.close()


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    with TestClient(create_app(runtime), base_url="https://collections.example.com") as made:
        yield made


@pytest.fixture
def callers(runtime: Runtime) -> Callers:
    """Headers that sign in, by role."""
    return {
        role.value: {"Authorization": f"Bearer {runtime.api_keys.add(role.value, role)[1]}"} for role in Role
    }


@pytest.fixture
def count(runtime: Runtime) -> Count:
    """How many rows a table has."""

    def rows(table: str) -> int:
        with runtime.database.read() as unit:
            return int(unit.query(f"SELECT count(*) FROM {table}")[0][0])

    return rows
