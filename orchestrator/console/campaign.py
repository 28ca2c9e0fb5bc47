"""Campaigns: the list, and the form in which one is written, with its segment counted while somebody types."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from orchestrator.console import campaign_form as form
from orchestrator.console.access import MayCampaign, MayReview, Visitor
from orchestrator.console.campaign_form import Typed
from orchestrator.console.campaign_wording import STATE_ICONS, STATES, CampaignWording
from orchestrator.console.cookie import runtime_of
from orchestrator.console.decision_wording import CHANNEL_WORDS
from orchestrator.console.forecast_job import begin
from orchestrator.console.message import N_
from orchestrator.console.page import page, wording_of, words_of
from orchestrator.console.role import ROLE_WORDS
from orchestrator.console.segment_wording import TYPES, SegmentWording
from orchestrator.console.wording import beside
from orchestrator.domain.campaign import CampaignError, CampaignState, Definition
from orchestrator.domain.field import FIELDS
from orchestrator.domain.permission import Permission, roles_with
from orchestrator.errors import ConflictError, UnknownReference
from orchestrator.services import campaign as campaigns
from orchestrator.services.campaign_view import list_page
from orchestrator.services.segment import SegmentCount, count_segment

router = APIRouter()
EXAMPLES = (
    "days_past_due >= 30 && days_past_due <= 120 && balance > 100.0",
    'country == "US" && has_mobile && !("sms" in opt_outs)',
    'product != null && product == "credit_card" && !("dispute" in holds)',
)

FOR_ROLES = N_("This is for: %(roles)s.")


def campaign_words(request: Request, visitor: Visitor) -> CampaignWording:
    runtime = runtime_of(request)
    say = wording_of(visitor, runtime.clock.now())
    return CampaignWording(say, words_of(visitor), runtime.house.library)


def segment_words(request: Request, visitor: Visitor) -> SegmentWording:
    return SegmentWording(wording_of(visitor, runtime_of(request).clock.now()), words_of(visitor))


def address_of(campaign_id: str, rest: str = "") -> str:
    return f"/campaigns/{campaign_id}{rest}"


def who_may(visitor: Visitor, permission: Permission) -> str:
    """Empty where the visitor may; else whom it is for, to be said beside what is disabled."""
    if visitor.may(permission):
        return ""
    words = words_of(visitor)
    return words.gettext(FOR_ROLES) % {
        "roles": beside(
            visitor.language, (words.gettext(ROLE_WORDS[role]) for role in roles_with(permission))
        )
    }


async def typed_form(request: Request) -> Typed:
    """What was typed; a field that is longer than anything we take is cut."""
    values = await request.form()
    texts = {name: value for name in (*form.FIELDS, "act") if isinstance(value := values.get(name), str)}
    return Typed({name: value[:10_000] for name, value in texts.items()})


TheForm = Annotated[Typed, Depends(typed_form)]


@router.get("/campaigns")
def list_campaigns(
    request: Request,
    visitor: MayReview,
    begin_at: Annotated[int, Query(alias="from", ge=0, le=1_000_000)] = 0,
) -> Response:
    """Every campaign, those under way first."""
    return page(
        request,
        visitor,
        "campaign/list.html",
        found=list_page(runtime_of(request).house, begin_at),
        begin=begin_at,
        words=campaign_words(request, visitor),
        segments=segment_words(request, visitor),
        states=STATES,
        icons=STATE_ICONS,
    )


@router.get("/campaigns/new")
def new_campaign(request: Request, visitor: MayCampaign) -> Response:
    """An empty form."""
    return _form(request, visitor, Typed({"cadence": "standard", "held_out": "0"}))


@router.post("/campaigns/new")
def create_campaign(request: Request, visitor: MayCampaign, typed: TheForm) -> Response:
    """Keeps a draft, or says what is wrong with it."""
    return _save(request, visitor, typed, None)


@router.post("/campaigns/segment")
def count_while_typing(request: Request, visitor: MayCampaign, typed: TheForm) -> Response:
    """How many the segment is about, as it stands in the form: a part of the page."""
    counted = _count(request, visitor, typed)
    return page(request, visitor, "campaign/part_count.html", typed=typed, counted=counted)


@router.post("/campaigns/cadence")
def show_cadence(request: Request, visitor: MayCampaign, typed: TheForm) -> Response:
    """The steps of the chosen cadence: a part of the page."""
    return page(request, visitor, "campaign/part_cadence.html", **_cadence(request, typed))


@router.get("/campaigns/{key}/edit")
def edit_campaign(request: Request, visitor: MayCampaign, key: str) -> Response:
    """The form of a draft; one that was started is only looked at."""
    found = campaigns.find(runtime_of(request).house, key)
    if found.state is not CampaignState.DRAFT:
        return RedirectResponse(address_of(found.id), status_code=303)
    return _form(request, visitor, form.of_definition(found.definition), found)


@router.post("/campaigns/{key}/edit")
def change_campaign(request: Request, visitor: MayCampaign, key: str, typed: TheForm) -> Response:
    """Keeps the changed draft, or says what is wrong with it."""
    found = campaigns.find(runtime_of(request).house, key)
    typed.values["name"] = found.name
    return _save(request, visitor, typed, found)


def _save(request: Request, visitor: Visitor, typed: Typed, found: campaigns.Campaign | None) -> Response:
    if typed["act"] == "count":
        return _form(request, visitor, typed, found, counted=_count(request, visitor, typed))
    house, reader = runtime_of(request).house, _reader(request, visitor)
    definition = reader.read(typed)
    if definition is None:
        _explain_segment(request, visitor, typed)
        return _form(request, visitor, typed, found)
    try:
        if found is None:
            kept = campaigns.create(house, definition, visitor.actor)
        else:
            kept = campaigns.change(house, found.id, definition, visitor.actor)
    except CampaignError as error:
        reader.explain(typed, error, definition)
        return _form(request, visitor, typed, found)
    except ConflictError as error:
        if error.code != "name_taken":
            raise
        typed.errors["name"] = words_of(visitor).gettext(form.NAME_TAKEN)
        return _form(request, visitor, typed, found)
    if typed["act"] == "draft":
        return RedirectResponse("/campaigns", status_code=303)
    begin(house, kept.id, visitor.actor)
    return RedirectResponse(address_of(kept.id, "/forecast"), status_code=303)


def _reader(request: Request, visitor: Visitor) -> form.Reader:
    return form.Reader(wording_of(visitor, runtime_of(request).clock.now()), words_of(visitor))


def _explain_segment(request: Request, visitor: Visitor, typed: Typed) -> None:
    """Other fields are wrong already: whether the segment is, too, is said in the same answer."""
    _count(request, visitor, typed, sample=0)


def _count(request: Request, visitor: Visitor, typed: Typed, sample: int = 8) -> SegmentCount | None:
    """The count, or None with what is wrong in `typed`."""
    reader, house = _reader(request, visitor), runtime_of(request).house
    text, cadence = typed["segment"].replace("\r\n", "\n").strip(), typed["cadence"]
    known = cadence if cadence in {one.name for one in house.cadences} else None
    share = reader.share(Typed(dict(typed.values)))
    try:
        return count_segment(
            house, text, name=typed["name"].strip(), held_out_share=share, cadence=known, sample=sample
        )
    except CampaignError as error:
        reader.explain(typed, error, Definition(name="", cadence="", segment=text))
        return None


def _cadence(request: Request, typed: Typed) -> dict[str, Any]:
    cadences = runtime_of(request).house.cadences
    try:
        chosen = cadences.find(typed["cadence"])
    except UnknownReference:
        chosen = None
    last = max((step.day for step in chosen.steps), default=0) if chosen is not None else 0
    return {"cadence": chosen, "last_day": last, "channels": CHANNEL_WORDS}


def _form(
    request: Request,
    visitor: Visitor,
    typed: Typed,
    found: campaigns.Campaign | None = None,
    *,
    counted: SegmentCount | None = None,
) -> Response:
    return page(
        request,
        visitor,
        "campaign/form.html",
        status=422 if typed.errors and typed["act"] != "count" else 200,
        typed=typed,
        errors=typed.errors,
        campaign=found,
        counted=counted,
        cadences=[(one.name, one.name) for one in runtime_of(request).house.cadences],
        fields=FIELDS.values(),
        types=TYPES,
        examples=EXAMPLES,
        segments=segment_words(request, visitor),
        zone=campaigns.zone_of(runtime_of(request).house),
        **_cadence(request, typed),
    )
