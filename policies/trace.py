"""How an answer came about, for people: what every rule said, and the steps to the next permitted time.

Judging keeps only what decides. Here the same checks are asked again, one by one, and everything is written down;
nothing of this runs when a contact is judged.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from policies.compose import Bearing, Part, Stack
from policies.evaluate import HORIZON_DAYS, ask, judge_prepared
from policies.facts import Facts, Frozen
from policies.instant import DAY, FOREVER, from_micros, to_micros
from policies.pack import Rule
from policies.prepare import Moment, Prepared, prepare
from policies.rule import Blocked, Passed, Result
from policies.verdict import Verdict, WindowUse
from policies.vocabulary import Decision

MAX_RUNGS = 40
"""More steps than that are not written down: nobody reads them."""


class Reply(StrEnum):
    """What one rule said, the one that objects most first."""

    DENY = "deny"
    HOLD = "hold"
    WAIT = "wait"
    LIFTED = "lifted"  # it would object, an exception takes that back
    PASS = "pass"  # noqa: S105 # nosec B105 - a rule lets pass; no password
    SILENT = "silent"  # nothing is recorded that it could object to
    EXCEPTION = "exception"
    NO_BEARING = "no_bearing"
    NOT_IN_FORCE = "not_in_force"


class Answer(Frozen, frozen=True):
    """One rule and what it said. `found`: an objection in plain English; `until`: when this answer may change.

    `rule` None: a reason of the judge's own, by its `code` (`zone_unknown`, ...). `lifted_by`: ids of exceptions.
    """

    rule: Rule | None
    reply: Reply
    code: str = ""
    found: str = ""
    until: dt.datetime | None = None
    counted: tuple[str, ...] = ()
    used: tuple[WindowUse, ...] = ()
    flags: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    lifted_by: tuple[str, ...] = ()


class Wait(Frozen, frozen=True):
    """A rule that makes a step of the search wait, and until when."""

    rule: str
    until: dt.datetime


class Rung(Frozen, frozen=True):
    """One step to the next permitted time: at `at` these rules say wait, the longest first; none: this is it."""

    at: dt.datetime
    waits: tuple[Wait, ...] = ()


class Trace(Frozen, frozen=True):
    """The verdict, every rule's answer (those that object most first), and the steps to `retry_at`, the last one its
    own. `cut`: there were more steps than are kept."""

    verdict: Verdict
    answers: tuple[Answer, ...]
    rungs: tuple[Rung, ...] = ()
    cut: bool = False


_REPLIES = {Decision.DENY: Reply.DENY, Decision.HOLD: Reply.HOLD, Decision.DEFER: Reply.WAIT}
_BEARINGS = {
    Bearing.NONE: Reply.NO_BEARING,
    Bearing.NOT_IN_FORCE: Reply.NOT_IN_FORCE,
    Bearing.EXCEPTION: Reply.EXCEPTION,
    Bearing.SILENT: Reply.SILENT,
}
_ORDER = {reply: rank for rank, reply in enumerate(Reply)}


def trace(facts: Facts, stack: Stack, at: dt.datetime) -> Trace:
    """Judge `facts` at `at` (aware UTC) as `evaluate.judge` does, and write down how the answer came about."""
    prepared, micros = prepare(facts), to_micros(at)
    judgement = judge_prepared(prepared, stack, micros)
    verdict = judgement.verdict()
    objecting = {(rule.id if rule else None, blocked.code): blocked for rule, blocked in judgement.objections}
    answers = [
        _own(blocked) if name is None else _objection(stack.by_id[name], blocked, verdict.used)
        for (name, _), blocked in objecting.items()
    ]
    said = {answer.rule.id for answer in answers if answer.rule is not None}
    moment = Moment(micros, prepared.zones)
    used = verdict.used
    answers += [
        _answer(part, prepared, moment, used)
        for part in stack.parts(prepared, micros)
        if part.rule.id not in said
    ]
    rungs, cut = _rungs(prepared, stack, micros) if verdict.decision is Decision.DEFER else ((), False)
    ordered = sorted(answers, key=lambda answer: _ORDER[answer.reply])
    return Trace(verdict=verdict, answers=tuple(ordered), rungs=rungs, cut=cut)


def _own(blocked: Blocked) -> Answer:
    return Answer(rule=None, reply=_REPLIES[blocked.answer], code=blocked.code or "", found=blocked.found)


def _objection(rule: Rule, blocked: Blocked, used: tuple[WindowUse, ...]) -> Answer:
    return Answer(
        rule=rule,
        reply=_REPLIES[blocked.answer],
        code=blocked.code or "",
        found=blocked.found,
        until=_time(blocked.until),
        counted=blocked.counted,
        used=blocked.used or tuple(use for use in used if use.rule == rule.id),
        flags=blocked.flags,
    )


def _answer(part: Part, prepared: Prepared, moment: Moment, used: tuple[WindowUse, ...]) -> Answer:
    """What a rule that does not decide said."""
    own = tuple(use for use in used if use.rule == part.rule.id)
    if part.check is None or part.bare is None:
        return Answer(rule=part.rule, reply=_BEARINGS.get(part.bearing, Reply.HOLD))
    if part.bearing is Bearing.SILENT:
        return Answer(rule=part.rule, reply=Reply.SILENT, used=own)
    try:
        answer, bare = part.check(prepared, moment), part.bare(prepared, moment)
    except Exception as error:  # noqa: BLE001 - a rule may raise anything; the judge has held the contact for it
        return Answer(rule=part.rule, reply=Reply.HOLD, found=type(error).__name__)
    if isinstance(bare, Blocked) and not isinstance(answer, Blocked):
        by = tuple(rule.id for rule, lift in part.lifts if lift(prepared, moment) > moment.at)
        return Answer(
            rule=part.rule, reply=Reply.LIFTED, found=bare.found, until=_time(_until(answer)), lifted_by=by
        )
    if isinstance(answer, Blocked):
        return _objection(part.rule, answer, used)
    said = answer if isinstance(answer, Passed) else Passed()
    return Answer(
        rule=part.rule,
        reply=Reply.PASS,
        until=_time(_until(answer)),
        used=own,
        flags=said.flags,
        obligations=tuple(one.id for one in said.obligations),
    )


def _until(answer: Result) -> int | None:
    return answer if isinstance(answer, int) else answer.until


def _time(micros: int | None) -> dt.datetime | None:
    return None if micros is None or micros >= FOREVER else from_micros(micros)


def _rungs(prepared: Prepared, stack: Stack, at: int) -> tuple[tuple[Rung, ...], bool]:
    """The search for the next permitted time, every rule asked at every step."""
    found, horizon = [], at + HORIZON_DAYS * DAY
    for _ in range(MAX_RUNGS):
        profile = stack.profile_of(prepared, at)
        asked = ask(profile.asked, prepared, Moment(at, prepared.zones, brief=True))
        waits = {rule.id: blocked.until for rule, blocked in asked.objections if rule is not None}
        lasting = sorted(((until or 0, name) for name, until in waits.items()), reverse=True)
        found.append(
            Rung(
                at=from_micros(at),
                waits=tuple(Wait(rule=name, until=from_micros(until)) for until, name in lasting),
            )
        )
        if not lasting or lasting[0][0] <= at or lasting[0][0] > horizon:
            return tuple(found), False
        at = lasting[0][0]
    return tuple(found), True
