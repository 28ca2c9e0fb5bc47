"""May this contact be made, and making it. A refused contact is 200 with its verdict, never an error."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response

from orchestrator.api.caller import CanCheck, CanContact, TheRuntime
from orchestrator.api.idempotency import IdempotentRoute, derived_key
from orchestrator.api.schema import CheckBatch, CheckRequest, Contact, ContactRequest, Verdict, Verdicts
from orchestrator.errors import InputError
from orchestrator.services import contact as service
from orchestrator.services.contact import Contact as Asked
from orchestrator.services.letter_preview import letter_pdf

router = APIRouter(prefix="/api/v1/contacts", tags=["contacts"], route_class=IdempotentRoute)


Name = Annotated[str, Query(max_length=200)]


def asked(body: CheckRequest) -> Asked:
    return Asked(
        consumer_id=body.consumer_id,
        channel=body.channel.value,
        account_ids=tuple(body.account_ids),
        address=body.address,
        at=body.at,
        in_reply_to=body.in_reply_to,
    )


def document(value: object) -> Response:
    """Encoded once, by the encoder that the ledger uses."""
    return Response(msgspec.json.encode(value), media_type="application/json")


@router.post("/check", response_model=Verdict)
def check_contact(runtime: TheRuntime, _caller: CanCheck, body: CheckRequest) -> Response:
    """May this contact be made: the decision, the rules that determined it, next times per channel. Sends nothing."""
    return document(service.check_contact(runtime.house, asked(body)))


@router.post("/check/batch", response_model=Verdicts)
def check_contacts(runtime: TheRuntime, _caller: CanCheck, body: CheckBatch) -> Response:
    """Up to 1,000 checks on one state of the database, answered in their order."""
    return document({"verdicts": service.check_contacts(runtime.house, [asked(one) for one in body.checks])})


PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The letter", "content": {"application/pdf": {"schema": {"type": "string"}}}}
}


@router.get("/letter.pdf", response_class=Response, responses=PDF)
def show_letter(  # noqa: PLR0917 - each is a part of the address
    runtime: TheRuntime,
    _caller: CanContact,
    consumer_id: Name,
    account_id: Name,
    contact_point_id: Name = "",
    template: Name = "",
    language: Name = "",
) -> Response:
    """The letter to a consumer about an account as it would leave now, as PDF. Nothing is sent or recorded."""
    data = letter_pdf(
        runtime.house,
        consumer_id,
        account_id,
        point_id=contact_point_id,
        template=template,
        language=language,
    )
    return Response(data, media_type="application/pdf")


@router.post("", response_model=Contact)
async def make_contact(
    runtime: TheRuntime, caller: CanContact, body: ContactRequest, request: Request
) -> Response:
    """Judges the contact and makes it if it is allowed; the answer says what became of it."""
    if body.template not in runtime.house.catalog.names():
        raise InputError(
            "no template has this name", where="template", hint="GET /api/v1/templates lists them"
        )
    wanted = Asked(
        consumer_id=body.consumer_id,
        channel=body.channel.value,
        account_ids=tuple(body.account_ids),
        address=body.address,
        template=body.template,
        language=body.language,
        in_reply_to=body.in_reply_to,
    )
    key = derived_key(request, caller.key_id)
    sent = await service.send_contact(runtime.house, wanted, requested_by=f"key:{caller.name}", key=key)
    verdict = msgspec.to_builtins(sent.verdict, builtin_types=())
    return document(verdict | {"attempt_id": sent.attempt_id, "outcome": sent.outcome})
