"""Calls that a person makes: leave taken and used at once, what is said, and how it ended.

The leave is a slot like any dialer's (`reservation`, `slot`): it counts from the moment it is taken. One person has
one call with a consumer at a time; it stays open until its outcome is told, whatever became of the slot's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from orchestrator.domain.instant import from_micros
from orchestrator.engine.house import House
from orchestrator.engine.stored import id_list, plain
from orchestrator.errors import ConflictError, UnknownReference
from orchestrator.services import fact, slot, worklist
from orchestrator.services.fact import By
from orchestrator.services.reservation import LONGEST_S, Asked, reserve
from orchestrator.services.slot import commit as settle_slot
from orchestrator.store.session import Session
from policies.verdict import Verdict

OUTCOMES = (
    "conversation",
    "no_answer",
    "voicemail",
    "voicemail_not_left",
    "callback_requested",
    "wrong_number",
    "busy",
    "not_in_service",
    "dropped",
    "power_off",
    "unreachable",
)
"""How a call can end, the usual ones first: their places are the number keys."""
_OPEN = (
    "SELECT id, account_ids, contact_point_id, COALESCE(submitted_at, reserved_at), state FROM attempt "
    "WHERE consumer_id = :id AND channel = 'voice' AND origin = 'reservation' AND requested_by = :by "
    # what is only reserved was never begun: a stop may have come in between, and it is given back by itself
    "AND state IN ('submitted', 'ambiguous') AND outcome IS NULL "
    "AND (failure IS NULL OR failure NOT LIKE 'void:%') ORDER BY reserved_at DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose outcome is not told yet. `state`: submitted, or ambiguous once its slot ran out."""

    id: str
    account_id: str
    point_id: str
    started_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Started:
    """The call, or the verdict that refuses it."""

    call: Call | None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """What was promised in the call, in minor units of the account's currency."""

    amount_minor: int
    due_on: date


def running(house: House, consumer_id: str, by: str) -> Call | None:
    """The call that this person has with the consumer, or had and told no outcome of."""
    with house.database.read(house.clock) as unit:
        return _running(unit, consumer_id, by)


def _running(unit: Session, consumer_id: str, by: str) -> Call | None:
    row = unit.one(_OPEN, {"id": consumer_id, "by": by})
    if row is None:
        return None
    accounts = id_list(row[1])
    return Call(row[0], accounts[0] if accounts else "", row[2] or "", from_micros(row[3]), row[4])


def start(house: House, consumer_id: str, account_id: str, point_id: str, *, by: str, key: str) -> Started:
    """Judge the call and begin it. `key` makes asking twice harmless: one call is begun.

    A refusal gives the verdict, and nothing is dialed. A stop between the two steps is a ConflictError.
    """
    known = running(house, consumer_id, by)
    if known is not None:
        return Started(known)
    asked = Asked(
        consumer_id,
        (account_id,),
        "voice",
        address=point_id,
        ttl_s=LONGEST_S,
        external_id=f"call:{by}:{key}",
        automated=False,
    )
    try:
        taken = reserve(house, asked, requested_by=by)
    except ConflictError:
        known = running(house, consumer_id, by)
        if known is None:
            raise
        return Started(known)
    if taken.id is None:
        return Started(None, taken.verdict)
    slot.started(house, taken.id)
    return Started(running(house, consumer_id, by), taken.verdict)


def finish(
    house: House,
    consumer_id: str,
    call_id: str,
    *,
    by: str,
    outcome: str,
    discussed: tuple[str, ...] = (),
    promised: Promised | None = None,
    note: str = "",
    task_id: str = "",
) -> str:
    """How the call ended, in the words of `OUTCOMES`, with what was promised and noted; gives the attempt's state.

    `discussed`: the accounts that a conversation was about. `task_id`: the call task that is done with it. The outcome
    is recorded first: whatever else fails, the call counts as what it was. Saying the same again changes nothing.
    """
    account_id = _own(house, consumer_id, call_id, by)
    talked = discussed if outcome == "conversation" else ()
    state = settle_slot(house, call_id, outcome=outcome, conversation_accounts=talked)
    if promised is not None and outcome == "conversation":
        told = By("call", by, key=f"call:{call_id}")
        fact.record_promise(
            house, told, account_id, amount_minor=promised.amount_minor, due_on=promised.due_on
        )
    if note:
        fact.record_note(
            house, By("call", by, key=f"call:{call_id}"), consumer_id, note, account_id=account_id
        )
    if planned(house, consumer_id, task_id) is not None:
        worklist.close(house, task_id, by=by, outcome=outcome)
    return state


def planned(house: House, consumer_id: str, task_id: str) -> str | None:
    """The contact that an open call task of the consumer asks for, as `channel:contact point`; None: there is none.

    Empty: any number will do.
    """
    if not task_id:
        return None
    with house.database.read(house.clock) as unit:
        row = unit.one(
            "SELECT detail FROM task WHERE id = :id AND consumer_id = :consumer AND kind = 'call' AND state = 'open'",
            {"id": task_id, "consumer": consumer_id},
        )
    if row is None:
        return None
    detail = plain(row[0]) or {}
    point = detail.get("contact_point_id")
    return f"{detail.get('channel', 'voice')}:{point}" if point else ""


def _own(house: House, consumer_id: str, call_id: str, by: str) -> str:
    """The account of this person's call; somebody else's is an UnknownReference."""
    with house.database.read(house.clock) as unit:
        row = unit.one(
            "SELECT account_ids FROM attempt WHERE id = :call AND consumer_id = :id AND requested_by = :by "
            "AND origin = 'reservation'",
            {"call": call_id, "id": consumer_id, "by": by},
        )
    if row is None:
        raise UnknownReference(f"no call {call_id!r}", where="call")
    return id_list(row[0])[0]


def give_back(house: House, consumer_id: str, call_id: str, *, by: str) -> str:
    """The call was not dialed after all. It was begun, so it counts, and compliance sees why."""
    _own(house, consumer_id, call_id, by)
    return slot.void(house, call_id, reason="not dialed", proof=f"said by {by}")
