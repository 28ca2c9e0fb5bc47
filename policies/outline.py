"""When a contact is open over a stretch of time, piece by piece: what a week strip shows.

The same judgement is asked at each moment at which a rule says that its answer may change, so the pieces are exact and
cost a few questions a day.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import NamedTuple

from policies.compose import Stack
from policies.evaluate import Judgement, Objection, judge_prepared
from policies.facts import Facts
from policies.instant import FOREVER, from_micros, to_micros
from policies.prepare import Prepared, prepare
from policies.vocabulary import Decision, RuleKind

_HOURS = frozenset({RuleKind.CONTACT_WINDOW, RuleKind.CONSUMER_PREFERENCE})
_MAX_PIECES = 2_000


class Openness(StrEnum):
    """open: it may be made · wait: within hours, but a rule says wait · hold: within hours, but a fact or a person
    is waited for · closed: outside hours, or not allowed at all.
    """

    OPEN = "open"
    WAIT = "wait"
    HOLD = "hold"
    CLOSED = "closed"


class Piece(NamedTuple):
    """From `start` until before `end` (aware UTC) the answer is of one kind."""

    start: dt.datetime
    end: dt.datetime
    state: Openness


def outline(facts: Facts, stack: Stack, start: dt.datetime, end: dt.datetime) -> tuple[Piece, ...]:
    """The pieces from `start` to `end` (aware), in order and without gaps, neighbours of one kind joined.

    Facts stay as they are: nothing else happens meanwhile, which is what "if nothing else happens" says beside it.
    """
    prepared, at, stop = prepare(facts), to_micros(start), to_micros(end)
    pieces: list[Piece] = []
    for _ in range(_MAX_PIECES):
        if at >= stop:
            return tuple(pieces)
        found = judge_prepared(prepared, stack, at)
        until = min(_until(found, prepared), stop)
        _append(pieces, Piece(from_micros(at), from_micros(until), _state(found.objections)))
        at = until
    # so many changes were never meant: what is left is shown as closed, which opens nothing
    return (*pieces, Piece(from_micros(at), end, Openness.CLOSED))


def _until(found: Judgement, prepared: Prepared) -> int:
    """The first moment at which some rule's answer may be another one."""
    at = found.at
    ends = [found.until, *(blocked.until or FOREVER for _, blocked in found.objections)]
    if found.stack.covered and found.stack.rules:
        ends.append(found.stack.profile_of(prepared, at).ends)
    return min((one for one in ends if one > at), default=FOREVER)


def _state(objections: list[Objection]) -> Openness:
    if not objections:
        return Openness.OPEN
    answers = {blocked.answer for _, blocked in objections}
    is_outside = any(rule is not None and rule.kind in _HOURS for rule, _ in objections)
    if is_outside or Decision.DENY in answers:
        return Openness.CLOSED
    return Openness.HOLD if Decision.HOLD in answers else Openness.WAIT


def _append(pieces: list[Piece], piece: Piece) -> None:
    if pieces and pieces[-1].state is piece.state:
        pieces[-1] = pieces[-1]._replace(end=piece.end)
    else:
        pieces.append(piece)
