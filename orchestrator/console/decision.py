"""Recorded decisions: a list of them, one whole, and the same judged again with something changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date as calendar_date
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from orchestrator.console.access import MayCheck, MayRead, Visitor
from orchestrator.console.cookie import runtime_of
from orchestrator.console.decision_wording import CHANNEL_WORDS, LOOKS, OWN_REASONS, DecisionWording
from orchestrator.console.fact_wording import FactWording
from orchestrator.console.message import N_
from orchestrator.console.page import page, wording_of, words_of
from orchestrator.console.policy import Reader
from orchestrator.domain.permission import Permission
from orchestrator.errors import ConflictError
from orchestrator.services.decision_list import Sought, list_decisions
from orchestrator.services.decision_view import Decided, read_decision
from orchestrator.services.policy_view import read_policies
from orchestrator.services.what_if import Answered, Change, OtherWay, other_ways, what_if
from policies.suppose import suppositions
from policies.verdict import Decision

router = APIRouter(prefix="/decisions")
DECISIONS = {
    Decision.ALLOW: N_("Allowed"),
    Decision.DEFER: N_("Later"),
    Decision.HOLD: N_("On hold"),
    Decision.DENY: N_("Not allowed"),
}
ORIGINS = {
    "cadence": N_("a cadence"),
    "person": N_("a person"),
    "api": N_("a program"),
    "reservation": N_("a dialer"),
    "reaction": N_("an answer to the consumer"),
}
NO_DAY = N_("This is no day: write it as 2026-11-25.")
NO_TIME = N_("This is no time of day: write it as 10:15.")
Word = Annotated[str, Query(max_length=100)]
Key = Annotated[str, Path(max_length=100)]


@router.get("")
def show_decisions(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visitor: MayRead,
    day: Word = "",
    decision: Word = "",
    channel: Word = "",
    rule: Word = "",
    consumer: Word = "",
    before: Annotated[str | None, Query(max_length=100)] = None,
) -> Response:
    """Decisions, newest first."""
    house = runtime_of(request).house
    say, read = wording_of(visitor, house.clock.now()), Reader(visitor)
    errors, sought = {}, Sought(consumer_id=consumer, decision=decision, rule=rule, channel=channel)
    if day:
        try:
            since = datetime.combine(calendar_date.fromisoformat(day), time(), ZoneInfo(visitor.time_zone))
            sought = replace(sought, since=since, until=since + timedelta(days=1))
        except (ValueError, OverflowError):
            errors["day"] = words_of(visitor).gettext(NO_DAY)
    found = list_decisions(house, sought, before=before)
    asked = {"day": day, "decision": decision, "channel": channel, "rule": rule, "consumer": consumer}
    query = {name: value for name, value in asked.items() if value}
    book = read_policies(house)
    return page(
        request,
        visitor,
        "decision/list.html",
        status=422 if errors else 200,
        rows=found.rows,
        older=f"/decisions?{urlencode({**query, 'before': found.before})}" if found.before else "",
        newest=f"/decisions?{urlencode(query)}" if before else "",
        asked=asked,
        errors=errors,
        decisions={one.value: label for one, label in DECISIONS.items()},
        looks={one.value: look for one, look in LOOKS.items()},
        channels=CHANNEL_WORDS,
        own_reasons={code: words_of(visitor).gettext(text) for code, text in OWN_REASONS.items()},
        origins=ORIGINS,
        zone=say.zone_name(house.clock.now()),
        read=read,
        rules={one.rule.id: one.rule for other in book.instruments for one in other.rules},
    )


@router.get("/{key}")
def show_decision(request: Request, visitor: MayRead, key: Key) -> Response:
    """One decision, whole."""
    return _show(request, visitor, key)


@router.get("/{key}/what-if")
def show_what_if(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visitor: MayCheck,
    key: Key,
    day: Word = "",
    at: Word = "",
    way: Word = "",
    suppose: Annotated[list[str] | None, Query(max_length=50)] = None,
) -> Response:
    """The decision's facts judged again, changed as the form says; nothing is written."""
    house, words = runtime_of(request).house, words_of(visitor)
    decided = read_decision(house, key, sees_values=_sees_values(visitor))
    moment, errors = _moment(decided, day, at)
    channel, _, point = way.partition(":")
    form = {"day": day, "at": at, "way": way, "suppose": suppose or []}
    if errors:
        told = {name: words.gettext(text) for name, text in errors.items()}
        return _what_if(request, visitor, decided, form, None, told)
    change = Change(moment, channel or None, point or None, tuple(one[:200] for one in suppose or ()))
    return _what_if(request, visitor, decided, form, what_if(house, key, change), {})


def _moment(decided: Decided, day: str, at: str) -> tuple[datetime | None, dict[str, str]]:
    """The time of the form in the consumer's zone; what is wrong with it, by field."""
    local, errors = decided.at.astimezone(ZoneInfo(decided.zone)), {}
    on, clock = local.date(), local.time()
    try:
        on = calendar_date.fromisoformat(day) if day else on
    except ValueError:
        errors["day"] = NO_DAY
    try:
        clock = time.fromisoformat(at) if at and at != f"{local:%H:%M}" else clock
    except ValueError:
        errors["at"] = NO_TIME
    is_sane = 2000 <= on.year <= 2100
    if not is_sane:
        errors["day"] = NO_DAY
    if errors or clock.tzinfo is not None:
        return None, errors or {"at": NO_TIME}
    return datetime.combine(on, clock, ZoneInfo(decided.zone)), {}


def _sees_values(visitor: Visitor) -> bool:
    """Those who contact people or record what they say see numbers and addresses whole; others see them masked."""
    return visitor.may(Permission.CONTACT) or visitor.may(Permission.RECORD)


def _ways(request: Request, decided: Decided, *, sees_values: bool) -> tuple[OtherWay, ...]:
    """The other ways at that moment; none where the rules were not kept."""
    try:
        return other_ways(runtime_of(request).house, decided.id, sees_values=sees_values)
    except ConflictError:
        return ()


def _show(request: Request, visitor: Visitor, key: str) -> Response:
    decided = read_decision(runtime_of(request).house, key, sees_values=_sees_values(visitor))
    local = decided.at.astimezone(ZoneInfo(decided.zone))
    point = decided.facts.contact.address or ""
    form = {
        "day": f"{local:%Y-%m-%d}",
        "at": f"{local:%H:%M}",
        "way": f"{decided.channel}:{point}",
        "suppose": [],
    }
    return _page(request, visitor, "decision/page.html", decided, form, None, {})


def _what_if(  # noqa: PLR0917 - what the page is made of
    request: Request,
    visitor: Visitor,
    decided: Decided,
    form: dict[str, Any],
    answered: Answered | None,
    errors: dict[str, str],
) -> Response:
    is_part = request.headers.get("HX-Request") == "true"
    template = "decision/part_what_if.html" if is_part else "decision/page.html"
    return _page(request, visitor, template, decided, form, answered, errors)


def _page(  # noqa: PLR0917 - what the page is made of
    request: Request,
    visitor: Visitor,
    template: str,
    decided: Decided,
    form: dict[str, Any],
    answered: Answered | None,
    errors: dict[str, str],
) -> Response:
    say = wording_of(visitor, runtime_of(request).clock.now())
    tell = DecisionWording(decided, say, words_of(visitor))
    facts = FactWording(tell)
    supposed = suppositions(decided.facts, decided.counted) if decided.trace is not None else ()
    return page(
        request,
        visitor,
        template,
        status=422 if errors else 200,
        decided=decided,
        tell=tell,
        facts=facts,
        ways=_ways(request, decided, sees_values=_sees_values(visitor)),
        suppositions=[(one.key, facts.supposition(one)) for one in supposed],
        form=form,
        answered=answered,
        errors=errors,
        channels=CHANNEL_WORDS,
        looks=LOOKS,
        read=Reader(visitor),
    )
