"""Which rule of a verdict is named where there is room for one."""

from __future__ import annotations

from datetime import UTC, datetime

from policies.verdict import Decision, Finding, Verdict, deciding

EARLY, LATE = datetime(2026, 11, 24, 8, tzinfo=UTC), datetime(2026, 11, 27, 8, tzinfo=UTC)


def finding(name: str, answer: Decision, until: datetime | None = None) -> Finding:
    return Finding(id=name, answer=answer, found="", until=until)


def test_the_rule_that_waits_longest_is_named() -> None:
    rules = (finding("hours", Decision.DEFER, EARLY), finding("gap", Decision.DEFER, LATE))
    found = deciding(Verdict(decision=Decision.DEFER, rules=rules))
    assert found is not None
    assert found.id == "gap"


def test_a_rule_that_says_less_than_the_verdict_is_not_named() -> None:
    rules = (finding("gap", Decision.DEFER, LATE), finding("cease", Decision.DENY))
    found = deciding(Verdict(decision=Decision.DENY, rules=rules))
    assert found is not None
    assert found.id == "cease"


def test_nothing_objects_to_what_is_allowed() -> None:
    assert deciding(Verdict(decision=Decision.ALLOW)) is None
