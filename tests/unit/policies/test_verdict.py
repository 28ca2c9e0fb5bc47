"""Which rule of a verdict is named where there is room for one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

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


@pytest.mark.parametrize("until", [None, LATE])
def test_law_is_named_before_the_firms_own_policy_that_says_the_same(until: datetime | None) -> None:
    own = replace(finding("own", Decision.DEFER, until), force="firm")
    law = replace(finding("law", Decision.DEFER, until), force="prohibit")
    found = deciding(Verdict(decision=Decision.DEFER, rules=(own, law)))
    assert found is not None
    assert found.id == "law"


def test_the_firms_own_policy_is_named_where_it_lasts_longer() -> None:
    own = replace(finding("own", Decision.DEFER, LATE), force="firm")
    law = replace(finding("law", Decision.DEFER, EARLY), force="prohibit")
    found = deciding(Verdict(decision=Decision.DEFER, rules=(law, own)))
    assert found is not None
    assert found.id == "own"


def test_nothing_objects_to_what_is_allowed() -> None:
    assert deciding(Verdict(decision=Decision.ALLOW)) is None
