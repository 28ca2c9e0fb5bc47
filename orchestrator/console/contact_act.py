"""What the contact panel does: send, begin and end a call, leave a reminder, ask for a review."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from orchestrator.console.access import MayContact, MayWork, Visitor
from orchestrator.console.contact_callout import CalloutWording
from orchestrator.console.contact_panel import (
    POINT,
    Asked,
    ConsumerId,
    Word,
    recorded,
    show,
    view_of,
    wording_of_panel,
)
from orchestrator.console.cookie import runtime_of
from orchestrator.console.wrap_up import read_wrap_up
from orchestrator.errors import ConflictError, UnknownReference, UsageError
from orchestrator.services import call, follow_up
from orchestrator.services.consumer_view import ConsumerView
from orchestrator.services.contact import Contact, Sent, send_contact
from orchestrator.services.contact_panel import PointAnswer, read_panel
from policies.verdict import Decision

router = APIRouter(prefix="/consumers/{consumer_id}/contact")
MESSAGES = frozenset({"sms", "email", "letter"})
Point = Annotated[str, Form(max_length=200, alias=POINT)]
Key = Annotated[str, Form(min_length=8, max_length=80)]
CallId = Annotated[str, Path(max_length=80)]


@router.post("/send")
async def send(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visitor: MayContact,
    consumer_id: ConsumerId,
    key: Key,
    account: Word,
    point: Point,
    template: Word,
    language: Word = "",
    task: Word = "",
) -> Response:
    """Judges the message again and sends it; sent twice from one form it leaves once."""
    view = await run_in_threadpool(view_of, request, consumer_id)
    channel, _, point_id = point.partition(":")
    if channel not in MESSAGES:
        raise UsageError(f"nothing can be sent by {channel!r}", where="contact_point")
    contact = Contact(
        consumer_id, channel, (account,), point_id, template=template, language=language or None
    )
    # another choice in the same form is another message: only the same one is sent once
    once = "/".join((visitor.user_id, consumer_id, account, point, template, language, key))
    house = runtime_of(request).house
    sent = await send_contact(house, contact, requested_by=visitor.actor, key=once)
    asked = Asked(account, point, template, language, task)
    return await run_in_threadpool(_after_sending, request, visitor, view, asked, sent)


def _after_sending(
    request: Request, visitor: Visitor, view: ConsumerView, asked: Asked, sent: Sent
) -> Response:
    callout = _callouts(request, visitor, view, asked).sent(sent, asked.point.partition(":")[0], asked.point)
    return show(request, visitor, view, asked, callout=callout, changed=True)


@router.post("/call")
def begin_call(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visitor: MayWork,
    consumer_id: ConsumerId,
    key: Key,
    account: Word,
    point: Point,
    task: Word = "",
) -> Response:
    """Judges the call again and begins it: from now on it counts."""
    view, asked = view_of(request, consumer_id), Asked(account, point, task=task)
    point_id = point.partition(":")[2]
    try:
        started = call.start(
            runtime_of(request).house, consumer_id, account, point_id, by=visitor.actor, key=key
        )
    except ConflictError:
        started = call.Started(None)
    if started.call is not None:
        return show(request, visitor, view, asked, changed=True)
    callout = _callouts(request, visitor, view, asked).no_call(started.verdict, point)
    return show(request, visitor, view, asked, callout=callout, changed=True)


@router.post("/call/{call_id}")
async def end_call(request: Request, visitor: MayWork, consumer_id: ConsumerId, call_id: CallId) -> Response:
    """How the call ended, with what was promised and noted in it."""
    form = await request.form()
    given = {name: [str(one)[:4000] for one in form.getlist(name)] for name in form}
    return await run_in_threadpool(_end_call, request, visitor, consumer_id, call_id, given)


def _end_call(
    request: Request, visitor: Visitor, consumer_id: str, call_id: str, given: dict[str, list[str]]
) -> Response:
    view = view_of(request, consumer_id)
    wrap_up = read_wrap_up(given, view, runtime_of(request).house.clock.now())
    asked = Asked(wrap_up.account, wrap_up.point, task=wrap_up.task)
    if wrap_up.errors:
        return show(request, visitor, view, asked, status=422, wrap_up=wrap_up)
    wrap_up.save(runtime_of(request).house, consumer_id, call_id, by=visitor.actor)
    if wrap_up.goes_on:
        after = f"?{urlencode({'after': wrap_up.task})}" if wrap_up.task else ""
        return _leave(request, f"/work/next{after}", draft=f"call-{call_id}")
    callout = _callouts(request, visitor, view, asked).ended()
    view = view_of(request, consumer_id)
    return show(request, visitor, view, asked, callout=callout, changed=True, draft=f"call-{call_id}")


@router.post("/call/{call_id}/not-dialed")
def give_back(
    request: Request, visitor: MayWork, consumer_id: ConsumerId, call_id: CallId, account: Word = ""
) -> Response:
    """The call was begun but not dialed: it counts all the same, and compliance sees why."""
    view, asked = view_of(request, consumer_id), Asked(account)
    call.give_back(runtime_of(request).house, consumer_id, call_id, by=visitor.actor)
    callout = _callouts(request, visitor, view, asked).given_back()
    return show(request, visitor, view, asked, callout=callout, changed=True)


@router.post("/remind")
def remind(
    request: Request, visitor: MayWork, consumer_id: ConsumerId, account: Word, point: Point
) -> Response:
    """Puts the contact on the work list for when it may be made."""
    view, asked = view_of(request, consumer_id), Asked(account, point)
    row = _row(request, view, asked)
    if row.verdict.decision is not Decision.DEFER or row.verdict.retry_at is None:
        # it changed meanwhile: the panel shows how it stands
        return show(request, visitor, view, asked)
    follow_up.remind(
        runtime_of(request).house,
        consumer_id,
        account,
        channel=row.channel,
        point_id=row.point_id,
        due_at=row.verdict.retry_at,
        by=visitor.actor,
    )
    callout = _callouts(request, visitor, view, asked).reminded(row)
    return show(request, visitor, view, asked, callout=callout, changed=True)


@router.post("/review")
def ask_review(
    request: Request, visitor: MayWork, consumer_id: ConsumerId, account: Word, point: Point
) -> Response:
    """Asks compliance about a contact that is held or not allowed."""
    view, asked = view_of(request, consumer_id), Asked(account, point)
    row = _row(request, view, asked)
    follow_up.ask_review(
        runtime_of(request).house,
        consumer_id,
        account,
        channel=row.channel,
        point_id=row.point_id,
        rule=next((one.rule.id for one in row.said if one.rule is not None), ""),
        by=visitor.actor,
    )
    callout = _callouts(request, visitor, view, asked).asked()
    return show(request, visitor, view, asked, callout=callout, changed=True)


def _row(request: Request, view: ConsumerView, asked: Asked) -> PointAnswer:
    panel = read_panel(runtime_of(request).house, view.id, asked.account, view.main_zone)
    row = panel.answer(asked.point)
    if row is None:
        raise UnknownReference(f"{view.id} has no such contact point", where="contact_point")
    return row


def _callouts(request: Request, visitor: Visitor, view: ConsumerView, asked: Asked) -> CalloutWording:
    """Words over the panel as it is now, after the act."""
    account = view.account(asked.account or None) or view.account(None)
    named = account.id if account is not None else asked.account
    panel = read_panel(runtime_of(request).house, view.id, named, view.main_zone)
    return CalloutWording(wording_of_panel(request, visitor, panel, view))


def _leave(request: Request, place: str, *, draft: str) -> Response:
    """To another page, also from a part of one; what was typed is recorded."""
    if request.headers.get("HX-Request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": place} | recorded(draft))
    return RedirectResponse(place, status_code=303)
