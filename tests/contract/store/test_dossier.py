"""What was known of many people at one moment, read on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestrator.store.database import Database
from orchestrator.store.dossier import Pool, load
from orchestrator.store.migration import upgrade
from orchestrator.store.session import Session
from tests.contract.store.seed import DAY, START, consumers, contact, contacts, owe_together
from tests.postgres import sqlite_url


def read(database: Database, *ids: str, known: int = START + 90 * DAY, since: int = START) -> dict[str, Pool]:
    with database.read() as unit:
        return load(unit, ids, known, lambda _: since)


def hold(unit: Session, name: str, consumer_id: str, known: int, kind: str = "fraud", **more: Any) -> None:
    values = {"kind": kind, "recorded_by": "test", "withdrawn": False, "source": "test", **more}
    names = ["id", "consumer_id", "occurred_at", "recorded_at", *values]
    marks = ", ".join(f":{one}" for one in names)
    unit.execute(
        f"INSERT INTO hold ({', '.join(names)}) VALUES ({marks})",
        {"id": name, "consumer_id": consumer_id, "occurred_at": START, "recorded_at": known, **values},
    )


def opt_out(unit: Session, name: str, known: int = START, **more: Any) -> None:
    values = {"source": "test", "recorded_by": "test", "withdrawn": False, **more}
    names = ["id", "occurred_at", "recorded_at", *values]
    marks = ", ".join(f":{one}" for one in names)
    unit.execute(
        f"INSERT INTO opt_out ({', '.join(names)}) VALUES ({marks})",
        {"id": name, "occurred_at": START, "recorded_at": known, **values},
    )


def test_a_fact_counts_from_when_it_was_recorded(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        hold(unit, "h1", "c1", START + 5 * DAY)
    assert not read(database, "c1", known=START + 5 * DAY - 1)["c1"].holds
    assert [row.id for row in read(database, "c1", known=START + 5 * DAY)["c1"].holds] == ["h1"]


def test_a_correction_takes_the_place_of_what_it_corrects_from_its_own_time(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        hold(unit, "h1", "c1", START)
        hold(unit, "h2", "c1", START + DAY, "bankruptcy", corrects_id="h1", correction_reason="misread")
        hold(
            unit,
            "h3",
            "c1",
            START + 2 * DAY,
            corrects_id="h2",
            correction_reason="wrong file",
            withdrawn=True,
        )
    seen = [
        [row.kind for row in read(database, "c1", known=START + days * DAY)["c1"].holds] for days in range(3)
    ]
    assert seen == [["fraud"], ["bankruptcy"], []]


def test_consumers_of_one_pool_are_read_together(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2"], pool="c1")
        consumers(unit, ["c3"])
        hold(unit, "h1", "c2", START)
        contacts(unit, [contact("c2", "k1", START + DAY), contact("c3", "k2", START + DAY)])
    pools = read(database, "c1")
    assert set(pools) == {"c1"}
    assert set(pools["c1"].consumers) == {"c1", "c2"}
    assert [row.consumer_id for row in pools["c1"].holds] == ["c2"]
    assert [row.event_id for row in pools["c1"].history] == ["k1"]
    assert [row.id for row in pools["c1"].accounts["c2"]] == ["a-c2"]


def test_a_stop_for_a_number_closes_it_for_everybody_who_has_it(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2", "c3"])
        unit.execute("UPDATE contact_point SET value_index = 'shared' WHERE consumer_id IN ('c1', 'c2')")
        opt_out(unit, "o1", value_index="shared", channel="sms")
        opt_out(unit, "o2", consumer_id="c3")
        opt_out(unit, "o3", known=START + DAY, value_index="shared", corrects_id="o1", withdrawn=True)
    before = read(database, "c1", "c2", "c3", known=START)
    assert {name: [row.id for row in pool.opt_outs] for name, pool in before.items()} == {
        "c1": ["o1"],
        "c2": ["o1"],
        "c3": ["o2"],
    }
    after = read(database, "c1", "c2", "c3")
    assert [row.id for pool in after.values() for row in pool.opt_outs] == ["o2"]


def test_the_version_known_last_is_what_happened(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        contacts(
            unit,
            [
                contact("c1", "k1", START, known=START),
                contact("c1", "k1", START, version=1, known=START + 1, outcome="no_answer"),
                contact("c1", "k1", START, version=2, known=START + 2 * DAY, outcome="conversation"),
                contact("c1", "k2", START + DAY, known=START + DAY),
                contact("c1", "k2", START + DAY, version=1, known=START + DAY + 1, outcome="released"),
            ],
        )
    seen = {
        known: [
            (row.event_id, row.outcome) for row in read(database, "c1", known=START + known)["c1"].history
        ]
        for known in (0, 1, DAY, DAY + 1, 2 * DAY)
    }
    assert seen == {
        0: [("k1", None)],
        1: [("k1", "no_answer")],
        DAY: [("k1", "no_answer"), ("k2", None)],
        DAY + 1: [("k1", "no_answer")],
        2 * DAY: [("k1", "conversation")],
    }


def test_a_contact_moved_out_of_the_window_does_not_stay_in_it(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2"])
        contacts(
            unit,
            [
                contact("c1", "k1", START + 5 * DAY),
                contact("c1", "k1", START - 5 * DAY, version=1, known=START + 6 * DAY, outcome="no_answer"),
                contact("c2", "k2", START - 5 * DAY),
                contact("c2", "k2", START + 5 * DAY, version=1, known=START + 6 * DAY, outcome="no_answer"),
            ],
        )
    pools = read(database, "c1", "c2", since=START)
    assert [row.event_id for row in pools["c1"].history] == []
    assert pools["c1"].contacted_before
    assert [row.event_id for row in pools["c2"].history] == ["k2"]
    assert not pools["c2"].contacted_before


def test_what_was_never_sent_is_no_earlier_contact(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1"])
        contacts(
            unit,
            [
                contact("c1", "k1", START - DAY),
                contact("c1", "k1", START - DAY, version=1, known=START, outcome="released"),
            ],
        )
    assert read(database, "c1", known=START - 1, since=START)["c1"].contacted_before
    assert not read(database, "c1", known=START, since=START)["c1"].contacted_before


def fact(unit: Session, table: str, name: str, consumer_id: str, **more: Any) -> None:
    """A row of one of the tables that state something, with its required columns in `more`."""
    values = {"id": name, "consumer_id": consumer_id, "occurred_at": START, "recorded_at": START, "source": "test",
              "recorded_by": "test", "withdrawn": False, **more}  # fmt: skip
    marks = ", ".join(f":{one}" for one in values)
    unit.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", values)


MONEY = {"amount_minor": 100, "currency": "USD"}
ABOUT_THE_ACCOUNT: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("holds", "hold", {"kind": "fraud"}),
    ("disputes", "dispute", {"form": "mail", "duplicative": False}),
    ("creditor_requests", "original_creditor_request", {"form": "mail"}),
    ("complaints", "complaint", {}),
    ("promises", "promise", {**MONEY, "due_on": "2026-03-20", "state": "open"}),
    ("payments", "payment", MONEY),
)
ABOUT_THE_PERSON: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("consents", "consent", {"type": "electronic", "party": "consumer", "obtained_during_violation": False}),
    (
        "representations",
        "representation",
        {"known": True, "contact_known": True, "consents_direct": False, "unresponsive": False},
    ),
    ("notices", "notice", {"kind": "validation", "sent_on": "2026-02-01", "undeliverable": False}),
    ("agreements", "agreement", {"rule_id": "r", "written": False}),
)


@pytest.mark.parametrize(("attribute", "table", "values"), ABOUT_THE_ACCOUNT)
def test_what_is_said_about_a_joint_account_is_known_of_everyone_who_owes_it(
    database: Database, attribute: str, table: str, values: dict[str, Any]
) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2", "c3"])
        owe_together(unit, "a-c1", "c2")
        fact(unit, table, "f1", "c1", account_id="a-c1", **values)
        fact(unit, table, "f2", "c2", account_id="a-c1", **values)
        fact(unit, table, "f3", "c1", account_id="a-c1", corrects_id="f1", **values)
    for asked in (("c1", "c2", "c3"), ("c1",), ("c2",), ("c3",)):
        pools = read(database, *asked)
        seen = {name: [row.id for row in getattr(pool, attribute)] for name, pool in pools.items()}
        assert seen == {name: [] if name == "c3" else ["f2", "f3"] for name in asked}


@pytest.mark.parametrize(("attribute", "table", "values"), ABOUT_THE_PERSON)
def test_what_is_about_the_person_stays_with_the_person(
    database: Database, attribute: str, table: str, values: dict[str, Any]
) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2"])
        owe_together(unit, "a-c1", "c2")
        fact(unit, table, "f1", "c1", account_id="a-c1", **values)
    pools = read(database, "c1", "c2")
    assert [row.id for row in getattr(pools["c1"], attribute)] == ["f1"]
    assert list(getattr(pools["c2"], attribute)) == []


def test_a_hold_on_the_whole_person_does_not_pass_to_who_owes_with_them(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2"])
        owe_together(unit, "a-c1", "c2")
        hold(unit, "h1", "c1", START)
    pools = read(database, "c1", "c2")
    assert [row.id for row in pools["c1"].holds] == ["h1"]
    assert list(pools["c2"].holds) == []


def test_what_lifts_or_answers_is_known_of_everyone_too(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2"])
        owe_together(unit, "a-c1", "c2")
        hold(unit, "h1", "c1", START, account_id="a-c1")
        fact(unit, "hold_release", "r1", "c1", hold_id="h1", reason="settled")
        fact(unit, "dispute", "d1", "c2", account_id="a-c1", form="mail", duplicative=False)
        fact(unit, "dispute_answer", "n1", "c2", dispute_id="d1", kind="verification", undeliverable=False)
    for asked in (("c1", "c2"), ("c1",), ("c2",)):
        for pool in read(database, *asked).values():
            assert [row.id for row in pool.releases] == ["r1"]
            assert [row.id for row in pool.answers] == ["n1"]


def test_consumers_of_one_pool_who_owe_together_see_a_row_once(database: Database) -> None:
    with database.write() as unit:
        consumers(unit, ["c1", "c2"], pool="c1")
        owe_together(unit, "a-c1", "c2")
        hold(unit, "h1", "c1", START, account_id="a-c1")
    assert [row.id for row in read(database, "c2")["c1"].holds] == ["h1"]


class Recording:
    """A unit of work that keeps the statements it was given."""

    def __init__(self, unit: Session) -> None:
        self._unit = unit
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def query(self, sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        self.asked.append((sql, params or {}))
        return self._unit.query(sql, params)


def test_no_table_of_facts_is_read_whole(tmp_path: Path) -> None:
    """Every statement finds its rows by an index, with the statistics of a large book as without any."""
    database = Database(sqlite_url(tmp_path / "plan.db"))
    upgrade(database)
    with database.write() as unit:
        ids = [f"c{n}" for n in range(300)]
        consumers(unit, ids)
        for one, other in zip(ids[::10], ids[1::10], strict=True):
            owe_together(unit, f"a-{one}", other)
            for _, table, values in ABOUT_THE_ACCOUNT + ABOUT_THE_PERSON:
                fact(unit, table, f"{table}-{one}", one, account_id=f"a-{one}", **values)
            fact(unit, "hold_release", f"r-{one}", one, hold_id=f"hold-{one}", reason="settled")
            fact(unit, "dispute_answer", f"n-{one}", one, dispute_id=f"dispute-{one}", kind="resolved",
                 undeliverable=False)  # fmt: skip
    for is_large in (False, True):
        if is_large:
            with database.write() as unit:
                unit.execute("ANALYZE")
                # a book of a hundred thousand, but spread as this one is
                unit.execute("UPDATE sqlite_stat1 SET stat = '100000' || substr(stat, instr(stat, ' '))")
                unit.execute("ANALYZE sqlite_schema")
        with database.read() as unit:
            recording = Recording(unit)
            load(recording, ids[:50], START + DAY, lambda _: START)  # type: ignore[arg-type]
            steps = [
                step[-1]
                for sql, params in recording.asked
                for step in unit.query(f"EXPLAIN QUERY PLAN {sql}", params)
            ]
        scans = [step for step in steps if step.startswith("SCAN")]
        allowed = ("SCAN json_each", "SCAN wanted", "SCAN CONSTANT ROW")
        assert [step for step in scans if not step.startswith(allowed)] == []
        assert "SEARCH f USING INDEX ix_promise_account_id (account_id=?)" in steps
    database.close()


class Counting:
    """A unit of work that counts the rows it was given."""

    def __init__(self, unit: Session) -> None:
        self._unit = unit
        self.rows = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)

    def query(self, sql: str, params: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        found = self._unit.query(sql, params)
        self.rows += len(found)
        return found


def test_a_long_history_is_not_read(database: Database) -> None:
    """Ten thousand earlier contacts cost what ten cost: only the window is fetched, and by an index."""
    with database.write() as unit:
        consumers(unit, ["long", "short"])
        for number, (name, many) in enumerate((("long", 10_000), ("short", 10))):
            rows = [contact(name, f"k{number}-{n}", START - DAY - n * 60_000_000) for n in range(many)]
            contacts(unit, rows)
            contacts(unit, [contact(name, f"k{number}-new", START + DAY)])
    counts = {}
    with database.read() as unit:
        for name in ("long", "short"):
            counting = Counting(unit)
            pools = load(counting, [name], START + 2 * DAY, lambda _: START)  # type: ignore[arg-type]
            assert len(pools[name].history) == 1
            assert pools[name].contacted_before
            counts[name] = counting.rows
    assert counts["long"] == counts["short"]


def test_the_window_is_read_by_its_index(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "plan.db"))
    with database.read() as unit:
        plan = unit.query(
            "EXPLAIN QUERY PLAN SELECT * FROM contact_event WHERE consumer_id IN (SELECT value FROM json_each(:ids)) "
            "AND occurred_at >= :start",
            {"ids": "[]", "start": 0},
        )
    database.close()
    assert "contact_event_by_time (consumer_id=? AND occurred_at>?)" in str(plan)


def test_of_many_everyone_gets_their_own(database: Database) -> None:
    ids = [f"c{n}" for n in range(700)]
    with database.write() as unit:
        consumers(unit, ids)
        for one in ids[::100]:
            hold(unit, f"h-{one}", one, START)
    pools = read(database, *ids, "unknown")
    assert len(pools) == 700
    assert {name for name, pool in pools.items() if pool.holds} == set(ids[::100])
    assert all(pool.accounts[name][0].id == f"a-{name}" for name, pool in pools.items())
    assert all(pool.consumers[name].jurisdictions == ["us", "us-ny"] for name, pool in pools.items())


def test_nobody_is_no_query_at_all(database: Database) -> None:
    assert read(database) == {}
    assert read(database, "unknown") == {}
