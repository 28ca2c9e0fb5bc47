"""Corrections that would allow a contact earlier: told apart, and put to compliance before they count."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged, earliest, judge_one
from orchestrator.engine.reading import read_batch
from orchestrator.engine.stored import id_list
from orchestrator.engine.task import open_task
from orchestrator.store.session import Session
from policies.compose import spans_of
from policies.counting import Counts
from policies.vocabulary import Outcome

REASON = "correction"
"""The reason of such a question among the reviews of the work list, and the kind of the hold that one may bring."""
CONFIRMED, REJECTED = "confirmed", "rejected"
_CHANNELS = ("voice", "sms", "email", "letter")
_MOST = 10
"""So many examples of what would be earlier the question names."""
_LISTS = ("account_ids", "debts_discussed")
_STOPS = ("opt_outs", "preferences", "ceases", "holds", "representations", "disputes", "complaints")
"""What may stand in the way of everything for a while, and would hide what comes after it."""


def split(known: dict[str, Any], changes: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What counts at once, which is what can only make contacts later, and what waits for compliance.

    A list that loses an account keeps it until then. What the consumer began gives them an answer, and another one
    if it is moved: nothing of it counts before the answer.
    """
    told = {name: value for name, value in changes.items() if _plainly(name, known[name], value)}
    if known["direction"] != "outbound":
        return {}, told
    now = {name: value for name, value in told.items() if _is_stricter(name, known, value)}
    for name in _LISTS:
        if name in told and (both := _joined(name, known, told[name])) != id_list(known[name]):
            now[name] = list(both)
    later = {name: value for name, value in told.items() if name not in now or _loses(name, known, value)}
    return now, later


def _plainly(name: str, before: Any, value: Any) -> bool:
    """It changes something."""
    return set(id_list(before)) != set(value or ()) if name in _LISTS else bool(value != before)


def _is_stricter(name: str, known: dict[str, Any], value: Any) -> bool:
    """No rule counts the contact less for it."""
    if name == "occurred_at":
        # never beyond now: a time to come is cut to the present
        return bool(value > known[name])
    wanted = {"party": "consumer", "content": "collection", "outcome": Outcome.CONVERSATION.value}
    return name in wanted and bool(value == wanted[name])


def _joined(name: str, known: dict[str, Any], value: Any) -> tuple[str, ...]:
    """The accounts of before and those that are told; a contact about none counts for each, so it gets none."""
    held = id_list(known[name])
    if not any(id_list(known[one]) for one in _LISTS):
        return held
    return (*held, *(one for one in value or () if one not in held))


def _loses(name: str, known: dict[str, Any], value: Any) -> bool:
    return name in _LISTS and not set(id_list(known[name])) <= set(value or ())


def divided(
    house: House, unit: Session, known: dict[str, Any], changes: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """As `split`, and what turns out to make a contact earlier all the same waits too.

    A conversation counts at once whatever it takes out of a count of calls: most laws ask for a pause after it. True:
    it does take something out, and all contact should wait, because neither record may allow one.
    """
    now, later = split(known, changes)
    talked = {name: value for name, value in now.items() if name == "outcome"}
    if now != talked and allowed_earlier(house, unit, known, now):
        now, later = talked, {name: value for name, value in changes.items() if name not in talked}
    return now, later, bool(talked) and _is_doubtful(house, unit, known, talked)


def _is_doubtful(house: House, unit: Session, known: dict[str, Any], talked: dict[str, Any]) -> bool:
    """Some rule over this person counts the call as it was recorded, and not a conversation."""
    if any(_leaves(one, known["outcome"]) for one in _counts(house, unit, known)):
        return True
    return bool(allowed_earlier(house, unit, known, talked))


def _counts(house: House, unit: Session, known: dict[str, Any]) -> Iterator[Counts]:
    """What the rules over everyone who counts as the same person count on the contact's channel, on any day."""
    reader = read_batch(house, unit, [known["consumer_id"]])
    pool = reader.pool(known["consumer_id"])
    owed = [(one, account.id) for one in pool.consumers for account in reader.accounts(one)] if pool else []
    for consumer_id, account_id in owed:
        stack = judge_one(house, reader, Proposal(consumer_id, (account_id,), "voice", None), unit.now).stack
        for rule in stack.rules if stack is not None else ():
            for span in spans_of(rule):
                counts = getattr(span.params, "counts", None)
                if isinstance(counts, Counts) and _is_on(counts.channels or rule.channels, known["channel"]):
                    yield counts


def _is_on(channels: tuple[str, ...], channel: str) -> bool:
    """Left out is every channel."""
    return not channels or channel in channels


def _leaves(counts: Counts, before: str | None) -> bool:
    """A conversation is not counted where what was recorded is; a contact whose end is open counts everywhere."""
    wanted, refused = counts.outcomes, counts.not_outcomes
    if wanted:
        return Outcome.CONVERSATION not in wanted and (before is None or before in wanted)
    return Outcome.CONVERSATION in refused and before not in refused


def allowed_earlier(
    house: House, unit: Session, known: dict[str, Any], changes: dict[str, Any]
) -> list[dict[str, Any]]:
    """Contacts that may be made earlier if the changes count: account, channel, when before and when after.

    Asked for everyone who counts as the same person, each account and each number or address, as things stand and
    as they would without the stops that stand in the way now: those may be lifted tomorrow.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for is_bare in (False, True):
        before, after = (_reader(house, unit, known, is_bare=is_bare) for _ in range(2))
        _apply(after, known, changes)
        for proposal in _proposals(before, known):
            key = (proposal.account_ids[0], proposal.channel)
            if key in found:
                continue
            then, now = (judge_one(house, one, proposal, unit.now) for one in (before, after))
            if earliest(now) < earliest(then):
                found[key] = {
                    "account_id": key[0],
                    "channel": key[1],
                    "before": _when(then),
                    "after": _when(now),
                }
            if len(found) == _MOST:
                return list(found.values())
    return list(found.values())


def _reader(house: House, unit: Session, known: dict[str, Any], *, is_bare: bool) -> Reader:
    reader = read_batch(house, unit, [known["consumer_id"]])
    pool = reader.pool(known["consumer_id"])
    for name in _STOPS if is_bare and pool is not None else ():
        setattr(pool, name, ())
    return reader


def _apply(reader: Reader, known: dict[str, Any], changes: dict[str, Any]) -> None:
    """The history as it would be."""
    pool = reader.pool(known["consumer_id"])
    if pool is None:
        return
    told: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()
    }
    own = (known["consumer_id"], known["event_id"])
    pool.history[:] = [
        row._replace(**told) if (row.consumer_id, row.event_id) == own else row for row in pool.history
    ]


def _proposals(reader: Reader, known: dict[str, Any]) -> Iterator[Proposal]:
    """What might be said to whom: of the kind that the contact was recorded as, and an ordinary one."""
    pool = reader.pool(known["consumer_id"])
    kinds = {(known["party"], known["content"]), ("consumer", known["content"]), ("consumer", "collection")}
    for consumer_id in pool.consumers if pool is not None else ():
        for account in reader.accounts(consumer_id):
            for channel in _CHANNELS:
                for point in reader.points(consumer_id, channel):
                    for party, content in sorted(kinds):
                        yield Proposal(
                            consumer_id, (account.id,), channel, point.id, content=content, party=party
                        )


def _when(judged: Judged) -> str:
    """The moment, or the answer where there is none."""
    verdict = judged.verdict
    return verdict.retry_at.isoformat() if verdict.retry_at is not None else verdict.decision.value


def ask(
    house: House,
    unit: Session,
    known: dict[str, Any],
    changes: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: str,
    **more: Any,
) -> str:
    """Put the question on the work list; the ledger has that it was asked. Gives its id.

    One that was answered before, and is asked again, is a new question.
    """
    consumer_id, event_id = known["consumer_id"], known["event_id"]
    told = msgspec.json.encode(changes, order="deterministic")
    answered = unit.one(
        "SELECT count(*) FROM task WHERE consumer_id = :id AND kind = 'review' AND reason = :reason "
        "AND state <> 'open'",
        {"id": consumer_id, "reason": REASON},
    )
    nth = answered[0] if answered is not None else 0
    key = f"{consumer_id}:{event_id}:{version}:{nth}:{hashlib.sha256(told).hexdigest()}"
    earlier = allowed_earlier(house, unit, known, changes)
    held = {name: list(id_list(known[name])) if name in _LISTS else known[name] for name in changes}
    made = open_task(
        unit, "review", consumer_id, REASON, key, event_id=event_id, version=version, channel=known["channel"],
        occurred_at=known["occurred_at"], held=held, changes=changes, earlier=earlier, said=reason, by=by, **more,
    )  # fmt: skip
    body = {"event_id": event_id, "waits": made, "changed": sorted(changes), "reason": reason, "by": by}
    ledger.append(
        unit, [Line(LineKind.CORRECTION, unit.now_micros, body, house.sealer.reference(consumer_id))]
    )
    return made
