"""Searching people and the work list on both databases: what is found, by which index, and one case for one person."""

from __future__ import annotations

import pytest

from orchestrator.store import search, worklist
from orchestrator.store.database import Database
from orchestrator.store.session import Session
from orchestrator.store.worklist import Moment
from tests.contract.store.seed import START, consumers

NOW = Moment(START, "2026-02-25", "2025-12-27", START - 10_000_000_000)


def name(unit: Session, consumer_id: str, given: str, family: str) -> None:
    unit.execute(
        "UPDATE consumer SET given_name = :given, family_name = :family WHERE id = :id",
        {"id": consumer_id, "given": given, "family": family},
    )


def task(unit: Session, name: str, due: int, kind: str = "reply", reason: str = "other") -> None:
    unit.execute(
        "INSERT INTO task (id, kind, consumer_id, state, reason, due_at, created_at) "
        "VALUES (:id, :kind, 'c1', 'open', :reason, :due, :due)",
        {"id": name, "kind": kind, "reason": reason, "due": due},
    )


def promise(unit: Session, name: str, due_on: str, corrects: str | None = None) -> None:
    unit.execute(
        "INSERT INTO promise (id, consumer_id, account_id, amount_minor, currency, due_on, state, occurred_at, "
        "recorded_at, source, recorded_by, corrects_id, withdrawn) "
        "VALUES (:id, 'c1', 'a-c1', 100, 'USD', :due, :state, "
        ":at, :at, 'test', 'test', :corrects, :no)",
        {
            "id": name,
            "due": due_on,
            "state": "kept" if corrects else "open",
            "at": START,
            "corrects": corrects,
            "no": False,
        },
    )


def ids(unit: Session, group: str) -> list[str]:
    return [row.id for row in worklist.page(unit, group, NOW, limit=10)]


def test_names_are_found_by_their_beginning_in_any_case(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2"])
        name(unit, "c1", "Dana", "Whitfield")
        name(unit, "c2", "小明", "王")
        found = search.by_names(unit, [{"family_name": "whit", "given_name": "da"}], 10)
        assert [row.id for row in found] == ["c1"]
        assert [row.id for row in search.by_names(unit, [{"family_name": "王", "given_name": "小"}], 10)] == [
            "c2"
        ]
        assert not search.by_names(unit, [{"family_name": "hitfield"}], 10)
        assert search.owners(unit, ["a-c1"], []) == ["c1"]
        assert search.holders(unit, ["v-c2"]) == ["c2"]


@pytest.mark.parametrize("column", ["family_name", "given_name", "organization"])
def test_names_are_read_off_an_index(database: Database, column: str) -> None:
    with database.write() as unit:
        condition = search.begins(unit, column, "start")
        sql = f"SELECT c.id FROM consumer c WHERE {condition} LIMIT 51"
        params = {"start": "whit", "start_end": "whit\U0010ffff"}
        if unit.dialect == "postgresql":
            unit.execute("SET LOCAL enable_seqscan = off")
            plan = " ".join(row[0] for row in unit.query(f"EXPLAIN {sql}", params))
            assert "Index Cond" in plan
        else:
            plan = " ".join(row[3] for row in unit.query(f"EXPLAIN QUERY PLAN {sql}", params))
            assert "SEARCH" in plan
        assert f"consumer_by_{column}" in plan


def test_work_comes_in_the_order_in_which_it_is_due(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        task(unit, "t2", START - 5)
        task(unit, "t1", START - 5)
        task(unit, "t0", START - 1)
        task(unit, "later", START + 1)
        task(unit, "cb", START - 1, "call", "call_back")
        task(unit, "call", START - 1, "call", "step")
        assert ids(unit, "reply") == ["t1", "t2", "t0"]
        assert (ids(unit, "call_back"), ids(unit, "call")) == (["cb"], ["call"])
        assert worklist.count(unit, "reply", NOW) == 3
        assert worklist.count(unit, "reply", NOW, upto=(START - 5, "t2")) == 2
        behind = worklist.page(unit, "reply", NOW, beyond=(START - 5, "t1"), limit=1)
        assert [row.id for row in behind] == ["t2"]
        before = worklist.page(unit, "reply", NOW, beyond=(START - 1, "t0"), limit=1, backwards=True)
        assert [row.id for row in before] == ["t2"]


def test_promises_are_due_until_another_row_settles_them(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        for one, due_on in (
            ("p1", "2026-02-25"),
            ("p2", "2026-02-20"),
            ("p3", "2026-02-26"),
            ("p4", "2026-02-24"),
        ):
            promise(unit, one, due_on)
        promise(unit, "p5", "2026-02-24", corrects="p4")
        assert ids(unit, "promise") == ["p2", "p1"]
        found = worklist.find(unit, "p1")
        assert found is not None
        assert worklist.count(unit, "promise", NOW, upto=(found[1].due, "p1")) == 2
        worklist.settle(unit, "p2", "ann")
        assert ids(unit, "promise") == ["p1"]


def test_a_case_is_in_one_hand_until_it_is_given_back_or_goes_stale(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        task(unit, "t1", START)
        assert worklist.take(unit, "t1", "ann", 0)[0] == "ann"
        assert worklist.take(unit, "t1", "bob", 0)[0] == "ann"
        moment = Moment(unit.now_micros, *NOW[1:])
        assert not worklist.page(unit, "reply", moment, limit=1, free_for=("bob", 0))
        assert worklist.page(unit, "reply", moment, limit=1, free_for=("ann", 0))
        worklist.release(unit, "t1", "bob")
        assert worklist.take(unit, "t1", "bob", 0)[0] == "ann"
        assert worklist.take(unit, "t1", "bob", unit.now_micros)[0] == "bob"
        worklist.release(unit, "t1", "bob")
        assert worklist.take(unit, "t1", "ann", 0)[0] == "ann"


def complaint(unit: Session, name: str, at: int, corrects: str | None = None) -> None:
    unit.execute(
        "INSERT INTO complaint (id, consumer_id, account_id, due_on, closed_at, closed_as, occurred_at, recorded_at, "
        "source, recorded_by, corrects_id, withdrawn) VALUES (:id, 'c1', 'a-c1', '2026-03-12', :closed, :as, :at, "
        ":at, 'test', 'test', :corrects, :no)",
        {
            "id": name,
            "at": at,
            "closed": at if corrects else None,
            "as": "answered" if corrects else None,
            "corrects": corrects,
            "no": False,
        },
    )


def test_complaints_wait_the_oldest_first_until_another_row_closes_them(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        complaint(unit, "co-2", START - 1)
        complaint(unit, "co-1", START - 2)
        complaint(unit, "co-3", START - 3)
        complaint(unit, "co-4", START, corrects="co-3")
        assert ids(unit, "complaint") == ["co-1", "co-2"]
        assert worklist.count(unit, "complaint", NOW) == 2
        group, row = worklist.find(unit, "co-1") or ("", None)
        assert (group, row.reason if row else None) == ("complaint", "2026-03-12")


def test_open_complaints_are_read_off_their_index(database: Database) -> None:
    with database.write() as unit:
        source = worklist.SOURCES["complaint"]
        sql = f"SELECT t.id FROM complaint t WHERE {source.where} ORDER BY t.occurred_at, t.id LIMIT 51"
        params = {"now": START}
        if unit.dialect == "postgresql":
            unit.execute("SET LOCAL enable_seqscan = off")
            plan = " ".join(row[0] for row in unit.query(f"EXPLAIN {sql}", params))
        else:
            plan = " ".join(row[3] for row in unit.query(f"EXPLAIN QUERY PLAN {sql}", params))
        assert "complaint_open" in plan
