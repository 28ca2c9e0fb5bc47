"""Wishes of a consumer, written down and taken back: what was planned is looked at again at once."""

from __future__ import annotations

from typing import Any

from orchestrator.audit.ledger import LineKind
from orchestrator.domain.wish import Wish
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session


def enter_wish(house: House, unit: Session, consumer_id: str, told: Told, wish: Wish) -> str:
    """Gives the wish's id."""
    made = derived_id("pr", "preference", told.key, consumer_id, wish.kind)
    made = _add(unit, made, consumer_id, told, wish)
    follow(house, unit, LineKind.WISH, [consumer_id], told.source, wish_id=made, wish=wish.kind)
    return made


def end_wish(  # noqa: PLR0917 - whose wish ends, who says so and why
    house: House, unit: Session, consumer_id: str, wish_id: str, told: Told, wish: Wish, reason: str
) -> None:
    """The consumer takes the wish back: a row that corrects it, so that it counts no more from now on."""
    made = derived_id("pr", "preference", "ended", wish_id)
    _add(unit, made, consumer_id, told, wish, corrects_id=wish_id, correction_reason=reason, withdrawn=True)
    follow(house, unit, LineKind.WISH, [consumer_id], told.source, wish_id=wish_id, ended=True)


def _add(unit: Session, made: str, consumer_id: str, told: Told, wish: Wish, **values: Any) -> str:
    words = {name: getattr(wish, name) for name in ("kind", "start", "end", "until", "place", "channel")}
    return add_fact(
        unit, "preference", consumer_id, told, id=made, days=";".join(wish.days) or None, **words, **values
    )
