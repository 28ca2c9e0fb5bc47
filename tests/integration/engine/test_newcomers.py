"""`make run` goes on enrolling the sample book, and leaves accounts that somebody brings beside it to them."""

from __future__ import annotations

from bench.book import Book
from orchestrator.sample import book
from orchestrator.services.sample import left_out
from orchestrator.store.database import Database
from tests.integration.engine import stage


def test_accounts_of_ones_own_are_enrolled_by_nobody_else(database: Database) -> None:
    played = stage.build(database, book=Book(count=2), enroll=False)
    assert left_out(played.house) == []
    ours = book.portfolio(played.clock.now().date())[0]["account_id"]
    mine = played.query("SELECT id FROM account ORDER BY id")[0][0]
    with played.database.write(played.clock) as unit:
        columns = [str(name) for (name,) in played.query(COLUMNS[unit.dialect]) if name != "id"]
        names = ", ".join(columns)
        unit.execute(
            f"INSERT INTO account (id, {names}) SELECT :ours, {names} FROM account WHERE id = :mine",
            {"ours": ours, "mine": mine},
        )
        unit.execute(
            "INSERT INTO account_consumer (account_id, consumer_id, position) SELECT :ours, consumer_id, position "
            "FROM account_consumer WHERE account_id = :mine",
            {"ours": ours, "mine": mine},
        )
    assert left_out(played.house) == [ours]


COLUMNS = {
    "sqlite": "SELECT name FROM pragma_table_info('account')",
    "postgresql": "SELECT column_name FROM information_schema.columns WHERE table_name = 'account'",
}
