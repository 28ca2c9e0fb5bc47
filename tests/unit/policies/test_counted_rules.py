"""Caps, pauses, hours, preconditions and exceptions by themselves, at their boundaries."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from policies.errors import PackError
from policies.evaluate import Judgement
from policies.holidays import calendar
from policies.instant import day_number, from_micros, zone
from policies.vocabulary import RuleKind
from policies.windows import Schedule, read_ranges
from tests.unit.policies.single_rule import ask, facts_from

CAP, GAP, HOURS = RuleKind.FREQUENCY_CAP, RuleKind.MIN_GAP, RuleKind.CONTACT_WINDOW


def retry(found: Judgement) -> str | None:
    """The next permitted time on Chicago's clock."""
    if found.retry is None:
        return None
    place = zone("America/Chicago")
    return f"{from_micros(found.retry + place.offset(found.retry)):%Y-%m-%d %H:%M}"


def calls(*moments: str, **more: Any) -> list[dict[str, Any]]:
    outcome = {"outcome": "no_answer"} if "outcome" not in more else {}
    return [{"at": f"{m}-05:00", "channel": "voice", "debts": ["d1"], **outcome, **more} for m in moments]


def cap(limit: int, window: str, n: int = 1, **counts: Any) -> dict[str, Any]:
    scope = {"scope": ["person"], "channels": ["voice", "sms", "email"], **counts}
    return {"caps": [{"limit": limit, "window": window, "n": n}], "counts": scope}


@pytest.mark.parametrize(
    ("params", "history", "expected"),
    [
        (cap(1, "calendar_day"), calls("2026-04-08T00:00:00"), "2026-04-09 00:00"),
        (cap(1, "calendar_day"), calls("2026-04-07T23:59:00"), None),
        (cap(2, "local_days", 3), calls("2026-04-06T01:00:00", "2026-04-08T09:00:00"), "2026-04-09 00:00"),
        (cap(2, "local_days", 3), calls("2026-04-05T23:00:00", "2026-04-08T09:00:00"), None),
        (cap(1, "calendar_week"), calls("2026-04-05T00:00:00"), "2026-04-12 00:00"),
        (cap(1, "calendar_week"), calls("2026-04-04T23:59:00"), None),
        (cap(1, "calendar_month"), calls("2026-04-01T00:00:00"), "2026-05-01 00:00"),
        (cap(1, "calendar_month"), calls("2026-03-31T23:59:00"), None),
        (cap(1, "rolling_hours", 48), calls("2026-04-06T12:30:00"), "2026-04-08 12:30"),
        (cap(1, "rolling_hours", 48), calls("2026-04-06T12:00:00"), None),
        (
            cap(2, "rolling_minutes", 5),
            calls("2026-04-08T11:56:00", "2026-04-08T11:58:00"),
            "2026-04-08 12:01",
        ),
        (cap(2, "rolling_minutes", 5), calls("2026-04-08T11:55:00", "2026-04-08T11:58:00"), None),
    ],
)
def test_a_cap_at_its_boundary(
    params: dict[str, Any], history: list[dict[str, Any]], expected: str | None
) -> None:
    found = ask(CAP, params, facts_from({"at": "2026-04-08T12:00:00-05:00"}, history))
    assert retry(found) == expected
    assert str(found.decision) == ("defer" if expected else "allow")


def test_equal_events_are_two_contacts() -> None:
    twice = calls("2026-04-08T10:00:00", "2026-04-08T10:00:00")
    assert retry(ask(CAP, cap(2, "calendar_day"), facts_from({"at": "2026-04-08T12:00:00-05:00"}, twice)))


def test_a_limit_of_nothing_denies() -> None:
    found = ask(CAP, cap(0, "calendar_day"), facts_from({"at": "2026-04-08T12:00:00-05:00"}))
    assert (str(found.decision), found.retry) == ("deny", None)


def test_several_caps_hold_at_once() -> None:
    params = cap(1, "local_days", 7)
    params["caps"].append({"limit": 3, "window": "local_days", "n": 30})
    history = calls("2026-03-12T10:00:00", "2026-03-20T10:00:00", "2026-03-28T10:00:00")
    assert (
        retry(ask(CAP, params, facts_from({"at": "2026-04-08T12:00:00-05:00"}, history)))
        == "2026-04-11 00:00"
    )


def test_what_is_already_dated_later_counts() -> None:
    later = calls("2026-04-10T10:00:00")
    found = ask(CAP, cap(1, "local_days", 7), facts_from({"at": "2026-04-08T12:00:00-05:00"}, later))
    assert retry(found) == "2026-04-17 00:00"


@pytest.mark.parametrize(
    ("scope", "event", "counts"),
    [
        (["debt"], {"debts": ["d2"]}, False),
        (["debt"], {"debts": ["d2", "d1"]}, True),
        (["debt"], {"debts": ["d2"], "outcome": "conversation", "debts_discussed": ["d1"]}, True),
        (["debt"], {"debts": []}, True),
        (["person"], {"party": "spouse"}, False),
        (["household"], {"party": "spouse"}, True),
        (["household"], {"party": "third_party:neighbour"}, False),
        (["address"], {"address": "p2"}, False),
        (["address"], {"address": "p1"}, True),
        (["channel"], {"channel": "sms"}, False),
        (["person"], {"direction": "inbound"}, False),
        (["person"], {"collector": "another"}, False),
        (["person"], {"actor": "lender"}, False),
        (["person"], {"actor": "agency"}, True),
        (["person"], {"outcome": "busy"}, False),
        (["person"], {"outcome": None}, True),
    ],
)
def test_what_a_cap_counts(scope: list[str], event: dict[str, Any], counts: bool) -> None:
    history = calls("2026-04-08T10:00:00", **event)
    facts = facts_from({"at": "2026-04-08T12:00:00-05:00", "address": "p1"}, history)
    assert bool(retry(ask(CAP, cap(1, "calendar_day", scope=scope), facts))) is counts


def test_student_loans_under_one_number_are_one_debt() -> None:
    debts = {
        "d1": {"type": "student_loan", "account_number": "S"},
        "d2": {"type": "student_loan", "account_number": "S"},
        "d3": {"type": "card", "account_number": "S"},
    }
    params = cap(1, "calendar_day", scope=["debt"], merge_products=["student_loan"])

    def counted(name: str) -> bool:
        history = calls("2026-04-08T10:00:00", debts=[name])
        return bool(
            retry(ask(CAP, params, facts_from({"at": "2026-04-08T12:00:00-05:00"}, history, debts=debts)))
        )

    assert [counted(name) for name in ("d1", "d2", "d3")] == [True, True, False]


def test_answers_to_the_consumer_are_outside_where_the_rule_says_so() -> None:
    params = cap(1, "calendar_day", ignore_replies=True)
    asked = {
        "at": "2026-04-08T11:00:00-05:00",
        "channel": "email",
        "direction": "inbound",
        "outcome": "received",
    }
    history = [*calls("2026-04-08T10:00:00"), asked]
    contact = {"at": "2026-04-08T12:00:00-05:00", "channel": "email"}
    assert retry(ask(CAP, params, facts_from(contact, history)))
    assert not retry(ask(CAP, params, facts_from({**contact, "reply": True}, history)))
    assert retry(ask(CAP, params, facts_from({**contact, "reply": True}, history[:1])))  # nothing to answer


@pytest.mark.parametrize(
    ("consent", "expected"),
    [
        ({}, None),
        ({"received_at": "2026-04-02T10:00:00-05:00"}, None),
        ({"received_at": "2026-04-01T10:00:00-05:00"}, "2026-04-10 00:00"),
        ({"revoked_at": "2026-04-08T08:00:00-05:00"}, "2026-04-10 00:00"),
        ({"revoked_at": "2026-04-08T10:00:00-05:00"}, None),  # the call at nine stays uncounted
        ({"scope_date": "2026-04-07"}, "2026-04-10 00:00"),
        ({"scope_date": "2026-04-09"}, "2026-04-09 00:00"),
        ({"debt": "d2"}, "2026-04-10 00:00"),
        ({"obtained_during_violation": True}, "2026-04-10 00:00"),
        ({"party": "spouse"}, "2026-04-10 00:00"),
    ],
)
def test_a_consent_to_calls(consent: dict[str, Any], expected: str | None) -> None:
    params = cap(1, "local_days", 2, scope=["person", "debt"], consent={"days": 7})
    given = {"type": "call_frequency", "debt": "d1", "received_at": "2026-04-03T10:00:00-05:00", **consent}
    facts = facts_from({"at": "2026-04-08T12:00:00-05:00"}, calls("2026-04-08T09:00:00"), consents=[given])
    assert retry(ask(CAP, params, facts)) == expected


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"days": 3}, "2026-04-10 00:00"),
        ({"days": 1}, None),
        ({"hours": 48}, "2026-04-09 10:00"),
        ({"hours": 24}, None),
    ],
)
def test_a_pause_ends_by_dates_or_by_hours(params: dict[str, Any], expected: str | None) -> None:
    history = calls("2026-04-07T10:00:00", outcome="conversation")
    whole = {**params, "counts": {"channels": ["voice"], "outcomes": ["conversation"]}}
    assert retry(ask(GAP, whole, facts_from({"at": "2026-04-08T12:00:00-05:00"}, history))) == expected


def test_a_call_without_an_outcome_does_not_start_a_pause() -> None:
    whole = {"days": 3, "counts": {"channels": ["voice"], "outcomes": ["conversation"]}}
    history = calls("2026-04-07T10:00:00", outcome=None)
    assert retry(ask(GAP, whole, facts_from({"at": "2026-04-08T12:00:00-05:00"}, history))) is None


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-04-08T12:30:00-05:00", "2026-04-08 13:00"),  # a break at noon
        ("2026-04-08T21:00:00-05:00", "2026-04-09 08:00"),
        ("2026-04-10T21:00:00-05:00", "2026-04-11 10:00"),  # Saturday opens later
        ("2026-04-11T18:00:00-05:00", "2026-04-13 08:00"),  # Sunday is closed
        # Independence Day falls on a Saturday and is observed the Friday before
        ("2026-07-03T10:00:00-05:00", "2026-07-06 08:00"),
        ("2026-04-08T08:00:00-05:00", None),
    ],
)
def test_hours_with_breaks_weekends_and_holidays(at: str, expected: str | None) -> None:
    windows = {
        "weekdays": "08:00-12:00, 13:00-21:00",
        "sat": "10:00-18:00",
        "sun": "closed",
        "holiday": "closed",
    }
    params = {"windows": windows, "calendar": "US"}
    found = ask(HOURS, params, facts_from({"at": at}))
    assert retry(found) == expected


def test_hours_that_never_open_deny() -> None:
    found = ask(HOURS, {"windows": {"all": "closed"}}, facts_from({"at": "2026-04-08T12:00:00-05:00"}))
    assert (str(found.decision), found.retry) == ("deny", None)


def test_hours_around_the_clock_never_close() -> None:
    schedule = Schedule({"all": "00:00-24:00"})
    place = zone("America/Chicago")
    is_open, until = schedule.at(place, place.at(day_number(dt.date(2026, 4, 8)), 0))
    assert is_open
    assert until > place.at(day_number(dt.date(2027, 4, 8)), 0)


def test_hours_past_midnight_are_two_spans() -> None:
    schedule = Schedule({"all": "00:00-01:00, 22:00-24:00"})
    place = zone("America/Chicago")
    is_open, until = schedule.at(place, place.at(day_number(dt.date(2026, 4, 8)), 0) - 1)
    assert is_open
    assert until == place.at(day_number(dt.date(2026, 4, 8)), 3_600_000_000)


@pytest.mark.parametrize("text", ["8-9", "09:00", "10:00-09:00", "09:00-25:00", "09:00-09:00", ""])
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(PackError):
        read_ranges(text)


def test_calendars_are_mended() -> None:
    plain, mended = calendar("CA-QC"), calendar("CA-QC", ("easter_monday", "2026-05-05"))
    easter_monday = day_number(dt.date(2026, 4, 6))
    assert easter_monday not in plain
    assert easter_monday in mended
    assert day_number(dt.date(2027, 3, 29)) in mended
    assert day_number(dt.date(2026, 5, 5)) in mended
    assert day_number(dt.date(2026, 12, 25)) not in calendar("US", (), ("Christmas Day",))
    with pytest.raises(PackError, match="no holiday calendar"):
        calendar("ATLANTIS")


@pytest.mark.parametrize(
    ("params", "sent", "expected"),
    [
        ({"min_days": 6}, "2026-04-03", "2026-04-09 00:00"),
        ({"min_days": 6}, "2026-04-02", None),
        ({"min_days": 3, "count": "business_days"}, "2026-04-03", None),
        ({"min_days": 3, "count": "business_days"}, "2026-04-04", None),
        ({"min_days": 3, "count": "business_days"}, "2026-04-06", "2026-04-09 00:00"),
        ({"min_days": 3, "count": "business_days", "calendar": "US"}, "2026-04-03", None),
    ],
)
def test_a_waiting_period(params: dict[str, Any], sent: str, expected: str | None) -> None:
    facts = facts_from({"at": "2026-04-08T12:00:00-05:00"}, notices={"start_notice": sent})
    found = ask(RuleKind.PRECONDITION, {"event": "start_notice", **params}, facts)
    assert retry(found) == expected


def test_an_absent_event_is_ordinary_or_missing_as_the_rule_says() -> None:
    facts = facts_from({"at": "2026-04-08T12:00:00-05:00"})
    assert str(ask(RuleKind.PRECONDITION, {"event": "start_notice"}, facts).decision) == "allow"
    missing = ask(RuleKind.PRECONDITION, {"event": "start_notice", "absent": "missing"}, facts)
    assert str(missing.decision) == "hold"
