"""Whoever holds the database can change its rows; heads kept outside tell on them."""

from __future__ import annotations

import contextlib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestrator.audit.head import Signer, append_outside, read_outside, write_head
from orchestrator.audit.ledger import COLUMNS, Line, LineKind, append, row_of
from orchestrator.audit.sealer import GENESIS, chain, seal_pending
from orchestrator.audit.verify import Verification, verify
from orchestrator.clock import VirtualClock
from orchestrator.errors import LedgerError
from orchestrator.store.database import Database
from tests.postgres import sqlite_url

START = datetime(2026, 3, 2, tzinfo=UTC)
SIGNER = Signer(bytes(range(32)))


def lines(first: int, last: int) -> list[Line]:
    return [
        Line(LineKind.RESERVED, START + timedelta(seconds=n), {"n": n, "to": "甲"}, f"ref{n % 3}", f"at{n}")
        for n in range(first, last)
    ]


def fill(database: Database, outside: Path, *, blocks: int = 3, size: int = 20) -> None:
    """Some blocks of lines, each sealed and with a signed head of its own."""
    for block in range(blocks):
        with database.write() as unit:
            append(unit, lines(block * size, (block + 1) * size))
        seal_pending(database, "one")
        write_head(database, SIGNER, outside, VirtualClock(START + timedelta(hours=block)))


def check(database: Database, outside: Path | None) -> Verification:
    return verify(database, outside=outside, public_key=SIGNER.public_key)


def tamper(database: Database, *statements: str) -> None:
    """What an owner of the database can do: take the guards away, change rows."""
    with database.engine.connect() as connection:
        if database.dialect == "sqlite":
            for (name,) in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            connection.exec_driver_sql(statement)
        if database.dialect == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = origin")


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "heads.jsonl"


def test_an_honest_ledger_verifies(database: Database, outside: Path) -> None:
    fill(database, outside)
    result = check(database, outside)
    assert result.findings == []
    assert (result.lines, result.last_seq, result.heads_inside, result.heads_outside) == (60, 60, 3, 3)


def test_the_database_refuses_updates_and_deletes(database: Database, outside: Path) -> None:
    fill(database, outside)
    for table in ("ledger_entry", "ledger_link", "ledger_head"):
        for statement in (
            f"DELETE FROM {table}",
            f"UPDATE {table} SET {first_column(table)} = {first_column(table)}",
        ):
            with pytest.raises(Exception, match="append only"), database.write() as unit:
                unit.execute(statement)
    assert check(database, outside).is_sound


def first_column(table: str) -> str:
    return "kind" if table == "ledger_entry" else "chained"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET kind = 'released' WHERE attempt_id = 'at7'",
        "UPDATE ledger_entry SET attempt_id = 'at8' WHERE attempt_id = 'at7'",
        "UPDATE ledger_entry SET consumer_ref = NULL WHERE attempt_id = 'at7'",
        "UPDATE ledger_entry SET at = at + 1 WHERE attempt_id = 'at7'",
        (
            "UPDATE ledger_entry SET digest = (SELECT digest FROM ledger_entry WHERE attempt_id = 'at8') "
            "WHERE attempt_id = 'at7'"
        ),
        "DELETE FROM ledger_entry WHERE attempt_id = 'at7'",
        "DELETE FROM ledger_link WHERE seq = 8",
    ],
)
def test_an_edited_or_lost_line_is_found(database: Database, outside: Path, statement: str) -> None:
    fill(database, outside)
    tamper(database, statement)
    assert not check(database, None).is_sound


def test_a_cut_tail_is_found_only_with_heads_kept_outside(database: Database, outside: Path) -> None:
    fill(database, outside)
    tamper(
        database,
        "DELETE FROM ledger_entry WHERE id IN (SELECT entry_id FROM ledger_link WHERE seq > 30)",
        "DELETE FROM ledger_link WHERE seq > 30",
        "DELETE FROM ledger_head WHERE seq > 30",
    )
    assert check(database, None).is_sound
    assert any("has no link" in finding for finding in check(database, outside).findings)


def rewrite(database: Database) -> None:
    """Change one line and make everything after it fit again, signed heads included."""
    with database.read() as unit:
        rows = unit.query("SELECT id, at, kind, consumer_ref, attempt_id FROM ledger_entry ORDER BY id")
    tamper(database, "DELETE FROM ledger_head", "DELETE FROM ledger_link", "DELETE FROM ledger_entry")
    changed: list[tuple[Any, ...]] = [
        row_of(Line(LineKind(kind), at, {"n": 0, "rewritten": True}, ref, attempt))
        for _, at, kind, ref, attempt in rows
    ]
    with database.write() as unit:
        unit.insert_many("ledger_entry", COLUMNS, changed)
    seal_pending(database, "one", whole=True)
    write_head(database, SIGNER, None)


def test_a_whole_rewrite_is_found_only_with_heads_kept_outside(database: Database, outside: Path) -> None:
    fill(database, outside)
    rewrite(database)
    assert check(database, None).is_sound
    assert any("rewritten" in finding for finding in check(database, outside).findings)


def test_an_edit_with_everything_after_it_chained_anew_is_found(database: Database, outside: Path) -> None:
    """Whoever holds the database file changes line 25, its digest and all links after it."""
    fill(database, outside)
    with database.read() as unit:
        links = unit.query(
            "SELECT l.seq, l.entry_id, l.chained, e.digest, e.at, e.kind, e.consumer_ref, e.attempt_id "
            "FROM ledger_link l JOIN ledger_entry e ON e.id = l.entry_id ORDER BY l.seq"
        )
    previous, statements = GENESIS, ["DELETE FROM ledger_head WHERE seq > 24"]
    for seq, entry_id, _, digest, at, kind, ref, attempt in links:
        new = bytes(digest)
        if seq == 25:
            row = row_of(Line(LineKind(kind), at, {"n": 99}, ref, attempt))
            new = row[-1]
            statements.append(
                f"UPDATE ledger_entry SET body = {blob(database, row[-2])}, digest = {blob(database, new)} "
                f"WHERE id = {entry_id}"
            )
        previous = chain(previous, new)
        statements.append(f"UPDATE ledger_link SET chained = {blob(database, previous)} WHERE seq = {seq}")
    tamper(database, *statements)
    assert check(database, None).is_sound
    findings = check(database, outside).findings
    assert [f"at link {seq} does not fit" in finding for seq, finding in zip((40, 60), findings, strict=True)]


def blob(database: Database, value: bytes) -> str:
    return f"x'{value.hex()}'" if database.dialect == "sqlite" else f"'\\x{value.hex()}'::bytea"


def test_a_restored_old_database_is_found_at_once_and_after_it_went_on(
    database: Database, outside: Path
) -> None:
    fill(database, outside)
    tamper(
        database,
        "DELETE FROM ledger_link WHERE seq > 20",
        "DELETE FROM ledger_entry WHERE id NOT IN (SELECT entry_id FROM ledger_link)",
        "DELETE FROM ledger_head WHERE seq > 20",
    )
    assert any("the ledger ends at 20" in finding for finding in check(database, outside).findings)
    with database.write() as unit:
        append(unit, lines(500, 580))
    seal_pending(database, "one")
    write_head(database, SIGNER, outside)
    assert check(database, None).is_sound
    assert any("at link 40 does not fit" in finding for finding in check(database, outside).findings)


def test_a_line_hidden_from_the_chain_is_found(database: Database, outside: Path) -> None:
    fill(database, outside)
    with database.write() as unit:
        append(unit, lines(100, 101))
    tamper(
        database,
        "INSERT INTO ledger_link (seq, entry_id, chained) "
        f"SELECT -5, max(id), {blob(database, GENESIS)} FROM ledger_entry",
    )
    assert check(database, outside).findings == ["1 links lie outside the chain"]


def test_a_head_forged_in_the_database_is_found(database: Database, outside: Path) -> None:
    fill(database, outside)
    forged = Signer(bytes(32)).sign(60, GENESIS, START)
    tamper(
        database, f"UPDATE ledger_head SET chained = {blob(database, forged.chained_bytes)} WHERE seq = 60"
    )
    findings = check(database, None).findings
    assert any("in the database" in finding and "signature" in finding for finding in findings)


def test_a_vanished_file_of_heads_is_found(database: Database, outside: Path) -> None:
    fill(database, outside)
    outside.unlink()
    assert any("are gone" in finding for finding in check(database, outside).findings)


def test_a_value_of_another_type_is_an_edit(tmp_path: Path, outside: Path) -> None:
    """SQLite keeps text in a number's column; that must not stop the verifier."""
    database = Database(sqlite_url(tmp_path / "typed.db"))
    fill(database, outside)
    tamper(
        database,
        "UPDATE ledger_entry SET body = 7 WHERE attempt_id = 'at7'",
        "UPDATE ledger_entry SET at = 'soon' WHERE attempt_id = 'at9'",
    )
    assert len(check(database, None).findings) == 2
    database.close()


def test_a_writer_never_waits_for_another_or_for_the_sealer(postgres: Database) -> None:
    """Three transactions hold uncommitted lines while a sealer works: nobody waits for anybody."""
    database = postgres
    with contextlib.ExitStack() as stack:
        units = [stack.enter_context(database.write()) for _ in range(3)]
        for number, unit in enumerate(units):
            unit.execute("SET LOCAL lock_timeout = '100ms'")
            append(unit, lines(number * 10, number * 10 + 10))
        with database.write() as unit:
            append(unit, lines(90, 95))
        assert seal_pending(database, "one") == 5
        waiting = units[0].query("SELECT count(*) FROM pg_locks WHERE NOT granted")
        assert waiting == [(0,)]
    assert seal_pending(database, "one") == 30
    assert verify(database).findings == []


def test_a_forged_head_outside_is_found(database: Database, outside: Path) -> None:
    fill(database, outside)
    forged = Signer(bytes(32)).sign(60, GENESIS, START)
    append_outside(outside, forged)
    findings = check(database, outside).findings
    assert any("another key" in finding for finding in findings)


def test_a_line_cut_by_a_crash_is_passed_over_but_a_broken_one_is_not(
    database: Database, outside: Path
) -> None:
    fill(database, outside)
    whole = outside.read_bytes()
    outside.write_bytes(whole + whole[:40])
    assert check(database, outside).is_sound
    outside.write_bytes(whole[:40] + b"\n" + whole)
    with pytest.raises(LedgerError, match="not a signed head"):
        list(read_outside(outside))


def test_a_line_that_commits_late_is_sealed_and_the_chain_holds(database: Database) -> None:
    """An id may be given early and be seen late: sealing must not go by the highest id."""
    with database.write() as unit:
        append(unit, lines(0, 3))
    tamper(database, "UPDATE ledger_entry SET id = id + 100 WHERE attempt_id = 'at2'")
    assert seal_pending(database, "one") == 3
    with database.write() as unit:
        unit.insert_many("ledger_entry", ["id", *COLUMNS], [(50, *row_of(lines(3, 4)[0]))])
    # SQLite commits ids in their order, so that only a whole look meets such a line there
    assert seal_pending(database, "one", whole=database.dialect == "sqlite") == 1
    assert verify(database).findings == []


def test_only_one_of_two_sealers_works(database: Database) -> None:
    with database.write() as unit:
        append(unit, lines(0, 10))
    assert seal_pending(database, "one") == 10
    with database.write() as unit:
        append(unit, lines(10, 20))
    assert seal_pending(database, "two") == 0
    assert seal_pending(database, "one") == 10


def test_writers_and_a_sealer_at_once_lose_nothing(database: Database) -> None:
    def write(first: int) -> None:
        for number in range(first, first + 20):
            with database.write() as unit:
                append(unit, lines(number, number + 1))

    writers = [threading.Thread(target=write, args=(first,)) for first in (0, 100, 200)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seal_pending(database, "one")
    seal_pending(database, "one", whole=True)
    result = verify(database)
    assert (result.lines, result.waiting, result.findings) == (60, 0, [])


def test_the_chain_is_what_its_description_says() -> None:
    rows = [row_of(line) for line in lines(0, 3)]
    assert len({row[-1] for row in rows}) == 3
    assert chain(GENESIS, rows[0][-1]) != chain(GENESIS, rows[1][-1])
