"""Automated calls through Twilio's own client, with machine detection.

With a callback URL, Twilio asks us what to say once it knows who answered (twilio_script.greeting), so
nothing about the matter travels with the request. Without one nobody can ask for the right person, and the
call says the limited content whoever answers.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from channels.contract import Accepted, Channel, Message, ensure_time_left
from channels.errors import Refused
from channels.http import Timeouts, one_phone
from channels.setting import text_setting
from channels.twilio_account import TwilioAccount, TwilioSettings, callback_for, twilio_settings
from channels.voice.twilio_script import CallScript, unattended

_MAX_TWIML = 4000
_RING_S = 30
_CALL_S = 600


class TwilioVoice:
    """Places one call per send."""

    name = "twilio_voice"
    channel = Channel.VOICE
    is_simulated = False

    def __init__(self, settings: TwilioSettings, timeouts: Timeouts | None = None) -> None:
        self._account = TwilioAccount(settings, self.name, timeouts, most=50)

    @property
    def max_per_500ms(self) -> int:
        return self._account.max_per_500ms

    async def send(self, message: Message, deadline: float) -> Accepted:
        fields = self._fields(message)
        ensure_time_left(deadline, self.name)
        sid = await self._account.created_sid(self._account.client.calls.create_async(**fields))
        return Accepted(provider=self.name, provider_id=sid)

    async def close(self) -> None:
        await self._account.close()

    def _fields(self, message: Message) -> dict[str, object]:
        sender = message.sender.number or self._account.sender
        if not sender.startswith("+"):
            raise Refused("a call needs a number to call from", code="sender_unusable", provider=self.name)
        if message.validity_s < 1:
            raise Refused("the legal window is closing", code="window_closed", provider=self.name)
        # a call rings now or never: it must not ring past the window's end
        fields: dict[str, object] = {
            "to": one_phone(message.address, self.name),
            "from_": sender,
            "timeout": max(5, min(_RING_S, message.validity_s)),
            "time_limit": _CALL_S,
            "machine_detection": "DetectMessageEnd",
        }
        if message.callback_url:
            return fields | self._steered(message)
        return fields | {"twiml": self._unsteered(message)}

    def _steered(self, message: Message) -> dict[str, object]:
        leaves = "1" if message.voicemail_text else "0"
        return {
            "url": callback_for(message, stage="answer"),
            "method": "POST",
            "status_callback": callback_for(message, stage="status", leaves=leaves),
            "status_callback_event": ["initiated", "ringing", "answered", "completed"],
            "status_callback_method": "POST",
        }

    def _unsteered(self, message: Message) -> str:
        if not message.voicemail_text:
            raise Refused(
                "without a callback URL a call can say its limited content only, and it has none",
                code="no_callback",
                provider=self.name,
            )
        twiml = unattended(script_of(message))
        if len(twiml) > _MAX_TWIML:
            raise Refused("the call's text is too long", code="too_long", provider=self.name)
        return twiml


def script_of(message: Message) -> CallScript:
    """What the call of this message may say; a voice template's parts travel as the message's parameters."""
    return CallScript(
        text=message.text,
        voicemail_text=message.voicemail_text,
        recipient_name=message.recipient_name,
        prompt=message.right_party_prompt or message.parameters.get("right_party", ""),
        sorry=message.parameters.get("wrong_person", ""),
        language=message.language,
    )


def from_settings(settings: Mapping[str, object]) -> TwilioVoice | None:
    """The provider that the settings name: `twilio_voice_from`, else `twilio_from`, is the caller.

    None if they name none, or only a messaging service, which cannot call.
    """
    found = twilio_settings(settings)
    if found is None:
        return None
    sender = text_setting(settings, "twilio_voice_from", found.sender)
    if not sender.startswith("+"):
        return None
    return TwilioVoice(msgspec.structs.replace(found, sender=sender))
