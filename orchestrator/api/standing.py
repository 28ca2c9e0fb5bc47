"""What a person wishes, takes back or turned out to be, told over HTTP: durable when answered, acted on at once."""

from __future__ import annotations

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request, Response

from orchestrator.api.caller import CanRecord, TheRuntime
from orchestrator.api.contact import document
from orchestrator.api.fact import by
from orchestrator.api.idempotency import IdempotentRoute
from orchestrator.api.resource import find
from orchestrator.api.schema import Recorded
from orchestrator.api.standing_schema import AttorneyRecord, CallBack, CallBackRecord, WishEnding, WishRecord
from orchestrator.domain.wish import Wish
from orchestrator.services import fact, wish
from orchestrator.services.call_back import plan_call_back
from orchestrator.store import tables as t

router = APIRouter(prefix="/api/v1", tags=["facts"], route_class=IdempotentRoute)
Id = Annotated[str, Path(max_length=200)]


@router.post("/wishes", status_code=201)
def record_wish(runtime: TheRuntime, caller: CanRecord, body: WishRecord, request: Request) -> Recorded:
    """A time, a place or a channel that the consumer wishes for or against; it holds when this is answered."""
    wanted = Wish(
        body.kind, body.days, body.start, body.end, body.until, place=body.place, channel=body.channel
    )
    made = wish.record_wish(runtime.house, by(caller, request), body.consumer_id, wanted)
    return Recorded(id=made)


@router.post("/wishes/{wish_id}/end", status_code=201)
def end_wish(
    runtime: TheRuntime, caller: CanRecord, wish_id: Id, body: WishEnding, request: Request
) -> Recorded:
    """The consumer takes a wish back; a channel that they refused is taken up again by compliance alone."""
    row = find(runtime, "wishes", t.Preference, wish_id)
    wish.end_wish(runtime.house, by(caller, request), row["consumer_id"], wish_id, reason=body.reason)
    return Recorded(id=wish_id)


@router.post("/call-backs", response_model=CallBack)
def agree_call_back(
    runtime: TheRuntime, caller: CanRecord, body: CallBackRecord, request: Request
) -> Response:
    """Puts an agreed call on the work list for its time, if it may be made then; else nothing is recorded."""
    made = plan_call_back(
        runtime.house,
        by(caller, request),
        body.consumer_id,
        body.account_id,
        point_id=body.contact_point_id,
        at=body.at,
    )
    return document(msgspec.to_builtins(made.verdict, builtin_types=()) | {"task_id": made.task_id})


@router.post("/consents/{consent_id}/withdraw", status_code=201)
def withdraw_consent(runtime: TheRuntime, caller: CanRecord, consent_id: Id, request: Request) -> Recorded:
    """The consumer takes a consent back: when this is answered nothing that needed it leaves."""
    row = find(runtime, "consents", t.Consent, consent_id)
    fact.withdraw_consent(runtime.house, by(caller, request), row["consumer_id"], consent_id)
    return Recorded(id=consent_id)


@router.post("/contact-points/{contact_point_id}/wrong-party", status_code=201)
def record_wrong_party(
    runtime: TheRuntime, caller: CanRecord, contact_point_id: Id, request: Request
) -> Recorded:
    """A number, mailbox or address is somebody else's: it is not used again."""
    row = find(runtime, "contact-points", t.ContactPoint, contact_point_id)
    fact.record_wrong_party(runtime.house, by(caller, request), row["consumer_id"], contact_point_id)
    return Recorded(id=contact_point_id)


@router.post("/attorneys", status_code=201)
def record_attorney(
    runtime: TheRuntime, caller: CanRecord, body: AttorneyRecord, request: Request
) -> Recorded:
    """An attorney represents the consumer: contact with anybody but the attorney ends at once."""
    fact.record_attorney(runtime.house, by(caller, request), body.consumer_id)
    return Recorded()
