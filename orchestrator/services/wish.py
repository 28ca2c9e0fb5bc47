"""Wishes of a consumer: recorded, honoured at once, and taken back with the reason."""

from __future__ import annotations

from orchestrator.domain import horizon
from orchestrator.domain.permission import Permission, allows
from orchestrator.domain.wish import Wish, check
from orchestrator.engine import wish as engine
from orchestrator.engine.house import House
from orchestrator.errors import UnknownReference, UsageError
from orchestrator.services.fact import By, stopping, today_of, told_by
from orchestrator.services.refusal import not_for
from orchestrator.store import wish as rows


def record_wish(house: House, by: By, consumer_id: str, wish: Wish) -> str:
    """When this returns nothing leaves against the wish. Gives its id; one that no rule could read is a UsageError.

    A DateError is one whose last day is over where the consumer is: it would be acknowledged and honoured by nobody.
    """
    check(wish)
    with stopping(house, consumer_id=consumer_id) as unit:
        hint = "leave it out: it holds until they take it back"
        horizon.check_last_day(wish.until, today_of(unit, consumer_id), "until", hint=hint)
        return engine.enter_wish(house, unit, consumer_id, told_by(unit, by), wish)


def end_wish(house: House, by: By, consumer_id: str, wish_id: str, *, reason: str) -> None:
    """The consumer, or who counts as the same person, takes it back; what waited for it is judged again.

    A channel that they refused is a stop: only a role with RELEASE takes it up again, else AccessError.
    """
    if not reason.strip():
        raise UsageError("say why the wish ends", where="reason", hint="what the consumer said")
    with house.database.write(house.clock) as unit:
        found = rows.find(unit, consumer_id, wish_id)
        if found is None:
            raise UnknownReference(
                f"consumer {consumer_id!r} has no wish {wish_id!r}",
                where="wish_id",
                hint="nothing was recorded",
            )
        owner, wish = found
        _refuse_end(by, wish)
        engine.end_wish(house, unit, owner, wish_id, told_by(unit, by), wish, reason.strip())


def _refuse_end(by: By, wish: Wish) -> None:
    if wish.kind != "excluded_channel" or by.role is None or allows(by.role, Permission.RELEASE):
        return
    raise not_for(by.role, "may not take up a channel again that the consumer refused", wish.channel)
