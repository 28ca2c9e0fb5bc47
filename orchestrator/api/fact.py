"""Facts that people and other systems tell us: durable when answered, acted on at once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from orchestrator.api.caller import Caller, CanRecord, TheRuntime
from orchestrator.api.idempotency import IdempotentRoute, derived_key
from orchestrator.api.resource import find
from orchestrator.api.schema import (
    ComplaintClosing,
    ComplaintRecord,
    ConsentRecord,
    CorrectionRecord,
    HoldRecord,
    HoldReleaseRecord,
    OptOutRecord,
    PaymentRecord,
    PromiseRecord,
    Recorded,
)
from orchestrator.bootstrap import Runtime
from orchestrator.errors import InputError
from orchestrator.services import correction, fact
from orchestrator.services.fact import By
from orchestrator.store import tables as t

router = APIRouter(prefix="/api/v1", tags=["facts"], route_class=IdempotentRoute)


def by(caller: Caller, request: Request, at: Any = None, proof: str | None = None) -> By:
    """Who told us, with a key that makes telling it twice harmless."""
    return By(
        "api",
        f"key:{caller.name}",
        at=at,
        key=derived_key(request, caller.key_id),
        proof=proof,
        role=caller.role,
    )


def known_consumer(runtime: Runtime, consumer_id: str) -> None:
    """404 for a consumer that is not here."""
    find(runtime, "consumers", t.Consumer, consumer_id)


def known_account(runtime: Runtime, account_id: str, currency: str | None = None) -> None:
    """404 for an account that is not here, 400 for an amount in another currency."""
    row = find(runtime, "accounts", t.Account, account_id)
    if currency is not None and row["currency"] != currency:
        raise InputError(f"the account is in {row['currency']}", where="currency")


@router.post("/consents", status_code=201)
def record_consent(runtime: TheRuntime, caller: CanRecord, body: ConsentRecord, request: Request) -> Recorded:
    """What a consumer agreed to."""
    made = fact.record_consent(
        runtime.house,
        by(caller, request, body.received_at),
        body.consumer_id,
        kind=body.type,
        channel=body.medium.value if body.medium else None,
        account_id=body.account_id,
        via=body.via,
        quote=body.quote or "",
    )
    return Recorded(id=made)


@router.post("/opt-outs", status_code=201)
def record_opt_out(runtime: TheRuntime, caller: CanRecord, body: OptOutRecord, request: Request) -> Recorded:
    """A stop; when this is answered nothing more can leave. An address closes it for everybody who has it."""
    if body.consumer_id is None and body.address is None:
        raise InputError("a stop names a consumer or an address", where="consumer_id")
    if body.consumer_id is not None:
        known_consumer(runtime, body.consumer_id)
    fact.record_opt_out(
        runtime.house,
        by(caller, request, body.at, body.proof),
        consumer_id=body.consumer_id,
        address=body.address,
        channel=body.channel.value if body.channel else None,
    )
    return Recorded()


@router.post("/holds", status_code=201)
def place_hold(runtime: TheRuntime, caller: CanRecord, body: HoldRecord, request: Request) -> Recorded:
    """Holds everything for a consumer, or one account for everyone who owes it, until it is released."""
    told = by(caller, request)
    made = fact.place_hold(
        runtime.house, told, body.consumer_id, kind=body.kind, account_id=body.account_id, until=body.until
    )
    return Recorded(id=made)


@router.post("/holds/{hold_id}/release", status_code=201)
def release_hold(
    runtime: TheRuntime, caller: CanRecord, hold_id: str, body: HoldReleaseRecord, request: Request
) -> Recorded:
    """Lifts a hold, with the reason."""
    row = find(runtime, "holds", t.Hold, hold_id)
    fact.release_hold(runtime.house, by(caller, request), row["consumer_id"], hold_id, reason=body.reason)
    return Recorded(id=hold_id)


@router.post("/promises", status_code=201)
def record_promise(runtime: TheRuntime, caller: CanRecord, body: PromiseRecord, request: Request) -> Recorded:
    """A promise to pay: the cadence waits for its day."""
    known_account(runtime, body.account_id, body.currency)
    told = by(caller, request)
    made = fact.record_promise(
        runtime.house, told, body.account_id, amount_minor=body.amount_minor, due_on=body.due_on
    )
    return Recorded(id=made)


@router.post("/payments", status_code=201)
def record_payment(runtime: TheRuntime, caller: CanRecord, body: PaymentRecord, request: Request) -> Recorded:
    """Money in, or with `reversal_of` taken back."""
    known_account(runtime, body.account_id, body.currency)
    made = fact.record_payment(
        runtime.house,
        by(caller, request, body.at),
        body.account_id,
        amount_minor=body.amount_minor,
        reversal_of=body.reversal_of,
        external_id=body.external_id,
    )
    return Recorded(id=made)


@router.post("/complaints", status_code=201)
def record_complaint(
    runtime: TheRuntime, caller: CanRecord, body: ComplaintRecord, request: Request
) -> Recorded:
    """A complaint: everything waits until somebody has looked at it."""
    told = by(caller, request)
    made = fact.record_complaint(
        runtime.house, told, body.consumer_id, account_id=body.account_id, text=body.text
    )
    return Recorded(id=made)


@router.post("/complaints/{complaint_id}/close", status_code=201)
def close_complaint(
    runtime: TheRuntime, caller: CanRecord, complaint_id: str, body: ComplaintClosing, request: Request
) -> Recorded:
    """It was answered or resolved: its time stops. Contact waits for the release of the hold in `result`."""
    row = find(runtime, "complaints", t.Complaint, complaint_id)
    told, ends = by(caller, request), body.closed_as
    held = fact.close_complaint(
        runtime.house, told, row["consumer_id"], complaint_id, closed_as=ends, reason=body.reason
    )
    return Recorded(id=complaint_id, result={"hold_id": held})


@router.post("/events/{event_id}/corrections", status_code=201)
def correct_event(runtime: TheRuntime, caller: CanRecord, event_id: str, body: CorrectionRecord) -> Recorded:
    """What really happened at one contact: a new version; old verdicts stay, what they made unlawful is an incident.

    What would allow a contact earlier `waits` for compliance (`/tasks?kind=review`); the stricter record holds.
    """
    known_consumer(runtime, body.consumer_id)
    corrected = correction.correct_event(
        runtime.house,
        body.consumer_id,
        event_id,
        body.changes.model_dump(exclude_none=True),
        reason=body.reason,
        by=f"key:{caller.name}",
        role=caller.role,
    )
    result = {
        "version": corrected.version,
        "waits": corrected.waits,
        "incident_id": corrected.incident_id,
        "unlawful": corrected.unlawful,
    }
    return Recorded(id=event_id, result=result)
