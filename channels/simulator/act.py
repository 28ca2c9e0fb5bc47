"""What a simulated person does, and the line it makes in `events.jsonl`.

An act is the truth about the person's wish. What reaches the product is `text` (an SMS, an e-mail, words on
the phone): a reply that means STOP must be understood from its text, so the replay of a run finds a
classifier that did not understand.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum

import msgspec

from channels.contract import Channel
from channels.events import Event, EventKind


class ActKind(StrEnum):
    OPT_OUT = "opt_out"
    START = "start"
    REPLY = "reply"
    INBOUND_CALL = "inbound_call"
    CALL_BACK_CONSENT = "call_back_consent"
    PROMISE = "promise"
    PAYMENT = "payment"
    PAYMENT_REVERSED = "payment_reversed"
    RECALL = "recall"
    DISPUTE = "dispute"
    CEASE = "cease"
    COMPLAINT = "complaint"
    ATTORNEY = "attorney"
    BANKRUPTCY = "bankruptcy"
    DECEASED = "deceased"
    BOUNCE = "bounce"
    ADDRESS_RETURNED = "address_returned"
    WRONG_PARTY = "wrong_party"


class ConsumerAct(msgspec.Struct, frozen=True, kw_only=True):
    """One act, at the time it is scheduled for.

    channel, address: where it happened; for an opt-out, what it closes (channel None: all; address None: the
    whole channel). share: the part of what is owed (0 to 1) that is promised, paid or reversed; the simulator
    does not know balances, so whoever applies the act turns it into an amount. scope_date: the day for which
    a call back was agreed.
    """

    act_id: str
    kind: ActKind
    consumer_id: str
    account_ids: tuple[str, ...]
    channel: Channel | None = None
    address: str | None = None
    text: str = ""
    language: str = "en"
    attempt_id: str | None = None
    share: float | None = None
    paid_in_full: bool | None = None
    promised_on: date | None = None
    scope_date: date | None = None
    until: datetime | None = None


Scheduled = Event | ConsumerAct

_FROM_EVENT = {
    EventKind.BOUNCED: ActKind.BOUNCE,
    EventKind.RETURNED: ActKind.ADDRESS_RETURNED,
    EventKind.WRONG_NUMBER: ActKind.WRONG_PARTY,
}


def kind_in_log(item: Scheduled) -> ActKind | None:
    """The kind under which `events.jsonl` records it; None for reports that are no consumer's act."""
    if isinstance(item, ConsumerAct):
        return item.kind
    return _FROM_EVENT.get(item.kind)


def log_line(
    kind: ActKind,
    at: datetime,
    *,
    consumer_id: str,
    account_ids: tuple[str, ...],
    channel: str | None,
    address: str | None,
) -> dict[str, object]:
    """The keys that every line of `events.jsonl` has."""
    return {
        "at": instant_text(at),
        "kind": kind.value,
        "consumer_id": consumer_id,
        "account_ids": list(account_ids),
        "channel": channel,
        "address": address,
    }


def act_line(act: ConsumerAct, at: datetime, amount: object = None) -> dict[str, object]:
    """The line of one act; `amount` as resolved by whoever applied it, in the file's own unit."""
    line = log_line(
        act.kind,
        at,
        consumer_id=act.consumer_id,
        account_ids=act.account_ids,
        channel=act.channel,
        address=act.address,
    )
    extras = {
        "amount": amount,
        "paid_in_full": act.paid_in_full,
        "promised_on": act.promised_on.isoformat() if act.promised_on else None,
        "scope_date": act.scope_date.isoformat() if act.scope_date else None,
        "until": instant_text(act.until) if act.until else None,
    }
    return line | {name: value for name, value in extras.items() if value is not None}


def instant_text(at: datetime) -> str:
    """RFC 3339 in UTC with a Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
