"""Stops of a channel, a number or a mailbox, their end, and that all contact ends."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.audit.ledger import LineKind
from orchestrator.domain.instant import to_micros
from orchestrator.engine.house import House
from orchestrator.engine.told import Told, add_fact, follow
from orchestrator.errors import UnknownReference
from orchestrator.store import entry
from orchestrator.store.entry import Stop
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session


def enter_opt_out(
    house: House,
    unit: Session,
    told: Told,
    *,
    consumer_id: str | None = None,
    value_index: str | None = None,
    channel: str | None = None,
) -> list[str]:
    """Close a channel (None: all) for a consumer, and a number or mailbox for everyone who has it: whichever is named.

    What is dated later holds from now: a stop does not wait for its own date. Gives everyone concerned.
    """
    if consumer_id is None and value_index is None:
        raise UnknownReference("an opt-out names a consumer or an address", where="consumer_id")
    concerned: set[str] = set()
    if consumer_id is not None:
        _close(unit, told, consumer_id, None, channel)
        concerned.add(consumer_id)
    if value_index is not None:
        _close(unit, told, None, value_index, channel)
        concerned.update(entry.holders(unit, value_index))
    body = {"channel": channel, "by_value": value_index is not None}
    return follow(house, unit, LineKind.OPT_OUT, concerned, told.source, **body)


def _close(
    unit: Session, told: Told, consumer_id: str | None, value_index: str | None, channel: str | None
) -> None:
    """A row of its own for each: one that names a number is read as a stop of that number alone."""
    made = derived_id("oo", told.key, consumer_id or "", value_index or "", channel or "all")
    # asked for again after it was withdrawn, by the same link say: that is a new stop
    while entry.is_withdrawn(unit, made):
        made = derived_id("oo", made)
    entry.add(
        unit,
        "opt_out",
        {
            "id": made,
            "consumer_id": consumer_id,
            "value_index": value_index,
            "channel": channel,
            "occurred_at": min(to_micros(told.at), unit.now_micros),
            "recorded_at": unit.now_micros,
            "source": told.source,
            "recorded_by": told.by,
            "proof": told.proof,
            "withdrawn": False,
        },
    )


def withdraw_opt_outs(house: House, unit: Session, told: Told, stops: Sequence[Stop]) -> None:
    """The person asked to be contacted again: these stops are withdrawn, and nothing else that stands."""
    people: set[str] = set()
    for stop in stops:
        entry.add(
            unit,
            "opt_out",
            {
                "id": derived_id("oo", told.key, stop.id),
                "value_index": stop.value_index,
                "consumer_id": stop.consumer_id,
                "channel": stop.channel,
                "occurred_at": to_micros(told.at),
                "recorded_at": unit.now_micros,
                "source": told.source,
                "recorded_by": told.by,
                "corrects_id": stop.id,
                "correction_reason": "the person asked to be contacted again",
                "proof": told.proof,
                "withdrawn": True,
            },
        )
        people.update(entry.holders(unit, stop.value_index) if stop.value_index is not None else ())
        people.update([stop.consumer_id] if stop.consumer_id is not None else ())
    follow(house, unit, LineKind.CONSENT, people, told.source, started=len(stops))


def enter_cease(
    house: House, unit: Session, consumer_id: str, told: Told, *, form: str, via: str | None
) -> None:
    add_fact(unit, "cease_request", consumer_id, told, form=form, via=via, accepted_medium=True)
    follow(house, unit, LineKind.CEASE, [consumer_id], told.source, form=form)
