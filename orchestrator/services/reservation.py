"""Contact slots for dialers and other systems outside, taken atomically; what becomes of them is in `slot`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from orchestrator.domain.attempt import AttemptState
from orchestrator.domain.instant import from_micros
from orchestrator.engine import gate
from orchestrator.engine.choice import Wish
from orchestrator.engine.house import House
from orchestrator.engine.record import Origin
from orchestrator.engine.stored import id_list, plain
from orchestrator.errors import ConflictError, UnknownReference, UsageError
from orchestrator.services.contact import CHANNELS, Contact, point_id, verdict_of
from orchestrator.services.slot import why_unusable
from orchestrator.store import claim, contacting
from orchestrator.store.contacting import AttemptRow
from orchestrator.store.identifier import derived_id, new_id
from orchestrator.store.outcome import latest_events
from orchestrator.store.session import Session
from policies.verdict import Decision, Verdict

LONGEST_S = 900
LIVE_CALL_ONLY = "live_call_only"


@dataclass(frozen=True, slots=True)
class Asked:
    """A slot that somebody wants. `external_id` makes repeating the request harmless.

    `automated`: an artificial or recorded voice, or an automatic dialer. Not said, the call is judged as one that a
    person makes, and an ALLOW says so with the flag `live_call_only`.
    """

    consumer_id: str
    account_ids: tuple[str, ...]
    channel: str
    address: str | None = None
    ttl_s: int = 300
    external_id: str | None = None
    content: str = "collection"
    automated: bool | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """The answer: the other members only where the verdict allows. The slot is for `contact_point_id` alone."""

    verdict: Verdict
    id: str | None = None
    state: str | None = None
    expires_at: datetime | None = None
    contact_point_id: str | None = None


def reserve(house: House, asked: Asked, *, requested_by: str) -> Slot:
    """Judge and take the slot in one transaction under the lock: it counts from here until it is voided or expires.

    The same request under one `external_id` gives the slot again while it may still be started; afterwards, and for
    any other request, that id is a ConflictError, never a second ALLOW.
    """
    _check(asked)
    attempt_id = (
        derived_id("at", "slot", asked.external_id) if asked.external_id is not None else new_id("at")
    )
    with house.database.write(house.clock) as unit:
        claim.lock_pools(unit, [asked.consumer_id])
        contact = Contact(
            asked.consumer_id, asked.channel, asked.account_ids, asked.address, content=asked.content
        )
        known = contacting.attempt_by_external_id(unit, asked.external_id) if asked.external_id else None
        if known is not None:
            point = point_id(house, unit, contact) if known.consumer_id == asked.consumer_id else None
            if requested_by != known.requested_by or not _is_same(unit, asked, point, known):
                raise ConflictError("this external id was used for another slot", where="external_id")
            return _for_a_person(_again(unit, known), asked)
        wish = Wish(
            consumer_id=asked.consumer_id,
            account_ids=asked.account_ids,
            template="",
            content=asked.content,
            channels=(asked.channel,),
            attempt_id=attempt_id,
            contact_point_id=point_id(house, unit, contact),
            automated=bool(asked.automated),
            template_needed=False,
            exact=True,
        )
        origin = Origin(
            "reservation",
            attempt_id,
            requested_by=requested_by,
            external_id=asked.external_id,
            ttl=timedelta(seconds=asked.ttl_s),
        )
        choice = gate.reserve_within(house, unit, wish, origin)
        if choice.decision is not Decision.ALLOW or choice.judged is None:
            return Slot(verdict_of(choice, contact, unit.now))
        return _for_a_person(_slot(unit, attempt_id), asked)


def _for_a_person(slot: Slot, asked: Asked) -> Slot:
    """Says of a call slot that consent to automated calls was not asked for."""
    if asked.channel != "voice" or asked.automated is not None:
        return slot
    verdict = msgspec.structs.replace(slot.verdict, flags=(*slot.verdict.flags, LIVE_CALL_ONLY))
    return replace(slot, verdict=verdict)


def _check(asked: Asked) -> None:
    if not 1 <= asked.ttl_s <= LONGEST_S:
        raise UsageError(f"a slot is held from 1 to {LONGEST_S} seconds", where="ttl_s")
    if asked.channel not in CHANNELS:
        # a task reaches nobody and counts nowhere: leave to call somebody must not be taken as one
        hint = f"one of {', '.join(CHANNELS)}"
        raise UsageError(f"there are no slots for {asked.channel!r}", where="channel", hint=hint)


def _is_same(unit: Session, asked: Asked, point: str | None, known: AttemptRow) -> bool:
    """Is this the request that took the slot? `point`: the contact point asked for, None for any."""
    row = latest_events(unit, [(known.consumer_id, known.id)]).get((known.consumer_id, known.id), {})
    was_automated = (plain(row.get("detail")) or {}).get("automated", False)
    return (
        known.consumer_id == asked.consumer_id
        and sorted(id_list(known.account_ids)) == sorted(set(asked.account_ids))
        and known.channel == asked.channel
        and known.content == asked.content
        and was_automated == (bool(asked.automated) and asked.channel == "voice")
        and point in {None, known.contact_point_id}
    )


def _again(unit: Session, known: AttemptRow) -> Slot:
    if known.state != AttemptState.RESERVED:
        raise ConflictError(
            f"the slot under this external id is {known.state}",
            code="slot_closed",
            where=known.id,
            hint="another contact needs another external id",
        )
    objection = why_unusable(unit, known)
    if objection is not None:
        raise objection
    return _slot(unit, known.id)


def _slot(unit: Session, slot_id: str) -> Slot:
    """The slot as it was written: it ends with the hours in which it was allowed, however long it was asked for."""
    row = contacting.attempt(unit, slot_id)
    body = contacting.verdict_body(unit, row.verdict_id) if row is not None and row.verdict_id else None
    if row is None or body is None:
        raise UnknownReference(f"no slot {slot_id!r}", where="id")
    verdict = msgspec.json.decode(body, type=Verdict)
    return Slot(verdict, row.id, row.state, from_micros(row.valid_until), row.contact_point_id)
