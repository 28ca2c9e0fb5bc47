"""Wishes as they are kept."""

from __future__ import annotations

from datetime import date

from orchestrator.domain.wish import Wish
from orchestrator.store.session import Session


def find(unit: Session, consumer_id: str, wish_id: str) -> tuple[str, Wish] | None:
    """A wish of whoever counts as the same person, with whose it is, if it was not taken back; None: there is none."""
    row = unit.one(
        'SELECT consumer_id, kind, days, start, "end", until, place, channel FROM preference w WHERE id = :id '
        "AND consumer_id IN (SELECT o.id FROM consumer c JOIN consumer o ON o.pool_id = c.pool_id "
        "WHERE c.id = :consumer) AND NOT withdrawn "
        "AND NOT EXISTS (SELECT 1 FROM preference l WHERE l.corrects_id = w.id)",
        {"id": wish_id, "consumer": consumer_id},
    )
    if row is None:
        return None
    owner, kind, days, start, end, until, place, channel = row
    last = date.fromisoformat(until) if isinstance(until, str) else until
    return owner, Wish(kind, tuple((days or "").split(";")) if days else (), start, end, last, place, channel)
