"""A campaign under way: what it came to, what waits and why, by server-sent events; pause, resume, stop."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from orchestrator.console.access import MayCampaign, MayReview, MayStop, Visitor
from orchestrator.console.board import Board, board_of
from orchestrator.console.campaign import address_of, campaign_words, segment_words, who_may
from orchestrator.console.campaign_chart import hour_chart
from orchestrator.console.campaign_wording import EVENTS, FLOWS, STATE_ICONS, STATES, WHYS
from orchestrator.console.cookie import runtime_of
from orchestrator.console.decision_wording import CHANNEL_WORDS
from orchestrator.console.event_stream import EVERY_S, Parts, seen_of, stream
from orchestrator.console.message import N_
from orchestrator.console.page import page, render
from orchestrator.domain.campaign import CampaignState
from orchestrator.domain.permission import Permission
from orchestrator.engine.house import House
from orchestrator.services import campaign as campaigns
from orchestrator.services import campaign_activity, campaign_progress, campaign_view
from orchestrator.services import campaign_forecast as forecasts
from orchestrator.services.campaign_activity import Activity
from orchestrator.services.campaign_progress import Progress, Standing, Why
from orchestrator.store.campaign_progress import Milestone

router = APIRouter()
PAGE = 50
OVER = frozenset({CampaignState.STOPPED, CampaignState.DONE})
NOT_SENT = (Why.LATER, Why.DENIED, Why.HELD, Why.SUSPENDED, Why.WAITING, Why.LEFT)
DUE = (Why.BETWEEN, Why.LATER, Why.DENIED, Why.WAITING)
REGIONS = (
    "said", "head", "figures", "hours", "table", "look", "standing", "providers", "due", "latest", "history",
)  # fmt: skip
OWN = ("head",)
SHARED = tuple(name for name in REGIONS if name not in OWN)
SHARED_S = 0.9 * EVERY_S
"""So old may be what a stream tells that another stream has looked up."""
TOLD = {
    "started": N_("The campaign is started."),
    "paused": N_("The campaign is paused. Nothing of it leaves until it is resumed."),
    "resumed": N_("The campaign goes on. Everybody is where they were, and is judged again."),
    "stopped": N_("The campaign is stopped for good. No call of it can start any more."),
}
REACHED: dict[str, str] = {
    "contacted": N_("Contacted"),
    "delivered": N_("Delivered"),
    "answered": N_("Answered"),
}


@router.get("/campaigns/{key}")
def show_campaign(
    request: Request, visitor: MayReview, key: str, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """A campaign that was started; a draft is shown as its forecast."""
    house = runtime_of(request).house
    campaign = campaigns.find(house, key)
    if campaign.state is CampaignState.DRAFT or campaign.started_at is None:
        return RedirectResponse(address_of(campaign.id, "/forecast"), status_code=303)
    values = _values(request, visitor, _look(house, campaign.id))
    parts = _parts(request, visitor, values)
    return page(
        request,
        visitor,
        "campaign/live.html",
        **values,
        parts=parts,
        seen=seen_of(parts),
        told=TOLD.get(done, ""),
        segments=segment_words(request, visitor),
        is_over=campaign.state in OVER,
    )


@router.get("/campaigns/{key}/events")
def tell_campaign(
    request: Request, visitor: MayReview, key: str, seen: Annotated[str, Query(max_length=1000)] = ""
) -> Response:
    """The parts of the page that changed, until the campaign is over or the session ends."""
    house, board = runtime_of(request).house, board_of(request)
    campaign, opened = campaigns.find(house, key), time.monotonic()
    # who reads the same language in the same zone and may do the same sees the same; the head has a form of their own
    alike = (visitor.language, visitor.time_zone, visitor.role)

    def look() -> tuple[Parts, bool]:
        since = max(opened, time.monotonic() - SHARED_S)
        found = board.last(("campaign", campaign.id), lambda: _look(house, campaign.id), since)
        values = _values(request, visitor, found)
        shared = shared_parts(board, found, alike, lambda: _parts(request, visitor, values, SHARED))
        return {**_parts(request, visitor, values, OWN), **shared}, values["campaign"].state in OVER

    return stream(request, look, seen)


def _parts(
    request: Request, visitor: Visitor, values: dict[str, Any], names: tuple[str, ...] = REGIONS
) -> dict[str, str]:
    return {name: render(request, visitor, f"campaign/live_{name}.html", **values) for name in names}


def shared_parts(board: Board, found: Look, alike: Hashable, render: Callable[[], Parts]) -> Parts:
    """The parts that this very look gives all who are alike; those of an older look are nobody's any more."""
    return board.last(
        ("campaign", found.progress.campaign.id, alike, found.began), render, since=float("-inf")
    )


class Look(NamedTuple):
    """What the parts are made of for everybody. `began`: in seconds of `time.monotonic`, which name it."""

    began: float
    progress: Progress
    forecast: forecasts.Shown | None
    history: tuple[campaign_view.Event, ...]
    last_call: datetime | None
    activity: Activity
    named: dict[str, campaign_view.Named]


def _look(house: House, campaign_id: str) -> Look:
    """As it stands now."""
    began = time.monotonic()
    progress = campaign_progress.read(house, campaign_id)
    is_stopped = progress.campaign.state is CampaignState.STOPPED
    activity = campaign_activity.read(house, campaign_id)
    return Look(
        began,
        progress,
        forecasts.last(house, campaign_id),
        campaign_view.history(house, campaign_id),
        campaign_view.last_call(house, campaign_id) if is_stopped else None,
        activity,
        campaign_view.named(house, activity.latest),
    )


def _values(request: Request, visitor: Visitor, found: Look) -> dict[str, Any]:
    """What the parts show this reader."""
    progress, forecast = found.progress, found.forecast
    campaign, words = progress.campaign, campaign_words(request, visitor)
    hourly = campaign.definition.hourly_limit
    return {
        "campaign": campaign,
        "progress": progress,
        "words": words,
        "zone": campaign.zone,
        "chart": hour_chart(progress.hours, progress.as_of, hourly),
        "not_sent": progress.of(*NOT_SENT),
        "totals": _totals(progress),
        "due": _due(progress),
        "history": found.history,
        "activity": found.activity,
        "named": found.named,
        "flows": FLOWS,
        "channels": CHANNEL_WORDS,
        "last_call": found.last_call,
        "foreseen": forecast.forecast.last_at if forecast is not None else None,
        "whys": WHYS,
        "events": EVENTS,
        "states": STATES,
        "icons": STATE_ICONS,
        "may_run": who_may(visitor, Permission.CAMPAIGN),
        "may_stop": who_may(visitor, Permission.STOP),
    }


def _totals(progress: Progress) -> list[tuple[str, int]]:
    """(word, accounts) of what is not sent, by answer."""
    counts: Counter[Why] = Counter()
    for line in progress.of(*NOT_SENT):
        counts[line.why] += line.accounts
    return [(WHYS[why][1], counts[why]) for why in NOT_SENT if counts[why]]


def _due(progress: Progress) -> list[Standing]:
    """What is looked at next, the soonest first."""
    found = [line for line in progress.of(*DUE) if line.first_at is not None]
    return sorted(found, key=lambda line: (str(line.first_at), -line.accounts))[:6]


@router.get("/campaigns/{key}/people")
def show_members(  # noqa: PLR0917 - what a number is of
    request: Request,
    visitor: MayReview,
    key: str,
    reached: Milestone | None = None,
    held_out: bool | None = None,
    why: Why | None = None,
    rule: Annotated[str | None, Query(max_length=200)] = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """The accounts behind a number, a page at a time."""
    house = runtime_of(request).house
    campaign = campaigns.find(house, key)
    found = campaign_progress.members(
        house, campaign.id, reached=reached, held_out=held_out, why=why, rule=rule, after=after, limit=PAGE
    )
    asked = {"reached": reached, "held_out": held_out, "why": why, "rule": rule}
    query = {name: str(value) for name, value in asked.items() if value is not None}
    return page(
        request,
        visitor,
        "campaign/members.html",
        campaign=campaign,
        people=found[:PAGE],
        named=campaign_view.named(house, found[:PAGE]),
        reached=REACHED.get(reached or "", ""),
        held_out=held_out,
        why=why,
        rule=rule,
        following=urlencode({**query, "after": found[PAGE - 1].account_id}) if len(found) > PAGE else "",
        words=campaign_words(request, visitor),
        whys=WHYS,
        zone=campaign.zone,
    )


@router.post("/campaigns/{key}/pause")
def pause_campaign(request: Request, visitor: MayCampaign, key: str) -> Response:
    """Nothing of it leaves from when this answers."""
    paused = campaigns.pause(runtime_of(request).house, key, visitor.actor)
    return RedirectResponse(address_of(paused.id, "?done=paused"), status_code=303)


@router.post("/campaigns/{key}/resume")
def resume_campaign(request: Request, visitor: MayCampaign, key: str) -> Response:
    """Goes on where it was."""
    resumed = campaigns.resume(runtime_of(request).house, key, visitor.actor)
    return RedirectResponse(address_of(resumed.id, "?done=resumed"), status_code=303)


@router.post("/campaigns/{key}/stop")
def stop_campaign(request: Request, visitor: MayStop, key: str) -> Response:
    """For good: when this answers no call of the campaign can start any more."""
    stopped = campaigns.stop(runtime_of(request).house, key, visitor.actor)
    where = address_of(stopped.id, "?done=stopped") if stopped.started_at is not None else "/campaigns"
    return RedirectResponse(where, status_code=303)
