"""The simulator: same seed, same world; receipts of the agreed shape; people who do as scripted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from channels.contract import Channel, Message, message_digest
from channels.errors import Ambiguous, Throttled
from channels.events import Event, EventKind
from channels.registry import simulated
from channels.simulator.act import ActKind, ConsumerAct, act_line, kind_in_log
from channels.simulator.behaviour import Behaviour
from channels.simulator.parse import packaged, parse
from channels.simulator.world import World
from tests.contract.channels.rigs import message

START = datetime(2026, 3, 2, 15, tzinfo=UTC)
KEYS = {
    "at", "channel", "attempt_id", "consumer_id", "account_ids", "address", "content", "content_digest",
    "subject", "text", "outcome",
}  # fmt: skip
REACHED = {"delivered", "read", "conversation", "voicemail"}
FAR = float("inf")


class Life:
    """A world with a clock that a test moves."""

    def __init__(self, behaviour: Behaviour, seed: int = 7) -> None:
        self.at = START
        self.scheduled: list[tuple[datetime, Event | ConsumerAct]] = []
        self.receipts: list[dict[str, Any]] = []
        self.slept: list[float] = []
        self.world = World(
            behaviour,
            seed,
            lambda: self.at,
            lambda at, item: self.scheduled.append((at, item)),
            self.receipts.append,
            sleep=self._sleep,
        )
        self.providers = simulated(self.world)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def send(self, outgoing: Message) -> None:
        await self.providers[outgoing.channel].send(outgoing, FAR)

    def acts(self) -> list[ConsumerAct]:
        return [item for _, item in self.scheduled if isinstance(item, ConsumerAct)]

    def events(self) -> list[Event]:
        return [item for _, item in self.scheduled if isinstance(item, Event)]


def to(consumer: str, channel: Channel, number: int = 1, **changes: Any) -> Message:
    return message(channel, f"at_{consumer}_{channel.value}_{number}", consumer_ref=consumer, **changes)


async def lived(order: list[str], seed: int = 7) -> dict[str, list[tuple[str, str]]]:
    """Outcomes and acts by consumer, when contacts are made in this order of consumers."""
    life = Life(packaged(), seed)
    for number in range(6):
        for consumer in order:
            await life.send(to(consumer, list(Channel)[number % 4], number))
    found: dict[str, list[tuple[str, str]]] = {consumer: [] for consumer in sorted(order)}
    for receipt in life.receipts:
        found[str(receipt["consumer_id"])].append((str(receipt["attempt_id"]), str(receipt["outcome"])))
    for act in life.acts():
        found[act.consumer_id].append((act.act_id, act.text))
    return {consumer: sorted(lines) for consumer, lines in found.items()}


async def test_the_order_of_consumers_does_not_matter_but_the_seed_does() -> None:
    people = [f"C{number}" for number in range(60)]
    assert await lived(people) == await lived(people[::-1])
    assert await lived(people) != await lived(people, seed=8)


async def test_a_receipt_has_exactly_the_agreed_keys() -> None:
    life = Life(packaged())
    for channel in Channel:
        await life.send(to("C1", channel))
    assert [set(receipt) for receipt in life.receipts] == [KEYS] * 5
    first = life.receipts[0]
    assert first["at"] == "2026-03-02T15:00:00Z"
    assert first["content_digest"] == message_digest(to("C1", Channel.SMS))
    assert (first["consumer_id"], first["account_ids"]) == ("C1", ["A1"])


async def test_a_script_decides_what_one_contact_meets() -> None:
    text = """
default: {voice: {outcomes: {no_answer: 1}, acts: {}}, sms: {outcomes: {delivered: 1}, acts: {}}}
consumers:
  C1:
    script:
      - {channel: voice, ordinal: 2, outcome: conversation, act: promise, after: 10s}
      - {channel: sms, ordinal: 1, act: stop, text: "STOP it, please"}
"""
    life = Life(parse(text, "b.yaml"))
    await life.send(to("C1", Channel.VOICE, 1))
    await life.send(to("C1", Channel.SMS, 1))
    await life.send(to("C1", Channel.VOICE, 2))
    await life.send(to("C2", Channel.VOICE, 1))
    assert [receipt["outcome"] for receipt in life.receipts] == [
        "no_answer",
        "delivered",
        "conversation",
        "no_answer",
    ]
    stop, promise = life.acts()[:2]
    assert (stop.kind, stop.text, stop.channel) == (ActKind.OPT_OUT, "STOP it, please", Channel.SMS)
    assert stop.address == "+13125550123"
    assert promise.kind is ActKind.PROMISE
    assert promise.promised_on is not None


@pytest.mark.parametrize(
    ("left", "outcome", "content"),
    [("Call us.", "voicemail", "limited_content"), ("", "voicemail_withheld", "collection")],
)
async def test_a_machine_gets_the_limited_content_or_nothing(left: str, outcome: str, content: str) -> None:
    life = Life(parse("default: {voice: {outcomes: {voicemail: 1}}}", "b.yaml"))
    await life.send(to("C1", Channel.VOICE, voicemail_text=left))
    (receipt,) = life.receipts
    assert (receipt["outcome"], receipt["content"]) == (outcome, content)
    assert receipt["text"] == (left or "Please call us.")
    assert life.events()[-1].kind is EventKind(outcome)


async def test_a_letter_that_comes_back_was_sent_all_the_same() -> None:
    life = Life(parse("default: {letter: {outcomes: {returned: 1}}}", "b.yaml"))
    await life.send(to("C1", Channel.LETTER))
    assert life.receipts[0]["outcome"] == "sent"
    (at, event), *_ = life.scheduled
    assert isinstance(event, Event)
    assert (event.kind, kind_in_log(event)) == (EventKind.RETURNED, ActKind.ADDRESS_RETURNED)
    assert at - START >= timedelta(days=5)


async def test_money_follows_promises() -> None:
    text = "default: {sms: {outcomes: {delivered: 1}, acts: {promise: 1}}}\npromise_kept: 1"
    life = Life(parse(text, "b.yaml"))
    await life.send(to("C1", Channel.SMS))
    (_, promise), (paid_at, payment) = [pair for pair in life.scheduled if isinstance(pair[1], ConsumerAct)]
    assert isinstance(promise, ConsumerAct)
    assert isinstance(payment, ConsumerAct)
    assert (promise.kind, payment.kind) == (ActKind.PROMISE, ActKind.PAYMENT)
    assert paid_at.date() == promise.promised_on
    assert payment.share == promise.share
    line = act_line(payment, paid_at, "120.00")
    assert (line["amount"], line["paid_in_full"], line["channel"]) == ("120.00", payment.share == 1, None)


async def test_providers_misbehave_as_told() -> None:
    text = "misbehaviour: {slow: 1, slow_s: 3s, duplicate: 1, reordered: 1}\ndefault: {sms: {outcomes: {delivered: 1}}}"
    life = Life(parse(text, "b.yaml"))
    await life.send(to("C1", Channel.SMS))
    assert life.slept == [3.0]
    kinds = [
        event.kind
        for _, event in sorted(life.scheduled, key=lambda pair: pair[0])
        if isinstance(event, Event)
    ]
    assert kinds == [EventKind.DELIVERED, EventKind.SENT, EventKind.SENT]
    assert len({event.provider_event_id for event in life.events()}) == 2


async def test_what_was_dropped_was_delivered_and_what_was_throttled_was_not() -> None:
    for word, failure, lines in (
        ("dropped", Ambiguous, 1),
        ("throttled", Throttled, 0),
        ("server_error", Ambiguous, 0),
    ):
        life = Life(parse(f"misbehaviour: {{{word}: 1}}", "b.yaml"))
        with pytest.raises(failure):
            await life.send(to("C1", Channel.SMS))
        assert len(life.receipts) == lines


async def test_what_is_scheduled_survives_being_stored() -> None:
    life = Life(packaged())
    for number in range(200):
        await life.send(to(f"C{number}", Channel.VOICE))
    for _, item in life.scheduled:
        assert msgspec.json.decode(msgspec.json.encode(item), type=type(item)) == item


async def test_most_people_are_reached_and_some_act() -> None:
    """The packaged behaviour over 400 people with seven contacts each in thirty days."""
    life = Life(packaged(), seed=1)
    plan = [
        Channel.SMS,
        Channel.EMAIL,
        Channel.VOICE,
        Channel.VOICE,
        Channel.LETTER,
        Channel.SMS,
        Channel.VOICE,
    ]
    for day, channel in enumerate(plan):
        life.at = START + timedelta(days=day * 4)
        for person in range(400):
            language = ("en", "es", "zh-CN")[person % 3]
            await life.send(to(f"C{person}", channel, day, language=language))
    reached = {
        receipt["consumer_id"]
        for receipt in life.receipts
        if receipt["outcome"] in REACHED or (receipt["channel"], receipt["outcome"]) == ("letter", "sent")
    }
    kinds = Counter(act.kind for act in life.acts())
    assert len(reached) >= 240
    for wanted in (
        ActKind.OPT_OUT,
        ActKind.PROMISE,
        ActKind.PAYMENT,
        ActKind.DISPUTE,
        ActKind.CALL_BACK_CONSENT,
    ):
        assert kinds[wanted] >= 5
    texts = {act.text for act in life.acts() if act.kind is ActKind.OPT_OUT}
    assert len(texts) >= 8
    assert any("退订" in text or "不要" in text or "TD" in text for text in texts)


def test_outcomes_may_stand_right_under_their_channel() -> None:
    long = parse("default: {sms: {outcomes: {delivered: 0.9, undelivered: 0.1}}}", "b.yaml")
    short = parse("default: {sms: {delivered: 0.9, undelivered: 0.1}}", "b.yaml")
    assert short == long
