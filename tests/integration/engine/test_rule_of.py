"""Which rule a refusal is counted under."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from orchestrator.engine.judgement import Judged
from orchestrator.engine.planner import rule_of
from policies.verdict import Decision, Finding, Verdict

HOURS = Finding(id="hours", answer=Decision.DEFER, found="it is 00:00")
NOTICE = Finding(id="notice", answer=Decision.HOLD, found="the notice is not known")


def judged(verdict: Verdict) -> Judged:
    return cast(Judged, SimpleNamespace(verdict=verdict))


def test_what_holds_is_named_though_it_is_night_as_well() -> None:
    assert rule_of(judged(Verdict(decision=Decision.HOLD, rules=(HOURS, NOTICE)))) == "notice"
    assert rule_of(judged(Verdict(decision=Decision.DEFER, rules=(HOURS,)))) == "hours"


def test_nothing_is_named_where_nothing_objects() -> None:
    assert rule_of(judged(Verdict(decision=Decision.ALLOW))) is None
