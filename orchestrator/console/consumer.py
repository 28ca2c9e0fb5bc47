"""The consumer's screen: who it is, accounts, what stands in the way, promises, the timeline; the panel beside it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from orchestrator.console.access import MayRead, Visitor
from orchestrator.console.consumer_wording import ConsumerWording
from orchestrator.console.contact_panel import panel_values
from orchestrator.console.cookie import runtime_of
from orchestrator.console.page import page, wording_of, words_of
from orchestrator.console.record_wording import LEADS, told_of
from orchestrator.console.reply_view import reply_values
from orchestrator.console.timeline_wording import TimelineWording
from orchestrator.console.work import queue_values
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.services import user
from orchestrator.services.consumer_view import ConsumerView, view_consumer
from orchestrator.services.fact import may_release
from orchestrator.services.timeline import SHOWN, read_timeline

router = APIRouter(prefix="/consumers")
AccountId = Annotated[str | None, Query(max_length=200)]
Show = Annotated[str, Query(max_length=20)]
Before = Annotated[str, Query(max_length=40)]


@router.get("/{consumer_id}")
def show_consumer(  # noqa: PLR0917 - what the address says
    request: Request,
    visitor: MayRead,
    consumer_id: str,
    account: AccountId = None,
    show: Show = "all",
    before: Before = "",
    task: AccountId = None,
    told: AccountId = None,
    reply: AccountId = None,
) -> Response:
    """The whole screen; `show` and `before` choose a part of the timeline, `task` the case it was opened for,
    `told` what was just recorded, `reply` the message of theirs that is opened."""
    values = record_values(request, visitor, consumer_id, account, show=show, before=before)
    if reply:
        values |= opened_reply(request, visitor, values, reply, account)
    if told in LEADS:
        values["told"] = told_of(values["words"], told)
    values["queue"] = queue_values(request, visitor, task or "")
    values |= panel_values(request, visitor, values["view"], account)
    return page(request, visitor, "consumer/page.html", **values)


@router.get("/{consumer_id}/record")
def show_record(request: Request, visitor: MayRead, consumer_id: str, account: AccountId = None) -> Response:
    """The record alone, after something was recorded."""
    return page(
        request,
        visitor,
        "consumer/part_record.html",
        **record_values(request, visitor, consumer_id, account),
    )


@router.get("/{consumer_id}/timeline")
def show_timeline(
    request: Request, visitor: MayRead, consumer_id: str, show: Show = "all", before: Before = ""
) -> Response:
    """A page of the timeline: the whole section, or with `before` what follows."""
    template = "consumer/part_days.html" if before else "consumer/part_timeline.html"
    view = view_consumer(runtime_of(request).house, consumer_id)
    values = timeline_values(request, visitor, view, show=show, before=before)
    return page(request, visitor, template, view=view, zone=view.main_zone, **values)


def record_values(
    request: Request,
    visitor: Visitor,
    consumer_id: str,
    account_id: str | None,
    *,
    show: str = "all",
    before: str = "",
) -> dict[str, Any]:
    """Everything that the record and the header show."""
    view = view_consumer(runtime_of(request).house, consumer_id)
    account = view.account(account_id)
    if account_id is not None and account is None:
        raise UnknownReference(f"{consumer_id} has no account {account_id!r}", where="account")
    return {
        "view": view,
        "account": account,
        "words": wording(request, visitor, view),
        "zone": view.main_zone,
        "place": next((one.city for one in view.points if one.city and one.party is None), ""),
        "told": None,
        "may_release": partial(may_release, visitor.role),
        "creditors": sorted({one.creditor for one in view.accounts}),
        "totals": _totals(view),
        **timeline_values(request, visitor, view, show=show, before=before),
    }


def opened_reply(
    request: Request, visitor: Visitor, values: dict[str, Any], message_id: str, account: str | None
) -> dict[str, Any]:
    """The message opened on the timeline, above it where it is too old for the page; a call is not answered there.

    A message that is not here any more must not keep the case from opening.
    """
    listed = {row.entry.id for day in values["days"] for row in day.rows if row.entry is not None}
    try:
        opened = reply_values(request, visitor, values["view"], message_id, account)
    except (UsageError, UnknownReference):
        return {}
    return opened | {"reply_is_listed": message_id in listed}


def wording(request: Request, visitor: Visitor, view: ConsumerView) -> ConsumerWording:
    now = runtime_of(request).clock.now()
    return ConsumerWording(words_of(visitor), wording_of(visitor, now), view)


def timeline_values(
    request: Request, visitor: Visitor, view: ConsumerView, *, show: str, before: str
) -> dict[str, Any]:
    """A page of the timeline in words."""
    house = runtime_of(request).house
    chosen = show if show in SHOWN else "all"
    found = read_timeline(house, view.id, before=moment_of(before), show=chosen, role=visitor.role)
    people = {one.id: one.display_name for one in user.everybody(house)}
    days = TimelineWording(wording(request, visitor, view), people).days(found.entries)
    older = found.before.isoformat() if found.before is not None else ""
    return {"days": days, "older": older, "show": chosen, "reply": None, "reply_is_listed": False}


def moment_of(text: str) -> datetime | None:
    """The moment a link of ours names; anything else is as if nothing was given."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _totals(view: ConsumerView) -> list[tuple[int, str]]:
    """What is owed in each currency."""
    sums: dict[str, int] = {}
    for one in view.accounts:
        if one.state == "open":
            sums[one.currency] = sums.get(one.currency, 0) + one.balance_minor
    return [(amount, currency) for currency, amount in sorted(sums.items())]
