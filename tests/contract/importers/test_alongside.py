"""An import shares the database: opt-outs get in between its chunks, and a broken one is simply run again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.errors import UnavailableError
from orchestrator.importers import portfolio, run
from orchestrator.importers.batch import Batch
from orchestrator.importers.kind import Kind
from orchestrator.store.identifier import new_id
from orchestrator.store.session import Session
from tests.contract.importers.conftest import Desk

Ann = Callable[..., dict[str, str]]


def people(ann: Ann, count: int) -> list[dict[str, str]]:
    return [
        ann(consumer_id=f"c{n}", account_id=f"a{n}", mobile=f"+121255{n + 50_000:05}") for n in range(count)
    ]


def test_opt_outs_get_in_between_the_chunks(desk: Desk, ann: Ann, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two chunks the database is free: a stop that waits goes in before the next chunk."""
    order: list[str] = []
    asked, written = threading.Event(), threading.Event()

    def stop() -> None:
        asked.wait(20)
        with desk.database.write(desk.clock, urgent=True) as unit:
            order.append("stop")
            unit.execute(
                "INSERT INTO opt_out (id, value_index, occurred_at, recorded_at, source, recorded_by, withdrawn) "
                "VALUES (:id, 'v', 1, 1, 'test', 'test', :no)",
                {"id": new_id("oo"), "no": False},
            )
        written.set()

    def slowly(unit: Session, batch: Batch, rows: Any) -> None:
        order.append("chunk")
        if len(order) == 1:
            asked.set()
        portfolio.write_chunk(unit, batch, rows)
        if len(order) > 1:
            assert written.wait(20)

    monkeypatch.setitem(run._WRITE, Kind.PORTFOLIO, slowly)
    thread = threading.Thread(target=stop)
    thread.start()
    result = desk.bring(*people(ann, 12), chunk_rows=4)
    thread.join()
    assert (result.rows, result.rejected) == (12, 0)
    assert order.index("stop") < len(order) - 1
    assert desk.see("SELECT count(*) FROM opt_out") == [(1,)]


def test_an_import_that_broke_off_is_run_again(desk: Desk, ann: Ann, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = people(ann, 12)
    seen = []

    def breaking(unit: Session, batch: Batch, chunk: Any) -> None:
        seen.append(chunk)
        if len(seen) == 3:
            raise KeyboardInterrupt
        portfolio.write_chunk(unit, batch, chunk)

    write = run._WRITE[Kind.PORTFOLIO]
    monkeypatch.setitem(run._WRITE, Kind.PORTFOLIO, breaking)
    with pytest.raises(KeyboardInterrupt):
        desk.bring(*rows, chunk_rows=4)
    assert desk.see("SELECT count(*) FROM account") == [(8,)]
    assert desk.see("SELECT count(*) FROM import_batch WHERE finished_at IS NULL") == [(1,)]
    monkeypatch.setitem(run._WRITE, Kind.PORTFOLIO, write)
    result = desk.bring(*rows, chunk_rows=4)
    assert (result.rows, result.rejected) == (12, 0)
    assert desk.see("SELECT count(*) FROM account") == [(12,)]
    assert desk.see("SELECT count(*) FROM revision") == [(0,)]


def test_every_chunk_leaves_its_lines_in_the_ledger(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(opt_out="sms", holds="cease"))
    desk.bring({"at": "2026-04-01T10:00:00Z", "account_id": "a1", "amount": "5", "currency": "USD"})
    kinds = [row[0] for row in desk.see("SELECT kind FROM ledger_entry ORDER BY id")]
    assert sorted(kinds) == ["cease", "hold", "imported", "imported", "opt_out", "payment"]
    bodies = [bytes(row[0]) for row in desk.see("SELECT body FROM ledger_entry")]
    assert not any(b"Ann" in body or b"5550100" in body or b'"c1"' in body for body in bodies)
    assert desk.see("SELECT form FROM cease_request") == [("written",)]


def test_a_chunk_that_met_others_is_tried_again(
    desk: Desk, ann: Ann, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def contended(unit: Session, batch: Batch, chunk: Any) -> None:
        portfolio.write_chunk(unit, batch, chunk)
        tries.append(len(chunk))
        if len(tries) == 1:
            raise UnavailableError("a deadlock")

    monkeypatch.setitem(run._WRITE, Kind.PORTFOLIO, contended)
    result = desk.bring(*people(ann, 3), ann(consumer_id="c0", account_id="x", family_name="Other"))
    assert (result.rows, result.rejected, result.accounts) == (4, 1, 3)
    assert len(desk.reasons(result)) == 1
    assert tries == [4, 4]
    assert desk.see("SELECT count(*) FROM ledger_entry WHERE kind = 'imported'") == [(1,)]


def test_two_imports_of_one_book_at_once_bring_it_once(desk: Desk, ann: Ann) -> None:
    rows = people(ann, 60)
    desks = [Desk(desk.database, desk.folder / name) for name in ("one", "two")]
    results = []
    threads = []
    for one in desks:
        one.folder.mkdir()
        threads.append(
            threading.Thread(target=lambda one=one: results.append(one.bring(*rows, chunk_rows=7)))
        )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(result.rows, result.rejected) for result in results] == [(60, 0), (60, 0)]
    assert desk.see("SELECT count(*) FROM account") == [(60,)]
    assert desk.see("SELECT count(*) FROM contact_point") == [(60,)]
    assert desk.see("SELECT count(*) FROM revision") == [(0,)]
