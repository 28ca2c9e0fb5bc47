"""From an admitted attempt back to the very message that was judged, with the address it goes to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from channels.contract import MAX_VALIDITY_S, Attachment, Channel, Message, Sender
from orchestrator.domain.instant import from_micros
from orchestrator.engine.house import House
from orchestrator.engine.message import Body, unsubscribe_url
from orchestrator.engine.stored import id_list
from orchestrator.errors import DuecourseError
from orchestrator.store.addressee import Addressee, addressees
from orchestrator.store.admission import Admitted


def build_messages(house: House, attempts: Sequence[Admitted]) -> dict[str, Message]:
    """Messages by attempt id; one that cannot be opened is left out and is not sent."""
    with house.database.read(house.clock) as unit:
        found = addressees(unit, [attempt.id for attempt in attempts])
        now = unit.now
    made = {}
    for attempt in attempts:
        message = _build(house, attempt, found.get(attempt.id), now)
        if message is not None:
            made[attempt.id] = message
    return made


def _build(house: House, attempt: Admitted, to: Addressee | None, now: datetime) -> Message | None:
    if to is None or attempt.body_sealed is None or attempt.subject_sealed is None:
        return None
    try:
        body = msgspec.json.decode(house.sealer.open(attempt.body_sealed), type=Body)
        subject = house.sealer.open(attempt.subject_sealed)
        address = house.sealer.open(to.value_sealed) if to.value_sealed is not None else ""
    except (DuecourseError, msgspec.DecodeError):
        return None
    return addressed(house, attempt, to, body, subject, address, now)


def addressed(  # noqa: PLR0917 - a message and all that it is made of
    house: House, attempt: Admitted, to: Addressee, body: Body, subject: str, address: str, now: datetime
) -> Message:
    """The message of an attempt from its words and its address, as a provider gets it."""
    language = attempt.language or "en"
    sender = house.sender(to.creditor_id or "", to.country, language, attempt.channel)
    is_email = attempt.channel == Channel.EMAIL
    return Message(
        attempt_id=attempt.id,
        channel=Channel(attempt.channel),
        address=address,
        subject=subject,
        text=body.text,
        html=body.html,
        voicemail_text=body.voicemail_text,
        language=language,
        content=attempt.content,
        template_id=attempt.template or "",
        template_version=attempt.template_version or "",
        parameters=body.parameters,
        sender=Sender(
            name=sender.variables.get("sender_name", ""),
            number=sender.number,
            email=sender.email_from,
            address=sender.letterhead or sender.address,
            official_phone=sender.variables.get("official_phone", ""),
        ),
        recipient_name=body.recipient_name,
        reply_to=sender.reply_to,
        attachments=_seal(house, attempt, to),
        callback_url=callback_url(house, attempt),
        unsubscribe_url=unsubscribe_url(house, attempt.id) if is_email else "",
        sent_at=now,
        not_after=from_micros(attempt.not_after),
        validity_s=validity(attempt, now),
        consumer_ref=attempt.consumer_id,
        account_refs=id_list(attempt.account_ids),
        meta={"country": to.country}
        if house.inline
        else {"country": to.country, "ordinal": str(to.contacts)},
    )


def _seal(house: House, attempt: Admitted, to: Addressee) -> tuple[Attachment, ...]:
    """A letter bears the creditor's seal."""
    seal = house.seal(to.creditor_id or "") if attempt.channel == Channel.LETTER else None
    return (Attachment(name="seal", media_type=seal.media_type, data=seal.data),) if seal else ()


def validity(attempt: Admitted, now: datetime) -> int:
    """Seconds a provider may hold the message: within the legal window, at most fifteen minutes."""
    left = int((from_micros(attempt.not_after) - now).total_seconds())
    return max(1, min(MAX_VALIDITY_S, left))


def callback_url(house: House, attempt: Admitted) -> str:
    """Where the provider reports; it carries our attempt id, so that a late report still finds its attempt."""
    return f"{house.public_url}/webhooks/twilio/{attempt.channel}/{attempt.id}" if house.public_url else ""
