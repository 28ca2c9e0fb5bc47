"""What a consumer agrees to, and takes back."""

from __future__ import annotations

from datetime import date
from typing import Any

from orchestrator.audit.ledger import LineKind
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.store.session import Session


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
