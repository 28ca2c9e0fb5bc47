"""May this contact be made, and making it. A refused contact is 200 with its verdict, never an error."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from orchestrator.api.caller import CanCheck, CanContact, TheRuntime
from orchestrator.api.idempotency import IdempotentRoute, derived_key
from orchestrator.api.schema import CheckBatch, CheckRequest, Contact, ContactRequest, Verdict, Verdicts
from orchestrator.errors import InputError
from orchestrator.services import contact as service
from orchestrator.services.contact import Contact as Asked

router = APIRouter(prefix="/api/v1/contacts", tags=["contacts"], route_class=IdempotentRoute)


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
