"""Twilio's callbacks: signatures, every status, the people who write to us."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlencode

import pytest

from channels.errors import WebhookError
from channels.events import EventKind
from channels.sms import twilio_webhook as sms
from channels.twilio_account import MAX_WEBHOOK_BYTES, Form, read_form, verified_form
from channels.voice import twilio_webhook as voice

URL = "https://calls.example.com/webhooks/twilio/status?attempt=at_1"
TOKEN = "12345"
FIELDS = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+13125550123", "From": "+13125550100"}


def signature(url: str, fields: dict[str, str], token: str = TOKEN) -> str:
    """As Twilio describes it: HMAC-SHA1 of the URL with every field's name and value, names sorted."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def form(**fields: str) -> Form:
    return read_form(urlencode(fields).encode())


def test_a_signed_callback_is_taken() -> None:
    body = urlencode(FIELDS).encode()
    assert verified_form(URL, body, signature(URL, FIELDS), TOKEN).first("MessageSid") == "SM1"


@pytest.mark.parametrize(
    ("url", "signed", "token", "code"),
    [
        (URL, None, TOKEN, "webhook_unsigned"),
        (URL, "", TOKEN, "webhook_unsigned"),
        (URL, "AAAA", TOKEN, "webhook_forged"),
        (URL, "ünï", TOKEN, "webhook_forged"),
        (URL, signature(URL, FIELDS, "other"), TOKEN, "webhook_forged"),
        (URL.replace("at_1", "at_2"), signature(URL, FIELDS), TOKEN, "webhook_forged"),
        (URL, signature(URL, FIELDS | {"MessageStatus": "failed"}), TOKEN, "webhook_forged"),
        (URL, signature(URL, FIELDS, ""), "", "webhook_forged"),
    ],
)
def test_an_unsigned_or_forged_callback_is_not(url: str, signed: str | None, token: str, code: str) -> None:
    with pytest.raises(WebhookError) as refused:
        verified_form(url, urlencode(FIELDS).encode(), signed, token)
    assert (refused.value.status, refused.value.code) == (403, code)


def test_a_big_body_is_refused_before_anything_else() -> None:
    with pytest.raises(WebhookError) as refused:
        verified_form(URL, b"a" * (MAX_WEBHOOK_BYTES + 1), None, TOKEN)
    assert refused.value.status == 413


def test_a_field_smuggled_in_twice_breaks_the_signature() -> None:
    body = urlencode(FIELDS).encode() + b"&MessageStatus=failed"
    with pytest.raises(WebhookError):
        verified_form(URL, body, signature(URL, FIELDS), TOKEN)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("accepted", EventKind.ACCEPTED),
        ("scheduled", EventKind.QUEUED),
        ("queued", EventKind.QUEUED),
        ("sending", EventKind.QUEUED),
        ("sent", EventKind.SENT),
        ("partially_delivered", EventKind.SENT),
        ("delivered", EventKind.DELIVERED),
        ("read", EventKind.READ),
        ("undelivered", EventKind.UNDELIVERED),
        ("failed", EventKind.FAILED),
        ("canceled", EventKind.CANCELED),
        ("received", EventKind.REPLY),
        ("receiving", EventKind.REPLY),
    ],
)
def test_every_message_status_has_a_kind(status: str, kind: EventKind) -> None:
    (event,) = sms.parse(form(**FIELDS | {"MessageStatus": status, "Body": "hi"}), "at_1")
    assert event.kind is kind


def test_a_repeated_callback_has_the_same_id_and_another_status_another() -> None:
    first, again = (sms.parse(form(**FIELDS), "at_1")[0] for _ in range(2))
    other = sms.parse(form(**FIELDS | {"MessageStatus": "sent"}), "at_1")[0]
    assert first == again
    assert (first.attempt_id, first.provider_id, first.address) == ("at_1", "SM1", "+13125550123")
    assert first.provider_event_id != other.provider_event_id


def test_an_opt_out_that_the_carrier_knows_is_an_opt_out() -> None:
    failed, stop = sms.parse(form(**FIELDS | {"MessageStatus": "failed", "ErrorCode": "21610"}), "at_1")
    assert (failed.kind, stop.kind) == (EventKind.FAILED, EventKind.OPT_OUT)
    assert stop.address == "+13125550123"


def test_a_persons_message_keeps_its_words() -> None:
    posted = form(
        SmsSid="SM2", SmsStatus="received", Body="不要再发了", From="+8613800138000", To="+13125550100"
    )
    (event,) = sms.parse(posted)
    assert (event.kind, event.text, event.address) == (EventKind.REPLY, "不要再发了", "+8613800138000")
    (flagged,) = sms.parse(
        form(MessageSid="SM3", SmsStatus="received", Body="x", OptOutType="STOP", From="+1")
    )
    assert flagged.kind is EventKind.OPT_OUT


def test_an_unknown_status_gives_nothing_and_no_id_is_malformed() -> None:
    assert sms.parse(form(MessageSid="SM1", MessageStatus="teleported")) == []
    with pytest.raises(WebhookError) as refused:
        sms.parse(form(MessageStatus="sent"))
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("fields", "leaves", "kind"),
    [
        ({"CallStatus": "queued"}, True, EventKind.QUEUED),
        ({"CallStatus": "initiated"}, True, EventKind.QUEUED),
        ({"CallStatus": "ringing"}, True, EventKind.RINGING),
        ({"CallStatus": "in-progress"}, True, EventKind.ANSWERED),
        ({"CallStatus": "answered"}, True, EventKind.ANSWERED),
        ({"CallStatus": "busy"}, True, EventKind.BUSY),
        ({"CallStatus": "no-answer"}, True, EventKind.NO_ANSWER),
        ({"CallStatus": "canceled"}, True, EventKind.CANCELED),
        ({"CallStatus": "failed"}, True, EventKind.FAILED),
        ({"CallStatus": "failed", "SipResponseCode": "404"}, True, EventKind.NOT_IN_SERVICE),
        ({"CallStatus": "failed", "SipResponseCode": "480"}, True, EventKind.UNREACHABLE),
        ({"CallStatus": "completed", "AnsweredBy": "human"}, True, EventKind.DROPPED),
        ({"CallStatus": "completed", "AnsweredBy": "unknown"}, True, EventKind.DROPPED),
        ({"CallStatus": "completed"}, True, EventKind.DROPPED),
        ({"CallStatus": "completed", "AnsweredBy": "machine_start"}, True, EventKind.VOICEMAIL_NOT_LEFT),
        ({"CallStatus": "completed", "AnsweredBy": "machine_end_beep"}, True, EventKind.VOICEMAIL),
        ({"CallStatus": "completed", "AnsweredBy": "machine_end_silence"}, True, EventKind.VOICEMAIL),
        ({"CallStatus": "completed", "AnsweredBy": "machine_end_other"}, False, EventKind.VOICEMAIL_WITHHELD),
        ({"CallStatus": "completed", "AnsweredBy": "fax"}, True, EventKind.VOICEMAIL_NOT_LEFT),
        ({"Digits": "1"}, True, EventKind.CONVERSATION),
        ({"Digits": "2"}, True, EventKind.WRONG_NUMBER),
        ({"Digits": "9"}, True, EventKind.OPT_OUT),
        ({"SpeechResult": "stop calling me"}, True, EventKind.REPLY),
        ({"Direction": "inbound", "CallStatus": "ringing"}, True, EventKind.INBOUND_CALL),
    ],
)
def test_every_call_report_has_a_kind(fields: dict[str, str], leaves: bool, kind: EventKind) -> None:
    (event,) = voice.parse(form(CallSid="CA1", To="+13125550123", **fields), "at_1", leaves_voicemail=leaves)
    assert event.kind is kind


def test_keys_and_words_together_are_both_kept() -> None:
    posted = form(CallSid="CA1", Digits="9", SpeechResult="do not call me", To="+13125550123")
    stop, words = voice.parse(posted, "at_1")
    assert (stop.kind, words.kind, words.text) == (EventKind.OPT_OUT, EventKind.REPLY, "do not call me")


def test_a_key_we_did_not_offer_and_a_foreign_status_give_nothing() -> None:
    assert voice.parse(form(CallSid="CA1", Digits="7")) == []
    assert voice.parse(form(CallSid="CA1", CallStatus="levitating")) == []
    assert voice.parse(form(CallSid="CA1", CallStatus="completed", Direction="inbound")) == []
