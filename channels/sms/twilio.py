"""SMS through Twilio's own client."""

from __future__ import annotations

from collections.abc import Mapping

from channels.contract import MAX_VALIDITY_S, Accepted, Channel, Message, ensure_time_left
from channels.errors import Refused
from channels.http import Timeouts, one_phone
from channels.twilio_account import TwilioAccount, TwilioSettings, callback_for, twilio_settings

_MAX_CHARACTERS = 1600


class TwilioSms:
    """Sends one SMS per call, held for at most fifteen minutes and never past the legal window."""

    name = "twilio_sms"
    channel = Channel.SMS
    is_simulated = False

    def __init__(self, settings: TwilioSettings, timeouts: Timeouts | None = None) -> None:
        self._account = TwilioAccount(settings, self.name, timeouts)

    @property
    def max_per_500ms(self) -> int:
        return self._account.max_per_500ms

    async def send(self, message: Message, deadline: float) -> Accepted:
        fields = self._fields(message)
        ensure_time_left(deadline, self.name)
        sid = await self._account.created_sid(self._account.client.messages.create_async(**fields))
        return Accepted(provider=self.name, provider_id=sid)

    async def close(self) -> None:
        await self._account.close()

    def _fields(self, message: Message) -> dict[str, object]:
        if not message.text.strip() or len(message.text) > _MAX_CHARACTERS:
            raise Refused(
                f"an SMS has 1 to {_MAX_CHARACTERS} characters, this one has {len(message.text)}",
                code="too_long" if message.text.strip() else "empty",
                provider=self.name,
            )
        if message.validity_s < 1:
            raise Refused("the legal window is closing", code="window_closed", provider=self.name)
        fields: dict[str, object] = {
            "to": one_phone(message.address, self.name),
            "body": message.text,
            "validity_period": min(message.validity_s, MAX_VALIDITY_S),
        }
        sender = message.sender.number or self._account.sender
        fields["messaging_service_sid" if sender.startswith("MG") else "from_"] = sender
        callback = callback_for(message)
        if callback:
            fields["status_callback"] = callback
        return fields


def from_settings(settings: Mapping[str, object]) -> TwilioSms | None:
    """The provider that the settings name; None if they name none."""
    found = twilio_settings(settings)
    return TwilioSms(found) if found else None
