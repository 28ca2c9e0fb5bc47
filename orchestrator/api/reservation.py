"""Contact slots for dialers and other systems outside: a slot counts from its reservation."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from orchestrator.api.caller import CanReserve, TheRuntime
from orchestrator.api.contact import document
from orchestrator.api.idempotency import IdempotentRoute
from orchestrator.api.schema import Reservation, ReservationOutcome, ReservationRequest, ReservationVoid
from orchestrator.services import reservation as service
from orchestrator.services import slot as slots
from orchestrator.services.slot import commit as settle_slot

router = APIRouter(prefix="/api/v1/reservations", tags=["reservations"], route_class=IdempotentRoute)
# asks about this moment: an earlier answer must never be given again
live = APIRouter()
SlotId = Annotated[str, Path(max_length=80)]


@router.post("", response_model=Reservation)
def reserve(runtime: TheRuntime, caller: CanReserve, body: ReservationRequest) -> Response:
    """Judges and takes a slot in one transaction; refused: 200 with the verdict and no id."""
    asked = service.Asked(
        consumer_id=body.consumer_id,
        account_ids=tuple(body.account_ids),
        channel=body.channel.value,
        address=body.address,
        ttl_s=body.ttl_s,
        external_id=body.external_id,
        automated=body.automated,
    )
    slot = service.reserve(runtime.house, asked, requested_by=f"key:{caller.name}")
    return document(slot)


@live.put("/{slot_id}/started", response_model=Reservation)
def start(runtime: TheRuntime, _caller: CanReserve, slot_id: SlotId) -> dict[str, Any]:
    """The contact is being made, at once: from now on an expiry counts as an attempt. 409: do not make it.

    Asked again it is judged again; an `Idempotency-Key` gives no earlier answer here.
    """
    expires_at = slots.started(runtime.house, slot_id)
    return {"id": slot_id, "state": "submitted", "expires_at": expires_at}


@router.post("/{slot_id}/commit", response_model=Reservation)
def commit(
    runtime: TheRuntime, _caller: CanReserve, slot_id: SlotId, body: ReservationOutcome
) -> dict[str, Any]:
    """How the contact ended, and which accounts were talked about."""
    state = settle_slot(
        runtime.house,
        slot_id,
        outcome=body.outcome.value,
        conversation_accounts=tuple(body.conversation_accounts),
        started_at=body.started_at,
        ended_at=body.ended_at,
    )
    return {"id": slot_id, "state": state}


@router.post("/{slot_id}/void", response_model=Reservation)
def void(runtime: TheRuntime, _caller: CanReserve, slot_id: SlotId, body: ReservationVoid) -> dict[str, Any]:
    """Gives the slot back: nothing was tried. After `started` it counts, as `ambiguous`, and is an incident."""
    return {"id": slot_id, "state": slots.void(runtime.house, slot_id, reason=body.reason, proof=body.proof)}


router.include_router(live)
