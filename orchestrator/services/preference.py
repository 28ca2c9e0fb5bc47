"""Unsubscribe links: a signed token that names an attempt, and the stop that it asks for."""

from __future__ import annotations

import hmac
from enum import StrEnum

from orchestrator.engine.house import House
from orchestrator.engine.message import unsubscribe_token
from orchestrator.engine.stop import enter_opt_out
from orchestrator.engine.told import Told
from orchestrator.services.quiet import wait_for_permits
from orchestrator.store.callback import Reached, reached
from orchestrator.store.identifier import derived_id


class Scope(StrEnum):
    """What is to stop: messages to this very address, this channel, or every channel."""

    ADDRESS = "address"
    CHANNEL = "channel"
    ALL = "all"


def find(house: House, token: str) -> Reached | None:
    """Whom the link is about; None for a token that we did not sign, or whose attempt is gone."""
    attempt_id = token.rpartition(".")[0]
    if not attempt_id or not hmac.compare_digest(
        unsubscribe_token(house, attempt_id).encode(), token.encode()
    ):
        return None
    with house.database.read(house.clock) as unit:
        return reached(unit, attempt_id)


def neutral_name(house: House, language: str) -> str:
    """The firm's name that says nothing of what it does, in a language if it has one there."""
    names = house.firm.neutral_names
    return names.get(language) or names.get("default") or house.firm.neutral_name


def stop(house: House, token: str, scope: Scope) -> bool:
    """Records the stop; when this returns it is durable and nothing more can leave. False: not our token."""
    target = find(house, token)
    if target is None:
        return False
    channel = None if scope is Scope.ALL else target.channel
    with house.database.write(house.clock, urgent=True) as unit:
        told = Told(
            unit.now, "unsubscribe_link", derived_id("un", token, scope), by="consumer", proof="signed link"
        )
        if scope is Scope.ADDRESS and target.value_index is not None:
            concerned = enter_opt_out(house, unit, told, value_index=target.value_index, channel=channel)
        else:
            concerned = enter_opt_out(house, unit, told, consumer_id=target.consumer_id, channel=channel)
    wait_for_permits(house, [*concerned, target.consumer_id])
    return True
