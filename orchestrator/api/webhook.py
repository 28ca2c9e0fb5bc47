"""Signed callbacks. The signature is checked on the raw request; 2xx means that it is durable, 503 that it is not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from channels.email import webhook as email_webhook
from channels.sms import twilio_webhook as sms_webhook
from channels.twilio_account import Form, verified_form
from channels.voice import twilio_webhook as voice_webhook
from orchestrator.api.caller import PUBLIC, TheRuntime
from orchestrator.bootstrap import Runtime
from orchestrator.services import callback

TWIML = "application/xml"
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
SIGNED = "Needs no key: it proves itself by its signature, and is refused with 403 without a right one."
router = APIRouter(prefix="/webhooks", tags=["webhooks"], dependencies=[Depends(PUBLIC)])
AttemptId = Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z0-9_-]+$")]


async def raw_body(request: Request) -> bytes:
    return await request.body()


RawBody = Annotated[bytes, Depends(raw_body)]


def called_url(runtime: Runtime, request: Request) -> str:
    """The address that the provider called, as it knows it: that is what its signature covers."""
    query = f"?{request.url.query}" if request.url.query else ""
    base = runtime.house.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{base}{request.url.path}{query}"


def signed_form(runtime: Runtime, request: Request, body: bytes) -> Form:
    """The form, once its signature is proven."""
    secret = runtime.settings.twilio_auth_token
    token = secret.get_secret_value() if secret else ""
    return verified_form(called_url(runtime, request), body, request.headers.get("X-Twilio-Signature"), token)


def receive_sms(runtime: Runtime, request: Request, body: bytes, attempt_id: str | None) -> Response:
    form = signed_form(runtime, request, body)
    callback.record(runtime.house, sms_webhook.parse(form, attempt_id))
    return Response(EMPTY, media_type=TWIML)


def receive_voice(runtime: Runtime, request: Request, body: bytes, attempt_id: str | None) -> Response:
    """Reports what happened, and says what the call does next where it asks for that."""
    form = signed_form(runtime, request, body)
    leaves = request.query_params.get("leaves") == "1"
    callback.record(runtime.house, voice_webhook.parse(form, attempt_id, leaves_voicemail=leaves))
    if attempt_id is None or request.query_params.get("stage") == "status":
        return Response(EMPTY, media_type=TWIML)
    says = callback.speak(
        runtime.house,
        attempt_id,
        digits=form.first("Digits"),
        answered_by=form.first("AnsweredBy").lower(),
        action_url=called_url(runtime, request),
    )
    return Response(says, media_type=TWIML)


@router.post("/twilio/sms", description=SIGNED, response_class=Response)
def inbound_sms(runtime: TheRuntime, request: Request, body: RawBody) -> Response:
    """A text message that somebody sent us."""
    return receive_sms(runtime, request, body, None)


@router.post("/twilio/sms/{attempt_id}", description=SIGNED, response_class=Response)
def sms_status(runtime: TheRuntime, request: Request, body: RawBody, attempt_id: AttemptId) -> Response:
    """How one of our text messages fared."""
    return receive_sms(runtime, request, body, attempt_id)


@router.post("/twilio/voice", description=SIGNED, response_class=Response)
def inbound_call(runtime: TheRuntime, request: Request, body: RawBody) -> Response:
    """Somebody calls us."""
    return receive_voice(runtime, request, body, None)


@router.post("/twilio/voice/{attempt_id}", description=SIGNED, response_class=Response)
def call_progress(runtime: TheRuntime, request: Request, body: RawBody, attempt_id: AttemptId) -> Response:
    """A call of ours was answered, a key was pressed, or it ended."""
    return receive_voice(runtime, request, body, attempt_id)


@router.post("/email", description=SIGNED, status_code=204)
def inbound_email(runtime: TheRuntime, request: Request, body: RawBody) -> None:
    """A mail that came back or was sent to us, raw, from our own mail server."""
    secret = runtime.settings.email_webhook_secret
    events = email_webhook.parse(
        body,
        request.headers.get(email_webhook.SIGNATURE_HEADER),
        secret.get_secret_value() if secret else "",
    )
    callback.record(runtime.house, events)
