"""Two workers on one PostgreSQL, killed again and again while they work; then the outside's own log is checked."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from bench import ground
from bench.book import Book, write
from orchestrator.audit.sealer import seal_pending
from orchestrator.audit.verify import verify
from orchestrator.store.database import Database
from tests.chaos.worker import CADENCE

CAP = 7
LEDGER_WAITS = (
    "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
    "WHERE NOT l.granted AND c.relname LIKE 'ledger%'"
)


@dataclass
class Havoc:
    """`run` gives sentences about what went wrong; none means that everything held."""

    url: str
    folder: Path
    consumers: int
    kills: int
    seed: int = 1
    plant: str = ""
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    waits: int = 0
    killed: int = 0

    @property
    def sink(self) -> Path:
        return self.folder / "sink.jsonl"

    def run(self) -> list[str]:
        database = Database(self.url)
        book = Book(count=self.consumers, zone=zone_at_noon())
        write(database, ground.sealer(), book, ground.cadence(CADENCE))
        try:
            for name in ("one", "two"):
                self._start(name)
            self._kill_at_random(database)
            self._settle(database)
        finally:
            self._stop()
        seal_pending(database, "checker")
        found = self._check(database)
        database.close()
        return found

    def _start(self, name: str) -> None:
        command = [sys.executable, "-m", "tests.chaos.worker", self.url, str(self.sink), name, self.plant]
        log = (self.folder / f"{name}.log").open("ab")
        self.children[name] = subprocess.Popen(command, stdout=log, stderr=log)
        log.close()

    def _stop(self) -> None:
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(5)

    def _kill_at_random(self, database: Database) -> None:
        draws = Random(self.seed)
        seen, wanted = 0, draws.randint(20, 70)
        while self.killed < self.kills and not self._is_settled(database):
            time.sleep(draws.uniform(0.0, 0.1))
            self._watch(database)
            lines = len(self._lines())
            if lines < seen + wanted:
                continue  # a worker that is only starting is not worth killing
            seen, wanted = lines, draws.randint(20, 70)
            name = draws.choice(sorted(self.children))
            self.children[name].kill()
            self.children[name].wait(10)
            self.killed += 1
            self._start(name)

    def _watch(self, database: Database) -> None:
        with database.read() as unit:
            self.waits += unit.query(LEDGER_WAITS)[0][0]

    def _settle(self, database: Database) -> None:
        deadline = time.monotonic() + 180
        while not self._is_settled(database) and time.monotonic() < deadline:
            time.sleep(0.5)
            self._watch(database)

    def _is_settled(self, database: Database) -> bool:
        """Nothing is under way, and nothing is due that may still be made."""
        with database.read() as unit:
            under_way = unit.query("SELECT count(*) FROM attempt WHERE state IN ('reserved', 'submitted')")[
                0
            ][0]
            due = unit.query(
                "SELECT count(*) FROM enrollment WHERE state = 'active' AND next_at <= :now + 60000000",
                {"now": unit.now_micros},
            )[0][0]
        return bool(under_way == 0 and due == 0)

    def _lines(self) -> list[dict[str, Any]]:
        if not self.sink.exists():
            return []
        return [json.loads(line) for line in self.sink.read_text().splitlines()]

    def _check(self, database: Database) -> list[str]:
        lines = self._lines()
        found = [
            f"{one} left {n} times" for one, n in Counter(x["attempt_id"] for x in lines).items() if n > 1
        ]
        per_consumer = Counter(line["consumer_id"] for line in lines)
        found += [f"{one} was called {n} times" for one, n in per_consumer.items() if n > CAP]
        with database.read() as unit:
            stuck = unit.query(
                "SELECT state, count(*) FROM attempt WHERE state IN ('reserved', 'submitted') GROUP BY 1"
            )
            allows = {
                row[0]: row[1]
                for row in unit.query(
                    "SELECT a.id, a.content_digest FROM attempt a JOIN verdict v ON v.attempt_id = a.id "
                    "WHERE v.decision = 'allow' AND v.policy_digest <> ''"
                )
            }
            counted = dict(
                unit.query(
                    "SELECT consumer_id, count(*) FROM attempt WHERE state NOT IN ('released', 'expired') GROUP BY 1"
                )
            )
        found += [f"{n} attempts are still {state}" for state, n in stuck]
        found += [
            f"{x['attempt_id']} left without its ALLOW"
            for x in lines
            if allows.get(x["attempt_id"]) != x["digest"]
        ]
        found += [
            f"{one} counts {n}, {CAP} were due and allowed" for one, n in sorted(counted.items()) if n != CAP
        ]
        if len(counted) != self.consumers:
            found.append(f"only {len(counted)} of {self.consumers} consumers were worked")
        if self.waits:
            found.append(f"somebody waited {self.waits} times for a lock on the ledger")
        verification = verify(database)
        return found + verification.findings


def zone_at_noon() -> str:
    """A zone in which it is about noon now, so that the law lets calls be made whenever the test runs."""
    ahead = 12 - datetime.now(UTC).hour
    sign = "-" if ahead >= 0 else "+"  # POSIX writes zones ahead of UTC with a minus
    return f"Etc/GMT{sign}{abs(ahead)}" if ahead else "Etc/GMT"
