"""The work list and notes over HTTP: what waits for a person, taking a case in hand, closing it; finding people."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Query, Request

from orchestrator.api.caller import CanRead, CanRecord, TheRuntime
from orchestrator.api.fact import by
from orchestrator.api.idempotency import IdempotentRoute
from orchestrator.api.listing import Page, decode_cursor, encode_cursor
from orchestrator.api.schema import NoteRecord, Recorded, TaskClosing
from orchestrator.services import fact, worklist
from orchestrator.services.search import MAX_TEXT, find_consumers

router = APIRouter(prefix="/api/v1", tags=["work"], route_class=IdempotentRoute)
Id = Annotated[str, Path(max_length=200)]
Group = Literal[
    "call_back", "call", "reply", "hold", "promise", "review", "complaint", "quarantine", "incident"
]


@router.get("/tasks")
def list_tasks(
    runtime: TheRuntime,
    caller: CanRecord,
    kind: Annotated[Group, Query(description="which kind of work")] = "call_back",
    cursor: Annotated[str | None, Query(max_length=400, description="`next` of the page before")] = None,
) -> Page:
    """What waits for a person of one kind, the longest due first."""
    beyond = decode_cursor(cursor) if cursor else None
    found = worklist.list_cases(runtime.house, kind, after=beyond, role=caller.role)
    items: list[dict[str, Any]] = [msgspec.to_builtins(case) for case in found.cases]
    return Page(items=items, next=encode_cursor(found.after) if found.after else None)


@router.post("/tasks/{task_id}/take")
def take_task(runtime: TheRuntime, caller: CanRecord, task_id: Id) -> dict[str, Any]:
    """Takes a case in hand for half an hour; `mine` is false where somebody else has it."""
    person = f"key:{caller.name}"
    taken_by, taken_at = worklist.take(runtime.house, task_id, person=person, role=caller.role)
    return {"id": task_id, "taken_by": taken_by, "taken_at": taken_at, "mine": taken_by == person}


@router.post("/tasks/{task_id}/close")
def close_task(runtime: TheRuntime, caller: CanRecord, task_id: Id, body: TaskClosing) -> Recorded:
    """A person settled it; what was held for it is judged again at once."""
    person = f"key:{caller.name}"
    worklist.close(runtime.house, task_id, by=person, outcome=body.outcome, role=caller.role)
    return Recorded(id=task_id)


@router.post("/notes", status_code=201)
def record_note(runtime: TheRuntime, caller: CanRecord, body: NoteRecord, request: Request) -> Recorded:
    """What somebody writes down for the next one who opens the case, sealed."""
    told = by(caller, request)
    made = fact.record_note(runtime.house, told, body.consumer_id, body.text, account_id=body.account_id)
    return Recorded(id=made)


@router.get("/search")
def search(
    runtime: TheRuntime,
    _: CanRead,
    q: Annotated[
        str, Query(max_length=MAX_TEXT, description="a name, an account, a number, an address or an id")
    ],
) -> dict[str, Any]:
    """Who is meant by what somebody typed; `by` says what matched, `has_more` that the name is too common."""
    answer = find_consumers(runtime.house, q)
    found = [
        {"consumer_id": one.consumer_id, "name": one.name, "country": one.country, "by": one.by}
        for one in answer.found
    ]
    return {"items": found, "has_more": answer.has_more}
