"""May this contact be made, and making it: what the command line, the API and collectors ask the gate."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import datetime

import msgspec

from channels.contract import Channel
from orchestrator.domain.contact_value import KIND_OF_CHANNEL, normal
from orchestrator.engine import gate
from orchestrator.engine.choice import Choice, Wish
from orchestrator.engine.dispatch import Dispatcher
from orchestrator.engine.house import House
from orchestrator.engine.judgement import alternative, earliest, refusal
from orchestrator.engine.record import Origin
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.services import worklist
from orchestrator.store import claim, contacting, inbound
from orchestrator.store.identifier import derived_id, new_id
from orchestrator.store.inbound import MessageRow
from orchestrator.store.session import Session
from policies.verdict import Alternative, Decision, Verdict

CHANNELS = ("sms", "email", "voice", "letter")
ANSWERED = ("sms", "email")
"""What is answered in writing: who called is called back."""
_NEVER_LEFT = frozenset({"released", "expired"})


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact somebody asks about. No accounts: all of the consumer's. `address`: a value or a contact point's id.

    `at` (aware) asks about another time; only `check` takes it. `language`: of the message, None: the consumer's.
    `in_reply_to`: the inbound message that it answers, on the channel of that message.
    """

    consumer_id: str
    channel: str
    account_ids: tuple[str, ...] = ()
    address: str | None = None
    template: str = "reminder"
    content: str = "collection"
    at: datetime | None = None
    automated: bool = False
    language: str | None = None
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a contact that was to be made. Refused: no attempt, and the verdict says why."""

    verdict: Verdict
    attempt_id: str | None = None
    outcome: str | None = None


def check_contact(house: House, contact: Contact) -> Verdict:
    """The answer for one contact, with the next permitted time on every channel. Nothing is sent or written."""
    return check_contacts(house, [contact], alternatives=True)[0]


def check_contacts(house: House, contacts: Sequence[Contact], *, alternatives: bool = False) -> list[Verdict]:
    """Many answers on one state of the database, in the order asked."""
    with house.database.read(house.clock) as unit:
        asked = [_wishes(house, unit, contact, alternatives=alternatives) for contact in contacts]
        moments = [contact.at or unit.now for contact in contacts]
    flat = [(wish, at) for wishes, at in zip(asked, moments, strict=True) for wish in wishes]
    answers = iter(gate.check_each(house, flat))
    return [
        _answer([next(answers) for _ in wishes], contact, at)
        for contact, wishes, at in zip(contacts, asked, moments, strict=True)
    ]


async def send_contact(house: House, contact: Contact, *, requested_by: str, key: str | None = None) -> Sent:
    """The same gate, then the contact, now. `key` makes repeating the call harmless."""
    # a key that comes back for something else names another attempt, never the one it named before
    attempt_id = derived_id("at", "contact", key, *astuple(contact)) if key is not None else new_id("at")
    with house.database.write(house.clock) as unit:
        # the same call twice at once: the second waits for the first, and finds its attempt
        claim.lock_pools(unit, [contact.consumer_id])
        known = contacting.attempt(unit, attempt_id)
        if known is not None:
            return _sent(unit, known)
        wish = _wish(house, unit, contact, contact.account_ids or _accounts(unit, contact), attempt_id)
        origin = Origin("person", attempt_id, requested_by=requested_by)
        choice = gate.reserve_within(house, unit, wish, origin)
    if choice.judged is None or not choice.judged.is_allowed:
        return Sent(verdict_of(choice, contact, house.clock.now()))
    await Dispatcher(house).run_channel(Channel(contact.channel), attempt_id)
    with house.database.read(house.clock) as unit:
        made = contacting.attempt(unit, attempt_id)
    if contact.in_reply_to is not None and made is not None and made.state not in _NEVER_LEFT:
        _settle(house, contact.in_reply_to, by=requested_by)
    return Sent(choice.judged.verdict, attempt_id, _outcome(made) if made is not None else None)


def _settle(house: House, message_id: str, *, by: str) -> None:
    """The answer left: its message waits for nobody any more. What a person closed before stays closed."""
    with suppress(UnknownReference):
        worklist.close(house, derived_id("ta", "reply", message_id), by=by, outcome="answered")


def verdict_of(choice: Choice, contact: Contact, at: datetime) -> Verdict:
    """The verdict of a choice; without a usable contact point there is nothing to judge."""
    if choice.judged is None:
        found = f"{contact.consumer_id} has no usable contact point for {contact.channel}"
        return refusal("no_contact_point", found, at, None, Decision.DENY)
    return choice.judged.verdict


def _answer(choices: Sequence[Choice], contact: Contact, at: datetime) -> Verdict:
    """The worst answer over the accounts on the channel asked for; other channels become alternatives."""
    own = [one for one in choices if one.judged is None or one.judged.proposal.channel == contact.channel]
    others = [one.judged for one in choices if one not in own and one.judged is not None]
    judged = [one.judged for one in own if one.judged is not None]
    verdict = max(judged, key=earliest).verdict if judged else verdict_of(Choice(None), contact, at)
    by_channel: dict[str, list[Alternative]] = {}
    for other in others:
        by_channel.setdefault(other.proposal.channel, []).append(alternative(other))
    found = tuple(max(options, key=_protection) for _, options in sorted(by_channel.items()))
    return msgspec.structs.replace(verdict, alternatives=(*verdict.alternatives, *found))


def _protection(option: Alternative) -> tuple[int, float]:
    rank = list(Decision).index(option.decision)
    return rank, option.retry_at.timestamp() if option.retry_at is not None else 0.0


def _wishes(house: House, unit: Session, contact: Contact, *, alternatives: bool) -> list[Wish]:
    """One question an account, and with `alternatives` one more for each other channel."""
    accounts = contact.account_ids or _accounts(unit, contact)
    wishes = [_wish(house, unit, contact, (account_id,), "") for account_id in accounts]
    if alternatives:
        wishes += [
            _wish(house, unit, over(contact, channel), (account_id,), "")
            for channel in CHANNELS
            if channel != contact.channel
            for account_id in accounts
        ]
    return wishes


def over(contact: Contact, channel: str) -> Contact:
    """The same contact over another channel, at any of its contact points."""
    return Contact(
        contact.consumer_id, channel, contact.account_ids, None, content=contact.content, at=contact.at
    )


def _wish(
    house: House, unit: Session, contact: Contact, account_ids: tuple[str, ...], attempt_id: str
) -> Wish:
    if contact.channel not in KIND_OF_CHANNEL:
        known = ", ".join(sorted(KIND_OF_CHANNEL))
        raise UsageError(f"{contact.channel!r} is not a channel", where="channel", hint=f"one of {known}")
    return Wish(
        consumer_id=contact.consumer_id,
        account_ids=account_ids,
        template=contact.template,
        content=_content(house, contact),
        channels=(contact.channel,),
        attempt_id=attempt_id,
        contact_point_id=_goes_to(unit, contact, point_id(house, unit, contact)),
        automated=contact.automated or (bool(attempt_id) and contact.channel == "voice"),
        template_needed=bool(attempt_id),
        language=contact.language,
        in_reply_to=contact.in_reply_to,
    )


def _answered(unit: Session, contact: Contact) -> MessageRow | None:
    """The message that the contact answers: one of this consumer, by this channel."""
    if contact.in_reply_to is None:
        return None
    found = inbound.message_of(unit, contact.consumer_id, contact.in_reply_to)
    if found is None:
        raise UnknownReference(f"{contact.consumer_id} wrote no such message", where="in_reply_to")
    if found.channel not in ANSWERED:
        raise UsageError(
            f"a message by {found.channel} is not answered in writing",
            where="in_reply_to",
            hint="agree a call-back",
        )
    if found.channel != contact.channel:
        raise UsageError(
            f"the message came by {found.channel}, and its answer leaves the same way",
            where="in_reply_to",
            hint=f"channel {found.channel}",
        )
    return found


def _goes_to(unit: Session, contact: Contact, named: str | None) -> str | None:
    """The contact point that was named (None: the best one); of an answer, where its message came from, nowhere else.

    The rule frees an answer by the medium that the consumer used, not a message to another number of theirs.
    """
    answered = _answered(unit, contact)
    if answered is None:
        return named
    own = contacting.point_of_value(unit, contact.consumer_id, answered.value_index)
    if own is None:
        raise UnknownReference(
            f"what the message came from is no contact point of {contact.consumer_id} any more",
            where="in_reply_to",
            hint="without in_reply_to it is judged as any other contact",
        )
    if named not in {None, own}:
        raise UsageError(
            "an answer goes to where the message came from", where="address", hint="leave the address out"
        )
    return own


def _content(house: House, contact: Contact) -> str:
    """What the message is, as its template says; a contact without a known template is what the caller says."""
    own = (
        one.content for one in house.catalog if (one.name, one.channel) == (contact.template, contact.channel)
    )
    return next(own, contact.content)


def point_id(house: House, unit: Session, contact: Contact) -> str | None:
    """The contact point that `address` names; one that the consumer does not have is an UnknownReference."""
    if contact.address is None:
        return None
    kind = KIND_OF_CHANNEL[contact.channel]
    value_index = house.sealer.index(kind, normal(kind, contact.address))
    found = contacting.own_point(unit, contact.consumer_id, contact.address) or contacting.point_of_value(
        unit, contact.consumer_id, value_index
    )
    if found is None:
        raise UnknownReference(f"{contact.consumer_id} has no such contact point", where="address")
    return found


def _accounts(unit: Session, contact: Contact) -> tuple[str, ...]:
    if not contacting.has_consumer(unit, contact.consumer_id):
        raise UnknownReference(f"no consumer {contact.consumer_id!r}", where="consumer_id")
    found = contacting.accounts_of(unit, contact.consumer_id)
    if not found:
        raise UnknownReference(f"{contact.consumer_id} has no account", where="consumer_id")
    return tuple(found)


def _sent(unit: Session, row: contacting.AttemptRow) -> Sent:
    body = contacting.verdict_body(unit, row.verdict_id) if row.verdict_id is not None else None
    verdict = (
        msgspec.json.decode(body, type=Verdict) if body is not None else Verdict(decision=Decision.ALLOW)
    )
    return Sent(verdict, row.id, _outcome(row))


def _outcome(row: contacting.AttemptRow) -> str:
    return row.failure or row.state if row.state == "released" else row.outcome or row.state
