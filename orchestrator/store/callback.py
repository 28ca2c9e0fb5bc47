"""What callbacks and signed links need to know of an attempt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from orchestrator.store.session import Session


class Speakable(NamedTuple):
    """What a call in progress may still say."""

    body_sealed: bytes | None
    language: str | None
    not_after: int


class Reached(NamedTuple):
    """Whom an attempt went to and how: what an unsubscribe link is about."""

    consumer_id: str
    channel: str
    language: str | None
    value_index: str | None


def speakable(unit: Session, attempt_id: str) -> Speakable | None:
    """The script of a call that is under way, unless something has moved the consumer's epoch since."""
    row = unit.one(
        "SELECT a.body_sealed, a.language, a.not_after FROM attempt a JOIN consumer c ON c.id = a.consumer_id"
        " WHERE a.id = :id AND a.channel = 'voice' AND a.epoch = c.epoch"
        " AND a.state IN ('submitted', 'ambiguous', 'accepted', 'sent')",
        {"id": attempt_id},
    )
    return None if row is None else Speakable._make(row)


def reached(unit: Session, attempt_id: str) -> Reached | None:
    """The recipient of an attempt."""
    row = unit.one(
        "SELECT a.consumer_id, a.channel, a.language, p.value_index FROM attempt a"
        " LEFT JOIN contact_point p ON p.id = a.contact_point_id WHERE a.id = :id",
        {"id": attempt_id},
    )
    return None if row is None else Reached._make(row)


def last_permit(unit: Session, consumer_ids: Iterable[str]) -> int:
    """When the last permit of these consumers' pools runs out (microseconds); 0: there is none."""
    row = unit.one(
        "SELECT max(a.permit_expires_at) FROM attempt a JOIN consumer c ON c.id = a.consumer_id"  # noqa: S608
        " WHERE a.state = 'submitted' AND c.pool_id IN"
        f" (SELECT pool_id FROM consumer WHERE id {unit.within('ids')})",
        {"ids": unit.listed(sorted(set(consumer_ids)))},
    )
    return int(row[0]) if row and row[0] else 0
