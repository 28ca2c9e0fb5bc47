"""Contacts of the past and their corrections, on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest

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
