"""Facts that people and other systems tell us: each durable when the call returns, and acted on at once.

A fact about a consumer or an account that we do not have, or about somebody else's account, is refused with
UnknownReference, and nothing is recorded: it would stop nobody while whoever told us believes that it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import NoReturn

from orchestrator.domain import horizon, phone_number
from orchestrator.domain.contact_value import KIND_OF_CHANNEL, UnreadableMailbox, mailbox, normal
from orchestrator.domain.permission import Permission, Role, allows
from orchestrator.domain.phone_number import UnreadableNumber
from orchestrator.engine import complaint, dispute, hold
from orchestrator.engine.complaint import enter_complaint
from orchestrator.engine.consent import enter_call_back, enter_consent, revoke_consent
from orchestrator.engine.dispute import enter_dispute
from orchestrator.engine.hold import enter_hold, enter_representation
from orchestrator.engine.house import House
from orchestrator.engine.money import enter_payment, enter_promise, enter_recall
from orchestrator.engine.point_learning import take_out_of_use
from orchestrator.engine.stop import enter_cease, enter_opt_out
from orchestrator.engine.stored import plain
from orchestrator.engine.task import enter_note
from orchestrator.engine.told import Told
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.services.consumer_view import main_zone
from orchestrator.services.local_days import day_in
from orchestrator.services.quiet import wait_for_permits
from orchestrator.services.refusal import not_for
from orchestrator.store import entry as rows
from orchestrator.store import worklist
from orchestrator.store.identifier import new_id
from orchestrator.store.session import Session

_NUMBER = re.compile(r"[+(]?[0-9][0-9() .\-/]*")


@dataclass(frozen=True, slots=True)
class By:
    """Who tells us, when it was true (None: now), and a key that makes telling it twice harmless.

    `role`: of a person or a key; None is the product itself.
    """

    source: str
    who: str = "system"
    at: datetime | None = None
    key: str | None = None
    proof: str | None = None
    role: Role | None = None


# what a collector agreed to, a collector may end; everything else rests on the law or on somebody else's word
_AGREED_HOLDS = frozenset({"hardship", "other"})


def may_release(role: Role | None, kind: str | None) -> bool:
    """True if somebody of this role lifts a hold of this kind."""
    return kind in _AGREED_HOLDS or (role is not None and allows(role, Permission.RELEASE))


def told_by(unit: Session, by: By) -> Told:
    # what is dated later holds from now: a stop must not wait for its own date
    at = min(by.at, unit.now) if by.at is not None else unit.now
    return Told(at, by.source, by.key or new_id("fact"), by.who, by.proof)


def record_opt_out(
    house: House,
    by: By,
    *,
    consumer_id: str | None = None,
    address: str | None = None,
    channel: str | None = None,
) -> None:
    """Close a channel (None: all) of a consumer, and an address for everyone who has it: whichever is named.

    When this returns the stop is durable and no permit of these people can be used any more. An address that
    cannot be anybody's is refused, as is a consumer whom the book does not have; then nothing is recorded.
    """
    # a task is a call that a person makes
    channel = "voice" if channel == "task" else channel
    with house.database.write(house.clock, urgent=True) as unit:
        _refuse_unknown(unit, consumer_id)
        told = told_by(unit, by)
        alone = consumer_id is None
        value_index = _index(house, unit, address, channel, alone=alone) if address is not None else None
        people = enter_opt_out(
            house, unit, told, consumer_id=consumer_id, value_index=value_index, channel=channel
        )
    wait_for_permits(house, people)


def _index(house: House, unit: Session, address: str, channel: str | None, *, alone: bool) -> str:
    """The blind index of an address that is complete, or that the book holds in these very words.

    `alone`: nothing else says who is to be left alone.
    """
    kind = KIND_OF_CHANNEL[channel] if channel is not None else _kind_of(address)
    as_written = house.sealer.index(kind, normal(kind, address))
    if kind != "postal":
        try:
            return house.sealer.index(kind, _complete(kind, address.strip()))
        except (UnreadableNumber, UnreadableMailbox):
            alone = True
    # a postal address is written in many ways: only the words of the book find it
    if alone and not rows.holders(unit, as_written):
        _refuse_unclear(kind)
    return as_written


def _complete(kind: str, address: str) -> str:
    return phone_number.parse(address, None).e164 if kind == "phone" else normal(kind, mailbox(address))


_EXAMPLES = {
    "phone": "write it like +13125550100",
    "email": "write it like ann@example.org",
    "postal": "nobody has it in these words; name the consumer to stop every letter",
}


def _refuse_unclear(kind: str) -> NoReturn:
    """An address that would match nobody's must not be acknowledged as stopped."""
    raise UsageError(f"this is no complete {kind} address", where="address", hint=_EXAMPLES[kind])


def _kind_of(address: str) -> str:
    if "@" in address:
        return "email"
    if _NUMBER.fullmatch(address.strip()):
        return "phone"
    raise UsageError("name the channel of a postal address", where="channel")


@contextmanager
def stopping(
    house: House, *, consumer_id: str | None = None, account_id: str | None = None
) -> Iterator[Session]:
    """A transaction before other writers; it is over once no permit of the people concerned can be used any more.

    What is about an account concerns everyone who owes it.
    """
    with house.database.write(house.clock, urgent=True) as unit:
        _refuse_unknown(unit, consumer_id, account_id)
        yield unit
        named = rows.owners_of(unit, account_id) if account_id is not None else []
        people = rows.pool_members(unit, named if consumer_id is None else [consumer_id, *named])
    wait_for_permits(house, people)


def _refuse_unknown(unit: Session, consumer_id: str | None, account_id: str | None = None) -> None:
    """Raise UnknownReference unless the consumer is in the book, and the account is, and is theirs."""
    if consumer_id is not None and not rows.is_consumer(unit, consumer_id):
        raise UnknownReference(
            f"no consumer {consumer_id!r} is in the book", where="consumer_id", hint="nothing was recorded"
        )
    if account_id is None:
        return
    owners = rows.owners_of(unit, account_id)
    if not owners:
        raise UnknownReference(
            f"no account {account_id!r} is in the book", where="account_id", hint="nothing was recorded"
        )
    if consumer_id is not None and consumer_id not in owners:
        raise UnknownReference(
            f"{account_id!r} is no account of consumer {consumer_id!r}",
            where="account_id",
            hint="nothing was recorded; without an account it is about everything of the consumer",
        )


def _owner(unit: Session, table: str, fact_id: str, consumer_id: str) -> str:
    """Of whom this hold, dispute or consent was recorded: the consumer or who counts as the same person.

    It binds all of them, so it is lifted on any of their pages; anybody else's is an UnknownReference.
    """
    owner = rows.told_of(unit, table, fact_id)
    if owner is None or (owner != consumer_id and owner not in rows.pool_members(unit, [consumer_id])):
        raise UnknownReference(
            f"consumer {consumer_id!r} has no {table} {fact_id!r}",
            where=f"{table}_id",
            hint="nothing was recorded",
        )
    return owner


def _refuse_release(unit: Session, by: By, hold_id: str) -> None:
    row = unit.one("SELECT kind FROM hold WHERE id = :id", {"id": hold_id})
    kind = None if row is None else str(row[0])
    if by.role is None or may_release(by.role, kind):
        return
    raise not_for(by.role, f"may not release a hold of the kind {kind}", hold_id)


def _refuse_foreign_point(unit: Session, point_id: str, consumer_id: str) -> None:
    found = rows.point(unit, point_id)
    if found is None or found[0] != consumer_id:
        raise UnknownReference(
            f"{point_id!r} is no contact point of consumer {consumer_id!r}",
            where="contact_point_id",
            hint="nothing was recorded",
        )


def record_cease(house: House, by: By, consumer_id: str, *, form: str, via: str | None = None) -> None:
    with stopping(house, consumer_id=consumer_id) as unit:
        enter_cease(house, unit, consumer_id, told_by(unit, by), form=form, via=via)


def place_hold(
    house: House,
    by: By,
    consumer_id: str,
    *,
    kind: str,
    account_id: str | None = None,
    until: date | None = None,
) -> str:
    """Gives the hold's id; `until` is its last day, by the consumer's own calendar: one that is over is a DateError.

    It would hold nobody while whoever told us believes that it does. What ran out long ago is imported as history.
    """
    with stopping(house, consumer_id=consumer_id, account_id=account_id) as unit:
        hint = "leave it out: it holds until it is released"
        horizon.check_last_day(until, today_of(unit, consumer_id), "until", hint=hint)
        told = told_by(unit, by)
        return enter_hold(house, unit, consumer_id, told, kind=kind, account_id=account_id, until=until)


def today_of(unit: Session, consumer_id: str) -> date:
    """The date where the consumer is."""
    row = unit.one("SELECT zones FROM consumer WHERE id = :id", {"id": consumer_id})
    return day_in(unit.now, main_zone((plain(row[0]) if row is not None else None) or ()))


def release_hold(house: House, by: By, consumer_id: str, hold_id: str, *, reason: str) -> None:
    """Lift a hold; one that nobody here agreed to only for a role with RELEASE, else AccessError."""
    with house.database.write(house.clock) as unit:
        owner = _owner(unit, "hold", hold_id, consumer_id)
        _refuse_release(unit, by, hold_id)
        hold.release_hold(house, unit, owner, hold_id, told_by(unit, by), reason=reason)


def record_dispute(house: House, by: By, consumer_id: str, *, account_id: str | None, form: str) -> str:
    """`form` as in the case vocabulary: mail, tear_off, accepted_electronic, oral ... Gives the dispute's id."""
    with stopping(house, consumer_id=consumer_id, account_id=account_id) as unit:
        told = told_by(unit, by)
        return enter_dispute(house, unit, consumer_id, told, account_id=account_id, form=form)


def answer_dispute(house: House, by: By, consumer_id: str, dispute_id: str, *, kind: str) -> None:
    """`kind`: verification, duplicative_notice or resolved.

    Collection goes on after it (12 CFR 1006.38(d)(2)), so it is for a role with RELEASE, else an AccessError.
    """
    with house.database.write(house.clock) as unit:
        owner = _owner(unit, "dispute", dispute_id, consumer_id)
        if by.role is not None and not allows(by.role, Permission.RELEASE):
            raise not_for(by.role, "may not say that a dispute is answered", dispute_id)
        dispute.answer_dispute(house, unit, owner, dispute_id, told_by(unit, by), kind=kind)


def close_complaint(
    house: House, by: By, consumer_id: str, complaint_id: str, *, closed_as: str, reason: str
) -> str:
    """A complaint was answered or resolved (`closed_as`), with what (`reason`): its time for that stops.

    Contact does not resume by it: a hold stands in its place until somebody releases that. Gives the hold's id. For
    a role with RELEASE, else an AccessError; a complaint that is closed is a ConflictError.
    """
    if closed_as not in COMPLAINT_ENDS:
        raise UsageError(
            f"{closed_as!r} is no end of a complaint", where="closed_as", hint=" or ".join(COMPLAINT_ENDS)
        )
    if not reason.strip():
        raise UsageError("say what the answer was", where="reason")
    with stopping(house, consumer_id=consumer_id) as unit:
        owner = _owner(unit, "complaint", complaint_id, consumer_id)
        if by.role is not None and not allows(by.role, Permission.RELEASE):
            raise not_for(by.role, "may not say that a complaint is answered", complaint_id)
        told = told_by(unit, by)
        made = complaint.close_complaint(house, unit, owner, complaint_id, told, closed_as, reason.strip())
        worklist.release(unit, complaint_id)
        return made


COMPLAINT_ENDS = ("answered", "resolved")


def record_complaint(
    house: House, by: By, consumer_id: str, *, account_id: str | None = None, text: str = ""
) -> str:
    """Everything waits from now on; where the law sets a time for the answer, its day is recorded."""
    with stopping(house, consumer_id=consumer_id, account_id=account_id) as unit:
        told = told_by(unit, by)
        return enter_complaint(house, unit, consumer_id, told, account_id=account_id, text=text)


def record_consent(
    house: House,
    by: By,
    consumer_id: str,
    *,
    kind: str,
    channel: str | None = None,
    contact_point_id: str | None = None,
    account_id: str | None = None,
    via: str | None = None,
    quote: str = "",
) -> str:
    """What the consumer agreed to, in the words of the case vocabulary. Gives the consent's id."""
    with house.database.write(house.clock) as unit:
        _refuse_unknown(unit, consumer_id, account_id)
        if contact_point_id is not None:
            _refuse_foreign_point(unit, contact_point_id, consumer_id)
        return enter_consent(
            house,
            unit,
            consumer_id,
            told_by(unit, by),
            kind=kind,
            channel=channel,
            contact_point_id=contact_point_id,
            account_id=account_id,
            via=via,
            quote_sealed=house.sealer.seal(quote) if quote else None,
        )


def withdraw_consent(house: House, by: By, consumer_id: str, consent_id: str) -> None:
    """The consumer takes a consent back: when this returns nothing that needed it leaves."""
    with stopping(house, consumer_id=consumer_id) as unit:
        owner = _owner(unit, "consent", consent_id, consumer_id)
        revoke_consent(house, unit, owner, consent_id, told_by(unit, by))


def record_attorney(house: House, by: By, consumer_id: str) -> None:
    """An attorney represents the consumer: nobody but the attorney is contacted until a person has looked."""
    with stopping(house, consumer_id=consumer_id) as unit:
        enter_representation(house, unit, consumer_id, told_by(unit, by))


def record_wrong_party(house: House, by: By, consumer_id: str, contact_point_id: str) -> None:
    """The number, mailbox or address is somebody else's: it is not used again, for no record of this person."""
    with stopping(house, consumer_id=consumer_id) as unit:
        _refuse_foreign_point(unit, contact_point_id, consumer_id)
        told = told_by(unit, by)
        take_out_of_use(house, unit, contact_point_id, told, kind="wrong_number", state="wrong_party")


def record_note(house: House, by: By, consumer_id: str, text: str, *, account_id: str | None = None) -> str:
    """What somebody writes down for the next one who opens the case, sealed. Gives the note's id."""
    if not text.strip():
        raise UsageError("a note says something", where="text")
    with house.database.write(house.clock) as unit:
        _refuse_unknown(unit, consumer_id, account_id)
        sealed = house.sealer.seal(text.strip())
        return enter_note(unit, consumer_id, told_by(unit, by), text_sealed=sealed, account_id=account_id)


def record_promise(house: House, by: By, account_id: str, *, amount_minor: int, due_on: date) -> str:
    horizon.check_day(due_on, "due_on")
    with stopping(house, account_id=account_id) as unit:
        told = told_by(unit, by)
        return enter_promise(house, unit, account_id, told, amount_minor=amount_minor, due_on=due_on)


def record_payment(
    house: House,
    by: By,
    account_id: str,
    *,
    amount_minor: int,
    reversal_of: str | None = None,
    external_id: str | None = None,
) -> str:
    """Gives the payment's id; one that we have by its `external_id` is not counted again.

    `reversal_of`: the payment on this account that is taken back, by either id.
    """
    with stopping(house, account_id=account_id) as unit:
        # locked, so that the same payment told twice at once is seen by one
        rows.account_of(unit, account_id)
        known = rows.payment_named(unit, account_id, external_id) if external_id is not None else None
        if known is not None:
            return known
        if reversal_of is not None and rows.payment_named(unit, account_id, reversal_of) is None:
            raise UnknownReference(
                f"{reversal_of!r} is no payment on account {account_id!r}",
                where="reversal_of",
                hint="nothing was recorded",
            )
        return enter_payment(
            house,
            unit,
            account_id,
            told_by(unit, by),
            amount_minor=amount_minor,
            reversal_of=reversal_of,
            external_id=external_id,
        )


def record_recall(house: House, by: By, account_id: str, *, reason: str) -> None:
    with stopping(house, account_id=account_id) as unit:
        enter_recall(house, unit, account_id, told_by(unit, by), reason=reason)


def record_call_back(
    house: House, by: By, consumer_id: str, *, scope_date: date, account_id: str | None = None
) -> None:
    """The consumer agreed to be called on one day; until then there is no other contact."""
    horizon.check_day(scope_date, "scope_date")
    with stopping(house, consumer_id=consumer_id) as unit:
        _refuse_unknown(unit, consumer_id, account_id)
        told = told_by(unit, by)
        enter_call_back(
            house, unit, consumer_id, told, scope_date=scope_date, account_id=account_id, via="voice"
        )
