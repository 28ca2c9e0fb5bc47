"""What every provider is given, gives back, and promises.

A provider delivers ONE rendered message to ONE address. It knows nothing of policies, the database or the
wall clock: the engine hands it `validity_s`, already cut to the legal window, and a monotonic deadline.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec

from channels.errors import Refused

MAX_VALIDITY_S = 900
"""A provider may hold a message for fifteen minutes at most, so that none is delivered at night."""


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    VOICE = "voice"
    LETTER = "letter"
    TASK = "task"


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that goes with the message; `media_type` like `application/pdf`."""

    name: str
    media_type: str
    data: bytes


class Sender(msgspec.Struct, frozen=True, kw_only=True):
    """Who the message comes from. A channel reads what it needs; `number` is E.164 or a sender id."""

    name: str = ""
    number: str = ""
    email: str = ""
    address: tuple[str, ...] = ()
    official_phone: str = ""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One rendered message.

    address: E.164 number, one mailbox, or a postal address in lines joined by newlines.
    text: SMS body; e-mail plain part; what a voice call tells the right person; a letter in plain words.
    voicemail_text: what a voice call says to a machine (limited content); empty: hang up on a machine.
    right_party_prompt: what a voice call asks before saying more; empty: the provider's own neutral question.
    parameters: the template's inputs by name, for providers that judge by template.
    callback_url: where the provider reports; it carries our attempt id, so that a report finds its attempt.
    unsubscribe_url: e-mail's one-click address (RFC 8058); empty for messages that are not bulk.
    sent_at: aware; the Date of an e-mail, which needs it because providers have no clock of their own.
    not_after: aware; nothing may be delivered later. validity_s: how long a provider may hold it, from now.
    consumer_ref, account_refs: external ids, for receipts and worklists. meta: opaque to providers.
    """

    attempt_id: str
    channel: Channel
    address: str
    text: str
    subject: str = ""
    html: str = ""
    voicemail_text: str = ""
    right_party_prompt: str = ""
    language: str = "en"
    content: str = "collection"
    template_id: str = ""
    template_version: str = ""
    parameters: Mapping[str, str] = {}
    sender: Sender = Sender()
    recipient_name: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = {}
    attachments: tuple[Attachment, ...] = ()
    callback_url: str = ""
    unsubscribe_url: str = ""
    sent_at: datetime | None = None
    not_after: datetime | None = None
    validity_s: int = MAX_VALIDITY_S
    consumer_ref: str = ""
    account_refs: tuple[str, ...] = ()
    meta: Mapping[str, str] = {}


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The provider took it. `provider_id` is its id for the message; `at` its own time, if given."""

    provider: str
    provider_id: str
    at: datetime | None = None
    detail: Mapping[str, str] = {}


@runtime_checkable
class Provider(Protocol):
    """One way to deliver on one channel.

    `send` checks `deadline` (monotonic seconds) right before its call and then calls at most once: it never
    tries again by itself. It returns Accepted or raises one of channels.errors. `close` may be repeated.
    `max_per_500ms` is how many sends it can start in half a second: a permit lives about a second.
    """

    @property
    def name(self) -> str: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def is_simulated(self) -> bool: ...
    @property
    def max_per_500ms(self) -> int: ...

    async def send(self, message: Message, deadline: float) -> Accepted: ...
    async def close(self) -> None: ...


def ensure_time_left(
    deadline: float, provider: str, monotonic: Callable[[], float] = time.monotonic
) -> float:
    """Give the seconds left before `deadline`; raise Refused `deadline_passed` if there are none."""
    left = deadline - monotonic()
    if left <= 0:
        raise Refused(
            "the permit ran out before the call was made, so no call was made",
            code="deadline_passed",
            provider=provider,
        )
    return left


def content_digest(
    *,
    channel: str,
    text: str,
    subject: str = "",
    html: str = "",
    voicemail_text: str = "",
    template_id: str = "",
    template_version: str = "",
    parameters: Mapping[str, str] | None = None,
) -> str:
    """SHA-256 (hex) of what the recipient gets. Reserved with the verdict, compared again before the call.

    A letter's PDF is made after reservation, so attachments stay out: version and inputs determine it.
    """
    parts = [channel, subject, text, html, voicemail_text, template_id, template_version]
    inputs = sorted((parameters or {}).items())
    return hashlib.sha256(msgspec.json.encode([*parts, inputs])).hexdigest()


def message_digest(message: Message) -> str:
    """The `content_digest` of a whole message, as a provider sees it."""
    return content_digest(
        channel=message.channel.value,
        text=message.text,
        subject=message.subject,
        html=message.html,
        voicemail_text=message.voicemail_text,
        template_id=message.template_id,
        template_version=message.template_version,
        parameters=message.parameters,
    )
