"""The life of an enrollment as data: every state has an exit, every reason a meaning."""

from __future__ import annotations

from enum import StrEnum


class EnrollmentState(StrEnum):
    """One account's place in one cadence."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    HELD = "held"
    ENDED = "ended"


TRANSITIONS: dict[EnrollmentState, frozenset[EnrollmentState]] = {
    EnrollmentState.ACTIVE: frozenset(
        {EnrollmentState.SUSPENDED, EnrollmentState.HELD, EnrollmentState.ENDED}
    ),
    EnrollmentState.SUSPENDED: frozenset(
        {EnrollmentState.ACTIVE, EnrollmentState.HELD, EnrollmentState.ENDED}
    ),
    EnrollmentState.HELD: frozenset(
        {EnrollmentState.ACTIVE, EnrollmentState.SUSPENDED, EnrollmentState.ENDED}
    ),
    EnrollmentState.ENDED: frozenset(),
}


class ExitReason(StrEnum):
    """Why an enrollment ended; it never starts again (a new one may)."""

    PAID = "paid"
    RECALLED = "recalled"
    CLOSED = "closed"
    CEASE = "cease"
    DONE = "done"
    CONDITION = "condition"
    CAMPAIGN_STOPPED = "campaign_stopped"
    CAMPAIGN_OVER = "campaign_over"


class SuspendReason(StrEnum):
    """Why an enrollment waits. A promise ends by itself, the others when a person or a fact lifts them."""

    PROMISE = "promise"
    DISPUTE = "dispute"
    COMPLAINT = "complaint"
    HOLD = "hold"
    CALL_BACK = "call_back"
    CONDITION = "condition"


# an account that is not open ends its enrollment for this reason
EXIT_OF_ACCOUNT_STATE = {
    "paid": ExitReason.PAID,
    "recalled": ExitReason.RECALLED,
    "closed": ExitReason.CLOSED,
}


def may_become(current: EnrollmentState, following: EnrollmentState) -> bool:
    """Whether an enrollment may move so; ended is the end."""
    return following in TRANSITIONS[current]
