"""A provider whose recipients behave by script: it writes receipts, and schedules reports and acts.

It keeps the contract of the real ones, failures included, so that a run over it exercises the whole engine.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import msgspec

from channels.contract import Accepted, Channel, Message, ensure_time_left, message_digest
from channels.errors import Ambiguous, Refused, Throttled
from channels.events import Event, EventKind
from channels.simulator.act import instant_text
from channels.simulator.behaviour import REACHING, ScriptedContact
from channels.simulator.draw import between, pick_weighted
from channels.simulator.person import act_after
from channels.simulator.world import World

_DEFAULT_DELAY = (1.0, 30.0)
_REPORT = {"power_off": EventKind.UNREACHABLE}


class SimulatedProvider:
    """Delivers nothing. One per channel; all of a run share one World."""

    is_simulated = True
    max_per_500ms = 500

    def __init__(self, channel: Channel, world: World) -> None:
        self.channel = channel
        self.name = f"simulated_{channel.value}"
        self._world = world

    async def send(self, message: Message, deadline: float) -> Accepted:
        """Accept, or misbehave as the script says. Receipts, reports and acts follow from the seed alone."""
        world = self._world
        self._check_address(message)
        ensure_time_left(deadline, self.name, world.monotonic)
        ordinal, nth = world.count(message)
        contact = _Contact(self, world, message, ordinal)
        dropped = await self._misbehave(contact)
        step = world.behaviour.scripted(contact.who, self.channel, nth)
        accepted_at = world.now()
        contact.live_through(step, accepted_at)
        if dropped:
            raise Ambiguous(
                "the connection was cut after the message was written", code="dropped", provider=self.name
            )
        return Accepted(provider=self.name, provider_id=contact.provider_id, at=accepted_at)

    async def close(self) -> None:
        """Nothing is held open."""

    def _check_address(self, message: Message) -> None:
        one = message.address.strip()
        several = self.channel is not Channel.LETTER and any(sign in one for sign in ",;\n ")
        if (not one and self.channel is not Channel.TASK) or (several and self.channel is not Channel.TASK):
            raise Refused("exactly one recipient is needed", code="bad_recipient", provider=self.name)

    async def _misbehave(self, contact: _Contact) -> bool:
        """Raise or wait as drawn; True: accept, then lose the connection."""
        bad = self._world.behaviour.misbehaviour
        if contact.draw("slow") < bad.slow:
            await self._world.sleep(bad.slow_s)
        shares = {"throttled": bad.throttled, "server_error": bad.server_error, "dropped": bad.dropped}
        what = pick_weighted(shares, contact.draw("misbehave"))
        if what == "throttled":
            raise Throttled("the provider answered 429", provider=self.name, retry_after_s=bad.retry_after_s)
        if what == "server_error":
            raise Ambiguous("the provider answered 503", code="server_error", provider=self.name)
        return what == "dropped"


class _Contact:
    """One accepted message and what becomes of it."""

    def __init__(self, provider: SimulatedProvider, world: World, message: Message, ordinal: int) -> None:
        self.provider = provider
        self.world = world
        self.message = message
        self.ordinal = ordinal
        self.who = message.consumer_ref or message.address
        name = f"{provider.name}:{message.attempt_id}"
        self.provider_id = "SIM" + hashlib.sha256(name.encode()).hexdigest()[:24]

    def draw(self, purpose: str) -> float:
        return self.world.draw(self.who, self.ordinal, purpose)

    def live_through(self, step: ScriptedContact | None, at: datetime) -> None:
        habits = self.world.behaviour.for_contact(self.who, self.message.channel)
        drawn = pick_weighted(habits.outcomes, self.draw("outcome")) or next(iter(habits.outcomes))
        outcome = self._heard((step and step.outcome) or drawn)
        self.world.on_receipt(self._receipt(outcome, at))
        reported_at = at + between(habits.delays.get(outcome, _DEFAULT_DELAY), self.draw("delay"))
        for due, event in self._reports(outcome, at, reported_at):
            self.world.schedule(due, event)
        if outcome not in REACHING:
            return
        act = step.act if step is not None else pick_weighted(habits.acts, self.draw("act"))
        if act is None:
            return
        wait = between(habits.act_delay, self.draw("act_delay"))
        if step is not None and step.after_s is not None:
            wait = timedelta(seconds=step.after_s)
        text = step.text if step is not None else None
        for due, done in act_after(
            self.world, self.message, self.ordinal, act=act, at=reported_at + wait, text=text
        ):
            self.world.schedule(due, done)

    def _heard(self, outcome: str) -> str:
        """A machine that we have nothing to say to is hung up on."""
        if outcome == "voicemail" and not self.message.voicemail_text:
            return "voicemail_withheld"
        return outcome

    def _receipt(self, outcome: str, at: datetime) -> dict[str, object]:
        """One line of `receipts.jsonl`; a letter that will come back has been sent all the same."""
        message = self.message
        machine = outcome == "voicemail"
        return {
            "at": instant_text(at),
            "channel": message.channel.value,
            "attempt_id": message.attempt_id,
            "consumer_id": self.who,
            "account_ids": list(message.account_refs),
            "address": message.address,
            "content": "limited_content" if machine else message.content,
            "content_digest": message_digest(message),
            "subject": message.subject,
            "text": message.voicemail_text if machine else message.text,
            "outcome": "sent" if outcome in {"returned", "completed", "rejected"} else outcome,
        }

    def _reports(self, outcome: str, at: datetime, reported_at: datetime) -> list[tuple[datetime, Event]]:
        """What the provider calls back with: sent, then the outcome; maybe twice or reordered."""
        last = self._event(_REPORT.get(outcome) or EventKind(outcome), reported_at)
        reports = [(reported_at, last)]
        if last.kind is not EventKind.SENT and self.message.channel in {Channel.SMS, Channel.EMAIL}:
            sent_at = at + timedelta(seconds=1)
            reports.insert(0, (min(sent_at, reported_at), self._event(EventKind.SENT, sent_at)))
        bad = self.world.behaviour.misbehaviour
        if len(reports) > 1 and self.draw("reordered") < bad.reordered:
            (first_at, first), (second_at, second) = reports
            reports = [(first_at, second), (second_at, first)]
        if self.draw("duplicate") < bad.duplicate:
            reports.append((reports[-1][0] + timedelta(seconds=2), reports[-1][1]))
        return reports

    def _event(self, kind: EventKind, at: datetime) -> Event:
        raw = {"id": self.provider_id, "status": kind.value, "at": instant_text(at)}
        return Event(
            provider=self.provider.name,
            provider_event_id=f"{self.provider_id}-{kind.value}",
            kind=kind,
            channel=self.message.channel,
            attempt_id=self.message.attempt_id,
            provider_id=self.provider_id,
            occurred_at=at,
            address=self.message.address,
            raw=msgspec.json.encode(raw).decode(),
        )
