"""A message as it would be sent to a real consumer now, without sending or recording anything."""

from __future__ import annotations

from datetime import datetime

from orchestrator.engine import gate
from orchestrator.engine.choice import Wish
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged, judge_group, usable_points
from orchestrator.engine.message import Blocked, Composed, compose
from orchestrator.engine.reading import read_batch
from orchestrator.errors import InputError, UnknownReference
from orchestrator.store import contacting

ATTEMPT = "preview"


def preview(
    house: House, consumer_id: str, account_ids: tuple[str, ...], channel: str, template: str
) -> Composed:
    """Judged for its disclosures and rendered by the engine, whatever the verdict; no accounts: all open ones.

    What stands in the way (a missing template, a gap in the firm file, a broken value) is an InputError.
    """
    with house.database.read(house.clock) as unit:
        if not contacting.has_consumer(unit, consumer_id):
            raise UnknownReference(f"no consumer {consumer_id!r}", where="consumer")
        reader = read_batch(house, unit, [consumer_id])
        at = unit.now
    accounts = account_ids or tuple(row.id for row in reader.accounts(consumer_id) if row.state == "open")
    gate.known(reader, Wish(consumer_id, accounts, template, "collection", (channel,), ATTEMPT))
    point = next(iter(usable_points(reader, consumer_id, channel)), None)
    proposal = Proposal(
        consumer_id=consumer_id,
        account_ids=accounts,
        channel=channel,
        contact_point_id=point.id if point is not None else None,
        language=reader.consumer(consumer_id).language,
        # an answer is shown as one; there is no message, so it is judged like any other contact
        in_reply_to=ATTEMPT if (template, channel) in replies_of(house) else None,
    )
    _, composed = compose_as(house, reader, proposal, template, at)
    if isinstance(composed, Blocked):
        raise InputError(composed.found, code=composed.code, where=template)
    return composed


def replies_of(house: House) -> set[tuple[str, str]]:
    """Names and channels of the templates that answer what a consumer wrote."""
    return {(one.name, one.channel) for one in house.catalog if one.front.reply}


def compose_as(
    house: House, reader: Reader, proposal: Proposal, template: str, at: datetime
) -> tuple[Judged, Composed | Blocked]:
    """The answer for a contact at `at`, and its words as they would leave, allowed or not."""
    judged = judge_group(house, reader, proposal, at)
    return judged, compose(house, reader, judged, template=template, attempt_id=ATTEMPT, at=at)
