"""What is in use: cadences, templates, policies; and enrolling accounts."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from orchestrator.api.caller import CanEnroll, CanReadPolicies, CanReview, TheRuntime
from orchestrator.api.idempotency import IdempotentRoute
from orchestrator.api.listing import Page
from orchestrator.api.schema import EnrollmentRequest, Recorded
from orchestrator.services.enroll import enroll

router = APIRouter(prefix="/api/v1", tags=["catalog"], route_class=IdempotentRoute)


@router.get("/cadences")
def list_cadences(runtime: TheRuntime, _caller: CanReview) -> Page:
    """The cadences that can be enrolled in."""
    return Page(
        items=[
            {
                "name": cadence.name,
                "digest": cadence.digest,
                "description": cadence.description,
                "steps": [
                    {"name": step.name, "day": step.day, "channels": step.channels, "template": step.template}
                    for step in cadence.steps
                ],
            }
            for cadence in runtime.house.cadences
        ]
    )


@router.get("/templates")
def list_templates(runtime: TheRuntime, _caller: CanReview) -> Page:
    """The templates in use, with their versions."""
    items = [
        {
            "name": one.name,
            "channel": one.channel,
            "language": one.locale,
            "content": one.content,
            "reply": one.front.reply,
            "version": one.version,
        }
        for one in runtime.house.catalog
    ]
    return Page(items=items)


@router.get("/policies")
def list_policies(runtime: TheRuntime, _caller: CanReadPolicies) -> Page:
    """The policy packs in force, with their rules."""
    library = runtime.house.library
    packs = library.packs.values() if library is not None else []
    items: list[dict[str, Any]] = [
        {
            "pack": pack.pack,
            "jurisdiction": pack.jurisdiction,
            "title": pack.title.en,
            "checked_on": pack.checked_on,
            "rules": [rule.id for rule in pack.rules],
        }
        for pack in packs
    ]
    return Page(items=items)


@router.post("/enrollments", status_code=201)
def enroll_accounts(runtime: TheRuntime, _caller: CanEnroll, body: EnrollmentRequest) -> Recorded:
    """Enrols every open account that fits and is in no cadence yet."""
    house = runtime.house
    cadence = house.cadences.find(body.cadence)
    entered = enroll(house.database, house.clock, house.sealer, cadence, body.where)
    return Recorded(result={"cadence": cadence.name, "enrolled": entered})
