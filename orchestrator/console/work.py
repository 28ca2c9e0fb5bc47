"""The work list: what waits for a person, a kind at a time, and the way from case to case."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from orchestrator.console.access import MayRecord, Visitor
from orchestrator.console.cookie import runtime_of
from orchestrator.console.message import N_
from orchestrator.console.page import page, wording_of, words_of
from orchestrator.console.work_wording import EMPTY, HEADINGS, WorkWording, groups_of
from orchestrator.domain.permission import Permission
from orchestrator.services import easing, user, worklist
from orchestrator.services.worklist import Case

router = APIRouter(prefix="/work")
Name = Annotated[str, Query(max_length=200)]
Item = Annotated[str, Path(max_length=200)]
OUTCOMES = {
    "done": N_("Done"),
    "answered": N_("Answered"),
    "released": N_("Hold released"),
    "not_needed": N_("Nothing to do"),
    "escalated": N_("Handed to compliance"),
    easing.CONFIRMED: N_("Confirm correction"),
    easing.REJECTED: N_("Keep what was recorded"),
}


@router.get("")
def show_work(request: Request, visitor: MayRecord, kind: Name = "", after: Name = "") -> Response:
    """What waits of one kind; without one the first of which something waits."""
    house, groups = runtime_of(request).house, groups_of(visitor.role)
    counts = worklist.counts(house, groups, visitor.time_zone)
    waiting = next((group for group in groups if counts[group]), groups[0])
    chosen = kind if kind in groups else waiting
    found = worklist.list_cases(house, chosen, after=after or None, zone=visitor.time_zone)
    return page(
        request,
        visitor,
        "work/page.html",
        groups=groups,
        counts=counts,
        chosen=chosen,
        found=found,
        headings=HEADINGS,
        empty=EMPTY,
        words=work_wording(request, visitor),
        people={one.id: one.display_name for one in user.everybody(house)},
        address=address_of,
        creditor=lambda name: creditor_of(request, name),
    )


@router.get("/next")
def go_to_next(request: Request, visitor: MayRecord, after: Name = "") -> Response:
    """The case that follows, or the list if none does."""
    return _go(request, visitor, after)


@router.get("/previous")
def go_to_previous(request: Request, visitor: MayRecord, after: Name = "") -> Response:
    """The case before, or the list."""
    return _go(request, visitor, after, backwards=True)


@router.post("/{item}/take")
def take(request: Request, visitor: MayRecord, item: Item) -> Response:
    """Takes the case in hand; the page asks for it by itself when it opens."""
    house = runtime_of(request).house
    taken_by, taken_at = worklist.take(house, item, person=visitor.user_id, role=visitor.role)
    who = ""
    if taken_by != visitor.user_id:
        who = next((one.display_name for one in user.everybody(house) if one.id == taken_by), taken_by)
    return page(
        request,
        visitor,
        "work/part_taken.html",
        who=who,
        taken_at=taken_at,
        until=taken_at + worklist.IN_HAND,
    )


@router.post("/{item}/release")
def release(request: Request, visitor: MayRecord, item: Item) -> Response:
    """Gives the case back for somebody else, and goes on."""
    worklist.release(runtime_of(request).house, item, person=visitor.user_id)
    return RedirectResponse(f"/work/next?{urlencode({'after': item})}", status_code=303)


@router.post("/{item}/close")
def close(
    request: Request, visitor: MayRecord, item: Item, outcome: Annotated[str, Form(max_length=40)] = "done"
) -> Response:
    """The case is done: on to the next one."""
    chosen = outcome if outcome in OUTCOMES else "done"
    worklist.close(runtime_of(request).house, item, by=visitor.actor, outcome=chosen, role=visitor.role)
    return RedirectResponse(f"/work/next?{urlencode({'after': item})}", status_code=303)


def queue_values(request: Request, visitor: Visitor, item: str) -> dict[str, Any] | None:
    """Where the case that is open stands, for the consumer's page; None: it was not opened from the work list."""
    if not item or not visitor.may(Permission.RECORD):
        return None
    place = worklist.place_of(runtime_of(request).house, item, visitor.time_zone)
    if place is None:
        return None
    said = work_wording(request, visitor).place(place)
    return {"item": item, "said": said, "place": place, "outcomes": OUTCOMES}


def work_wording(request: Request, visitor: Visitor) -> WorkWording:
    house = runtime_of(request).house
    people = {f"user:{one.id}": one.display_name for one in user.everybody(house)}
    return WorkWording(words_of(visitor), wording_of(visitor, house.clock.now()), people)


def creditor_of(request: Request, creditor_id: str | None) -> str:
    """A creditor's name as the firm file has it, else the id."""
    found = runtime_of(request).house.firm.creditor(creditor_id) if creditor_id else None
    return found.name if found is not None and found.id == creditor_id else (creditor_id or "")


def address_of(case: Case) -> str:
    """The page of a case: its consumer, or the list where nobody is known."""
    if case.consumer_id is None:
        return f"/work?{urlencode({'kind': case.group})}"
    chosen = {"task": case.id} | ({"account": case.account_id} if case.account_id else {})
    message_id = str(case.detail.get("message_id") or "") if case.group == "reply" else ""
    if message_id:
        chosen["reply"] = message_id
    return (
        f"/consumers/{quote(case.consumer_id, safe='')}?{urlencode(chosen)}{'#reply' if message_id else ''}"
    )


def _go(request: Request, visitor: Visitor, after: str, *, backwards: bool = False) -> Response:
    case = worklist.next_case(
        runtime_of(request).house,
        groups_of(visitor.role),
        visitor.user_id,
        after=after or None,
        zone=visitor.time_zone,
        backwards=backwards,
    )
    return RedirectResponse("/work" if case is None else address_of(case), status_code=303)
