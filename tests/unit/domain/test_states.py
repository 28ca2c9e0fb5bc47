"""The state machines: every state has an exit, reports are monotone."""

from __future__ import annotations

from itertools import permutations

from orchestrator.domain import attempt, enrollment
from orchestrator.domain.attempt import AttemptState


def test_every_attempt_state_is_terminal_or_has_an_exit() -> None:
    assert set(attempt.TRANSITIONS) == set(AttemptState)
    for state, after in attempt.TRANSITIONS.items():
        assert after or state in attempt.TERMINAL


def test_every_enrollment_state_but_ended_has_an_exit() -> None:
    for state, after in enrollment.TRANSITIONS.items():
        assert bool(after) is (state is not enrollment.EnrollmentState.ENDED)


def test_reports_settle_the_same_in_any_order() -> None:
    reports = [AttemptState.ACCEPTED, AttemptState.SENT, AttemptState.DELIVERED, AttemptState.SENT]
    for order in permutations(reports):
        state = AttemptState.SUBMITTED
        for report in order:
            state = attempt.settle(state, report)
        assert state is AttemptState.DELIVERED


def test_what_was_released_or_ambiguous_is_never_sent_again() -> None:
    for state in (AttemptState.RELEASED, AttemptState.AMBIGUOUS, AttemptState.EXPIRED):
        assert AttemptState.SUBMITTED not in attempt.TRANSITIONS[state]
        assert AttemptState.RESERVED not in attempt.TRANSITIONS[state]
