"""Which provider a configuration gives, and what a report may change."""

from __future__ import annotations

from typing import Any

import pytest

from channels.contract import Channel, content_digest
from channels.email.smtp import SmtpProvider
from channels.errors import SetupError
from channels.events import EventKind, is_inbound, supersedes
from channels.registry import build
from channels.simulator.parse import packaged
from channels.sms.twilio import TwilioSms
from channels.voice.twilio import TwilioVoice
from tests.unit.channels.test_simulator import Life

TWILIO = {"twilio_account_sid": "AC1", "twilio_auth_token": "t", "twilio_from": "+13125550100"}


class Secret:
    def get_secret_value(self) -> str:
        return "opened"

    def __str__(self) -> str:
        return "**********"


def test_nothing_configured_is_the_simulator() -> None:
    found = build({}, Life(packaged()).world)
    assert found.simulated() == tuple(Channel)
    assert all(found.is_simulated(channel) for channel in Channel)


async def test_what_is_configured_is_used_and_the_rest_simulated() -> None:
    settings = TWILIO | {
        "twilio_auth_token": Secret(),
        "smtp_host": "mail.example.com",
        "smtp_from": "a@example.com",
    }
    found = build(settings, Life(packaged()).world)
    assert isinstance(found[Channel.SMS], TwilioSms)
    assert isinstance(found[Channel.VOICE], TwilioVoice)
    assert isinstance(found[Channel.EMAIL], SmtpProvider)
    assert not found.is_simulated(Channel.SMS)
    assert Channel.TASK in found.simulated()
    await found.close()
    await found.close()


def test_a_messaging_service_sends_but_cannot_call() -> None:
    settings = TWILIO | {"twilio_from": "MG" + "0" * 32}
    found = build(settings, Life(packaged()).world)
    assert not found.is_simulated(Channel.SMS)
    assert found.is_simulated(Channel.VOICE)
    found = build(settings | {"twilio_voice_from": "+13125550100"}, Life(packaged()).world)
    assert not found.is_simulated(Channel.VOICE)


@pytest.mark.parametrize(
    "settings",
    [
        {"twilio_account_sid": "AC1"},
        {"twilio_account_sid": "AC1", "twilio_from": "+1312"},
        {"smtp_host": "h", "smtp_port": "many"},
        {"smtp_host": "h", "smtp_port": 0},
        {"smtp_host": "h", "smtp_tls": "perhaps"},
        {"smtp_host": "h", "smtp_from": "a,b"},
    ],
)
def test_half_a_configuration_is_said(settings: dict[str, object]) -> None:
    with pytest.raises(SetupError) as wrong:
        build(settings, Life(packaged()).world)
    assert wrong.value.hint


def test_without_a_world_nothing_is_simulated() -> None:
    with pytest.raises(SetupError) as wrong:
        build({})
    assert wrong.value.code == "no_provider"


def test_a_report_never_reopens_what_is_over() -> None:
    order = [EventKind.ACCEPTED, EventKind.QUEUED, EventKind.SENT, EventKind.DELIVERED, EventKind.READ]
    for index, known in enumerate(order):
        for later in order[index + 1 :]:
            assert supersedes(later, known)
            assert not supersedes(known, later)
        assert not supersedes(known, known)
    assert not supersedes(EventKind.FAILED, EventKind.DELIVERED)
    assert not supersedes(EventKind.DELIVERED, EventKind.FAILED)
    assert supersedes(EventKind.BOUNCED, EventKind.DELIVERED)
    assert supersedes(EventKind.CONVERSATION, EventKind.DROPPED)
    assert not supersedes(EventKind.DROPPED, EventKind.CONVERSATION)
    assert supersedes(EventKind.QUEUED, None)


def test_every_kind_is_a_state_or_something_a_person_did() -> None:
    for kind in EventKind:
        assert supersedes(kind, None) is not is_inbound(kind)


def test_the_digest_covers_all_that_the_recipient_gets() -> None:
    plain: dict[str, Any] = {
        "channel": "sms",
        "text": "a",
        "subject": "b",
        "html": "c",
        "template_version": "d",
    }
    digests = {content_digest(**plain)} | {content_digest(**plain | {name: "other"}) for name in plain}
    assert len(digests) == 6
    first = content_digest(channel="sms", text="a", parameters={"x": "1", "y": "2"})
    assert first == content_digest(channel="sms", text="a", parameters={"y": "2", "x": "1"})
    assert first != content_digest(channel="sms", text="a", parameters={"x": "1", "y": "3"})
