"""Judge one contact: every rule is asked, the most protective answer wins, and nothing is raised to the caller.

The next permitted time is a fixpoint: time moves to the latest `until` of the rules that object, and all are asked
again, until none objects or 400 days have passed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import operator
from collections.abc import Iterable
from typing import Any

from policies.compose import Profile, Stack
from policies.facts import GIVEN_KEYS, Facts
from policies.instant import DAY, FOREVER, from_micros, to_micros
from policies.pack import Rule
from policies.prepare import Moment, Prepared, prepare
from policies.rule import Blocked, Check, Passed
from policies.verdict import Finding, Obligation, Verdict, WindowUse
from policies.vocabulary import CORE_FACTS, PROTECTION, Decision, Fact

HORIZON_DAYS = 400
_HORIZON = HORIZON_DAYS * DAY
_ALLOW, _DEFER, _HOLD, _DENY = Decision.ALLOW, Decision.DEFER, Decision.HOLD, Decision.DENY
_MAX_ROUNDS = 4_000
_UNTIL = operator.itemgetter(0)
_FACTS = frozenset(Fact) | frozenset(GIVEN_KEYS)

Objection = tuple[Rule | None, Blocked]


class Judgement:
    """A verdict before it is written out: integers and the parts that were found. `verdict()` gives the whole."""

    __slots__ = ("at", "decision", "objections", "passed", "prepared", "retry", "stack", "until")

    def __init__(self, prepared: Prepared, stack: Stack, at: int) -> None:
        self.prepared = prepared
        self.stack = stack
        self.at = at
        self.decision = _ALLOW
        self.objections: list[Objection] = []
        self.passed: list[Passed] = []
        self.retry: int | None = None
        self.until = FOREVER

    def parts(self) -> list[Passed | Blocked]:
        """Every answer that says more than until when it passes."""
        return [*self.passed, *(blocked for _, blocked in self.objections)]

    @property
    def details(self) -> dict[str, Any]:
        """What content rules list beside their answer: missing, warnings, classification, computed."""
        found: dict[str, Any] = {}
        for part in self.parts():
            if part.details:
                found.update(part.details)
        return found

    @property
    def flags(self) -> tuple[str, ...]:
        names = [flag for part in self.parts() for flag in part.flags]
        if Fact.EMPLOYER in self.prepared.unknown:
            names.append("employer_unknown")
        return tuple(dict.fromkeys(names))

    def obligations(self) -> tuple[Obligation, ...]:
        found: dict[str, Obligation] = {}
        for part in self.passed:
            for obligation in part.obligations:
                found.setdefault(obligation.id, obligation)
        return tuple(found.values())

    def used(self) -> tuple[WindowUse, ...]:
        """What is used of the windows in force; a report that fails says nothing, it decided nothing."""
        found = [use for part in self.parts() for use in part.used]
        if self.stack.covered and self.prepared.zones:
            moment = self.prepared.moment(self.at)
            for report in self.stack.profile_of(self.prepared, self.at).reports:
                with contextlib.suppress(Exception):
                    found += report(self.prepared, moment)
        return tuple(found)

    def verdict(self, *, brief: bool = False) -> Verdict:
        """The whole verdict, in the shape that every face shows; a `brief` one leaves out what is used of windows."""
        return Verdict(
            decision=self.decision,
            retry_at=None if self.retry is None else from_micros(self.retry),
            valid_until=from_micros(self.until) if self.decision is _ALLOW and self.until < FOREVER else None,
            rules=tuple(_finding(rule, blocked) for rule, blocked in self.objections),
            obligations=self.obligations(),
            used=() if brief else self.used(),
            flags=self.flags,
            policy_digest=self.stack.digest,
            facts_digest=self.prepared.facts_digest,
            as_of=from_micros(self.at),
        )


def _finding(rule: Rule | None, blocked: Blocked) -> Finding:
    until = None if blocked.until is None or blocked.until >= FOREVER else from_micros(blocked.until)
    if rule is None:
        return Finding(id=blocked.code or "unknown", answer=blocked.answer, found=blocked.found)
    return Finding(
        id=blocked.code or rule.id,
        answer=blocked.answer,
        found=blocked.found,
        citation=rule.citation,
        url=rule.url,
        force=rule.force,
        until=until,
        counted=blocked.counted,
    )


class Asked:
    """What came of asking: until when those pass that will not pass for ever, and the objections."""

    __slots__ = ("objecting", "objections", "passed", "passing", "until")

    def __init__(self) -> None:
        self.until = FOREVER
        self.passing: list[tuple[int, Check, Rule]] = []
        self.passed: list[Passed] = []
        self.objections: list[Objection] = []
        self.objecting: list[tuple[Check, Rule]] = []

    def note(self, check: Check, rule: Rule, answer: object) -> None:
        """Keep an answer that says more than until when."""
        if isinstance(answer, Blocked):
            self.objections.append((rule, answer))
            self.objecting.append((check, rule))
            return
        if not isinstance(answer, Passed):
            self.note(check, rule, Blocked(_HOLD, "the rule gave no answer"))
            return
        self.passed.append(answer)
        if answer.until < FOREVER:
            self.passing.append((answer.until, check, rule))


def ask(pairs: Iterable[tuple[Check, Rule]], prepared: Prepared, moment: Moment) -> Asked:
    """Ask these rules at a moment."""
    found = Asked()
    passing = found.passing
    for check, rule in pairs:
        try:
            answer = check(prepared, moment)
        except Exception as error:  # noqa: BLE001 - a rule that raises must hold the contact, whatever it raises
            answer = _broken(rule, error)
        if answer is FOREVER:
            continue
        if type(answer) is int:
            passing.append((answer, check, rule))
        else:
            found.note(check, rule, answer)
    if passing:
        found.until = min(passing, key=_UNTIL)[0]
    return found


def _broken(rule: Rule, error: Exception) -> Blocked:
    return Blocked(_HOLD, f"the rule {rule.id} could not be evaluated ({type(error).__name__})")


def _missing(profile: Profile, prepared: Prepared) -> list[Objection]:
    """A HOLD for every fact that is missing and that this contact, or one of its rules, must have."""
    found: list[Objection] = []
    bases = {name.partition(":")[0]: name for name in sorted(prepared.unknown)}
    needed = {need for _, need in profile.needs}
    for base, name in bases.items():
        if base == Fact.SENDER:
            what = name.partition(":")[2] or "what a disclosure needs"
            found.append((None, Blocked(_HOLD, f"the sender's {what} is missing", code="sender_incomplete")))
        elif base in CORE_FACTS or base not in _FACTS:
            found.append((None, Blocked(_HOLD, f"the {_words(base)} is not known", code=f"{base}_unknown")))
        elif base == Fact.HISTORY and base in needed:
            reason = "the history does not reach back over the window of a cap in force"
            found.append((None, Blocked(_HOLD, reason, code="history_unknown")))
    for rule, need in profile.needs:
        if need in bases:
            found.append((rule, Blocked(_HOLD, f"the {_words(need)} that this rule needs is not known")))
    return found


def _words(name: str) -> str:
    return name.replace("_", " ")


def _unbuilt(profile: Profile) -> list[Objection]:
    """A rule whose kind is not built holds the contact: it cannot be said to pass."""
    return [
        (rule, Blocked(_HOLD, f"rules of the kind {rule.kind} cannot be judged by this version"))
        for rule in profile.unbuilt
    ]


def judge_prepared(prepared: Prepared, stack: Stack, at: int, *, lenient: bool = False) -> Judgement:
    """Judge prepared facts at an instant (microseconds). `lenient` skips rules of unbuilt kinds (cases only)."""
    found = Judgement(prepared, stack, at)
    if not stack.covered or not stack.rules:
        return _no_policy(found, "no policy covers this contact")
    try:
        profile = stack.profile_of(prepared, at)
    except Exception as error:  # noqa: BLE001 - rules that cannot be compiled are no policy at all
        return _no_policy(found, f"the policy could not be read ({type(error).__name__})")
    asked = ask(profile.asked, prepared, Moment(at, prepared.zones))
    found.until, found.passed, objections = asked.until, asked.passed, asked.objections
    if prepared.unknown:
        objections += _missing(profile, prepared)
    if profile.unbuilt and not lenient:
        objections += _unbuilt(profile)
    if not objections:
        if found.until > profile.ends:
            found.until = _until_later(prepared, stack, profile.ends, at + _HORIZON)
        return found
    found.objections = objections
    found.decision = max((b.answer for _, b in objections), key=PROTECTION.__getitem__)
    if found.decision is _DEFER:
        _find_retry(found, profile, asked)
    return found


def _no_policy(found: Judgement, reason: str) -> Judgement:
    found.objections.append((None, Blocked(_HOLD, reason, code="policy_unavailable")))
    found.decision = _HOLD
    return found


def _until_later(prepared: Prepared, stack: Stack, at: int, horizon: int) -> int:
    """Past a change of dates: until when do the rules of the spans after it pass?"""
    while at < horizon:
        profile = stack.profile_of(prepared, at)
        asked = ask(profile.asked, prepared, Moment(at, prepared.zones, brief=True))
        if asked.objections:
            return at
        if asked.until <= profile.ends:
            return asked.until
        at = profile.ends
    return FOREVER


def _find_retry(found: Judgement, profile: Profile, asked: Asked) -> None:
    """Move time until no rule objects. A rule that never stops, or the horizon, makes the answer its own or DENY.

    A rule that said until when it passes is asked again only from then on.
    """
    prepared, stack, horizon, at = found.prepared, found.stack, found.at + _HORIZON, found.at
    objections, objecting, passing = asked.objections, asked.objecting, asked.passing
    for _ in range(_MAX_ROUNDS):
        later = max(blocked.until or 0 for _, blocked in objections)
        if later <= at:
            found.decision = _HOLD
            return
        at = later
        if at > horizon:
            break
        here = stack.profile_of(prepared, at)
        if here is profile:
            again = objecting + [(check, rule) for until, check, rule in passing if until <= at]
            passing = [entry for entry in passing if entry[0] > at]
        else:  # another span of dates has begun: everybody is asked
            profile, again, passing = here, list(here.asked), []
        asked = ask(again, prepared, Moment(at, prepared.zones, brief=True))
        objections, objecting = asked.objections, asked.objecting
        passing += asked.passing
        if not objections:
            found.retry = at
            return
        lasting = [o for o in objections if o[1].answer is not _DEFER or o[1].until is None]
        if lasting:
            _end_with(found, lasting)
            return
    found.decision = _DENY


def _end_with(found: Judgement, lasting: list[Objection]) -> None:
    """At the next time another rule objects without end: it decides, beside those that object now."""
    known = {rule.id for rule, _ in found.objections if rule is not None}
    found.objections = found.objections + [o for o in lasting if o[0] is None or o[0].id not in known]
    found.decision = max((blocked.answer for _, blocked in lasting), key=PROTECTION.__getitem__)
    found.decision = _DENY if found.decision is _DEFER else found.decision


def judge(
    facts: Facts, stack: Stack, at: dt.datetime, *, facts_digest: str | None = None, brief: bool = False
) -> Verdict:
    """Say whether the contact in `facts` may be made at `at` (aware UTC).

    Every rule runs, so the explanation is whole. A rule that raises yields HOLD with the rule's id; nothing is
    raised to the caller. `facts_digest`: given by a caller who keeps the facts' bytes and so has it already.
    `brief`: nobody will read what is used of the windows; the answer and its reasons are the same.
    """
    prepared = prepare(facts)
    if facts_digest is not None:
        prepared.facts_digest = facts_digest
    return judge_prepared(prepared, stack, to_micros(at)).verdict(brief=brief)
