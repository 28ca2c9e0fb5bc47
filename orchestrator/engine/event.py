"""Contacts that were made outside: what the consumer started, and how one that we reserved ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.attempt import AttemptState
from orchestrator.domain.instant import to_micros
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, follow
from orchestrator.store import entry
from orchestrator.store.identifier import derived_id
from orchestrator.store.outcome import AttemptMove, add_event_versions, move_attempts
from orchestrator.store.session import Session


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
