"""What a person does after a contact reached them: acts of the script turned into ConsumerActs."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from channels.contract import Channel, Message
from channels.simulator.act import ActKind, ConsumerAct
from channels.simulator.draw import pick_one
from channels.simulator.world import World

Timed = tuple[datetime, ConsumerAct]

_KIND = {
    "stop": ActKind.OPT_OUT,
    "start": ActKind.START,
    "question": ActKind.REPLY,
    "promise": ActKind.PROMISE,
    "pay_full": ActKind.PAYMENT,
    "pay_part": ActKind.PAYMENT,
    "dispute": ActKind.DISPUTE,
    "call_back": ActKind.CALL_BACK_CONSENT,
    "wrong_party": ActKind.WRONG_PARTY,
    "complaint": ActKind.COMPLAINT,
    "attorney": ActKind.ATTORNEY,
    "bankruptcy": ActKind.BANKRUPTCY,
    "deceased": ActKind.DECEASED,
    "cease": ActKind.CEASE,
    "inbound_call": ActKind.INBOUND_CALL,
    "recall": ActKind.RECALL,
}
_WITHOUT_CHANNEL = frozenset({ActKind.PAYMENT, ActKind.PAYMENT_REVERSED, ActKind.RECALL})
_WHOLE_PERSON = frozenset({ActKind.ATTORNEY, ActKind.BANKRUPTCY, ActKind.DECEASED, ActKind.CEASE})


def act_after(
    world: World, message: Message, ordinal: int, *, act: str, at: datetime, text: str | None = None
) -> list[Timed]:
    """The act and what follows from it: a promise may be kept, a payment may come back."""
    maker = _Maker(world, message, ordinal)
    first = maker.make(act, at, text)
    timed = [(at, first)]
    if first.kind is ActKind.PROMISE and first.promised_on is not None:
        timed += maker.payment_kept(first, at)
    if first.kind is ActKind.PAYMENT and maker.draw("reversed") < world.behaviour.payment_reversed:
        back = at + timedelta(days=3)
        timed.append((back, maker.copy(first, ActKind.PAYMENT_REVERSED, paid_in_full=None)))
    return timed


class _Maker:
    def __init__(self, world: World, message: Message, ordinal: int) -> None:
        self.world = world
        self.message = message
        self.who = message.consumer_ref or message.address
        self.ordinal = ordinal

    def draw(self, purpose: str) -> float:
        return self.world.draw(self.who, self.ordinal, purpose)

    def make(self, act: str, at: datetime, text: str | None) -> ConsumerAct:
        kind = _KIND[act]
        bare = kind in _WITHOUT_CHANNEL
        plain = ConsumerAct(
            act_id=f"act-{self.message.attempt_id}-{act}",
            kind=kind,
            consumer_id=self.who,
            account_ids=self._accounts(kind),
            channel=None if bare else self._channel(kind),
            address=None if bare else self._address(kind),
            text=text if text is not None else self._words(act),
            language=self.message.language,
            attempt_id=self.message.attempt_id,
        )
        return msgspec.structs.replace(plain, **self._extras(act, at))

    def copy(self, act: ConsumerAct, kind: ActKind, *, paid_in_full: bool | None) -> ConsumerAct:
        return ConsumerAct(
            act_id=f"act-{self.message.attempt_id}-{kind.value}",
            kind=kind,
            consumer_id=act.consumer_id,
            account_ids=act.account_ids,
            language=act.language,
            attempt_id=act.attempt_id,
            share=act.share,
            paid_in_full=paid_in_full,
        )

    def payment_kept(self, promise: ConsumerAct, at: datetime) -> list[Timed]:
        if promise.promised_on is None or self.draw("kept") >= self.world.behaviour.promise_kept:
            return []
        days = (promise.promised_on - at.date()).days
        paid = self.copy(promise, ActKind.PAYMENT, paid_in_full=promise.share == 1.0)
        return [(at + timedelta(days=days), paid)]

    def _accounts(self, kind: ActKind) -> tuple[str, ...]:
        """One account for what is about money, every account of the contact for what is about the person."""
        refs = self.message.account_refs
        if kind in _WHOLE_PERSON or kind is ActKind.OPT_OUT or len(refs) <= 1:
            return refs
        return (pick_one(refs, self.draw("account")),)

    def _channel(self, kind: ActKind) -> Channel:
        return Channel.VOICE if kind is ActKind.INBOUND_CALL else self.message.channel

    def _address(self, kind: ActKind) -> str | None:
        """Where it came from, if that is known: a call comes from a phone, whatever it answers."""
        phones = (Channel.SMS, Channel.VOICE)
        wanted = phones if kind is ActKind.INBOUND_CALL else (*phones, Channel.EMAIL)
        return self.message.address if self.message.channel in wanted else None

    def _words(self, act: str) -> str:
        phrases = self.world.behaviour.phrases(act, self.message.language)
        return pick_one(phrases, self.draw("wording")) if phrases else ""

    def _extras(self, act: str, at: datetime) -> dict[str, object]:
        if act == "promise":
            due = at.date() + timedelta(days=1 + int(self.draw("days") * 10))
            return {"promised_on": due, "share": 1.0 if self.draw("share") < 0.6 else 0.5}
        if act == "pay_full":
            return {"share": 1.0, "paid_in_full": True}
        if act == "pay_part":
            return {"share": round(0.1 + 0.6 * self.draw("share"), 2), "paid_in_full": False}
        if act == "call_back":
            return {"scope_date": at.date() + timedelta(days=1 + int(self.draw("days") * 3))}
        return {}
