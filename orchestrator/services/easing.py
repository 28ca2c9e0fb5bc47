"""Corrections that would allow a contact earlier: told apart, and put to compliance before they count."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged, earliest, judge_one, usable_points
from orchestrator.engine.reading import read_batch
from orchestrator.engine.stored import id_list
from orchestrator.engine.task import open_task
from orchestrator.store.session import Session
from policies.vocabulary import UNCONNECTED, Outcome

REASON = "correction"
"""The reason of such a question among the reviews of the work list."""
CONFIRMED, REJECTED = "confirmed", "rejected"
_CHANNELS = ("voice", "sms", "email")
_MOST = 10
"""So many accounts are asked about: the question says an example of what would be earlier, the rule is what counts."""
_LISTS = ("account_ids", "debts_discussed")


def split(
    known: dict[str, Any], changes: dict[str, Any], *, is_earlier: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What counts at once, and what waits for compliance.

    `is_earlier`: something may be made earlier by all of it. A list that loses an account keeps it until then.
    """
    later = {name: value for name, value in changes.items() if _eases(name, known, value)}
    if not later and is_earlier:
        return {}, changes
    now = {name: value for name, value in changes.items() if name not in later}
    for name in _LISTS:
        held = id_list(known[name]) if name in later else ()
        both = [*held, *(one for one in later.get(name) or () if one not in held)]
        if name in later and len(both) > len(held):
            now[name] = both
    return now, later


def _eases(name: str, known: dict[str, Any], value: Any) -> bool:
    """A contact that would count less than before, whatever the rules that hold for this person now."""
    before = known[name]
    if name == "outcome":
        return bool(value != before and (before == Outcome.CONVERSATION or value in UNCONNECTED))
    if name == "occurred_at":
        return bool(value < before)
    if name == "party":
        return bool(before == "consumer" and value != before)
    return name in _LISTS and bool(set(id_list(before)) - set(value or ()))


def allowed_earlier(
    house: House, unit: Session, known: dict[str, Any], changes: dict[str, Any]
) -> list[dict[str, Any]]:
    """Contacts that may be made earlier if the changes count: account, channel, when before and when after."""
    consumer_id = known["consumer_id"]
    before, after = read_batch(house, unit, [consumer_id]), read_batch(house, unit, [consumer_id])
    pool = after.pool(consumer_id)
    if pool is None:
        return []
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()
    }
    own = (consumer_id, known["event_id"])
    pool.history[:] = [
        row._replace(**told) if (row.consumer_id, row.event_id) == own else row for row in pool.history
    ]
    found = []
    for account in [one for one in before.accounts(consumer_id) if one.state == "open"][:_MOST]:
        for channel in _CHANNELS:
            then, now = (
                _judged(house, unit, one, consumer_id, account.id, channel) for one in (before, after)
            )
            if then is not None and now is not None and earliest(now) < earliest(then):
                found.append(
                    {"account_id": account.id, "channel": channel, "before": _when(then), "after": _when(now)}
                )
    return found


def _judged(  # noqa: PLR0917 - one contact
    house: House, unit: Session, reader: Reader, consumer_id: str, account_id: str, channel: str
) -> Judged | None:
    point = next(iter(usable_points(reader, consumer_id, channel)), None)
    if point is None:
        return None
    return judge_one(house, reader, Proposal(consumer_id, (account_id,), channel, point.id), unit.now)


def _when(judged: Judged) -> str:
    """The moment, or the answer where there is none."""
    verdict = judged.verdict
    return verdict.retry_at.isoformat() if verdict.retry_at is not None else verdict.decision.value


def ask(
    house: House,
    unit: Session,
    known: dict[str, Any],
    changes: dict[str, Any],
    earlier: list[dict[str, Any]],
    *,
    version: int,
    reason: str,
    by: str,
) -> str:
    """Put the question on the work list; the ledger has that it was asked. Gives its id."""
    consumer_id, event_id = known["consumer_id"], known["event_id"]
    told = msgspec.json.encode(changes, order="deterministic")
    key = f"{consumer_id}:{event_id}:{version}:{hashlib.sha256(told).hexdigest()}"
    held = {name: list(id_list(known[name])) if name in _LISTS else known[name] for name in changes}
    made = open_task(
        unit, "review", consumer_id, REASON, key, event_id=event_id, version=version, channel=known["channel"],
        occurred_at=known["occurred_at"], held=held, changes=changes, earlier=earlier, said=reason, by=by,
    )  # fmt: skip
    body = {"event_id": event_id, "waits": made, "changed": sorted(changes), "reason": reason, "by": by}
    ledger.append(
        unit, [Line(LineKind.CORRECTION, unit.now_micros, body, house.sealer.reference(consumer_id))]
    )
    return made
