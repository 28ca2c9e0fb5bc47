"""No page reads a whole table that grows with the book: what SQLite plans for every statement of every page."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bench import lived, pages
from bench.places import Book, places
from bench.visit import get
from orchestrator.domain.permission import Role

# of these a firm has a few, however many people are in its book
FEW = frozenset({"campaign", "campaign_forecast", "user_account"})
READERS = (pages.GUEST, Role.COLLECTOR, Role.CAMPAIGN_MANAGER, Role.COMPLIANCE_OFFICER, Role.ADMINISTRATOR)
WORD = r"[a-z_]+"
TABLES = re.compile(rf"\b(?:FROM|JOIN)\s+({WORD})(?:\s+(?:AS\s+)?({WORD}))?", re.IGNORECASE)
CROSSING = frozenset({"where", "cross", "join", "left", "on", "order", "group", "limit", "union", "indexed"})
Statements = Mapping[str, str]
"""The text of each statement, and the first page that asked it."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book that was lived for sixty days."""
    return lived.live(tmp_path_factory.mktemp("lived"))


@pytest.fixture(scope="module")
def statements(database: Path) -> Statements:
    """What every page asks, as those who see different things of it."""
    asked: dict[str, str] = {}
    with pages.opened(database.parent) as ground:
        book = Book(ground.runtime)

        async def visit() -> None:
            for place in places():
                for role in READERS:
                    answer = await get(ground.app, ground.watch, place.draw(book), ground.tokens[role])
                    assert answer.status < 500, (place.name, role, answer.body)
                    for sql in ground.watch.slowest:
                        asked.setdefault(sql, place.name)

        asyncio.run(visit())
    return asked


@pytest.fixture(scope="module")
def connection(database: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(database)
    yield opened
    opened.close()


def whole_reads(connection: sqlite3.Connection, sql: str) -> list[str]:
    """The steps of the plan that read a table from its one end to the other."""
    if not re.match(r"\s*(SELECT|WITH|UPDATE|DELETE)", sql):
        return []
    names = set(re.findall(rf"(?<![:\w]):({WORD}\d*)", sql))
    given = dict.fromkeys(names, "[]") if names else ("[]",) * sql.count("?")
    plan = [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", given)]
    return [step for step in plan if step.startswith("SCAN ") and not _is_harmless(connection, sql, step)]


def _is_harmless(connection: sqlite3.Connection, sql: str, step: str) -> bool:
    """Of a list that we gave, of a table that stays small, or along an index up to the first row that is wanted."""
    name = step.split()[1]
    known = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    called = {
        (alias if alias and alias.lower() not in CROSSING else table): table
        for table, alias in TABLES.findall(sql)
    }
    table = called.get(name, name)
    is_first = " USING " in step and re.search(r"ORDER BY [\w., ]+ LIMIT 1\s*$", sql) is not None
    return table not in known or table in FEW or (is_first and " WHERE " not in sql)


def test_no_page_reads_a_whole_table(statements: Statements, connection: sqlite3.Connection) -> None:
    assert len(statements) > 100, "the pages asked next to nothing"
    wrong = {
        sql: (page, found) for sql, page in statements.items() if (found := whole_reads(connection, sql))
    }
    assert not wrong


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM attempt WHERE step = :step",
        "SELECT v.id FROM verdict v WHERE v.decision || '' = :decision ORDER BY v.as_of LIMIT 50",
        "SELECT count(*) FROM contact_event",
        "SELECT c.id FROM consumer AS c LEFT JOIN attempt a ON a.consumer_id = c.id ORDER BY c.given_name",
    ],
)
def test_a_statement_that_does_is_found(sql: str, connection: sqlite3.Connection) -> None:
    assert whole_reads(connection, sql)
