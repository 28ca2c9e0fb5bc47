"""A campaign's forecast: its figures, the people behind each of them, how far a new one is, and the start."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from orchestrator.console import campaign_form as form
from orchestrator.console.access import MayCampaign, MayReview
from orchestrator.console.campaign import (
    address_of,
    campaign_words,
    segment_words,
    who_may,
)
from orchestrator.console.campaign_chart import day_chart
from orchestrator.console.campaign_wording import OUTCOMES, STALE
from orchestrator.console.cookie import runtime_of
from orchestrator.console.decision_wording import CHANNEL_WORDS
from orchestrator.console.event_stream import Parts, stream
from orchestrator.console.forecast_job import begin, failure, running
from orchestrator.console.page import page, render
from orchestrator.domain.campaign import CampaignState
from orchestrator.domain.forecast import Forecast, Outcome
from orchestrator.domain.permission import Permission
from orchestrator.services import campaign as campaigns
from orchestrator.services import campaign_forecast as forecasts
from orchestrator.services import campaign_view

router = APIRouter()
PAGE = 50
BLOCKED = (Outcome.BLOCKED, Outcome.HELD, Outcome.BEYOND)


@router.get("/campaigns/{key}/forecast")
def show_forecast(request: Request, visitor: MayReview, key: str) -> Response:
    """The last forecast, or how far the one is that is being made."""
    house = runtime_of(request).house
    campaign = campaigns.find(house, key)
    shown = forecasts.last(house, campaign.id)
    words = campaign_words(request, visitor)
    return page(
        request,
        visitor,
        "campaign/forecast.html",
        campaign=campaign,
        shown=shown,
        job=running(house, campaign.id),
        failed=failure(house, campaign.id) if shown is None or shown.is_stale else None,
        words=words,
        segments=segment_words(request, visitor),
        typed=form.of_definition(campaign.definition),
        created_by=campaign_view.actor(house, campaign.created_by),
        is_draft=campaign.state is CampaignState.DRAFT,
        may_start=who_may(visitor, Permission.CAMPAIGN),
        may_stop=who_may(visitor, Permission.STOP),
        stale=STALE,
        icons=OUTCOMES,
        channels=CHANNEL_WORDS,
        zone=campaigns.zone_of(house),
        **(_figures(shown.forecast, campaign.definition.daily_limit) if shown is not None else {}),
    )


def _figures(forecast: Forecast, limit: int | None) -> dict[str, Any]:
    counts = {outcome.value: forecast.counts[outcome] for outcome in Outcome}
    whole = forecast.enrolled.accounts or 1
    blocked = sum(forecast.counts[one].accounts for one in BLOCKED)
    widths = {
        "now": round(1000 * forecast.counts[Outcome.NOW].accounts / whole),
        "later": round(1000 * forecast.counts[Outcome.LATER].accounts / whole),
    }
    return {
        "forecast": forecast,
        "counts": counts,
        "blocked": blocked,
        "widths": widths,
        "whole": whole,
        "chart": day_chart(forecast.days, limit),
        "rules_blocked": forecast.of_outcome(*BLOCKED),
        "rules_later": forecast.of_outcome(Outcome.LATER),
    }


@router.post("/campaigns/{key}/forecast")
def make_forecast(request: Request, visitor: MayCampaign, key: str) -> Response:
    """Forecasts again; a big one goes on while the page shows how far it is."""
    house = runtime_of(request).house
    campaign = campaigns.find(house, key)
    begin(house, campaign.id, visitor.actor)
    return RedirectResponse(address_of(campaign.id, "/forecast"), status_code=303)


@router.get("/campaigns/{key}/forecast/events")
def tell_forecast(request: Request, visitor: MayReview, key: str) -> Response:
    """How far a forecast is, until it is there."""
    house = runtime_of(request).house
    campaign = campaigns.find(house, key)

    def look() -> tuple[Parts, bool]:
        job = running(house, campaign.id)
        if job is None:
            return {}, True
        return {"progress": render(request, visitor, "campaign/part_making.html", job=job)}, False

    return stream(request, look, every_s=0.5)


@router.get("/campaigns/{key}/forecast/people")
def show_forecast_people(  # noqa: PLR0917 - what a number is of
    request: Request,
    visitor: MayReview,
    key: str,
    outcome: Outcome | None = None,
    channel: Annotated[str | None, Query(max_length=20)] = None,
    rule: Annotated[str | None, Query(max_length=200)] = None,
    allowed_on: date | None = None,
    expected_on: date | None = None,
    after: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """The accounts behind a number of the forecast, a page at a time."""
    house = runtime_of(request).house
    campaign = campaigns.find(house, key)
    found = forecasts.people(
        house, campaign.id, outcome, channel=channel, rule=rule, allowed_on=allowed_on, expected_on=expected_on,
        after=after, limit=PAGE,
    )  # fmt: skip
    asked = {
        "outcome": outcome, "channel": channel, "rule": rule, "allowed_on": allowed_on, "expected_on": expected_on
    }  # fmt: skip
    query = {name: str(value) for name, value in asked.items() if value is not None}
    return page(
        request,
        visitor,
        "campaign/forecast_people.html",
        campaign=campaign,
        people=found[:PAGE],
        named=campaign_view.named(house, found[:PAGE]),
        outcome=outcome,
        channel=channel,
        rule=rule,
        day=allowed_on or expected_on,
        following=urlencode({**query, "after": found[PAGE - 1].account_id}) if len(found) > PAGE else "",
        words=campaign_words(request, visitor),
        icons=OUTCOMES,
        channels=CHANNEL_WORDS,
        zone=campaigns.zone_of(house),
    )


@router.post("/campaigns/{key}/start")
def start_campaign(
    request: Request, visitor: MayCampaign, key: str, foreseen: Annotated[str, Form(max_length=100)] = ""
) -> Response:
    """Enrols everybody who fits and begins, unless it was changed since the forecast that the page showed."""
    started = campaigns.start(runtime_of(request).house, key, visitor.actor, foreseen=foreseen or None)
    return RedirectResponse(address_of(started.campaign.id, "?done=started"), status_code=303)
