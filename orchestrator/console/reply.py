"""Answering a message of the consumer from the timeline: it opens with approved answers, and one is sent.

Sending is judged again at that moment, by the gate and nobody else. What was refused leaves the message open with the
reason.
"""

from __future__ import annotations

import json
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from orchestrator.console.access import MayContact, MayRead, Visitor
from orchestrator.console.cookie import runtime_of
from orchestrator.console.page import page
from orchestrator.console.reply_view import reply_values
from orchestrator.services.consumer_view import view_consumer
from orchestrator.services.contact import Contact, Sent, send_contact
from orchestrator.services.reply import Reply, read_reply

router = APIRouter(prefix="/consumers/{consumer_id}/replies")
ConsumerId = Annotated[str, Path(max_length=200)]
MessageId = Annotated[str, Path(max_length=100)]
Account = Annotated[str, Query(max_length=200)]
Word = Annotated[str, Form(max_length=200)]
Key = Annotated[str, Form(min_length=8, max_length=80)]


@router.get("/{message_id}")
def show_reply(
    request: Request, visitor: MayRead, consumer_id: ConsumerId, message_id: MessageId, account: Account = ""
) -> Response:
    """The message opened; without script it opens on the consumer's page."""
    if "HX-Request" not in request.headers:
        return RedirectResponse(place_of(consumer_id, message_id, account), status_code=303)
    return _part(request, visitor, consumer_id, message_id, account)


@router.post("/{message_id}")
async def send_reply(  # noqa: PLR0917 - the fields of the form
    request: Request,
    visitor: MayContact,
    consumer_id: ConsumerId,
    message_id: MessageId,
    key: Key,
    account: Word,
    template: Word,
) -> Response:
    """Judges the chosen answer again and sends it; sent twice from one form it leaves once."""
    house = runtime_of(request).house
    message = await run_in_threadpool(read_reply, house, consumer_id, message_id, account)
    contact = _contact(message, template)
    once = "/".join((visitor.user_id, consumer_id, message_id, account, template, key))
    sent = await send_contact(house, contact, requested_by=visitor.actor, key=once)
    return await run_in_threadpool(_after, request, visitor, message, sent)


def place_of(consumer_id: str, message_id: str, account: str = "") -> str:
    """The consumer's page with the message opened on its timeline."""
    chosen = {"reply": message_id} | ({"account": account} if account else {})
    return f"/consumers/{quote(consumer_id, safe='')}?{urlencode(chosen)}#reply"


def _contact(message: Reply, template: str) -> Contact:
    return Contact(
        message.consumer_id,
        message.channel,
        (message.account_id,),
        template=template,
        in_reply_to=message.id,
    )


def _after(request: Request, visitor: Visitor, message: Reply, sent: Sent) -> Response:
    if "HX-Request" not in request.headers:
        return _page(request, visitor, message, sent)
    if sent.attempt_id is None:
        return _part(request, visitor, message.consumer_id, message.id, message.account_id, sent)
    view = view_consumer(runtime_of(request).house, message.consumer_id)
    told = reply_values(request, visitor, view, message.id, message.account_id, sent)["reply_told"]
    headers = {
        "HX-Retarget": "#told",
        "HX-Reswap": "innerHTML",
        "HX-Trigger": json.dumps({"consumer-changed": True}),
    }
    return page(request, visitor, "consumer/part_told.html", told=told, headers=headers)


def _part(  # noqa: PLR0917 - a message and what became of its answer
    request: Request,
    visitor: Visitor,
    consumer_id: str,
    message_id: str,
    account: str,
    sent: Sent | None = None,
) -> Response:
    view = view_consumer(runtime_of(request).house, consumer_id)
    values = reply_values(request, visitor, view, message_id, account or None, sent)
    return page(request, visitor, "consumer/part_reply.html", view=view, **values)


def _page(request: Request, visitor: Visitor, message: Reply, sent: Sent) -> Response:
    """Without script: a page of its own that says what became of it."""
    view = view_consumer(runtime_of(request).house, message.consumer_id)
    values = reply_values(request, visitor, view, message.id, message.account_id, sent)
    return page(request, visitor, "consumer/reply.html", view=view, **values)
