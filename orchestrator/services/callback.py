"""What providers and people send us: durable when this returns, so that the caller may acknowledge it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from channels.events import Event, is_inbound
from channels.voice import twilio_script
from channels.voice.twilio_script import CallScript
from orchestrator.engine import inbound, receipts, sender
from orchestrator.engine.house import House
from orchestrator.engine.message import Body
from orchestrator.services.quiet import wait_for_permits
from orchestrator.store.callback import speakable


def record(house: House, events: Sequence[Event]) -> None:
    """Reports are stored and applied later; what a person did is acted on at once, a stop first of all."""
    reports = [event for event in events if not is_inbound(event.kind)]
    told = [event for event in events if is_inbound(event.kind)]
    if told:
        with house.database.read(house.clock) as unit:
            now = unit.now
        inbound.receive(house, [inbound.heard(event, now) for event in told])
        wait_for_permits(house, concerned(house, told))
    if reports:
        receipts.receive(house, reports)


def concerned(house: House, events: Sequence[Event]) -> set[str]:
    """Everybody whose words these may be, told from the address or from the attempt that they answer."""
    found: set[str] = set()
    with house.database.read(house.clock) as unit:
        for event in events:
            found.update(
                sender.find(house, unit, event.channel, event.address, event.attempt_id).consumer_ids
            )
    return found


def call_script(house: House, attempt_id: str) -> CallScript | None:
    """What the call of an attempt may say now; None if it is not ours or something stopped it meanwhile."""
    with house.database.read(house.clock) as unit:
        row = speakable(unit, attempt_id)
        if row is None or row.body_sealed is None or row.not_after <= unit.now_micros:
            return None
    body = msgspec.json.decode(house.sealer.open(row.body_sealed), type=Body)
    return CallScript(
        text=body.text,
        voicemail_text=body.voicemail_text,
        recipient_name=body.recipient_name,
        language=row.language or "en",
    )


def speak(house: House, attempt_id: str, *, digits: str, answered_by: str, action_url: str) -> str:
    """TwiML for the next moment of a call: silence where nothing may be said."""
    script = call_script(house, attempt_id)
    if script is None:
        return twilio_script.silence()
    if digits:
        return twilio_script.reply(script, digits, action_url)
    return twilio_script.greeting(script, answered_by, action_url)
