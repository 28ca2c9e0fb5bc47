"""No contact and no enrollment can get stuck: from every state a terminal one can be reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import pytest

from orchestrator.domain import attempt, enrollment

S = TypeVar("S")


def reachable(start: S, transitions: Mapping[S, frozenset[S]]) -> set[S]:
    seen, waiting = {start}, [start]
    while waiting:
        fresh = transitions[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    return seen


@pytest.mark.parametrize("state", attempt.AttemptState)
def test_every_attempt_can_end(state: attempt.AttemptState) -> None:
    assert reachable(state, attempt.TRANSITIONS) & attempt.TERMINAL


@pytest.mark.parametrize("state", enrollment.EnrollmentState)
def test_every_enrollment_can_end(state: enrollment.EnrollmentState) -> None:
    assert enrollment.EnrollmentState.ENDED in reachable(state, enrollment.TRANSITIONS)


def test_what_may_have_left_can_never_be_given_back() -> None:
    """A contact that a provider may hold counts; the only way back is out of `submitted`, by a proven refusal."""
    for state in attempt.POSSIBLY_SENT - {attempt.AttemptState.SUBMITTED}:
        assert attempt.AttemptState.RELEASED not in reachable(state, attempt.TRANSITIONS)


def test_nothing_reopens() -> None:
    for state in attempt.TERMINAL - {attempt.AttemptState.DELIVERY_UNKNOWN}:
        assert not attempt.TRANSITIONS[state]
