"""What follows from what somebody asks for: facts, and work for a person. Several asks are all followed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from orchestrator.domain.intent import Intent, Reading
from orchestrator.engine import start
from orchestrator.engine.complaint import enter_complaint
from orchestrator.engine.dispute import enter_dispute
from orchestrator.engine.hold import enter_hold, enter_representation
from orchestrator.engine.house import House
from orchestrator.engine.point_learning import enter_point_state
from orchestrator.engine.sender import Sender
from orchestrator.engine.stop import enter_cease, enter_opt_out, withdraw_opt_outs
from orchestrator.engine.task import open_task
from orchestrator.engine.told import Told
from orchestrator.store.session import Session

Reaction = Callable[[House, Session, Sender, Told], None]


def react(house: House, unit: Session, sender: Sender, reading: Reading, told: Told) -> None:
    """Follow every intent; anything that is not settled by itself is put on a worklist."""
    for intent in reading.intents:
        _REACTIONS.get(intent, _ask_a_person)(house, unit, sender, told)
    for_a_person = [intent for intent in reading.intents if intent in _PERSONAL]
    if for_a_person or not sender.consumer_ids:
        _hand_over(unit, sender, told, next(iter(for_a_person), reading.first))


def _hand_over(unit: Session, sender: Sender, told: Told, intent: Intent) -> None:
    """Onto the worklist; a message of somebody whom we do not know is for a person, whatever it asks."""
    known = sender.consumer_ids[0] if sender.consumer_ids else None
    detail = {"message_id": told.proof} | ({} if known else {"sender": "unknown"})
    open_task(unit, "reply", known, intent.value, told.key, **detail)


def _stop(house: House, unit: Session, sender: Sender, told: Told) -> None:
    """The number or mailbox whatever the channel, for everyone who has it; the person's channel besides."""
    for value_index in sender.value_indexes:
        enter_opt_out(house, unit, told, value_index=value_index)
    for consumer_id in sender.consumer_ids:
        enter_opt_out(house, unit, told, consumer_id=consumer_id, channel=sender.channel)


def _start(house: House, unit: Session, sender: Sender, told: Told) -> None:
    """Lifts what this number stopped by text itself, where one person has it; a person looks at what is left.

    Stops of other numbers, channels and sources stay, and so do cease requests, holds and wishes.
    """
    is_sure = start.is_sure(unit, sender)
    if is_sure and (own := start.own_stops(unit, sender, told)):
        withdraw_opt_outs(house, unit, told, own)
    if not is_sure or start.is_still_closed(unit, sender):
        _hand_over(unit, sender, told, Intent.START)


def _cease(house: House, unit: Session, sender: Sender, told: Told) -> None:
    form = (
        "electronic"
        if sender.channel in {"sms", "email"}
        else "oral"
        if sender.channel == "voice"
        else "written"
    )
    for consumer_id in sender.consumer_ids:
        enter_cease(house, unit, consumer_id, told, form=form, via=sender.channel)


def _attorney(house: House, unit: Session, sender: Sender, told: Told) -> None:
    for consumer_id in sender.consumer_ids:
        enter_representation(house, unit, consumer_id, told)


def _hold(kind: str) -> Reaction:
    def place(house: House, unit: Session, sender: Sender, told: Told) -> None:
        for consumer_id in sender.consumer_ids:
            enter_hold(house, unit, consumer_id, told, kind=kind)

    return place


def _wrong_party(house: House, unit: Session, sender: Sender, told: Told) -> None:
    """Nobody writes or calls there again; the text says it, so it is believed."""
    for point_id in sorted(sender.point_ids):
        own = Told(told.at, told.source, f"{told.key}:{point_id}", told.by, told.proof)
        enter_point_state(house, unit, point_id, own, kind="wrong_number", state="wrong_party")


def _dispute(house: House, unit: Session, sender: Sender, told: Told) -> None:
    form = {"sms": "unaccepted_electronic", "email": "accepted_electronic", "voice": "oral"}.get(
        sender.channel, "mail"
    )
    accounts: Sequence[str | None] = sender.account_ids or (None,)
    for consumer_id in sender.consumer_ids:
        for account_id in accounts:
            enter_dispute(house, unit, consumer_id, told, account_id=account_id, form=form)


def _complaint(house: House, unit: Session, sender: Sender, told: Told) -> None:
    for consumer_id in sender.consumer_ids:
        enter_complaint(house, unit, consumer_id, told)


def _ask_a_person(house: House, unit: Session, sender: Sender, told: Told) -> None:
    """Only the worklist: a promise, a question or a call back needs somebody to settle its terms."""
    del house, unit, sender, told


_REACTIONS: dict[Intent, Reaction] = {
    Intent.STOP: _stop,
    Intent.MAYBE_STOP: _stop,
    Intent.CEASE: _cease,
    Intent.ATTORNEY: _attorney,
    Intent.BANKRUPTCY: _hold("bankruptcy"),
    Intent.DECEASED: _hold("deceased"),
    Intent.WRONG_PARTY: _wrong_party,
    Intent.DISPUTE: _dispute,
    Intent.COMPLAINT: _complaint,
    Intent.START: _start,
}
# a stop or a start is settled by itself; everything else somebody should answer
_PERSONAL = frozenset(Intent) - {Intent.STOP, Intent.START}
