"""Wishes as they are kept."""

from __future__ import annotations

from datetime import date

from orchestrator.domain.wish import Wish
from orchestrator.store.session import Session


def find(unit: Session, consumer_id: str, wish_id: str) -> Wish | None:
    """A consumer's wish that was not taken back; None: they have none of this id."""
    row = unit.one(
        'SELECT kind, days, start, "end", until, place, channel FROM preference w WHERE id = :id '
        "AND consumer_id = :consumer AND NOT withdrawn "
        "AND NOT EXISTS (SELECT 1 FROM preference l WHERE l.corrects_id = w.id)",
        {"id": wish_id, "consumer": consumer_id},
    )
    if row is None:
        return None
    kind, days, start, end, until, place, channel = row
    last = date.fromisoformat(until) if isinstance(until, str) else until
    return Wish(kind, tuple((days or "").split(";")) if days else (), start, end, last, place, channel)
