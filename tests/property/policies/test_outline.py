"""The open hours of a week agree with asking every quarter of an hour of it, by the plain second reading."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given, settings

from policies.library import load
from policies.outline import Openness, Piece, outline
from tests.property.policies.oracle import Question, objections
from tests.property.policies.test_oracle import STEP, facts_of, questions, rules_for

HOURS = {"regf-hours-8-21", "regf-inconvenient-time"}
WEEK = dt.timedelta(days=7)


def expected(at: dt.datetime, question: Question) -> Openness:
    found = objections(at, question)
    if not found:
        return Openness.OPEN
    return Openness.CLOSED if found & HOURS else Openness.WAIT


def piece_at(pieces: tuple[Piece, ...], at: dt.datetime) -> Openness:
    return next(piece.state for piece in pieces if piece.start <= at < piece.end)


@given(questions())
@settings(max_examples=25, deadline=None)
def test_a_week_agrees_with_asking_at_every_quarter(asked: tuple[dt.datetime, Question]) -> None:
    at, question = asked
    stack = load().stack((), "third_party_collector", at.date(), only=rules_for(question))
    pieces = outline(facts_of(at, question), stack, at, at + WEEK)
    assert pieces[0].start == at
    assert pieces[-1].end == at + WEEK
    assert all(one.end == after.start for one, after in pairwise(pieces))
    moment = at
    while moment < at + WEEK:
        assert piece_at(pieces, moment) is expected(moment, question), moment
        moment += STEP
