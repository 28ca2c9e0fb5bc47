"""What compliance officers and auditors read: rules with their cases, recorded decisions, the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, BackgroundTasks, Path, Query
from pydantic import BaseModel, Field

from orchestrator.api.caller import CanAudit, CanCheck, CanRead, CanReadPolicies, TheRuntime
from orchestrator.api.idempotency import IdempotentRoute
from orchestrator.api.listing import Page
from orchestrator.audit.head import Signer
from orchestrator.bootstrap import Runtime
from orchestrator.domain import horizon
from orchestrator.domain.permission import Permission, allows
from orchestrator.errors import InputError
from orchestrator.services import verification
from orchestrator.services.decision_list import Sought, list_decisions
from orchestrator.services.decision_view import Decided, read_decision
from orchestrator.services.ledger_view import LineSought, list_lines, read_ledger
from orchestrator.services.policy_view import Wanted, read_policies
from orchestrator.services.rule_view import RuleView
from orchestrator.services.what_if import Change, what_if
from policies.trace import Trace

router = APIRouter(prefix="/api/v1", tags=["review"], route_class=IdempotentRoute)
Key = Annotated[str, Path(max_length=100)]
Word = Annotated[str | None, Query(max_length=200)]
Before = Annotated[str | None, Query(max_length=100, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=50)]
When = Annotated[datetime | None, Query(description="RFC 3339, with an offset")]


class WhatIf(BaseModel):
    """What is changed; left out: as it was recorded. `suppose`: as a decision's `suppositions` name it."""

    at: datetime | None = None
    channel: str | None = Field(default=None, max_length=40)
    contact_point_id: str | None = Field(default=None, max_length=100)
    suppose: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, max_length=50)


@router.get("/policies/rules")
def list_rules(  # noqa: PLR0917 - the filters
    runtime: TheRuntime,
    _caller: CanReadPolicies,
    q: Word = None,
    group: Word = None,
    instrument: Word = None,
    state: Word = None,
    topic: Word = None,
) -> Page:
    """The rules of every instrument that is installed, with their values, sources and cases."""
    wanted = Wanted(group or "", instrument or "", state or "", topic or "", "", q or "")
    return Page(items=[rule_of(view) for view in read_policies(runtime.house).find(wanted)])


@router.get("/policies/rules/{rule_id}")
def show_rule(runtime: TheRuntime, _caller: CanReadPolicies, rule_id: Key) -> dict[str, Any]:
    """One rule, with every dated value and every case."""
    instrument, view = read_policies(runtime.house).rule(rule_id)
    spans = [
        {"from": span.starts, "until": span.ends, "sentence": None if span.said is None else said(span.said)}
        for span in view.spans
    ]
    cases = [
        {
            "id": one.case.id,
            "description": one.case.description,
            "source": one.case.source,
            "expected": one.case.expect.decision.value,
            "decision": one.result.decision,
            "passes": one.result.ok,
        }
        for one in view.cases
    ]
    return rule_of(view) | {"instrument": instrument.slug, "values": spans, "worked_cases": cases}


def rule_of(view: RuleView) -> dict[str, Any]:
    """A rule as a document."""
    rule = view.rule
    return {
        "id": rule.id,
        "pack": view.pack.pack,
        "kind": rule.kind.value,
        "title": {"en": rule.title.en, "zh": rule.title.zh},
        "sentence": said(view.said),
        "state": view.state,
        "since": view.since,
        "until": view.until,
        "channels": [str(channel) for channel in rule.channels],
        "binds": rule.binds,
        "force": rule.force.value,
        "citation": rule.citation,
        "url": rule.url,
        "grade": rule.grade.value,
        "checked_on": view.checked_on,
        "cases": len(view.cases),
        "cases_passing": view.passing,
        "note": rule.note,
    }


def said(statement: Any) -> dict[str, Any]:
    return {"name": statement.name, "values": plain(dict(statement.values))}


@router.get("/decisions")
def list_recorded(  # noqa: PLR0917 - the filters
    runtime: TheRuntime,
    _caller: CanRead,
    since: When = None,
    until: When = None,
    consumer_id: Word = None,
    decision: Word = None,
    rule: Word = None,
    channel: Word = None,
    cursor: Before = None,
    limit: Limit = 50,
) -> Page:
    """Recorded decisions, newest first."""
    sought = Sought(
        aware(since, "since"),
        aware(until, "until"),
        consumer_id or "",
        decision or "",
        rule or "",
        channel or "",
    )
    found = list_decisions(runtime.house, sought, before=cursor, limit=limit)
    return Page(items=[plain(row) for row in found.rows], next=found.before)


@router.get("/decisions/{key}")
def show_decision(runtime: TheRuntime, caller: CanRead, key: Key) -> dict[str, Any]:
    """One decision by its id or its attempt's: the verdict, every rule's answer, the facts, and its replay."""
    sees = allows(caller.role, Permission.CONTACT) or allows(caller.role, Permission.RECORD)
    return decision_of(read_decision(runtime.house, key, sees_values=sees))


def decision_of(decided: Decided) -> dict[str, Any]:
    """A decision as a document."""
    return {
        "id": decided.id,
        "at": decided.at,
        "channel": decided.channel,
        "consumer_id": decided.consumer_id,
        "verdict": plain(decided.verdict),
        "facts": plain(decided.facts),
        "trace": None if decided.trace is None else trace_of(decided.trace),
        "replay": {"same": not decided.differences, "differences": plain(decided.differences)},
        "asked": plain(decided.asked),
        "record": plain(decided.kept),
        "contact_points": plain(decided.points),
        "previous": decided.previous,
        "next": decided.following,
    }


def trace_of(found: Trace) -> dict[str, Any]:
    """What every rule said, and the steps to the next time."""
    answers = [
        {
            "rule": one.code or (one.rule.id if one.rule is not None else None),
            "reply": one.reply.value,
            "found": one.found,
            "until": one.until,
            "counted": one.counted,
            "lifted_by": one.lifted_by,
        }
        for one in found.answers
    ]
    steps = [{"at": rung.at, "waits": [plain(wait) for wait in rung.waits]} for rung in found.rungs]
    return {"answers": answers, "steps": steps, "cut": found.cut}


@router.post("/decisions/{key}/what-if")
def judge_again(runtime: TheRuntime, _caller: CanCheck, key: Key, body: WhatIf) -> dict[str, Any]:
    """The recorded facts judged again with something changed. Nothing is sent or stored."""
    change = Change(aware(body.at, "at"), body.channel, body.contact_point_id, tuple(body.suppose))
    found = what_if(runtime.house, key, change)
    return {"at": found.at, "verdict": plain(found.verdict), "trace": trace_of(found.trace)}


@router.get("/ledger")
def show_ledger(runtime: TheRuntime, _caller: CanAudit) -> dict[str, Any]:
    """How far the ledger is sealed and signed, and the last verification."""
    state = read_ledger(runtime.house, runtime.ledger_heads, public_key(runtime))
    last = verification.last_verification(runtime.house)
    return dict(plain(state)) | {"verification": None if last is None else plain(last)}


@router.get("/ledger/lines")
def list_ledger_lines(  # noqa: PLR0917 - the filters
    runtime: TheRuntime,
    _caller: CanAudit,
    since: When = None,
    until: When = None,
    kind: Word = None,
    cursor: Before = None,
    limit: Limit = 50,
) -> Page:
    """The ledger's lines, newest first."""
    sought = LineSought(aware(since, "since"), aware(until, "until"), kind or "")
    found = list_lines(runtime.house, sought, before=cursor, limit=limit)
    return Page(items=[plain(row) for row in found.rows], next=found.before)


@router.post("/ledger/verification", status_code=202)
def verify_ledger(runtime: TheRuntime, caller: CanAudit, after: BackgroundTasks) -> dict[str, Any]:
    """Begins to check every line, link and head; `GET /api/v1/ledger` tells how far it is and what came out."""
    begun = verification.begin(runtime.house, f"key:{caller.name}")
    after.add_task(verification.run, runtime.house, begun, runtime.ledger_heads, public_key(runtime))
    return dict(plain(begun))


def public_key(runtime: Runtime) -> str:
    return Signer(runtime.sealer.ring.signing_key).public_key


def aware(at: datetime | None, where: str) -> datetime | None:
    """The time, if it says which: a clock without a zone is nobody's."""
    if at is not None and at.tzinfo is None:
        raise InputError("a time needs an offset", where=where, hint="for example 2026-11-25T10:15:00-07:00")
    return at if at is None else horizon.check_moment(at, where)


def plain(value: Any) -> Any:
    """A service's answer as JSON values."""
    return msgspec.to_builtins(value, str_keys=True)
