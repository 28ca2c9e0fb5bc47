"""Callbacks are written by strangers: every one gives events or a WebhookError, never anything else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email import inbound
from channels.email import webhook as email_webhook
from channels.errors import WebhookError
from channels.events import Event
from channels.sms import twilio_webhook as sms
from channels.twilio_account import read_form, verified_form
from channels.voice import twilio_webhook as voice

FIELDS = [
    "MessageSid", "SmsSid", "MessageStatus", "SmsStatus", "Body", "From", "To", "ErrorCode", "OptOutType",
    "CallSid", "CallStatus", "AnsweredBy", "Digits", "SpeechResult", "Direction", "SipResponseCode", "CallDuration",
]  # fmt: skip
WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["delivered", "sent", "received", "completed", "human", "machine_end_beep", "1", "9", "STOP", "21610"]
    ),
)
FORMS = st.dictionaries(st.sampled_from(FIELDS), WORDS, max_size=8)
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "Auto-Submitted",
    "Content-Type",
    "MIME-Version",
]
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "multipart/report; report-type=delivery-status; boundary=b",
            "multipart/report; report-type=feedback-report; boundary=b",
            "multipart/mixed; boundary=b",
            "text/plain; charset=nonsense",
            "text/plain; charset*=utf-8''x%FF",
            "message/rfc822",
            "=?utf-8?b?////?=",
            "=?nonsense?q?x?=",
            "<at_x@example.com>",
            "Wed, 99 Foo 2026 99:99:99 +9999",
        ]
    ),
)
BODIES = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(
        [
            b"--b\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n--b--",
            b"--b\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64\r\n\r\n////\r\n--b--",
            b"--b\r\nContent-Type: message/rfc822\r\n\r\n\xff\xfe: x\r\n\r\n--b--",
        ]
    ),
)


@given(FORMS)
def test_any_form_gives_sms_events_or_a_refusal(fields: dict[str, str]) -> None:
    form = read_form(urlencode(fields).encode())
    check(lambda: sms.parse(form, "at_x"))


@given(FORMS, st.booleans())
def test_any_form_gives_voice_events_or_a_refusal(fields: dict[str, str], leaves: bool) -> None:
    form = read_form(urlencode(fields).encode())
    check(lambda: voice.parse(form, "at_x", leaves_voicemail=leaves))


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=40)))
def test_any_bytes_are_refused_without_a_right_signature(body: bytes, signature: str | None) -> None:
    with pytest.raises(WebhookError):
        verified_form("https://calls.example.com/hook", body, signature, "token")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_form_or_a_refusal(body: bytes) -> None:
    check(lambda: sms.parse(read_form(body), None))


@given(st.lists(st.tuples(st.sampled_from(HEADERS), VALUES), max_size=8), BODIES)
def test_any_mail_gives_events_or_a_refusal(headers: list[tuple[str, str]], body: bytes) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    events = inbound.parse(head.encode("utf-8", "replace") + b"\r\n" + body)
    assert all(isinstance(event, Event) and event.provider_event_id for event in events)


@given(st.binary(max_size=400), st.one_of(st.none(), st.text(max_size=80)))
def test_any_mail_over_http_needs_its_signature(body: bytes, signature: str | None) -> None:
    with pytest.raises(WebhookError) as refused:
        email_webhook.parse(body, signature, "secret")
    assert refused.value.status == 403


def check(parse: Callable[[], list[Event]]) -> None:
    events: list[Event] = []
    with suppress(WebhookError):
        events = parse()
    assert all(isinstance(event, Event) and event.provider_event_id for event in events)
