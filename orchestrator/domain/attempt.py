"""The life of an attempt as data: what may follow what, and what each state means for caps.

reserved ── submitted ── accepted ── sent ── delivered
    │           │  └─────────┴────────┴──── undelivered, failed
    │           ├── ambiguous (may still become accepted by a late report; is never sent again)
    ├───────────┴── released (proven not sent: counts nowhere)
    └── expired (an outside caller's slot that ran out before it was started: counts nowhere)
"""

from __future__ import annotations

from enum import StrEnum


class AttemptState(StrEnum):
    """Where one intended contact stands."""

    RESERVED = "reserved"
    SUBMITTED = "submitted"
    AMBIGUOUS = "ambiguous"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RELEASED = "released"
    EXPIRED = "expired"
    DELIVERY_UNKNOWN = "delivery_unknown"


LEAVE_S = 1.0
"""Seconds that the leave to make a contact lasts: a permit, or the answer that a slot's contact may begin.

It is counted from before the statement that gave it, so that a stop that came after is obeyed within a second.
"""

_S = AttemptState
_REPORTS = frozenset({_S.SENT, _S.DELIVERED, _S.UNDELIVERED, _S.FAILED, _S.DELIVERY_UNKNOWN})

TRANSITIONS: dict[AttemptState, frozenset[AttemptState]] = {
    _S.RESERVED: frozenset({_S.SUBMITTED, _S.RELEASED, _S.EXPIRED}),
    _S.SUBMITTED: frozenset({_S.ACCEPTED, _S.AMBIGUOUS, _S.RELEASED}) | _REPORTS,
    _S.AMBIGUOUS: frozenset({_S.ACCEPTED}) | _REPORTS,
    _S.ACCEPTED: _REPORTS,
    _S.SENT: frozenset({_S.DELIVERED, _S.UNDELIVERED, _S.FAILED, _S.DELIVERY_UNKNOWN}),
    _S.DELIVERY_UNKNOWN: frozenset({_S.DELIVERED, _S.UNDELIVERED, _S.FAILED}),
    _S.DELIVERED: frozenset(),
    _S.UNDELIVERED: frozenset(),
    _S.FAILED: frozenset(),
    _S.RELEASED: frozenset(),
    _S.EXPIRED: frozenset(),
}

TERMINAL = frozenset(state for state, after in TRANSITIONS.items() if not after) | {_S.DELIVERY_UNKNOWN}
# the provider may have it: these count against every cap and are never sent again
POSSIBLY_SENT = frozenset(_S) - {_S.RESERVED, _S.RELEASED, _S.EXPIRED}
UNCOUNTED = frozenset({_S.RELEASED, _S.EXPIRED})


def may_become(current: AttemptState, following: AttemptState) -> bool:
    """Whether a report may move an attempt; duplicates and late, lower reports do not."""
    return following in TRANSITIONS[current]


def settle(current: AttemptState, reported: AttemptState) -> AttemptState:
    """The state after a report: the later of the two on the lattice, in whatever order reports arrive."""
    return reported if may_become(current, reported) else current
