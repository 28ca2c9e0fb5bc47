"""Campaigns over HTTP: defined, counted, forecast, started, watched, paused, stopped."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Query
from pydantic import Field, StringConstraints

from orchestrator.api.caller import Caller, CanCampaign, CanReview, CanStop, TheRuntime
from orchestrator.api.idempotency import IdempotentRoute
from orchestrator.api.listing import AskedSlice, Page, page_of
from orchestrator.api.schema import Body, Id
from orchestrator.domain.campaign import MAX_NAME, Definition
from orchestrator.domain.forecast import Outcome
from orchestrator.errors import UnknownReference
from orchestrator.services import campaign, campaign_activity, campaign_forecast, campaign_progress
from orchestrator.services.campaign_progress import Why
from orchestrator.services.segment import count_segment

router = APIRouter(prefix="/api/v1/campaigns", tags=["campaigns"], route_class=IdempotentRoute)
Key = Annotated[str, Path(max_length=200, description="the campaign's id or name")]
Condition = Annotated[str, StringConstraints(max_length=2_048)]
Share = Annotated[float, Field(ge=0, le=0.5)]
Limit = Annotated[int, Field(ge=1, le=10_000_000)]
Document = dict[str, Any]


class CampaignRequest(Body):
    """A campaign. `segment` is a condition in CEL over the documented fields, empty: the whole book."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
    cadence: Id
    segment: Condition = ""
    starts_on: date | None = None
    ends_on: date | None = None
    hourly_limit: Limit | None = None
    daily_limit: Limit | None = None
    held_out_share: Share = 0.0

    def definition(self) -> Definition:
        return Definition(**self.model_dump())


class SegmentRequest(Body):
    """A segment to count. `name` decides who would be held out, `cadence` adds its condition of entry."""

    segment: Condition = ""
    name: Annotated[str, StringConstraints(max_length=MAX_NAME)] = ""
    cadence: Id | None = None
    held_out_share: Share = 0.0
    sample: Annotated[int, Field(ge=0, le=100)] = 10


def plain(value: Any) -> Document:
    """A dataclass as JSON types; amounts of money stay decimal text."""
    document: Document = msgspec.to_builtins(value, str_keys=True)
    return document


def by(caller: Caller) -> str:
    return f"key:{caller.name}"


@router.get("")
def list_campaigns(runtime: TheRuntime, _caller: CanReview, asked: AskedSlice) -> Page:
    """Every campaign, by id."""
    found = campaign.page(runtime.house, asked.after, asked.limit)
    return page_of([plain(one) for one in found], asked)


@router.post("", status_code=201)
def create_campaign(runtime: TheRuntime, caller: CanCampaign, body: CampaignRequest) -> Document:
    """A draft: nobody is enrolled yet."""
    return plain(campaign.create(runtime.house, body.definition(), by(caller)))


@router.post("/segment")
def count(runtime: TheRuntime, _caller: CanCampaign, body: SegmentRequest) -> Document:
    """How many accounts a segment is about, now, with a sample."""
    counted = count_segment(
        runtime.house,
        body.segment,
        name=body.name,
        cadence=body.cadence,
        held_out_share=body.held_out_share,
        sample=body.sample,
    )
    return plain(counted)


@router.get("/{key}")
def show_campaign(runtime: TheRuntime, _caller: CanReview, key: Key) -> Document:
    """One campaign."""
    return plain(campaign.find(runtime.house, key))


@router.put("/{key}")
def change_campaign(runtime: TheRuntime, caller: CanCampaign, key: Key, body: CampaignRequest) -> Document:
    """Defines a draft anew."""
    return plain(campaign.change(runtime.house, key, body.definition(), by(caller)))


@router.get("/{key}/progress")
def show_progress(runtime: TheRuntime, _caller: CanReview, key: Key) -> Document:
    """Whom it reached, what waits and why, and its hours today."""
    return plain(campaign_progress.read(runtime.house, key))


@router.get("/{key}/activity")
def show_activity(runtime: TheRuntime, _caller: CanReview, key: Key) -> Document:
    """How each provider answers its calls in the last quarter of an hour, and its latest contacts and refusals."""
    return plain(campaign_activity.read(runtime.house, key))


@router.get("/{key}/members")
def list_members(  # noqa: PLR0917 - each is a part of the address
    runtime: TheRuntime,
    _caller: CanReview,
    key: Key,
    asked: AskedSlice,
    reached: Annotated[Literal["contacted", "delivered", "answered"] | None, Query()] = None,
    held_out: Annotated[bool | None, Query()] = None,
    why: Annotated[Why | None, Query()] = None,
    rule: Annotated[str | None, Query(max_length=200)] = None,
) -> Page:
    """The accounts behind the numbers of its progress."""
    found = campaign_progress.members(
        runtime.house,
        key,
        reached=reached,
        held_out=held_out,
        why=why,
        rule=rule,
        after=asked.after,
        limit=asked.limit,
    )
    return page_of([plain(one) for one in found], asked, "account_id")


@router.post("/{key}/forecast")
def make_forecast(runtime: TheRuntime, caller: CanCampaign, key: Key) -> Document:
    """Runs the real policies ahead over a draft; nothing leaves. Takes a second for about a thousand accounts."""
    return plain(campaign_forecast.make(runtime.house, key, by(caller)))


@router.get("/{key}/forecast")
def show_forecast(runtime: TheRuntime, _caller: CanReview, key: Key) -> Document:
    """The last forecast, and why it may not hold any more."""
    shown = campaign_forecast.last(runtime.house, key)
    if shown is None:
        raise UnknownReference(
            "this campaign was not forecast yet", where=key, hint="POST to the same address"
        )
    return {**plain(shown.forecast), "stale": [str(why) for why in shown.stale]}


@router.get("/{key}/forecast/{bucket}")
def list_foreseen(  # noqa: PLR0917 - each is a part of the address
    runtime: TheRuntime,
    _caller: CanReview,
    key: Key,
    bucket: Annotated[Outcome | Literal["all"], Path(description="an outcome, or all")],
    asked: AskedSlice,
    channel: Annotated[str | None, Query(max_length=20)] = None,
    rule: Annotated[str | None, Query(max_length=200)] = None,
    allowed_on: Annotated[date | None, Query(description="the consumer's date")] = None,
    expected_on: Annotated[date | None, Query(description="the consumer's date")] = None,
) -> Page:
    """The accounts behind a number of the last forecast."""
    found = campaign_forecast.people(
        runtime.house,
        key,
        None if bucket == "all" else Outcome(bucket),
        channel=channel,
        rule=rule,
        allowed_on=allowed_on,
        expected_on=expected_on,
        after=asked.after,
        limit=asked.limit,
    )
    return page_of([plain(one) for one in found], asked, "account_id")


@router.post("/{key}/start")
def start_campaign(runtime: TheRuntime, caller: CanCampaign, key: Key) -> Document:
    """Enrols everybody who fits, and begins."""
    return plain(campaign.start(runtime.house, key, by(caller)))


@router.post("/{key}/pause")
def pause_campaign(runtime: TheRuntime, caller: CanCampaign, key: Key) -> Document:
    """Keeps everything back; nothing of it leaves when this answers."""
    return plain(campaign.pause(runtime.house, key, by(caller)))


@router.post("/{key}/resume")
def resume_campaign(runtime: TheRuntime, caller: CanCampaign, key: Key) -> Document:
    """Goes on where it was."""
    return plain(campaign.resume(runtime.house, key, by(caller)))


@router.post("/{key}/stop")
def stop_campaign(runtime: TheRuntime, caller: CanStop, key: Key) -> Document:
    """Ends it for good: no provider call of it starts after this answers."""
    return plain(campaign.stop(runtime.house, key, by(caller)))
