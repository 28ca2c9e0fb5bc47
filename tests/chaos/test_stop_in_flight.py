"""Stops and the stop switch while a worker hands over at full speed: nothing leaves after they are acknowledged."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bench import ground
from bench.book import Book, write
from orchestrator.clock import SystemClock
from orchestrator.engine.house import House
from orchestrator.services import switch
from orchestrator.services.fact import By, record_opt_out
from orchestrator.store.database import Database
from tests.chaos.havoc import zone_at_noon
from tests.chaos.worker import CADENCE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
PEOPLE = 150


@contextmanager
def working(url: str, folder: Path) -> Iterator[House]:
    """One worker process on a book in which everybody is due nine times; the house is the injector's."""
    database = Database(url)
    cadence = ground.cadence(CADENCE)
    write(database, ground.sealer(), Book(count=PEOPLE, zone=zone_at_noon()), cadence)
    house = ground.house(database, cadence)
    house.clock = SystemClock()
    command = [sys.executable, "-m", "tests.chaos.worker", url, str(folder / "sink.jsonl"), "one"]
    child = subprocess.Popen(command)
    try:
        while len(lines(folder)) < 20:
            time.sleep(0.02)
        yield house
    finally:
        child.terminate()
        child.wait(30)
        database.close()


def lines(folder: Path) -> list[dict[str, Any]]:
    path = folder / "sink.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_nobody_is_contacted_after_an_acknowledged_stop(database_url: str, tmp_path: Path) -> None:
    acknowledged: dict[str, float] = {}
    draws = Random(7)
    with working(database_url, tmp_path) as house:
        for number in draws.sample(range(PEOPLE), 25):
            consumer_id = f"C{number:07}"
            record_opt_out(house, By("test"), consumer_id=consumer_id)
            acknowledged[consumer_id] = time.time()
        time.sleep(2)
    late = [
        line for line in lines(tmp_path) if line["at"] > acknowledged.get(line["consumer_id"], float("inf"))
    ]
    assert late == []
    assert len(lines(tmp_path)) > 100


def test_no_call_starts_a_second_after_the_stop_switch(database_url: str, tmp_path: Path) -> None:
    with working(database_url, tmp_path) as house:
        switch.stop(house, "tester")
        stopped = time.time()
        time.sleep(2.5)
        after = [line for line in lines(tmp_path) if line["at"] > stopped + 1.0]
        assert after == []
        before = len(lines(tmp_path))
        switch.resume(house, "tester")
        time.sleep(3)
        assert len(lines(tmp_path)) > before
