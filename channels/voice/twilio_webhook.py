"""Twilio's reports about calls, keys pressed and words spoken in them, and calls that come in, as events."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from channels.contract import Channel
from channels.errors import WebhookError
from channels.events import Event, EventKind
from channels.twilio_account import Form
from channels.voice.twilio_script import RIGHT_PERSON, STOP_CALLS, WRONG_PERSON

PROVIDER = "twilio_voice"

_STATUS: Mapping[str, EventKind] = {
    "queued": EventKind.QUEUED,
    "initiated": EventKind.QUEUED,
    "ringing": EventKind.RINGING,
    "in-progress": EventKind.ANSWERED,
    "answered": EventKind.ANSWERED,
    "busy": EventKind.BUSY,
    "no-answer": EventKind.NO_ANSWER,
    "canceled": EventKind.CANCELED,
}
_KEYS: Mapping[str, EventKind] = {
    RIGHT_PERSON: EventKind.CONVERSATION,
    WRONG_PERSON: EventKind.WRONG_NUMBER,
    STOP_CALLS: EventKind.OPT_OUT,
}
_SIP: Mapping[str, EventKind] = {
    "404": EventKind.NOT_IN_SERVICE,
    "410": EventKind.NOT_IN_SERVICE,
    "604": EventKind.NOT_IN_SERVICE,
    "480": EventKind.UNREACHABLE,
    "408": EventKind.UNREACHABLE,
    "486": EventKind.BUSY,
    "600": EventKind.BUSY,
}


def parse(form: Form, attempt_id: str | None = None, *, leaves_voicemail: bool = False) -> list[Event]:
    """Events of one callback whose signature was verified.

    attempt_id and leaves_voicemail come from the query of the URL that was called (`attempt`, `leaves`): a
    machine counts as a voicemail only if we had something to leave. A form we know nothing about gives none.
    """
    sid = form.first("CallSid")
    if not sid:
        raise WebhookError("the form names no call", code="webhook_malformed", status=400)
    if form.first("Digits") or form.first("SpeechResult"):
        return _inputs(form, sid, attempt_id)
    if form.first("Direction") == "inbound":
        return _inbound(form, sid)
    status = form.first("CallStatus").lower()
    kind = _kind(form, status, leaves_voicemail)
    if kind is None:
        return []
    return [_event(form, f"{sid}-{status}-{kind.value}", kind, attempt_id)]


def _kind(form: Form, status: str, leaves_voicemail: bool) -> EventKind | None:
    if status == "completed":
        return _ended(form.first("AnsweredBy").lower(), leaves_voicemail)
    if status == "failed":
        return _SIP.get(form.first("SipResponseCode"), EventKind.FAILED)
    return _STATUS.get(status)


def _ended(answered_by: str, leaves_voicemail: bool) -> EventKind:
    """How an answered call ended. A conversation is known from the key that was pressed, not from here."""
    if answered_by.startswith("machine_end"):
        return EventKind.VOICEMAIL if leaves_voicemail else EventKind.VOICEMAIL_WITHHELD
    if answered_by.startswith("machine") or answered_by == "fax":
        return EventKind.VOICEMAIL_NOT_LEFT
    return EventKind.DROPPED


def _inputs(form: Form, sid: str, attempt_id: str | None) -> list[Event]:
    """A key we offered, and any words: words may be a STOP, so they go to whoever reads replies."""
    events = []
    digits = form.first("Digits")
    if digits in _KEYS:
        events.append(_event(form, f"{sid}-key-{digits}", _KEYS[digits], attempt_id))
    speech = form.first("SpeechResult")
    if speech:
        told = _event(form, f"{sid}-speech-{_short(speech)}", EventKind.REPLY, attempt_id)
        events.append(msgspec.structs.replace(told, text=speech))
    return events


def _inbound(form: Form, sid: str) -> list[Event]:
    """A person calls us. Reported once, when it starts."""
    if form.first("CallStatus").lower() not in {"ringing", "in-progress", "queued"}:
        return []
    call = _event(form, f"{sid}-inbound", EventKind.INBOUND_CALL, None)
    return [msgspec.structs.replace(call, address=form.first("From"), to_address=form.first("To"))]


def _event(form: Form, event_id: str, kind: EventKind, attempt_id: str | None) -> Event:
    names = {"AnsweredBy": "answered_by", "CallDuration": "duration_s", "SipResponseCode": "provider_code"}
    return Event(
        provider=PROVIDER,
        provider_event_id=event_id,
        kind=kind,
        channel=Channel.VOICE,
        attempt_id=attempt_id,
        provider_id=form.first("CallSid"),
        address=form.first("To"),
        to_address=form.first("From"),
        detail={ours: form.first(theirs) for theirs, ours in names.items() if form.first(theirs)},
        raw=msgspec.json.encode(dict(sorted(form.items()))).decode(),
    )


def _short(text: str) -> str:
    return msgspec.json.encode(text).hex()[:32]
