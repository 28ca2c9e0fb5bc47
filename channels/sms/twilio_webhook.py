"""Twilio's reports about SMS, and the messages that people send us, as events."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from channels.contract import Channel
from channels.errors import WebhookError
from channels.events import Event, EventKind
from channels.twilio_account import Form

PROVIDER = "twilio_sms"

_STATUS: Mapping[str, EventKind] = {
    "accepted": EventKind.ACCEPTED,
    "scheduled": EventKind.QUEUED,
    "queued": EventKind.QUEUED,
    "sending": EventKind.QUEUED,
    "sent": EventKind.SENT,
    "partially_delivered": EventKind.SENT,
    "delivered": EventKind.DELIVERED,
    "read": EventKind.READ,
    "undelivered": EventKind.UNDELIVERED,
    "failed": EventKind.FAILED,
    "canceled": EventKind.CANCELED,
}
_INBOUND = frozenset({"received", "receiving"})
_REASONS: Mapping[str, str] = {
    "21610": "opted_out",
    "30003": "unreachable",
    "30004": "blocked",
    "30005": "unknown_number",
    "30006": "not_mobile",
    "30007": "filtered",
    "30008": "unknown",
    "30036": "expired",
}


def parse(form: Form, attempt_id: str | None = None) -> list[Event]:
    """Events of one callback whose signature was verified; `attempt_id` is the one in its URL.

    A status that we do not know gives no event (its raw form is kept by the caller). Raises WebhookError 400
    for a form that names no message.
    """
    status = (form.first("MessageStatus") or form.first("SmsStatus")).lower()
    sid = form.first("MessageSid") or form.first("SmsSid") or form.first("SmsMessageSid")
    if not sid:
        raise WebhookError("the form names no message", code="webhook_malformed", status=400)
    if status in _INBOUND or (not status and "Body" in form):
        return [_inbound(form, sid)]
    kind = _STATUS.get(status)
    return _reports(form, sid, kind, status, attempt_id) if kind is not None else []


def _reports(form: Form, sid: str, kind: EventKind, status: str, attempt_id: str | None) -> list[Event]:
    error = form.first("ErrorCode")
    reason = _REASONS.get(error, "other") if error else ""
    report = Event(
        provider=PROVIDER,
        provider_event_id=f"{sid}-{status}",
        kind=kind,
        channel=Channel.SMS,
        attempt_id=attempt_id,
        provider_id=sid,
        address=form.first("To"),
        to_address=form.first("From"),
        detail={"reason": reason, "provider_code": error} if error else {},
        raw=raw_text(form),
    )
    if reason != "opted_out":
        return [report]
    # the number opted out with the carrier or the provider: we did not know, and must
    stop = msgspec.structs.replace(report, kind=EventKind.OPT_OUT, provider_event_id=f"{sid}-opted_out")
    return [report, stop]


def _inbound(form: Form, sid: str) -> Event:
    """A message from a person. The provider's own STOP detection only ever adds to ours."""
    flagged = form.first("OptOutType").upper()
    return Event(
        provider=PROVIDER,
        provider_event_id=f"{sid}-received",
        kind=EventKind.OPT_OUT if flagged == "STOP" else EventKind.REPLY,
        channel=Channel.SMS,
        provider_id=sid,
        address=form.first("From"),
        to_address=form.first("To"),
        text=form.first("Body"),
        detail={"opt_out_type": flagged.lower()} if flagged else {},
        raw=raw_text(form),
    )


def raw_text(form: Form) -> str:
    """The form as JSON, names sorted, for the record."""
    return msgspec.json.encode(dict(sorted(form.items()))).decode()
