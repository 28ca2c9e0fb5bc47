"""What the end of a contact says of the number, mailbox or address: it is dead, or somebody else's."""

from __future__ import annotations

from typing import Any

from orchestrator.audit.ledger import LineKind
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.store import contacting, entry
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session

_SAYS = {
    "bounced": ("bounce", "invalid"),
    "returned": ("address_returned", "invalid"),
    "wrong_number": ("wrong_number", "wrong_party"),
    "not_in_service": ("bounce", "invalid"),
}


def learn_from_outcome(house: House, unit: Session, point_id: str | None, outcome: str, told: Told) -> None:
    """Take it out of use for everyone who counts as the same person, if the outcome says so.

    Whoever answered for one consumer of a pool is a stranger to the other records of that person as well.
    """
    if point_id is None or outcome not in _SAYS:
        return
    kind, state = _SAYS[outcome]
    take_out_of_use(house, unit, point_id, told, kind=kind, state=state)


def take_out_of_use(house: House, unit: Session, point_id: str, told: Told, *, kind: str, state: str) -> None:
    """This contact point, and those with its value that other records of the same person have."""
    for one in sorted({point_id, *contacting.same_of_person(unit, point_id)}):
        own = Told(told.at, told.source, f"{told.key}:{one}", told.by, told.proof)
        enter_point_state(house, unit, one, own, kind=kind, state=state)


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
