"""Facts about a person, written down: each one voids unspent permits and is looked at by every enrollment at once.

The callers (inbound messages, services, the simulation's people) say what happened; this module knows what must
follow. Ids are derived from what was told, so telling twice writes once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import AttemptState
from orchestrator.domain.instant import to_micros
from orchestrator.engine.house import House
from orchestrator.engine.reconsider import reconsider
from orchestrator.errors import UnknownReference
from orchestrator.store import entry
from orchestrator.store.entry import Stop
from orchestrator.store.identifier import derived_id
from orchestrator.store.outcome import AttemptMove, add_event_versions, move_attempts
from orchestrator.store.session import Session


@dataclass(frozen=True, slots=True)
class Told:
    """Who told us, when it was true, and a key that is the same when the same thing is told again."""

    at: datetime
    source: str
    key: str
    by: str = "system"
    proof: str | None = None


def enter_opt_out(
    house: House,
    unit: Session,
    told: Told,
    *,
    consumer_id: str | None = None,
    value_index: str | None = None,
    channel: str | None = None,
) -> list[str]:
    """Close a channel (None: all) for a consumer, and a number or mailbox for everyone who has it: whichever is named.

    What is dated later holds from now: a stop does not wait for its own date. Gives everyone concerned.
    """
    if consumer_id is None and value_index is None:
        raise UnknownReference("an opt-out names a consumer or an address", where="consumer_id")
    concerned: set[str] = set()
    if consumer_id is not None:
        _close(unit, told, consumer_id, None, channel)
        concerned.add(consumer_id)
    if value_index is not None:
        _close(unit, told, None, value_index, channel)
        concerned.update(entry.holders(unit, value_index))
    body = {"channel": channel, "by_value": value_index is not None}
    return follow(house, unit, LineKind.OPT_OUT, concerned, told.source, **body)


def _close(
    unit: Session, told: Told, consumer_id: str | None, value_index: str | None, channel: str | None
) -> None:
    """A row of its own for each: one that names a number is read as a stop of that number alone."""
    made = derived_id("oo", told.key, consumer_id or "", value_index or "", channel or "all")
    # asked for again after it was withdrawn, by the same link say: that is a new stop
    while entry.is_withdrawn(unit, made):
        made = derived_id("oo", made)
    entry.add(
        unit,
        "opt_out",
        {
            "id": made,
            "consumer_id": consumer_id,
            "value_index": value_index,
            "channel": channel,
            "occurred_at": min(to_micros(told.at), unit.now_micros),
            "recorded_at": unit.now_micros,
            "source": told.source,
            "recorded_by": told.by,
            "proof": told.proof,
            "withdrawn": False,
        },
    )


def withdraw_opt_outs(house: House, unit: Session, told: Told, stops: Sequence[Stop]) -> None:
    """The person asked to be contacted again: these stops are withdrawn, and nothing else that stands."""
    people: set[str] = set()
    for stop in stops:
        entry.add(
            unit,
            "opt_out",
            {
                "id": derived_id("oo", told.key, stop.id),
                "value_index": stop.value_index,
                "consumer_id": stop.consumer_id,
                "channel": stop.channel,
                "occurred_at": to_micros(told.at),
                "recorded_at": unit.now_micros,
                "source": told.source,
                "recorded_by": told.by,
                "corrects_id": stop.id,
                "correction_reason": "the person asked to be contacted again",
                "proof": told.proof,
                "withdrawn": True,
            },
        )
        people.update(entry.holders(unit, stop.value_index) if stop.value_index is not None else ())
        people.update([stop.consumer_id] if stop.consumer_id is not None else ())
    follow(house, unit, LineKind.CONSENT, people, told.source, started=len(stops))


def enter_cease(
    house: House, unit: Session, consumer_id: str, told: Told, *, form: str, via: str | None
) -> None:
    add_fact(unit, "cease_request", consumer_id, told, form=form, via=via, accepted_medium=True)
    follow(house, unit, LineKind.CEASE, [consumer_id], told.source, form=form)


def enter_hold(
    house: House,
    unit: Session,
    consumer_id: str,
    told: Told,
    *,
    kind: str,
    account_id: str | None = None,
    until: date | None = None,
) -> str:
    made = add_fact(unit, "hold", consumer_id, told, kind=kind, account_id=account_id, until=until)
    people = entry.concerned(unit, consumer_id, account_id)
    follow(house, unit, LineKind.HOLD, people, told.source, hold_id=made, hold=kind)
    return made


def release_hold(
    house: House, unit: Session, consumer_id: str, hold_id: str, told: Told, *, reason: str
) -> None:
    add_fact(unit, "hold_release", consumer_id, told, hold_id=hold_id, reason=reason)
    people = entry.concerned(unit, consumer_id, entry.account_named(unit, "hold", hold_id))
    follow(house, unit, LineKind.HOLD_RELEASED, people, told.source, hold_id=hold_id)


def enter_representation(house: House, unit: Session, consumer_id: str, told: Told) -> None:
    """An attorney: until a person has looked, nobody but the attorney is contacted."""
    notice = to_micros(told.at)
    add_fact(unit, "representation", consumer_id, told, known=True, contact_known=False, consents_direct=False,
         unresponsive=False, notice_at=notice)  # fmt: skip
    enter_hold(house, unit, consumer_id, told, kind="attorney")


def enter_dispute(
    house: House, unit: Session, consumer_id: str, told: Told, *, account_id: str | None, form: str
) -> str:
    made = add_fact(unit, "dispute", consumer_id, told, account_id=account_id, form=form, duplicative=False)
    people = entry.concerned(unit, consumer_id, account_id)
    follow(house, unit, LineKind.DISPUTE, people, told.source, dispute_id=made, form=form)
    return made


def answer_dispute(
    house: House, unit: Session, consumer_id: str, dispute_id: str, told: Told, *, kind: str
) -> None:
    add_fact(unit, "dispute_answer", consumer_id, told, dispute_id=dispute_id, kind=kind, undeliverable=False)
    people = entry.concerned(unit, consumer_id, entry.account_named(unit, "dispute", dispute_id))
    follow(house, unit, LineKind.DISPUTE, people, told.source, dispute_id=dispute_id, answer=kind)


def enter_complaint(
    house: House,
    unit: Session,
    consumer_id: str,
    told: Told,
    *,
    account_id: str | None = None,
    text: str = "",
    due_on: date | None = None,
) -> str:
    """`due_on`: until when the law wants it settled, where it says."""
    sealed = house.sealer.seal(text) if text else None
    made = add_fact(
        unit, "complaint", consumer_id, told, account_id=account_id, text_sealed=sealed, due_on=due_on
    )
    people = entry.concerned(unit, consumer_id, account_id)
    follow(house, unit, LineKind.COMPLAINT, people, told.source, complaint_id=made)
    return made


def enter_consent(
    house: House, unit: Session, consumer_id: str, told: Told, *, kind: str, **values: Any
) -> str:
    """`kind` is the type of the case vocabulary; `channel`, `contact_point_id`, `account_id`, `via` narrow it."""
    made = add_fact(
        unit,
        "consent",
        consumer_id,
        told,
        type=kind,
        party="consumer",
        obtained_during_violation=False,
        **values,
    )
    follow(house, unit, LineKind.CONSENT, [consumer_id], told.source, consent_id=made, type=kind)
    return made


def revoke_consent(house: House, unit: Session, consumer_id: str, consent_id: str, told: Told) -> None:
    """The consumer takes back what they agreed to: it counts no more from now on."""
    add_fact(unit, "consent_revocation", consumer_id, told, consent_id=consent_id)
    follow(house, unit, LineKind.CONSENT, [consumer_id], told.source, consent_id=consent_id, revoked=True)


def enter_note(
    unit: Session, consumer_id: str, told: Told, *, text_sealed: bytes, account_id: str | None
) -> str:
    """What somebody wrote down; nothing follows from it."""
    return add_fact(unit, "note", consumer_id, told, text_sealed=text_sealed, account_id=account_id)


def enter_call_back(
    house: House,
    unit: Session,
    consumer_id: str,
    told: Told,
    *,
    scope_date: date,
    account_id: str | None,
    via: str,
) -> None:
    """The consumer agreed to a call on one day: consent for it, and quiet until then."""
    add_fact(unit, "consent", consumer_id, told, type="call_frequency", scope_date=scope_date, account_id=account_id,
         channel="voice", party="consumer", via=via, obtained_during_violation=False)  # fmt: skip
    follow(house, unit, LineKind.CONSENT, [consumer_id], told.source, type="call_frequency")


def enter_promise(
    house: House, unit: Session, account_id: str, told: Told, *, amount_minor: int, due_on: date
) -> str:
    consumer_id, currency = _owner(unit, account_id)
    made = add_fact(unit, "promise", consumer_id, told, account_id=account_id, amount_minor=amount_minor,
                currency=currency, due_on=due_on, state="open")  # fmt: skip
    people = entry.owners_of(unit, account_id)
    follow(house, unit, LineKind.PROMISE, people, told.source, promise_id=made, due_on=due_on.isoformat())
    return made


def enter_payment(
    house: House,
    unit: Session,
    account_id: str,
    told: Told,
    *,
    amount_minor: int,
    reversal_of: str | None = None,
    external_id: str | None = None,
) -> str:
    """Money in, or back: the balance moves, and with it whether the account is paid."""
    consumer_id, currency = _owner(unit, account_id)
    made = add_fact(unit, "payment", consumer_id, told, account_id=account_id, amount_minor=amount_minor,
                currency=currency, reversal_of=reversal_of, external_id=external_id)  # fmt: skip
    found = entry.account_of(unit, account_id)
    if found is not None:
        balance, _, state, _ = found
        left = max(0, balance + amount_minor if reversal_of else balance - amount_minor)
        after = _state_after(state, left)
        before = {"balance_minor": balance, "state": state}
        entry.revise(
            unit, "account", account_id, before=before, source=told.source, revision_id=derived_id("rv", made)
        )
        entry.set_account(unit, account_id, left, after, after != state)
    body = {"payment_id": made, "reversal": reversal_of is not None}
    follow(house, unit, LineKind.PAYMENT, entry.owners_of(unit, account_id), told.source, **body)
    return made


def _state_after(state: str, balance_minor: int) -> str:
    if state in {"open", "paid"}:
        return "open" if balance_minor > 0 else "paid"
    return state


def enter_recall(house: House, unit: Session, account_id: str, told: Told, *, reason: str) -> None:
    consumer_id, _ = _owner(unit, account_id)
    add_fact(unit, "recall", consumer_id, told, account_id=account_id, reason=reason)
    found = entry.account_of(unit, account_id)
    if found is not None:
        before = {"state": found[2]}
        entry.revise(
            unit,
            "account",
            account_id,
            before=before,
            source=told.source,
            revision_id=derived_id("rv", told.key, account_id),
        )
        entry.set_account(unit, account_id, found[0], "recalled", True)
    follow(house, unit, LineKind.RECALL, entry.owners_of(unit, account_id), told.source, reason=reason)


def enter_point_state(
    house: House,
    unit: Session,
    point_id: str,
    told: Told,
    *,
    kind: str,
    state: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """A number, mailbox or address turned out to be wrong, dead or somebody else's: it is not used again."""
    found = entry.point(unit, point_id)
    if found is None:
        return
    consumer_id, _, before = found
    add_fact(
        unit, "contact_point_fact", consumer_id, told, contact_point_id=point_id, kind=kind, detail=detail
    )
    entry.revise(
        unit,
        "contact_point",
        point_id,
        before={"state": before},
        source=told.source,
        revision_id=derived_id("rv", told.key, point_id),
    )
    entry.set_point_state(unit, point_id, state)
    follow(house, unit, LineKind.CONSENT, [consumer_id], told.source, contact_point_id=point_id, state=state)


def open_incident(
    house: House,
    unit: Session,
    kind: str,
    consumer_id: str | None,
    *,
    attempt_ids: Sequence[str],
    key: str,
    **detail: Any,
) -> str:
    """Something that compliance must look at."""
    made = derived_id("in", kind, key)
    entry.add(
        unit,
        "incident",
        {
            "id": made,
            "kind": kind,
            "consumer_id": consumer_id,
            "attempt_ids": list(attempt_ids),
            "detail": detail,
            "opened_at": unit.now_micros,
        },
    )
    reference = house.sealer.reference(consumer_id) if consumer_id is not None else None
    ledger.append(
        unit, [Line(LineKind.INCIDENT, unit.now_micros, {"incident_id": made, "kind": kind}, reference)]
    )
    return made


def open_task(unit: Session, kind: str, consumer_id: str | None, reason: str, key: str, **detail: Any) -> str:
    """Put something on a person's worklist."""
    made = derived_id("ta", kind, key)
    entry.add(
        unit,
        "task",
        {
            "id": made,
            "kind": kind,
            "consumer_id": consumer_id,
            "state": "open",
            "reason": reason,
            "detail": detail,
            "due_at": unit.now_micros,
            "created_at": unit.now_micros,
        },
    )
    return made


def add_fact(unit: Session, table: str, consumer_id: str, told: Told, **values: Any) -> str:
    """One row of a table of facts. Its id is given or made of what was told, so that telling twice writes once."""
    parts = (table, told.key, consumer_id, str(values.get("account_id")), str(values.get("kind")))
    made = str(values.get("id") or derived_id(table[:2], *parts))
    entry.add(
        unit,
        table,
        {
            "id": made,
            "consumer_id": consumer_id,
            "occurred_at": to_micros(told.at),
            "recorded_at": unit.now_micros,
            "source": told.source,
            "recorded_by": told.by,
            "withdrawn": False,
            **values,
        },
    )
    return made


def _owner(unit: Session, account_id: str) -> tuple[str, str]:
    owners, found = entry.owners_of(unit, account_id), entry.account_of(unit, account_id)
    if not owners or found is None:
        raise UnknownReference(f"no account {account_id!r}", where="account_id")
    return owners[0], found[1]


def follow(
    house: House,
    unit: Session,
    kind: LineKind,
    consumer_ids: Iterable[str],
    source: str,
    **body: Any,
) -> list[str]:
    """What every fact brings: permits die, the ledger has a line, enrollments are looked at. Gives who it concerns."""
    people = entry.pool_members(unit, consumer_ids)
    entry.move_epoch(unit, people)
    lines = [
        Line(kind, unit.now_micros, {**body, "source": source}, house.sealer.reference(one))
        for one in sorted(set(consumer_ids))
    ]
    ledger.append(unit, lines)
    reconsider(house, unit, people)
    return people


def enter_conversation(
    house: House,
    unit: Session,
    consumer_id: str,
    told: Told,
    *,
    account_ids: list[str],
    channel: str = "voice",
) -> str:
    """A call or visit that the consumer started: it counts as a conversation about these accounts."""
    made = derived_id("ev", told.key, consumer_id)
    entry.add(
        unit,
        "contact_event",
        {
            "consumer_id": consumer_id,
            "event_id": made,
            "version": 0,
            "occurred_at": to_micros(told.at),
            "recorded_at": unit.now_micros,
            "channel": channel,
            "direction": "inbound",
            "outcome": "conversation",
            "account_ids": account_ids,
            "debts_discussed": account_ids,
            "party": "consumer",
            "content": "collection",
            "source": told.source,
            "recorded_by": told.by,
        },
    )
    follow(house, unit, LineKind.INBOUND, [consumer_id], told.source, event_id=made)
    return made


def enter_outcome(
    house: House,
    unit: Session,
    attempt_id: str,
    consumer_id: str,
    *,
    state: str,
    outcome: str,
    accounts: Sequence[str],
    discussed: Sequence[str] = (),
    occurred_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> None:
    """How a contact made outside ended. Accounts that were talked about count as well, asked for or not."""
    sources = (AttemptState.RESERVED.value, AttemptState.SUBMITTED.value, AttemptState.AMBIGUOUS.value)
    move_attempts(unit, [AttemptMove(attempt_id, state, sources, outcome=outcome)])
    changes: dict[str, Any] = {"outcome": outcome}
    if discussed:
        changes["account_ids"] = list(dict.fromkeys((*accounts, *discussed)))
        changes["debts_discussed"] = list(discussed)
    if occurred_at is not None:
        changes["occurred_at"] = to_micros(occurred_at)
    if ended_at is not None:
        changes["detail"] = {"ended_at": ended_at.isoformat()}
    add_event_versions(unit, {(consumer_id, attempt_id): changes})
    reference = house.sealer.reference(consumer_id)
    ledger.append(
        unit, [Line(LineKind.OUTCOME, unit.now_micros, {"outcome": outcome}, reference, attempt_id)]
    )
    people = entry.pool_members(unit, [consumer_id])
    entry.move_epoch(unit, people)
