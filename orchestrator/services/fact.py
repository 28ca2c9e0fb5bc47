"""Facts that people and other systems tell us: each durable when the call returns, and acted on at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from orchestrator.domain.contact_value import KIND_OF_CHANNEL, normal
from orchestrator.engine import entry
from orchestrator.engine.entry import Told
from orchestrator.engine.house import House
from orchestrator.errors import UsageError
from orchestrator.services.quiet import wait_for_permits
from orchestrator.store import entry as rows
from orchestrator.store.identifier import new_id
from orchestrator.store.session import Session


@dataclass(frozen=True, slots=True)
class By:
    """Who tells us, when it was true (None: now), and a key that makes telling it twice harmless."""

    source: str
    who: str = "system"
    at: datetime | None = None
    key: str | None = None
    proof: str | None = None


def _told(unit: Session, by: By) -> Told:
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
    """Close a channel (None: all) of a consumer, or an address for everyone who has it.

    When this returns the stop is durable and no permit of these people can be used any more.
    """
    value_index = None
    if address is not None:
        kind = KIND_OF_CHANNEL[channel] if channel is not None else _kind_of(address)
        value = normal(kind, address)
        _refuse_unclear(kind, value)
        value_index = house.sealer.index(kind, value)
    with house.database.write(house.clock, urgent=True) as unit:
        people = entry.enter_opt_out(
            house, unit, _told(unit, by), consumer_id=consumer_id, value_index=value_index, channel=channel
        )
    wait_for_permits(house, people)


_CLEAR = {"phone": re.compile(r"\+[1-9][0-9]{6,14}"), "email": re.compile(r"[^\s<>,;@]+@[^\s<>,;@]+")}


def _refuse_unclear(kind: str, value: str) -> None:
    """An address that would match nobody's must not be acknowledged as stopped."""
    form = _CLEAR.get(kind)
    if form is not None and not form.fullmatch(value):
        wanted = "+13125550100" if kind == "phone" else "ann@example.org"
        raise UsageError(
            f"this is no complete {kind} address", where="address", hint=f"write it like {wanted}"
        )


def _kind_of(address: str) -> str:
    if "@" in address:
        return "email"
    if address.startswith("+") and address[1:].isdigit():
        return "phone"
    raise UsageError("name the channel of a postal address", where="channel")


@contextmanager
def _stopping(
    house: House, *, consumer_id: str | None = None, account_id: str | None = None
) -> Iterator[Session]:
    """A transaction before other writers; it is over once no permit of the people concerned can be used any more.

    What is about an account concerns everyone who owes it.
    """
    with house.database.write(house.clock, urgent=True) as unit:
        yield unit
        named = rows.owners_of(unit, account_id) if account_id is not None else []
        people = rows.pool_members(unit, named if consumer_id is None else [consumer_id, *named])
    wait_for_permits(house, people)


def record_cease(house: House, by: By, consumer_id: str, *, form: str, via: str | None = None) -> None:
    with _stopping(house, consumer_id=consumer_id) as unit:
        entry.enter_cease(house, unit, consumer_id, _told(unit, by), form=form, via=via)


def place_hold(
    house: House,
    by: By,
    consumer_id: str,
    *,
    kind: str,
    account_id: str | None = None,
    until: date | None = None,
) -> str:
    """Gives the hold's id."""
    with _stopping(house, consumer_id=consumer_id, account_id=account_id) as unit:
        told = _told(unit, by)
        return entry.enter_hold(house, unit, consumer_id, told, kind=kind, account_id=account_id, until=until)


def release_hold(house: House, by: By, consumer_id: str, hold_id: str, *, reason: str) -> None:
    with house.database.write(house.clock) as unit:
        entry.release_hold(house, unit, consumer_id, hold_id, _told(unit, by), reason=reason)


def record_dispute(house: House, by: By, consumer_id: str, *, account_id: str | None, form: str) -> str:
    """`form` as in the case vocabulary: mail, tear_off, accepted_electronic, oral ... Gives the dispute's id."""
    with _stopping(house, consumer_id=consumer_id, account_id=account_id) as unit:
        told = _told(unit, by)
        return entry.enter_dispute(house, unit, consumer_id, told, account_id=account_id, form=form)


def answer_dispute(house: House, by: By, consumer_id: str, dispute_id: str, *, kind: str) -> None:
    """`kind`: verification, duplicative_notice or resolved."""
    with house.database.write(house.clock) as unit:
        entry.answer_dispute(house, unit, consumer_id, dispute_id, _told(unit, by), kind=kind)


def record_complaint(
    house: House, by: By, consumer_id: str, *, account_id: str | None = None, text: str = ""
) -> str:
    with _stopping(house, consumer_id=consumer_id, account_id=account_id) as unit:
        told = _told(unit, by)
        return entry.enter_complaint(house, unit, consumer_id, told, account_id=account_id, text=text)


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
        return entry.enter_consent(
            house,
            unit,
            consumer_id,
            _told(unit, by),
            kind=kind,
            channel=channel,
            contact_point_id=contact_point_id,
            account_id=account_id,
            via=via,
            quote_sealed=house.sealer.seal(quote) if quote else None,
        )


def record_promise(house: House, by: By, account_id: str, *, amount_minor: int, due_on: date) -> str:
    with _stopping(house, account_id=account_id) as unit:
        told = _told(unit, by)
        return entry.enter_promise(house, unit, account_id, told, amount_minor=amount_minor, due_on=due_on)


def record_payment(
    house: House,
    by: By,
    account_id: str,
    *,
    amount_minor: int,
    reversal_of: str | None = None,
    external_id: str | None = None,
) -> str:
    """Gives the payment's id."""
    with _stopping(house, account_id=account_id) as unit:
        return entry.enter_payment(
            house,
            unit,
            account_id,
            _told(unit, by),
            amount_minor=amount_minor,
            reversal_of=reversal_of,
            external_id=external_id,
        )


def record_recall(house: House, by: By, account_id: str, *, reason: str) -> None:
    with _stopping(house, account_id=account_id) as unit:
        entry.enter_recall(house, unit, account_id, _told(unit, by), reason=reason)


def record_call_back(
    house: House, by: By, consumer_id: str, *, scope_date: date, account_id: str | None = None
) -> None:
    """The consumer agreed to be called on one day; until then there is no other contact."""
    with _stopping(house, consumer_id=consumer_id) as unit:
        told = _told(unit, by)
        entry.enter_call_back(
            house, unit, consumer_id, told, scope_date=scope_date, account_id=account_id, via="voice"
        )
