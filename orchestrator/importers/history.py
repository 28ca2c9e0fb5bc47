"""Contacts of the past: each one a version in the history, a later file's row about the same contact a
correction.

One contact is known by consumer, time, channel, direction and address. Within one file equal rows are two contacts
(dialers log to the minute, and counting one too many is the safe mistake), rows that differ in the account are
one contact about several, and a row recorded later than another of its kind corrects it.

What we record of our own contacts no file changes: that would take one out of the count without a question to
compliance. Only that a call was a conversation after all counts at once, where that is plainly stricter. What a
file has no column for, such as the debts that were discussed, stays as it was recorded.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from orchestrator.audit.ledger import LineKind
from orchestrator.domain.instant import from_micros
from orchestrator.engine.reading import read_batch
from orchestrator.importers import pool
from orchestrator.importers.batch import Batch
from orchestrator.importers.cell import CellError
from orchestrator.importers.ready import Ready, needs, readings
from orchestrator.importers.row import Row, RowError
from orchestrator.services.correction import Change, report_unlawful
from orchestrator.services.easing import divided
from orchestrator.store import book, bulk, claim
from orchestrator.store.identifier import derived_id
from orchestrator.store.outcome import latest_events
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session
from policies.vocabulary import Outcome

_COLUMNS = (
    "consumer_id", "event_id", "version", "occurred_at", "recorded_at", "channel", "direction", "outcome",
    "account_ids", "contact_point_id", "party", "actor", "content", "number_kind", "place", "source",
    "recorded_by", "correction_reason", "debts_discussed", "intended_debts", "detail", "attempt_id",
)  # fmt: skip
_ACTORS = {
    "third_party_collector": "agency",
    "debt_buyer": "agency",
    "original_creditor": "lender",
}
_OURS = frozenset({"engine", "inbound"})
"""The sources of contacts that we reserved and made, and of those that reached us."""


class Key(NamedTuple):
    consumer_id: str
    occurred_at: int
    channel: str
    direction: str


class Content(NamedTuple):
    """What a version says besides its key."""

    outcome: str | None
    account_ids: tuple[str, ...]
    contact_point_id: str | None
    party: str
    actor: str | None
    content: str


@dataclass(slots=True)
class Past:
    """One contact: its newest version, and the file lines that its versions came from."""

    event_id: str
    version: int
    recorded_at: int
    content: Content
    sources: set[str] = field(default_factory=set)
    used: bool = False
    # the newest version as it is stored; empty where the contact is new
    stored: dict[str, Any] = field(default_factory=dict)

    def is_settled(self, at: int) -> bool:
        """Whether no file changes it: it is ours, or somebody found that it was not at that time (microseconds)."""
        return not _OURS.isdisjoint(self.sources) or self.stored.get("occurred_at", at) != at


class Person(NamedTuple):
    country: str
    accounts: tuple[str, ...]
    points: dict[str, tuple[str, str | None, str | None]]


def prepare(row: Row, sealer: Sealer) -> Ready:
    """A contact with its time, channel, direction and outcome."""
    ready = needs(row, "at", "consumer_id", "channel", "direction", "outcome")
    values = ready.values
    if values.get("actor") in _ACTORS:
        values["actor"] = _ACTORS[values["actor"]]
    return ready


def write_chunk(unit: Session, batch: Batch, rows: Sequence[Ready]) -> None:
    """Add contacts and corrections; a row that is known already changes nothing."""
    claim.lock_pools(unit, {row.values["consumer_id"] for row in rows})
    people = _people(unit, {row.values["consumer_id"] for row in rows})
    past = _past(unit, rows)
    new: list[tuple[object, ...]] = []
    corrected: list[Change] = []
    for row in rows:
        try:
            content = _content(row, people, batch)
            key = Key(*(row.values[name] for name in ("consumer_id", "at", "channel", "direction")))
            newest = _version(unit, batch, row, content, (key, past.setdefault(key, [])))
        except (RowError, CellError) as problem:
            batch.refuse(row.row, str(problem))
            continue
        for account_id in content.account_ids:
            batch.touched(account_id, key.consumer_id)
        if newest is not None:
            new.append(_cells(key, newest, people, batch, f"{_source(batch)}:{row.row.line}"))
            if newest.version:
                corrected.append(Change(key.consumer_id, newest.event_id, newest.version, key.occurred_at))
    _note_creditors(unit, batch, people)
    _insert(unit, batch, new, corrected)
    batch.moves(pool.members(unit, {str(cells[0]) for cells in new}))
    for change in corrected:
        batch.note(LineKind.CORRECTION, change.consumer_id, event_id=change.event_id, version=change.version)


def _insert(
    unit: Session, batch: Batch, new: Sequence[tuple[object, ...]], corrected: Sequence[Change]
) -> None:
    """Write the versions; what a correction makes unlawful among later contacts becomes an incident."""
    people = sorted({change.consumer_id for change in corrected})
    if batch.house is None or not corrected:
        bulk.insert(unit, "contact_event", _COLUMNS, new)
        return
    since = from_micros(min(change.occurred_at for change in corrected))
    before = read_batch(batch.house, unit, people, judged_from=since)
    bulk.insert(unit, "contact_event", _COLUMNS, new)
    after = read_batch(batch.house, unit, people, judged_from=since)
    for change in corrected:
        report_unlawful(batch.house, unit, before, after, change)


def _people(unit: Session, consumer_ids: set[str]) -> dict[str, Person]:
    ids = sorted(consumer_ids)
    people = {
        id_: Person(country, (), {})
        for id_, country in bulk.select(unit, ("id", "country"), "consumer", "id", ids)
    }
    owed = bulk.select(unit, ("consumer_id", "account_id"), "account_consumer", "consumer_id", sorted(people))
    for consumer_id, account_id in sorted(owed):
        person = people[consumer_id]
        people[consumer_id] = person._replace(accounts=(*person.accounts, account_id))
    columns = ("consumer_id", "value_index", "id", "number_kind", "place")
    for consumer_id, index, id_, line, place in bulk.select(
        unit, columns, "contact_point", "consumer_id", sorted(people)
    ):
        people[consumer_id].points[index] = (id_, line, place)
    return people


def _past(unit: Session, rows: Sequence[Ready]) -> dict[Key, list[Past]]:
    """The contacts of these consumers at these times that are known, oldest first."""
    wanted = {(row.values["consumer_id"], row.values["at"]) for row in rows}
    found: dict[Key, dict[str, Past]] = {}
    for row in book.contacts_at(unit, {one for one, _ in wanted}, {at for _, at in wanted}):
        if (row[0], row[1]) not in wanted:
            continue
        outcome, accounts, *others, source = row[7:]
        content = Content(outcome, tuple(bulk.from_json(accounts)), *others)
        events = found.setdefault(Key(*row[:4]), {})
        past = events.setdefault(row[4], Past(row[4], row[5], row[6], content))
        past.version, past.recorded_at, past.content = row[5], row[6], content
        past.sources.add(source)
    # a correction may have moved the newest version to another time
    stored = latest_events(unit, {(key.consumer_id, id_) for key, events in found.items() for id_ in events})
    for key, events in found.items():
        for id_, past in events.items():
            past.stored = stored[key.consumer_id, id_]
            past.version = past.stored["version"]
    return {key: list(events.values()) for key, events in found.items()}


def _content(row: Ready, people: dict[str, Person], batch: Batch) -> Content:
    person = people.get(row.values["consumer_id"])
    if person is None:
        raise RowError(f"consumer_id: {row.values['consumer_id']!r} is not in the book")
    account_id = row.get("account_id")
    if account_id and account_id not in person.accounts:
        raise RowError(f"account_id: {account_id!r} is not an account of {row.values['consumer_id']}")
    point = None
    if row.get("address"):
        try:
            (reading,) = readings(row.values["address"], (person.country,), batch.sealer)
        except CellError as problem:
            raise RowError(f"address: {problem}") from None
        point = person.points.get(reading.index, (None, None, None))[0]
    return Content(
        outcome=row.values["outcome"],
        # whose account it was about is not said: it counts for all of them
        account_ids=(account_id,) if account_id else person.accounts,
        contact_point_id=point,
        party=row.get("party") or "consumer",
        actor=row.get("actor"),
        content=row.get("content") or "collection",
    )


def _source(batch: Batch) -> str:
    return f"import:{batch.file_digest[:16]}"


def _version(
    unit: Session, batch: Batch, row: Ready, content: Content, filed: tuple[Key, list[Past]]
) -> Past | None:
    """The contact with the version to write; None where nothing is new. What is filed under its key grows with it."""
    key, known = filed
    line = f"{_source(batch)}:{row.row.line}"
    # what became known in the future would not count before
    recorded_at = min(row.get("recorded_at") or unit.now_micros, unit.now_micros)
    if any(line in past.sources for past in known):
        return None
    same = [past for past in known if _same_address(past.content, content)]
    siblings = [
        past
        for past in same
        if not past.is_settled(key.occurred_at)
        and any(source.startswith(_source(batch)) for source in past.sources)
    ]
    if (corrected := _of_this_file(siblings, row, content, recorded_at, line)) is not None:
        return corrected
    for past in same:
        if past in siblings or past.used:
            continue
        if past.is_settled(key.occurred_at):
            return _of_ours(unit, batch, row, key, past)
        past.used = True
        merged = content._replace(
            contact_point_id=content.contact_point_id or past.content.contact_point_id,
            account_ids=tuple(dict.fromkeys((*past.content.account_ids, *content.account_ids))),
        )
        if merged == past.content or (row.get("recorded_at") and recorded_at <= past.recorded_at):
            return None
        return _correct(past, merged, recorded_at, line)
    event_id = derived_id("ev", *key, content.contact_point_id or "", len(known))
    past = Past(event_id, 0, recorded_at, content, {line})
    known.append(past)
    return past


def _of_this_file(
    siblings: Sequence[Past], row: Ready, content: Content, recorded_at: int, line: str
) -> Past | None:
    """The contact of an earlier row that this row corrects, or adds an account to."""
    for past in siblings:
        if row.get("recorded_at") and recorded_at > past.recorded_at:
            return _correct(past, content, recorded_at, line)
        if (
            not set(content.account_ids) <= set(past.content.account_ids)
            and past.content.outcome == content.outcome
        ):
            joined = (*past.content.account_ids, *content.account_ids)
            return _correct(
                past, past.content._replace(account_ids=tuple(dict.fromkeys(joined))), past.recorded_at, line
            )
    return None


def _of_ours(unit: Session, batch: Batch, row: Ready, key: Key, past: Past) -> Past | None:
    """A row about a contact of ours: that it was a conversation counts, where no rule counts it less for that.

    It is stricter than what is on record, and waiting for somebody to correct it may cost an unlawful contact.
    """
    _refuse_other(past.content, row)
    told, held = row.values["outcome"], past.content.outcome
    recorded_at = min(row.get("recorded_at") or unit.now_micros, unit.now_micros)
    if told != held:
        if not _only_stricter(unit, batch, key, past, told):
            raise RowError(f"outcome: {told!r}, but {_ON_RECORD.format(held or 'not ended yet')}")
        if not row.get("recorded_at") or recorded_at > past.recorded_at:
            past.used = True
            line = f"{_source(batch)}:{row.row.line}"
            return _correct(past, past.content._replace(outcome=told), recorded_at, line)
    past.used = True
    return None


def _only_stricter(unit: Session, batch: Batch, key: Key, past: Past, told: str) -> bool:
    is_at_its_time = past.stored["occurred_at"] == key.occurred_at
    if told != Outcome.CONVERSATION or past.content.outcome is None or not is_at_its_time:
        return False
    if batch.house is None:
        return key.direction == "outbound"
    now, later, is_doubtful = divided(batch.house, unit, past.stored, {"outcome": told})
    return bool(now) and not later and not is_doubtful


def _refuse_other(recorded: Content, row: Ready) -> None:
    """A row about somebody or something else is refused; what it leaves empty, it does not say."""
    for name in ("party", "content"):
        held, told = getattr(recorded, name), row.get(name)
        if told and told != held:
            raise RowError(f"{name}: {told!r}, but {_ON_RECORD.format(held)}")
    account_id = row.get("account_id")
    if account_id and account_id not in recorded.account_ids:
        raise RowError(
            f"account_id: {account_id!r}, but {_ON_RECORD.format(', '.join(recorded.account_ids) or 'no account')}"
        )


_ON_RECORD = "our own record says {}; correct it on the consumer's page or by /events/ID/corrections"


def _same_address(held: Content, told: Content) -> bool:
    return (
        None in {held.contact_point_id, told.contact_point_id}
        or held.contact_point_id == told.contact_point_id
    )


def _correct(past: Past, content: Content, recorded_at: int, line: str) -> Past:
    past.version += 1
    past.content, past.recorded_at = content, max(recorded_at, past.recorded_at)
    past.sources.add(line)
    return past


def _cells(key: Key, past: Past, people: dict[str, Person], batch: Batch, source: str) -> tuple[object, ...]:
    content = past.content
    kinds = {id_: (line, place) for id_, line, place in people[key.consumer_id].points.values()}
    line, place = kinds.get(content.contact_point_id or "", (None, None))
    stored = past.stored
    return (
        *(
            key.consumer_id,
            past.event_id,
            past.version,
            key.occurred_at,
            past.recorded_at,
            key.channel,
            key.direction,
        ),
        *(content.outcome, json.dumps(list(content.account_ids)), content.contact_point_id, content.party),
        *(content.actor, content.content, stored.get("number_kind") or line, stored.get("place") or place),
        *(source, batch.recorded_by, "a later file says otherwise" if past.version else None),
        *(_discussed(past), *(_json(stored.get(name)) for name in ("intended_debts", "detail"))),
        stored.get("attempt_id"),
    )


def _discussed(past: Past) -> str | None:
    """The debts discussed as recorded, and those of accounts that a file adds."""
    if past.stored.get("debts_discussed") is None:
        return None
    known = bulk.from_json(past.stored["account_ids"])
    added = [id_ for id_ in past.content.account_ids if id_ not in known]
    return json.dumps([*bulk.from_json(past.stored["debts_discussed"]), *added])


def _json(value: Any) -> str | None:
    """An open column as it is written: text, whichever database gave it."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def complete(unit: Session, batch: Batch, after: str, at_once: int) -> str | None:
    """Mark the next accounts as whole since `batch.complete_since`; the last id, or None at the end.

    Those of the creditors that the file speaks of: about others it says nothing.
    """
    found = book.history_marks(unit, batch.creditors, after, at_once)
    since = str(batch.complete_since)
    later = [id_ for id_, held in found if held is None or held > since]
    bulk.update(unit, "account", ("history_complete_since",), [(id_, since) for id_ in later])
    return found[-1][0] if len(found) == at_once else None


def _note_creditors(unit: Session, batch: Batch, people: dict[str, Person]) -> None:
    """Whose accounts the file speaks of, for `complete`."""
    if batch.complete_since is not None:
        owed = sorted({account_id for person in people.values() for account_id in person.accounts})
        batch.creditors |= {row[0] for row in bulk.select(unit, ("creditor_id",), "account", "id", owed)}
