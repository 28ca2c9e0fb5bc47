"""Messages from people: who may have sent them, and the row that keeps each one once."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from orchestrator.store.session import Session

_IN_USE = frozenset({"unverified", "valid"})


def keep(unit: Session, values: dict[str, Any]) -> bool:
    """Store an inbound message; False if this one is here already."""
    columns = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    done = unit.execute(
        f"INSERT INTO inbound_message ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608
        values,
    )
    return int(done.rowcount) == 1


def senders(unit: Session, value_index: str) -> list[tuple[str, str]]:
    """(consumer, contact point) of everyone who has this number or mailbox."""
    sql = "SELECT consumer_id, id FROM contact_point WHERE value_index = :value AND party_id IS NULL ORDER BY 1, 2"
    return [(row[0], row[1]) for row in unit.query(sql, {"value": value_index})]


class MessageRow(NamedTuple):
    """A message as it was kept; `occurred_at` in microseconds, `intent` the intents read in it, by commas.

    `account_ids`: what the last contact before it was about (JSON).
    """

    id: str
    channel: str
    value_index: str
    intent: str | None
    occurred_at: int
    body_sealed: bytes | None
    account_ids: Any


def message_of(unit: Session, consumer_id: str, message_id: str) -> MessageRow | None:
    """A message that this consumer wrote, alone or with whoever shares the number or mailbox."""
    row = unit.one(
        "SELECT m.id, m.channel, m.value_index, m.intent, m.occurred_at, m.body_sealed, e.account_ids "
        "FROM inbound_message m JOIN contact_event e ON e.event_id = m.id AND e.consumer_id = :consumer "
        "WHERE m.id = :id ORDER BY e.version DESC LIMIT 1",
        {"id": message_id, "consumer": consumer_id},
    )
    return None if row is None else MessageRow._make(row)


class AnswerRow(NamedTuple):
    """What left in answer to a message; `occurred_at` in microseconds."""

    message_id: str
    attempt_id: str
    occurred_at: int


def answers_since(unit: Session, consumer_id: str, since: int) -> list[AnswerRow]:
    """What left in answer to messages of this person since then, as it is known now; what never left is left out."""
    sql = (
        "SELECT e.detail, e.event_id, e.occurred_at FROM contact_event e WHERE e.consumer_id IN (SELECT o.id FROM "
        "consumer c JOIN consumer o ON o.pool_id = c.pool_id WHERE c.id = :id) AND e.occurred_at >= :since AND "
        "e.direction = 'outbound' AND e.detail IS NOT NULL AND (e.outcome IS NULL OR e.outcome <> 'released') AND "
        "NOT EXISTS (SELECT 1 FROM contact_event l WHERE l.consumer_id = e.consumer_id AND l.event_id = e.event_id "
        "AND l.version > e.version) ORDER BY e.occurred_at, e.event_id"
    )
    rows = unit.query(sql, {"id": consumer_id, "since": since})
    found = [(_opened(detail).get("in_reply_to"), attempt_id, at) for detail, attempt_id, at in rows]
    return [AnswerRow(str(message_id), attempt_id, at) for message_id, attempt_id, at in found if message_id]


def _opened(detail: Any) -> dict[str, Any]:
    """SQLite gives JSON as text."""
    found = msgspec.json.decode(detail) if isinstance(detail, str | bytes) else detail
    return found if isinstance(found, dict) else {}


def messages_from(unit: Session, channel: str, value_index: str) -> set[str]:
    """Ids of every message that came from this number or mailbox on this channel."""
    sql = "SELECT id FROM inbound_message WHERE value_index = :value AND channel = :channel"
    return {row[0] for row in unit.query(sql, {"value": value_index, "channel": channel})}


def is_one_persons(unit: Session, value_index: str) -> bool:
    """True if this number or mailbox is in use and can only be one person's.

    Consumers who merely share it are pooled out of caution, which proves nothing: they count as one person where
    their identity keys are equal or somebody settled that they are. A party's number, and one found to be wrong
    or somebody else's, is nobody's for certain.
    """
    points = unit.query(
        "SELECT p.consumer_id, p.party_id, p.state, c.person_key FROM contact_point p "
        "JOIN consumer c ON c.id = p.consumer_id WHERE p.value_index = :value",
        {"value": value_index},
    )
    if not points or any(party is not None or state not in _IN_USE for _, party, state, _ in points):
        return False
    keys = {consumer_id: key for consumer_id, _, _, key in points}
    first, *others = sorted(keys)
    links = _settled_as_one(unit, value_index, list(keys)) if others else []
    reached = {first}
    for _ in others:
        known = {keys[one] for one in reached} - {None}
        reached |= {one for one in others if keys[one] in known}
        reached |= {end for link in links if not reached.isdisjoint(link) for end in link}
    return reached >= set(keys)


def _settled_as_one(unit: Session, value_index: str, consumer_ids: list[str]) -> list[tuple[str, str]]:
    """Pairs of these consumers of whom somebody said, about this number or mailbox, that they are one person."""
    within = unit.within("ids")
    sql = (
        f"SELECT consumer_id, other_consumer_id FROM pool_link WHERE consumer_id {within} "  # noqa: S608
        f"AND other_consumer_id {within} AND value_index = :value AND same_person"
    )
    found = unit.query(sql, {"ids": unit.listed(consumer_ids), "value": value_index})
    return [(one, other) for one, other in found]


def last_contact(unit: Session, consumer_ids: list[str]) -> tuple[str, Any] | None:
    """The last attempt (id, account ids) that went to one of these consumers: what an answer is about."""
    sql = (
        f"SELECT id, account_ids FROM attempt WHERE consumer_id {unit.within('ids')} AND state NOT IN "  # noqa: S608
        "('reserved', 'released', 'expired') ORDER BY reserved_at DESC, id DESC LIMIT 1"
    )
    row = unit.one(sql, {"ids": unit.listed(consumer_ids)})
    return None if row is None else (row[0], row[1])


def contacted(unit: Session, attempt_id: str) -> tuple[str, Any] | None:
    """Consumer and account ids of an attempt."""
    row = unit.one("SELECT consumer_id, account_ids FROM attempt WHERE id = :id", {"id": attempt_id})
    return None if row is None else (row[0], row[1])


def open_accounts(unit: Session, consumer_ids: list[str]) -> list[str]:
    """The accounts of these consumers that are still open."""
    sql = (
        "SELECT l.account_id FROM account_consumer l JOIN account a ON a.id = l.account_id "  # noqa: S608
        f"WHERE a.state = 'open' AND l.consumer_id {unit.within('ids')} ORDER BY 1"
    )
    return [row[0] for row in unit.query(sql, {"ids": unit.listed(consumer_ids)})]
