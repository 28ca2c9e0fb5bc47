"""Contacts of the past and their corrections, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from orchestrator.domain.instant import to_micros
from orchestrator.errors import FileFormatError
from tests.contract.importers.conftest import Desk

Ann = Callable[..., dict[str, str]]
NEWEST = (
    "SELECT e.outcome FROM contact_event e WHERE e.version = (SELECT max(version) FROM contact_event l "
    "WHERE l.event_id = e.event_id) ORDER BY e.occurred_at, e.outcome"
)


def call(**cells: str) -> dict[str, str]:
    return {"at": "2026-04-01T10:00:00-05:00", "recorded_at": "", "consumer_id": "c1", "account_id": "a1",
            "channel": "voice", "direction": "outbound", "outcome": "no_answer", "address": "+12125550100",
            "party": "", "content": "", "actor": "", **cells}  # fmt: skip


AT = to_micros(datetime(2026, 4, 1, 15, tzinfo=UTC))


def record(desk: Desk, **values: Any) -> None:
    """A version of a contact as something other than a file records it."""
    with desk.database.write(desk.clock) as unit:
        row = {"consumer_id": "c1", "event_id": "e1", "version": 0, "occurred_at": AT, "recorded_at": AT,
               "channel": "voice", "direction": "outbound", "outcome": "conversation", "account_ids": '["a1"]',
               "debts_discussed": '["a1"]', "detail": '{"automated": true}', "party": "consumer",
               "content": "collection", "place": "work", "source": "engine", "recorded_by": "system",
               **values}  # fmt: skip
        unit.insert_many("contact_event", tuple(row), [tuple(row.values())])


def opened(value: Any) -> Any:
    """A JSON column, decoded as PostgreSQL gives it or as SQLite's text."""
    return json.loads(value) if isinstance(value, str) else value


def test_calls_go_in_with_both_times_and_their_contact_point(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(call(recorded_at="2026-04-01T11:00:00-05:00", actor="debt_buyer"))
    ((occurred, recorded, point, actor, line, accounts),) = desk.see(
        "SELECT occurred_at, recorded_at, contact_point_id, actor, number_kind, account_ids FROM contact_event"
    )
    assert recorded - occurred == 3_600_000_000
    assert [(point,)] == desk.see("SELECT id FROM contact_point")
    assert (actor, line) == ("agency", "mobile")
    assert (json.loads(accounts) if isinstance(accounts, str) else accounts) == ["a1"]


def test_the_same_file_and_the_same_calls_again_change_nothing(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    rows = [call(), call(at="2026-04-02T10:00:00-05:00")]
    desk.bring(*rows)
    desk.bring(*rows)
    desk.bring(*rows, call(at="2026-04-03T10:00:00-05:00"))
    assert desk.see("SELECT count(*) FROM contact_event") == [(3,)]


def test_equal_rows_of_one_file_are_two_contacts(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(call(), call())
    desk.bring(call(), call(), chunk_rows=1)
    assert desk.see("SELECT count(DISTINCT event_id) FROM contact_event") == [(2,)]


def test_a_later_file_corrects_and_both_versions_stay(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(call())
    desk.bring(call(outcome="conversation", address=""))
    rows = desk.see(
        "SELECT version, outcome, contact_point_id, correction_reason FROM contact_event ORDER BY version"
    )
    assert [row[:2] for row in rows] == [(0, "no_answer"), (1, "conversation")]
    assert rows[0][2] == rows[1][2]
    assert rows[1][3]


def test_a_row_that_was_recorded_later_corrects_within_one_file(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(
        call(recorded_at="2026-04-01T16:00:00Z"),
        call(recorded_at="2026-04-03T16:00:00Z", outcome="conversation"),
    )
    assert desk.see(NEWEST) == [("conversation",)]


def test_an_older_record_does_not_undo_a_newer_one(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(call(recorded_at="2026-04-03T16:00:00Z", outcome="conversation"))
    desk.bring(call(recorded_at="2026-04-02T16:00:00Z"))
    assert desk.see(NEWEST) == [("conversation",)]


def test_one_contact_about_two_accounts_is_one_contact(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(account_id="a2"))
    desk.bring(call(), call(account_id="a2"))
    assert desk.see("SELECT count(DISTINCT event_id) FROM contact_event") == [(1,)]
    ((accounts,),) = desk.see("SELECT account_ids FROM contact_event WHERE version = 1")
    assert (json.loads(accounts) if isinstance(accounts, str) else accounts) == ["a1", "a2"]


def test_a_contact_without_an_account_counts_for_all(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(account_id="a2"))
    desk.bring(call(account_id=""))
    ((accounts,),) = desk.see("SELECT account_ids FROM contact_event")
    assert (json.loads(accounts) if isinstance(accounts, str) else accounts) == ["a1", "a2"]


def test_history_is_whole_for_the_creditors_it_speaks_of(desk: Desk, ann: Ann) -> None:
    desk.bring(
        ann(),
        ann(consumer_id="c2", account_id="a2", mobile="+12125550122"),
        ann(consumer_id="c3", account_id="a3", mobile="+12125550133", creditor="other"),
    )
    desk.bring(call(), complete_since=date(2026, 3, 1), chunk_rows=1)
    found = desk.see("SELECT id, history_complete_since FROM account ORDER BY id")
    assert [(id_, str(since)) for id_, since in found] == [
        ("a1", "2026-03-01"),
        ("a2", "2026-03-01"),
        ("a3", "None"),
    ]
    desk.bring(call(at="2026-04-05T10:00:00-05:00"), complete_since=date(2026, 4, 1))
    assert str(desk.see("SELECT history_complete_since FROM account WHERE id = 'a1'")[0][0]) == "2026-03-01"


def test_json_lines_are_a_history_too(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    path = desk.folder / "calls.jsonl"
    lines = [json.dumps(call()), "", json.dumps({**call(at="2026-04-02T10:00:00Z"), "more": 1}), "{oops"]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = desk.bring_file(path)
    assert (result.rows, result.rejected) == (3, 2)
    path.write_text(json.dumps({**call(), "colour": "red"}), encoding="utf-8")
    with pytest.raises(FileFormatError, match="unknown name 'colour'"):
        desk.bring_file(path)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"consumer_id": "zz"}, "is not in the book"),
        ({"account_id": "zz"}, "is not an account of c1"),
        ({"outcome": "maybe"}, "is not one of"),
        ({"at": "2026-04-01 10:00"}, "is not a time with its offset"),
        ({"address": "12"}, "address: "),
        ({"party": "third_party:"}, "is not one of"),
    ],
)
def test_a_contact_that_cannot_be_read_is_refused(
    desk: Desk, ann: Ann, cells: dict[str, str], reason: str
) -> None:
    desk.bring(ann())
    assert reason in desk.reasons(desk.bring(call(**cells)))[0]


@pytest.mark.parametrize("source", ["engine", "inbound"])
@pytest.mark.parametrize(
    "cells",
    [
        {"outcome": "no_answer"},
        {"outcome": "voicemail"},
        {"party": "spouse"},
        {"content": "limited_content"},
        {"account_id": "a2"},
    ],
)
def test_no_file_says_something_else_of_a_contact_of_ours(
    desk: Desk, ann: Ann, cells: dict[str, str], source: str
) -> None:
    desk.bring(ann(), ann(account_id="a2"))
    record(desk, source=source)
    result = desk.bring(call(**{"outcome": "conversation", **cells}))
    assert "our own record says" in desk.reasons(result)[0]
    assert desk.see("SELECT version, outcome, party FROM contact_event") == [(0, "conversation", "consumer")]


def test_that_a_call_of_ours_was_a_conversation_counts_at_once(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    record(desk, outcome="no_answer", debts_discussed=None, attempt_id="e1")
    for _ in range(2):
        assert desk.bring(call(outcome="conversation", address="")).rejected == 0
    found = desk.see("SELECT outcome, attempt_id, detail FROM contact_event WHERE version = 1")
    assert [(outcome, attempt, opened(detail)) for outcome, attempt, detail in found] == [
        ("conversation", "e1", {"automated": True})
    ]
    assert desk.see("SELECT max(version) FROM contact_event") == [(1,)]
    assert desk.bring(call(outcome="no_answer")).rejected == 1


def test_a_contact_of_ours_that_has_not_ended_is_left_to_its_outcome(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    record(desk, outcome=None, debts_discussed=None)
    assert "not ended yet" in desk.reasons(desk.bring(call(outcome="conversation")))[0]


@pytest.mark.parametrize("cells", [{}, {"account_id": ""}, {"party": "consumer", "content": "collection"}])
def test_a_row_that_agrees_with_our_record_changes_nothing(
    desk: Desk, ann: Ann, cells: dict[str, str]
) -> None:
    desk.bring(ann(), ann(account_id="a2"))
    record(desk)
    for _ in range(2):
        assert desk.bring(call(**{"outcome": "conversation", **cells})).rejected == 0
    assert desk.see("SELECT count(*) FROM contact_event") == [(1,)]


def test_a_correction_keeps_what_a_file_has_no_column_for(desk: Desk, ann: Ann) -> None:
    desk.bring(ann(), ann(account_id="a2"))
    record(desk, source="api", outcome="voicemail")
    desk.bring(call(outcome="conversation", account_id="a2"))
    ((debts, detail, place, accounts),) = desk.see(
        "SELECT debts_discussed, detail, place, account_ids FROM contact_event WHERE version = 1"
    )
    assert opened(debts) == opened(accounts) == ["a1", "a2"]
    assert opened(detail) == {"automated": True}
    assert place == "work"


def test_a_contact_found_to_be_at_another_time_is_not_moved_back(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(call())
    ((id_,),) = desk.see("SELECT event_id FROM contact_event")
    record(desk, event_id=id_, version=1, occurred_at=AT + 1, source="import:x:2")
    assert desk.bring(call(), call(at="2026-04-02T10:00:00Z")).rejected == 0
    assert desk.bring(call(outcome="voicemail"), call(at="2026-04-03T10:00:00Z")).rejected == 1
    assert desk.see("SELECT max(version) FROM contact_event") == [(1,)]


def test_what_became_known_in_the_future_is_known_now(desk: Desk, ann: Ann) -> None:
    desk.bring(ann())
    desk.bring(call(recorded_at="2099-04-01T11:00:00Z"))
    ((recorded,),) = desk.see("SELECT recorded_at FROM contact_event")
    assert recorded == to_micros(desk.clock.now())
