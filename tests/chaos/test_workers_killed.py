"""SIGKILL twenty times while two thousand contacts are due: nothing twice, no cap passed, nothing stuck."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.chaos.havoc import Havoc

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def url() -> Iterator[str]:
    name, made = postgres.fresh()
    yield made
    postgres.drop(name)


def test_two_workers_killed_twenty_times_lose_and_double_nothing(url: str, tmp_path: Path) -> None:
    havoc = Havoc(url, tmp_path, consumers=286, kills=20)
    found = havoc.run()
    assert found == []
    assert havoc.killed == 20


def test_the_checker_finds_a_worker_that_sends_again(url: str, tmp_path: Path) -> None:
    found = Havoc(url, tmp_path, consumers=60, kills=8, plant="resend").run()
    assert any("left 2 times" in sentence for sentence in found)
