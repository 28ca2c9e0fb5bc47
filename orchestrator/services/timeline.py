"""Everything in and out about one consumer, newest first, contacts that were not made and why among them.

Read a page at a time: each source gives its newest rows before a moment, so that a long history costs no more than a
short one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.domain.permission import Role, reads_compliance
from orchestrator.engine.house import House
from orchestrator.engine.message import Body
from orchestrator.engine.policy import policy_of
from orchestrator.engine.stored import id_list
from orchestrator.errors import DuecourseError
from orchestrator.services.said import said_of_record
from orchestrator.store import inbound
from orchestrator.store.session import Session
from policies import facts as f
from policies.verdict import Verdict

PAGE = 50
_FOR_EVER = 2**62


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. `kind`: contact (made or received), refused (a contact that was not made), message
    (their words), promise, payment, hold, release, dispute, answer, complaint, opt_out, cease, consent, wish, note.

    `detail` has what its kind has: outcome, template, version, verdict, text, amount_minor, currency, of a refused one
    `said` (what refused it), of a message `answered_at` ... A stop with `point_id` holds for that number or mailbox.
    """

    at: datetime
    kind: str
    id: str
    channel: str | None = None
    direction: str | None = None
    account_ids: tuple[str, ...] = ()
    point_id: str | None = None
    by: str = ""
    verdict_id: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of entries; `before` asks for the next one, None at the end."""

    entries: tuple[Entry, ...]
    before: datetime | None


def read_timeline(
    house: House,
    consumer_id: str,
    *,
    before: datetime | None = None,
    show: str = "all",
    role: Role | None = None,
) -> Timeline:
    """The newest entries before `before`. `show`: all, contacts, payments (promises too) or notes.

    `role`: who reads, None is the product itself. That a complaint was closed, by whom and as what, is for everybody;
    the words that compliance found for it are not.
    """
    limit_at = to_micros(before) if before is not None else _FOR_EVER
    found: list[Entry] = []
    with house.database.read(house.clock) as unit:
        for source in _SOURCES[show]:
            found += source(house, unit, consumer_id, limit_at)
        found.sort(key=lambda entry: (entry.at, entry.id), reverse=True)
        page = found[: _end(found)]
        entries = tuple(_joined(page))
        _tell_answers(unit, consumer_id, entries)
        _tell_reasons(unit, entries)
    if role is not None and not reads_compliance(role):
        for one in entries:
            if one.kind == "complaint":
                del one.detail["correction_reason"]
    return Timeline(entries, page[-1].at if len(found) > PAGE else None)


def _tell_answers(unit: Session, consumer_id: str, entries: Sequence[Entry]) -> None:
    """When each message of theirs was answered, `answered_at` in its detail; None: not yet."""
    messages = [one for one in entries if one.kind == "message"]
    if not messages:
        return
    rows = inbound.answers_since(unit, consumer_id, to_micros(messages[-1].at))
    times = {row.message_id: from_micros(row.occurred_at) for row in reversed(rows)}
    for one in messages:
        one.detail["answered_at"] = times.get(one.id)


def _tell_reasons(unit: Session, entries: Sequence[Entry]) -> None:
    """What the rule said that refused each contact, as structured facts: `said` in its detail."""
    refused = {one.id: one for one in entries if one.kind == "refused"}
    rows = unit.query(
        f"SELECT id, facts, policy_digest FROM verdict WHERE id {unit.within('ids')}",  # noqa: S608
        {"ids": unit.listed(sorted(refused))},
    )
    stacks = {digest: policy_of(unit, digest) for digest in {row[2] for row in rows}}
    for key, facts, digest in rows:
        verdict: Verdict = refused[key].detail["verdict"]
        refused[key].detail["said"] = said_of_record(verdict, f.decode(bytes(facts)), stacks[digest])


def _end(found: Sequence[Entry]) -> int:
    """Where the page ends: what happened at one instant (a stop and its hold) is never parted."""
    if len(found) <= PAGE:
        return len(found)
    end = PAGE
    while end > 0 and found[end - 1].at == found[PAGE].at:
        end -= 1
    return end or len(found)


Source = Callable[[House, Session, str, int], Iterable[Entry]]


def _rows(unit: Session, sql: str, consumer_id: str, before: int) -> list[Any]:
    params = {"id": consumer_id, "before": before, "limit": PAGE + 1}
    return unit.query(f"{sql} ORDER BY 1 DESC LIMIT :limit", params)


def _contacts(house: House, unit: Session, consumer_id: str, before: int) -> Iterable[Entry]:
    """Contacts in both directions as they are known now; what was proven not sent is left out."""
    sql = (
        "SELECT e.occurred_at, e.event_id, e.channel, e.direction, e.outcome, e.account_ids, e.contact_point_id, "
        "e.recorded_by, e.content, e.version, e.correction_reason, a.template, a.template_version, a.state, "
        "a.requested_by, a.origin, a.verdict_id, a.body_sealed, a.subject_sealed, e.party, a.language "
        "FROM contact_event e LEFT JOIN attempt a ON a.id = e.attempt_id WHERE e.consumer_id = :id "
        "AND e.occurred_at < :before AND (e.outcome IS NULL OR e.outcome <> 'released') AND e.source <> 'inbound' "
        "AND NOT EXISTS (SELECT 1 FROM contact_event l WHERE l.consumer_id = e.consumer_id AND "
        "l.event_id = e.event_id AND l.version > e.version)"
    )
    for row in _rows(unit, sql, consumer_id, before):
        yield Entry(
            at=from_micros(row[0]),
            kind="contact",
            id=row[1],
            channel=row[2],
            direction=row[3],
            account_ids=id_list(row[5]),
            point_id=row[6],
            by=row[14] or row[7],
            verdict_id=row[16],
            detail={
                "outcome": row[4],
                "content": row[8],
                "corrected": row[10],
                "template": row[11],
                "version": row[12],
                "state": row[13],
                "origin": row[15],
                "party": row[19],
                "language": row[20],
                "subject": _opened(house, row[18]),
                "text": _text(house, row[17]),
            },
        )


def _messages(house: House, unit: Session, consumer_id: str, before: int) -> Iterable[Entry]:
    sql = (
        "SELECT occurred_at, id, channel, intent, body_sealed, handled_at FROM inbound_message "
        "WHERE consumer_id = :id AND occurred_at < :before"
    )
    for row in _rows(unit, sql, consumer_id, before):
        detail = {"text": _opened(house, row[4]), "intents": (row[3] or "").split(",")}
        yield Entry(from_micros(row[0]), "message", row[1], row[2], "inbound", detail=detail)


def _refused(_house: House, unit: Session, consumer_id: str, before: int) -> Iterable[Entry]:
    """Contacts that were not made: the answer as it was given, with the rules that decided."""
    sql = (
        "SELECT v.as_of, v.id, v.channel, v.account_ids, v.contact_point_id, v.body, v.enrollment_id, n.cadence "
        "FROM verdict v LEFT JOIN enrollment n ON n.id = v.enrollment_id "
        "WHERE v.consumer_id = :id AND v.as_of < :before AND v.decision <> 'allow'"
    )
    for row in _rows(unit, sql, consumer_id, before):
        verdict = msgspec.json.decode(row[5], type=Verdict)
        yield Entry(
            at=from_micros(row[0]),
            kind="refused",
            id=row[1],
            channel=row[2],
            direction="outbound",
            account_ids=id_list(row[3]),
            point_id=row[4],
            by="cadence" if row[6] else "",
            verdict_id=row[1],
            detail={"verdict": verdict, "cadence": row[7], "enrollment_id": row[6], "times": 1},
        )


# table, kind of entry, its columns beside the times, who and the account
_FACTS = (
    ("promise", "promise", "amount_minor, currency, due_on, state, corrects_id"),
    ("payment", "payment", "amount_minor, currency, reversal_of"),
    ("hold", "hold", "kind, until, note"),
    ("dispute", "dispute", "form"),
    ("complaint", "complaint", "due_on, closed_at, closed_as, corrects_id, correction_reason"),
    ("recall", "recall", "reason"),
    ("notice", "notice", "kind, medium"),
)
_WHEN = {"promise": "CASE WHEN corrects_id IS NULL THEN occurred_at ELSE recorded_at END"}
"""When a row happened, where that is not when it came about: a promise is kept or broken long after it was made."""
_PERSONAL = (
    ("hold_release", "release", "hold_id, reason"),
    ("dispute_answer", "answer", "dispute_id, kind"),
    ("cease_request", "cease", "form, via"),
    ("consent", "consent", "type, channel, via, scope_date"),
    ("opt_out", "opt_out", "channel, withdrawn"),
    ("preference", "wish", 'kind, days, start, "end", until, place, channel, withdrawn, correction_reason'),
)


def _facts(tables: Iterable[tuple[str, str, str]], *, has_account: bool) -> Source:
    def read(_house: House, unit: Session, consumer_id: str, before: int) -> Iterable[Entry]:
        for table, kind, columns in tables:
            account, when = "account_id" if has_account else "NULL", _WHEN.get(table, "occurred_at")
            sql = (
                f"SELECT {when}, id, recorded_by, source, {account}, {columns} FROM {table} "  # noqa: S608
                f"WHERE consumer_id = :id AND {when} < :before"
            )
            names = columns.replace('"', "").split(", ")
            for row in _rows(unit, sql, consumer_id, before):
                detail = dict(zip(names, row[5:], strict=True)) | {"source": row[3]}
                accounts = (row[4],) if row[4] else ()
                yield Entry(from_micros(row[0]), kind, row[1], account_ids=accounts, by=row[2], detail=detail)

    return read


def _value_stops(_house: House, unit: Session, consumer_id: str, before: int) -> Iterable[Entry]:
    """Stops of a number or mailbox that the consumer has, whoever asked for them: they hold for everyone who has it."""
    sql = (
        "SELECT o.occurred_at, o.id, o.recorded_by, o.source, o.channel, o.withdrawn, (SELECT min(p.id) FROM "
        "contact_point p WHERE p.consumer_id = :id AND p.value_index = o.value_index) FROM opt_out o "
        "WHERE o.value_index IN (SELECT value_index FROM contact_point WHERE consumer_id = :id) "
        "AND (o.consumer_id IS NULL OR o.consumer_id <> :id) AND o.occurred_at < :before"
    )
    for row in _rows(unit, sql, consumer_id, before):
        detail = {"channel": row[4], "withdrawn": row[5], "source": row[3]}
        yield Entry(from_micros(row[0]), "opt_out", row[1], point_id=row[6], by=row[2], detail=detail)


def _notes(house: House, unit: Session, consumer_id: str, before: int) -> Iterable[Entry]:
    sql = (
        "SELECT occurred_at, id, recorded_by, account_id, text_sealed FROM note "
        "WHERE consumer_id = :id AND occurred_at < :before"
    )
    for row in _rows(unit, sql, consumer_id, before):
        accounts = (row[3],) if row[3] else ()
        detail = {"text": _opened(house, row[4])}
        yield Entry(from_micros(row[0]), "note", row[1], account_ids=accounts, by=row[2], detail=detail)


_MONEY = tuple(one for one in _FACTS if one[0] in {"promise", "payment"})
_SOURCES: dict[str, tuple[Source, ...]] = {
    "all": (
        _contacts,
        _messages,
        _refused,
        _facts(_FACTS, has_account=True),
        _facts(_PERSONAL, has_account=False),
        _value_stops,
        _notes,
    ),
    "contacts": (_contacts, _messages, _refused),
    "payments": (_facts(_MONEY, has_account=True),),
    "notes": (_notes,),
}
SHOWN = tuple(_SOURCES)


def _joined(entries: list[Entry]) -> Iterable[Entry]:
    """Neighbouring refusals of one kind are one entry: a step that waits is asked again and again."""
    last: Entry | None = None
    for entry in entries:
        if last is not None and last.kind == entry.kind == "refused" and _same(last, entry):
            last.detail["times"] += 1
            continue
        if last is not None:
            yield last
        last = entry
    if last is not None:
        yield last


def _same(one: Entry, other: Entry) -> bool:
    first, second = one.detail["verdict"], other.detail["verdict"]
    rules = [finding.id for finding in first.rules] == [finding.id for finding in second.rules]
    return rules and (one.channel, one.account_ids, one.by) == (other.channel, other.account_ids, other.by)


def _opened(house: House, sealed: bytes | None) -> str:
    """The words, or nothing where their key is gone: a timeline is shown all the same."""
    if sealed is None:
        return ""
    try:
        return house.sealer.open(bytes(sealed))
    except DuecourseError:
        return ""


def _text(house: House, sealed: bytes | None) -> str:
    opened = _opened(house, sealed)
    try:
        return msgspec.json.decode(opened, type=Body).text if opened else ""
    except msgspec.DecodeError:
        return ""
