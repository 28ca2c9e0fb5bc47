"""A product opened over a fresh SQLite file, an application over it, and a caller for every role."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from orchestrator.api.app import create_app
from orchestrator.api.permission import Role
from orchestrator.bootstrap import Runtime
from orchestrator.settings import Settings
from orchestrator.store import migration

Callers = dict[str, dict[str, str]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path}/test.db",
        email_webhook_secret=SecretStr("mail-secret"),
        public_url="https://collections.example.com",
        _env_file=None,  # type: ignore[call-arg]
    )


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    opened = Runtime.open(settings)
    migration.upgrade(opened.database)
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
