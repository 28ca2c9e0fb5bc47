"""Correcting the contact history: a new version with a reason, planned contacts judged again, old verdicts untouched.

A past contact that the correction makes unlawful becomes part of an incident for compliance. It is found by judging
each contact since twice, on the history as it was thought to be and as it is now known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.domain.permission import Permission, Role, allows
from orchestrator.engine.facts import Reader, event
from orchestrator.engine.hold import enter_hold, release_hold
from orchestrator.engine.house import House
from orchestrator.engine.point_learning import learn_from_outcome
from orchestrator.engine.reading import read_batch
from orchestrator.engine.reconsider import reconsider
from orchestrator.engine.stored import id_list
from orchestrator.engine.task import open_incident
from orchestrator.engine.told import Told
from orchestrator.errors import ConflictError, UnknownReference, UsageError
from orchestrator.services import easing
from orchestrator.services.slot import CLOCKS_DIFFER
from orchestrator.store import claim, contacting
from orchestrator.store import entry as rows
from orchestrator.store.dossier import ContactRow
from orchestrator.store.outcome import add_event_versions, latest_events
from orchestrator.store.session import Session
from policies import facts as f
from policies.evaluate import judge
from policies.verdict import Decision
from policies.vocabulary import CALL_OUTCOMES, MESSAGE_OUTCOMES, Channel, Outcome

_CHANGEABLE = frozenset(
    {"outcome", "debts_discussed", "account_ids", "party", "content", "occurred_at", "place"}
)
_READ_AS = {"party": f.Tagged, "content": f.Tagged, "place": f.Word}
_WORDS = {
    Channel.VOICE: CALL_OUTCOMES,
    Channel.SMS: MESSAGE_OUTCOMES,
    Channel.EMAIL: MESSAGE_OUTCOMES,
    Channel.LETTER: MESSAGE_OUTCOMES,
}


@dataclass(frozen=True, slots=True)
class Corrected:
    """The last version's number, and the incident with the contacts that it makes unlawful, if there are any.

    `waits`: the question to compliance about what would allow contacts earlier; that is not recorded before the answer.
    """

    version: int
    incident_id: str | None
    unlawful: tuple[str, ...]
    waits: str | None = None


def correct_event(
    house: House,
    consumer_id: str,
    event_id: str,
    changes: dict[str, Any],
    *,
    reason: str,
    by: str,
    role: Role | None = None,
) -> Corrected:
    """Record what really happened at one contact. `changes` by column, a time aware; every other column stays.

    A contact of ours was made between its reservation and now, whatever anybody says: dated back it would fall out
    of the windows that it counts in. Nor does a message end like a call that did not connect, which counts nowhere.

    What may allow a contact earlier is a question to compliance, and until the answer the stricter record holds:
    a contact too many may be unlawful, one that waits is not. Where either record may allow one (a call that was
    counted as not answered was a conversation), all contact is held until then. `role`: whose correction it is; None
    (the product) and a role with RELEASE need no answer.
    """
    _check(changes, reason)
    with house.database.write(house.clock) as unit:
        claim.lock_pools(unit, [consumer_id])
        known = _known(unit, consumer_id, event_id)
        changes = _stored(unit, known, changes)
        before = read_batch(house, unit, [consumer_id], judged_from=from_micros(known["occurred_at"]))
        _refuse_foreign(before, consumer_id, changes, known)
        # a stranger's number is not used again whatever the rest waits for
        _learn(house, unit, known, changes, by=by)
        if role is None or allows(role, Permission.RELEASE):
            return _record(house, unit, known, changes, reason=reason, by=by)
        return _put(house, unit, known, changes, reason=reason, by=by)


def _put(
    house: House, unit: Session, known: dict[str, Any], changes: dict[str, Any], *, reason: str, by: str
) -> Corrected:
    """Record what counts at once, and put the rest to compliance."""
    now, later, is_doubtful = easing.divided(house, unit, known, changes)
    made = Corrected(known["version"], None, ())
    if now:
        made = _record(house, unit, known, now, reason=reason, by=by)
    if not later and not is_doubtful:
        return made
    more: dict[str, Any] = {}
    if is_doubtful:
        told = Told(unit.now, "correction", f"{known['event_id']}:{made.version}", by)
        held = enter_hold(house, unit, known["consumer_id"], told, kind=easing.REASON)
        more = {"hold_id": held, "before": {"outcome": known["outcome"]}}
        later = {"outcome": now["outcome"], **later}
    waits = easing.ask(house, unit, known, later, version=made.version, reason=reason, by=by, **more)
    return replace(made, waits=waits)


def _known(unit: Session, consumer_id: str, event_id: str) -> dict[str, Any]:
    known = latest_events(unit, [(consumer_id, event_id)]).get((consumer_id, event_id))
    if known is None:
        raise UnknownReference(f"{consumer_id} has no contact {event_id!r}", where="event_id")
    return known


def _record(
    house: House, unit: Session, known: dict[str, Any], changes: dict[str, Any], *, reason: str, by: str
) -> Corrected:
    """The new version, what it makes unlawful, and everybody looked at again. The pool is locked."""
    consumer_id, event_id = known["consumer_id"], known["event_id"]
    since = from_micros(known["occurred_at"])
    before = read_batch(house, unit, [consumer_id], judged_from=since)
    add_event_versions(unit, {(consumer_id, event_id): changes}, recorded_by=by, reason=reason)
    after = read_batch(house, unit, [consumer_id], judged_from=since)
    corrected = Change(consumer_id, event_id, known["version"] + 1, known["occurred_at"])
    incident, unlawful = report_unlawful(house, unit, before, after, corrected)
    people = rows.pool_members(unit, [consumer_id])
    rows.move_epoch(unit, people)
    body = {"event_id": event_id, "changed": sorted(changes), "reason": reason, "by": by}
    reference = house.sealer.reference(consumer_id)
    ledger.append(unit, [Line(LineKind.CORRECTION, unit.now_micros, body, reference)])
    reconsider(house, unit, people)
    return Corrected(known["version"] + 1, incident, tuple(unlawful))


def confirm(house: House, unit: Session, consumer_id: str, asked: dict[str, Any], *, by: str) -> None:
    """Compliance confirms what a question asked (its `detail`): from now on it is the record."""
    claim.lock_pools(unit, [consumer_id])
    known = _known(unit, consumer_id, asked["event_id"])
    if known["version"] != asked["version"]:
        raise ConflictError(
            "this contact was corrected again since the question: nothing was changed", code="correction_stale",
            where=asked["event_id"], hint="answer it with rejected; what holds now can be corrected anew",
        )  # fmt: skip
    reason = f"{asked['said']} (said by {asked['by']})"
    changes = {name: value for name, value in asked["changes"].items() if known[name] != value}
    if changes:
        _record(house, unit, known, changes, reason=reason, by=by)
    _let_go(house, unit, consumer_id, asked, by=by)


def reject(house: House, unit: Session, consumer_id: str, asked: dict[str, Any], *, by: str) -> None:
    """Compliance keeps what was recorded: what counted already is taken back, and contact goes on.

    Where the contact was corrected again since, nothing is taken back, and the hold is for a person to release.
    """
    claim.lock_pools(unit, [consumer_id])
    known = _known(unit, consumer_id, asked["event_id"])
    if "before" not in asked or known["version"] != asked["version"]:
        return
    reason = f"rejected: {asked['said']} (said by {asked['by']})"
    _record(house, unit, known, asked["before"], reason=reason, by=by)
    _let_go(house, unit, consumer_id, asked, by=by)


def _let_go(house: House, unit: Session, consumer_id: str, asked: dict[str, Any], *, by: str) -> None:
    """The hold that the question brought is over."""
    if "hold_id" in asked:
        told = Told(unit.now, "correction", asked["hold_id"], by)
        release_hold(house, unit, consumer_id, asked["hold_id"], told, reason="the correction was answered")


def _learn(house: House, unit: Session, known: dict[str, Any], changes: dict[str, Any], *, by: str) -> None:
    """A number that turns out to be a stranger's, or dead, is not used again, however late that is told."""
    if known["direction"] == "outbound" and "outcome" in changes:
        key = f"{known['event_id']}:{known['version'] + 1}"
        told = Told(unit.now, "correction", key, by)
        learn_from_outcome(house, unit, known["contact_point_id"], changes["outcome"], told)


@dataclass(frozen=True, slots=True)
class Change:
    """A new version of one contact, which was made at `occurred_at` (microseconds)."""

    consumer_id: str
    event_id: str
    version: int
    occurred_at: int


def report_unlawful(
    house: House, unit: Session, before: Reader, after: Reader, change: Change
) -> tuple[str | None, list[str]]:
    """The incident, if the change makes contacts since then unlawful, and those contacts.

    `before` and `after` read the consumer without and with the change.
    """
    unlawful = _made_unlawful(house, before, after, change.consumer_id, change.occurred_at)
    made = _open(house, unit, change.consumer_id, change.event_id, unlawful, version=change.version)
    return made, unlawful


def _check(changes: dict[str, Any], reason: str) -> None:
    unknown = sorted(set(changes) - _CHANGEABLE)
    if unknown or not changes:
        hint = f"one of {', '.join(sorted(_CHANGEABLE))}"
        raise UsageError(
            f"a correction cannot change {', '.join(unknown) or 'nothing'}", where="changes", hint=hint
        )
    if not reason.strip():
        raise UsageError("a correction says why", where="reason")
    if "outcome" in changes and changes["outcome"] not in {one.value for one in Outcome}:
        raise UsageError(f"{changes['outcome']!r} is not an outcome", where="outcome")
    for name, kind in _READ_AS.items():
        if name in changes:
            _check_word(name, changes[name], kind)


def _check_word(name: str, value: Any, kind: Any) -> None:
    """What no rule can read would stand in the way of every question about this person."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        hint = "a word like third_party, or third_party:spouse"
        raise UsageError(f"{value!r} cannot be read as {name}", where=name, hint=hint) from None


def _stored(unit: Session, known: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The changes as columns, once they can be true of this contact."""
    words = _WORDS.get(known["channel"]) if known["direction"] == "outbound" else None
    if words is not None and changes.get("outcome", known["outcome"]) not in {known["outcome"], *words}:
        hint = f"one of {', '.join(sorted(words))}"
        raise UsageError(
            f"{changes['outcome']!r} is no outcome of {known['channel']}", where="outcome", hint=hint
        )
    at = changes.get("occurred_at")
    if at is None:
        return changes
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise UsageError("a time needs its offset", where="occurred_at", hint="2026-03-01T10:00:00-05:00")
    ours = contacting.attempt(unit, known["attempt_id"]) if known["attempt_id"] is not None else None
    earliest = None if ours is None else from_micros(ours.reserved_at)
    if at > unit.now + CLOCKS_DIFFER or (earliest is not None and at < earliest - CLOCKS_DIFFER):
        hint = f"from {'any time' if earliest is None else earliest.isoformat()} to {unit.now.isoformat()}"
        raise UsageError(f"the contact was not made at {at.isoformat()}", where="occurred_at", hint=hint)
    latest = min(at, unit.now)
    return {**changes, "occurred_at": to_micros(latest if earliest is None else max(latest, earliest))}


def _refuse_foreign(reader: Reader, consumer_id: str, changes: dict[str, Any], known: dict[str, Any]) -> None:
    """Raise UnknownReference for an account that neither the person owes nor the contact was about."""
    pool = reader.pool(consumer_id)
    owed = {row.id for accounts in pool.accounts.values() for row in accounts} if pool is not None else set()
    for name in ("account_ids", "debts_discussed"):
        strange = sorted({*(changes.get(name) or ())} - owed - {*id_list(known["account_ids"])})
        if strange:
            raise UnknownReference(
                f"{', '.join(map(repr, strange))}: no account of consumer {consumer_id!r}",
                where=f"changes.{name}",
                hint="nothing was recorded",
            )


def _open(
    house: House, unit: Session, consumer_id: str, event_id: str, unlawful: Sequence[str], *, version: int
) -> str | None:
    if not unlawful:
        return None
    return open_incident(
        house,
        unit,
        "unlawful_after_correction",
        consumer_id,
        attempt_ids=unlawful,
        key=f"{event_id}:{version}",
        event_id=event_id,
    )


def _made_unlawful(house: House, before: Reader, after: Reader, consumer_id: str, since: int) -> list[str]:
    """Outbound contacts after the corrected one that were allowed on the old history and are not on the new one."""
    old, new = before.pool(consumer_id), after.pool(consumer_id)
    if old is None or new is None or house.library is None:
        return []
    later = [
        row
        for row in new.history
        if row.direction == "outbound" and row.occurred_at > since and row.party == "consumer"
    ]
    return [
        row.attempt_id or row.event_id
        for row in later
        if _is_allowed(house, before, old.history, row) and not _is_allowed(house, after, new.history, row)
    ]


def _is_allowed(house: House, reader: Reader, history: Sequence[ContactRow], row: ContactRow) -> bool:
    """Was this past contact lawful, given what happened before it?"""
    if house.library is None:
        return False
    at = from_micros(row.occurred_at)
    facts = _facts_then(reader, history, row)
    stack = house.library.stack(facts.jurisdictions, facts.actor, at.date(), settings=house.settings)
    return judge(facts, stack, at).decision is Decision.ALLOW


def _facts_then(reader: Reader, history: Sequence[ContactRow], row: ContactRow) -> f.Facts:
    """Facts about the history alone: who, where and what for as they are, no register that may have come later."""
    consumer = reader.consumer(row.consumer_id)
    past = event(row)
    actor = next((one.actor for one in reader.accounts(row.consumer_id) if one.id in row.account_ids), None)
    contact = f.Contact(
        at=past.at,
        channel=past.channel,
        debts=past.debts,
        address=past.address,
        content=past.content,
        number_kind=past.number_kind,
        place=past.place,
    )
    given: dict[str, Any] = {} if actor is None else {"actor": actor}
    return msgspec.convert(
        {
            **given,
            "jurisdictions": tuple(consumer.jurisdictions or ()),
            "zones": tuple(sorted(zone["zone"] for zone in consumer.zones or ())),
            "country": consumer.country,
            "contact": msgspec.to_builtins(contact),
            "history": [
                msgspec.to_builtins(event(one)) for one in history if one.occurred_at < row.occurred_at
            ],
        },
        f.Facts,
    )
