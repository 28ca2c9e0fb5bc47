"""A hundred campaigns stopped while a worker hands over at full speed; and limits that two workers keep together."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import ground
from bench.book import Book, write
from orchestrator.clock import SystemClock
from orchestrator.domain.campaign import Definition
from orchestrator.engine.house import House
from orchestrator.services import campaign
from orchestrator.store.database import Database
from tests.chaos.havoc import zone_at_noon
from tests.chaos.test_stop_in_flight import lines
from tests.chaos.worker import CADENCE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
CAMPAIGNS = 100
EACH = 8
AT_ONCE = 4


@contextmanager
def working(
    url: str, folder: Path, people: int, definitions: list[Definition], nodes: int
) -> Iterator[House]:
    """Workers in processes of their own on campaigns of which everybody is due nine times."""
    database = Database(url)
    cadence = ground.cadence(CADENCE)
    write(database, ground.sealer(), Book(count=people, zone=zone_at_noon()))
    house = ground.house(database, cadence)
    house.clock = SystemClock()
    for definition in definitions:
        campaign.start(house, campaign.create(house, definition, "tester").id, "tester")
    command = [sys.executable, "-m", "tests.chaos.worker", url, str(folder / "sink.jsonl")]
    children = [subprocess.Popen([*command, f"node{number}"]) for number in range(nodes)]
    try:
        deadline = time.monotonic() + 60
        while len(lines(folder)) < 5:
            assert time.monotonic() < deadline, "no worker sends anything"
            time.sleep(0.02)
        yield house
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(30)
        database.close()


def test_no_call_of_a_campaign_starts_a_second_after_its_stop_returned(
    database_url: str, tmp_path: Path
) -> None:
    people = CAMPAIGNS * EACH
    bounds = [f"C{number * EACH:07}" for number in range(CAMPAIGNS + 1)]
    definitions = [
        Definition(
            f"wave {number}",
            "chaos",
            f'consumer_id >= "{bounds[number]}" && consumer_id < "{bounds[number + 1]}"',
        )
        for number in range(CAMPAIGNS)
    ]
    returned: dict[str, float] = {}
    with working(database_url, tmp_path, people, definitions, 1) as house:

        def stop(number: int) -> None:
            campaign.stop(house, f"wave {number}", "officer")
            returned[f"wave {number}"] = time.time()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(stop, range(CAMPAIGNS)))
        time.sleep(2.5)
        with house.database.read() as unit:
            assert unit.query("SELECT count(*) FROM enrollment WHERE state <> 'ended'") == [(0,)]
            assert unit.query("SELECT count(*) FROM attempt WHERE state IN ('reserved', 'submitted')") == [
                (0,)
            ]
    late = [
        line
        for line in lines(tmp_path)
        if line["at"] > returned[f"wave {int(str(line['consumer_id'])[1:]) // EACH}"] + 1.0
    ]
    assert late == []
    assert len(returned) == CAMPAIGNS


def test_two_workers_together_keep_the_limits(tmp_path: Path, database_url: str) -> None:
    """On PostgreSQL they plan side by side; SQLite lets one write at a time."""
    limit = 40
    definition = Definition("limited", "chaos", hourly_limit=limit, daily_limit=10 * limit)
    with working(database_url, tmp_path, 300, [definition], 2) as house:
        time.sleep(6)
        with house.database.read() as unit:
            rows = unit.query(
                "SELECT reserved_at / 3600000000, count(*) FROM attempt WHERE state NOT IN ('released', 'expired') "
                "GROUP BY 1"
            )
            waiting = unit.query(
                "SELECT count(*) FROM enrollment WHERE reason = 'campaign_hourly_limit' AND state = 'active'"
            )
    assert all(count <= limit for _, count in rows), rows
    assert max(count for _, count in rows) == limit
    assert waiting[0][0] > 0
    per_hour = Counter(int(line["at"] // 3600) for line in lines(tmp_path))
    assert all(count <= limit for count in per_hour.values())
