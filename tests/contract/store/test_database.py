"""A unit of work behaves the same on both databases: all or nothing, one time, clear errors."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from orchestrator.clock import VirtualClock
from orchestrator.errors import ConflictError, SettingError, UnavailableError
from orchestrator.store.database import BROKEN_RULES, Database
from orchestrator.store.tables import Account, Switch

INSERT = "INSERT INTO switch (name, value, changed_at, changed_by) VALUES (:name, :value, :at, 'test')"


def put(database: Database, name: str, at: int = 0) -> None:
    with database.write() as unit:
        unit.execute(INSERT, {"name": name, "value": "true", "at": at})


def names(database: Database) -> list[str]:
    with database.read() as unit:
        return [row[0] for row in unit.query("SELECT name FROM switch ORDER BY name")]


def test_what_is_committed_is_read(database: Database) -> None:
    put(database, "a")
    assert names(database) == ["a"]


def test_a_key_that_is_taken_is_a_conflict_and_other_broken_rules_are_faults(database: Database) -> None:
    put(database, "a")
    with pytest.raises(ConflictError, match="written by somebody else at this moment"):
        put(database, "a")
    with pytest.raises(BROKEN_RULES):
        put(database, "b", at=None)  # type: ignore[arg-type]
    assert names(database) == ["a"]


def test_an_error_undoes_everything_in_both_styles(database: Database) -> None:
    def half_done() -> None:
        with database.write() as unit:
            unit.execute(INSERT, {"name": "a", "value": "true", "at": 0})
            unit.orm.add(Switch(name="b", value=True, changed_at=unit.now))
            unit.flush()
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        half_done()
    assert names(database) == []


def test_rows_and_objects_share_one_transaction(database: Database) -> None:
    with database.write() as unit:
        unit.orm.add(Switch(name="a", value={"x": [1, "é"]}, changed_at=unit.now))
        assert unit.query("SELECT name FROM switch") == [("a",)]
    with database.read() as unit:
        found = unit.orm.get(Switch, "a")
        assert found is not None
        assert found.value == {"x": [1, "é"]}
        assert found.changed_at.tzinfo is not None


def test_many_rows_at_once(database: Database) -> None:
    rows = [(f"n{number:04}", "false", number, "test") for number in range(1_500)]
    with database.write() as unit:
        unit.insert_many("switch", ["name", "value", "changed_at", "changed_by"], rows)
        changed = unit.executemany(
            "UPDATE switch SET changed_at = :at WHERE name = :name",
            [{"name": row[0], "at": row[2] + 1} for row in rows],
        )
    assert changed == 1_500
    with database.read() as unit:
        wanted = [row[0] for row in rows[::3]]
        found = unit.query(
            f"SELECT count(*), min(changed_at) FROM switch WHERE name {unit.within('names')}",
            {"names": unit.listed(wanted)},
        )
    assert found == [(500, 1)]


def test_time_is_the_databases_and_stands_still_in_a_transaction(database: Database) -> None:
    with database.write() as unit:
        first = unit.now
        assert unit.now == first
    assert abs((datetime.now(UTC) - first).total_seconds()) < 60


def test_a_virtual_clock_gives_its_own_time(database: Database) -> None:
    at = datetime(2026, 3, 8, 6, 59, 59, 123456, tzinfo=UTC)
    with database.write(VirtualClock(at)) as unit:
        assert unit.now == at


def test_what_follows_a_commit_is_not_called_after_a_rollback(database: Database) -> None:
    called: list[str] = []
    with database.write() as unit:
        unit.after_commit(lambda: called.append("committed"))
        assert called == []

    def undone() -> None:
        with database.write() as unit:
            unit.after_commit(lambda: called.append("undone"))
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        undone()
    assert called == ["committed"]


def test_writers_of_many_threads_lose_nothing(database: Database) -> None:
    put(database, "count")

    def add() -> None:
        for _ in range(25):
            with database.write() as unit:
                unit.execute("UPDATE switch SET changed_at = changed_at + 1 WHERE name = 'count'")

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as unit:
        assert unit.query("SELECT changed_at FROM switch") == [(200,)]


def test_durable_settings_hold_on_every_connection(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.db'}", pool_size=3)
    connections = [database.engine.connect() for _ in range(3)]
    for connection in connections:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        connection.close()
    database.close()


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////nonexistent-folder/deeper/a.db"]
)
def test_a_database_that_is_away_is_503(url: str) -> None:
    database = Database(url)
    with pytest.raises(UnavailableError) as caught, database.read():
        pass
    assert caught.value.status == 503
    assert "nobody@" not in caught.value.line()


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(SettingError, match="not a database"):
        Database("mysql://somewhere/x")


AWKWARD = ["plain", "", 'quote " and \\ backslash', "it's {braced}, NULL", "tab\tline\n", "甲乙 ü 😀", "null"]


def test_awkward_text_goes_in_and_is_found_again(database: Database) -> None:
    rows = [(text, json.dumps({"of": text}), place, text) for place, text in enumerate(AWKWARD)]
    with database.write() as unit:
        unit.insert_many("switch", ["name", "value", "changed_at", "changed_by"], rows)
    with database.read() as unit:
        sql = f"SELECT name, changed_by FROM switch WHERE name {unit.within('names')} ORDER BY changed_at"
        assert unit.query(sql, {"names": unit.listed(AWKWARD)}) == [(text, text) for text in AWKWARD]
        assert unit.query(sql, {"names": unit.listed([])}) == []
        assert [row.value for row in unit.orm.exec(select(Switch).order_by(col(Switch.changed_at)))] == [
            {"of": text} for text in AWKWARD
        ]


def test_bytes_and_empty_values_are_copied_whole(database: Database) -> None:
    bodies = [b"", bytes(range(256)), b"\x00\\x00", "é".encode()]
    rows = [(at, "reserved", None, "a" if at else None, body, b"d" * 32) for at, body in enumerate(bodies)]
    with database.write() as unit:
        unit.insert_many("ledger_entry", ["at", "kind", "consumer_ref", "attempt_id", "body", "digest"], rows)
    with database.read() as unit:
        found = unit.query(
            "SELECT at, kind, consumer_ref, attempt_id, body, digest FROM ledger_entry ORDER BY at"
        )
    assert found == rows


def test_many_rows_are_changed_by_their_key(database: Database) -> None:
    with database.write() as unit:
        unit.insert_many(
            "switch",
            ["name", "value", "changed_at", "changed_by"],
            [(f"n{n}", "null", n, "kept" if n == 5 else "test") for n in range(10)],
        )
        changed = unit.update_many(
            "switch",
            ["name", "value", "changed_at"],
            [(f"n{n}", json.dumps({"n": n, "text": AWKWARD}), 100 + n) for n in range(3, 12)],
            only="switch.changed_by <> 'kept'",
        )
        assert changed == 6
        assert unit.update_many("switch", ["name", "changed_at"], []) == 0
    with database.read() as unit:
        at = dict(unit.query("SELECT name, changed_at FROM switch"))
        assert at == {f"n{n}": n if n in {0, 1, 2, 5} else 100 + n for n in range(10)}
        kept = unit.orm.get(Switch, "n3")
        assert kept is not None
        assert kept.value == {"n": 3, "text": AWKWARD}


def test_dates_and_booleans_may_come_as_text_and_numbers(database: Database) -> None:
    with database.write() as unit:
        unit.insert_many("creditor", ["id", "name", "first_seen_at"], [("c", "C", 0)])
        columns = ["id", "creditor_id", "actor", "currency", "balance_minor", "delinquent_since", "state",
                   "new_placement", "created_at", "changed_at"]  # fmt: skip
        unit.insert_many(
            "account", columns, [("a", "c", "debt_buyer", "USD", 2**40, "2026-02-28", "open", True, 0, 0)]
        )
    with database.read() as unit:
        found = unit.orm.get(Account, "a")
        assert found is not None
        assert (found.balance_minor, found.delinquent_since, found.new_placement) == (
            2**40,
            date(2026, 2, 28),
            True,
        )


@pytest.mark.parametrize("count", [3, 40])
def test_columns_empty_full_or_mixed_are_kept_as_they_are(database: Database, count: int) -> None:
    """Truth values, sealed bytes and empty cells, few rows and many."""
    columns = ["id", "creditor_id", "actor", "currency", "balance_minor", "delinquent_since", "state",
               "new_placement", "account_number_sealed", "account_number_index", "account_label", "product",
               "created_at", "changed_at"]  # fmt: skip
    told = [
        (f"a{n:02}", "c", "debt_buyer", "USD", n, "2026-02-28", "open", n % 2 == 0, b"\0\xff" + bytes([n]),
         None if n % 3 else f"i{n}", None, None if n else "credit_card", 0, 0)
        for n in range(count)
    ]  # fmt: skip
    with database.write() as unit:
        unit.insert_many("creditor", ["id", "name", "first_seen_at"], [("c", "C", 0)])
        unit.insert_many("account", columns, told)
        unit.insert_many("account", columns, [])
    with database.read() as unit:
        names = ", ".join(columns)
        found = unit.query(f"SELECT {names} FROM account ORDER BY id")
        assert [
            (*row[:5], str(row[5]), row[6], bool(row[7]), bytes(row[8]), *row[9:]) for row in found
        ] == told
        assert {type(row[8]) for row in found} == {bytes}


@pytest.mark.parametrize("count", [3, 40])
def test_a_column_that_must_be_filled_and_is_empty_in_every_row_is_refused(
    database: Database, count: int
) -> None:
    with pytest.raises(BROKEN_RULES), database.write() as unit:
        unit.insert_many(
            "creditor", ["id", "name", "first_seen_at"], [(f"c{n}", None, 0) for n in range(count)]
        )


def test_who_opens_a_database_knows_its_tables() -> None:
    """A process that loads the engine and nothing else writes in bulk as the server does."""
    program = "import orchestrator.store.session as s; print(sorted(s.SQLModel.metadata.tables))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert {"verdict", "ledger_link", "contact_point"} <= set(ast.literal_eval(told.stdout))
