"""What providers report back, in one vocabulary. A provider's words stay in its module; the raw is kept.

`provider_event_id` is the same for a report and its repetition, so applying by it is applying once. Reports
may come in any order: `supersedes` says whether a new kind may replace the one on record (nothing reopens).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from channels.contract import Channel


class EventKind(StrEnum):
    # the way of a message
    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    BOUNCED = "bounced"
    RETURNED = "returned"
    CANCELED = "canceled"
    # the way of a call
    RINGING = "ringing"
    ANSWERED = "answered"
    CONVERSATION = "conversation"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL = "voicemail"
    VOICEMAIL_NOT_LEFT = "voicemail_not_left"
    VOICEMAIL_WITHHELD = "voicemail_withheld"
    DROPPED = "dropped"
    WRONG_NUMBER = "wrong_number"
    NOT_IN_SERVICE = "not_in_service"
    UNREACHABLE = "unreachable"
    # what a person does
    REPLY = "reply"
    OPT_OUT = "opt_out"
    COMPLAINT = "complaint"
    INBOUND_CALL = "inbound_call"
    # a task in a worklist
    COMPLETED = "completed"
    REJECTED = "rejected"


INBOUND = frozenset({EventKind.REPLY, EventKind.OPT_OUT, EventKind.COMPLAINT, EventKind.INBOUND_CALL})

_RANK: Mapping[EventKind, int] = {
    EventKind.ACCEPTED: 0,
    EventKind.QUEUED: 1,
    EventKind.RINGING: 2,
    EventKind.SENT: 2,
    EventKind.ANSWERED: 3,
    EventKind.CANCELED: 4,
    EventKind.DELIVERED: 4,
    EventKind.UNDELIVERED: 4,
    EventKind.FAILED: 4,
    EventKind.NO_ANSWER: 4,
    EventKind.BUSY: 4,
    EventKind.NOT_IN_SERVICE: 4,
    EventKind.UNREACHABLE: 4,
    EventKind.COMPLETED: 4,
    EventKind.REJECTED: 4,
    # a call that ended as answered is refined once we know by whom
    EventKind.DROPPED: 5,
    EventKind.VOICEMAIL_NOT_LEFT: 5,
    EventKind.VOICEMAIL_WITHHELD: 5,
    EventKind.VOICEMAIL: 6,
    EventKind.READ: 6,
    EventKind.BOUNCED: 6,
    EventKind.RETURNED: 6,
    EventKind.CONVERSATION: 7,
    EventKind.WRONG_NUMBER: 8,
}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One report or inbound message.

    attempt_id: ours, from the callback URL; None for an inbound message that names none.
    provider_id: the provider's id of the message or call. address: the consumer's address.
    to_address: our own number or mailbox. text: what the person wrote or said. detail: normalised extras.
    raw: the report as received, for the record.
    """

    provider: str
    provider_event_id: str
    kind: EventKind
    channel: Channel
    attempt_id: str | None = None
    provider_id: str = ""
    occurred_at: datetime | None = None
    address: str = ""
    to_address: str = ""
    text: str = ""
    detail: Mapping[str, str] = {}
    raw: str = ""


def is_inbound(kind: EventKind) -> bool:
    """Something a person did, rather than how our message fared."""
    return kind in INBOUND


def supersedes(new: EventKind, known: EventKind | None) -> bool:
    """May `new` replace `known` as an attempt's state? Later stages only; the first terminal one stays."""
    if is_inbound(new):
        return False
    if known is None:
        return True
    return _RANK[new] > _RANK.get(known, -1)
