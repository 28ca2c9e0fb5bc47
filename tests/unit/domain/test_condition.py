"""Conditions: what is taken, what is refused and where, and that an unclear answer is no."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.domain import condition
from orchestrator.domain.condition import ConditionError, parse
from orchestrator.domain.field import FIELDS, sample_record


@pytest.mark.parametrize(
    ("text", "changes", "answer"),
    [
        ('days_past_due > 30 && country == "US"', {}, True),
        ("days_past_due > 60", {}, False),
        ('"us-ny" in jurisdictions && !("voice" in opt_outs)', {}, True),
        ('product == "medical"', {"product": None}, False),
        ("age != null && age >= 40", {"age": None}, False),
        ('placed_on != null && placed_on < "2026-02-01"', {}, True),
        ('creditor.startsWith("harbor") || balance >= 1000.0', {}, True),
        ("size(holds) == 0", {"holds": []}, True),
        ('country == "x.map(y)"', {}, False),
    ],
)
def test_a_condition_is_asked_of_a_record(text: str, changes: dict[str, Any], answer: bool) -> None:
    assert parse(text).holds({**sample_record(), **changes}) is answer


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("days_past_due >", "1:16", "syntax error: it ends too early"),
        ("true &&\n  balence > 1.0", "2:3", "unknown field 'balence'"),
        ('holds.exists(h, h == "dispute")', "1:7", "goes through a list"),
        ("[1].map(x, x) == [1]", "1:5", "goes through a list"),
        ("now() > 3", "1:1", r"unknown function now\(\)"),
        ("account.balance > 1", "1:1", "unknown field 'account'"),
        ('balance > "x"', "1:1", "the types do not fit"),
        ("true && age > 30", "1:9", "the types do not fit"),
        ("balance", "1:1", "gives float"),
        ("days_past_due / 0 == 1", "1:1", "division by zero"),
        ("true || " * 400 + "true", None, "at most 2048"),
        ("(" * 300 + "true" + ")" * 300, "1:97", "nested too deeply"),
        ("", "1:1", "syntax error"),
    ],
)
def test_what_is_no_condition_says_where_and_why(text: str, where: str | None, words: str) -> None:
    with pytest.raises(ConditionError, match=words) as raised:
        parse(text)
    assert raised.value.where == where
    assert raised.value.exit_code == 2


def test_an_unknown_field_is_answered_with_those_that_exist_nearest_first() -> None:
    with pytest.raises(ConditionError) as raised:
        parse("balence > 1.0")
    hint = str(raised.value.hint)
    assert hint.startswith("there are: balance, ")
    assert all(name in hint for name in FIELDS)


def test_a_field_that_may_be_empty_needs_its_guard() -> None:
    with pytest.raises(ConditionError) as raised:
        parse("age > 30")
    assert "write age != null &&" in str(raised.value.hint)


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_every_field_can_be_asked_about(name: str) -> None:
    assert parse(f"{name} != null").fields == (name,)


def test_holds_raises_nothing() -> None:
    assert condition.holds("not a condition", sample_record()) is False
    assert condition.holds("days_past_due > 1", {}) is False
