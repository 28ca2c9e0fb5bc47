"""One recorded decision, whole: the answer, every rule that was asked, how the next time was found, the facts.

The verdict is judged again from the facts and the rules that it cites, so that whoever reads it is told whether it
comes out the same. Nothing is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from orchestrator.domain.instant import from_micros
from orchestrator.domain.masked import masked
from orchestrator.engine.house import House
from orchestrator.engine.message import display_name
from orchestrator.engine.policy import policy_of
from orchestrator.engine.replay import Difference, replay
from orchestrator.engine.stored import id_list
from orchestrator.errors import DuecourseError, UnknownReference
from orchestrator.services.decision_list import neighbours_of
from orchestrator.store import contacting
from orchestrator.store.session import Session
from policies import facts as f
from policies.compose import Stack
from policies.pack import Rule
from policies.trace import Answer, Reply, Trace, trace
from policies.verdict import Verdict, deciding


@dataclass(frozen=True, slots=True)
class PointName:
    """A contact point as it is shown: its value whole, or masked for those who may not see it."""

    id: str
    kind: str
    number_kind: str | None
    value: str


@dataclass(frozen=True, slots=True)
class AccountName:
    id: str
    label: str | None
    product: str | None
    creditor: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for the contact and what became of it. `origin`: cadence, person, api, reservation, reaction."""

    origin: str
    by: str
    cadence: str | None
    template: str | None
    attempt_id: str | None
    state: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What proves the decision. `line` in the ledger, `seq` once it is sealed; `fits`: the line names these very bytes.

    `policy_used_at`: when a verdict first cited this policy; None: the policy was not kept.
    """

    policy_digest: str
    policy_used_at: datetime | None
    facts_digest: str
    line: int | None
    seq: int | None
    fits: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """A recorded decision with all that can be said about it. `zone`: the consumer's clock.

    `trace` is None where the rules were not kept; `differences`: what does not come out again. `own` is the code of a
    reason that is not a rule's: what the engine itself stopped for.
    """

    id: str
    at: datetime
    channel: str
    consumer_id: str
    consumer: str
    zone: str
    verdict: Verdict
    facts: f.Facts
    rules: dict[str, Rule]
    trace: Trace | None
    differences: tuple[Difference, ...]
    own: str
    asked: Asked
    kept: Kept
    accounts: dict[str, AccountName]
    points: dict[str, PointName]
    previous: str | None
    following: str | None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Every rule that has a bearing on the contact; the one to name first comes first."""
        if self.trace is None:
            return ()
        first = deciding(self.trace.verdict)
        name = first.id if first is not None else ""
        bearing = [one for one in self.trace.answers if one.reply not in _WITHOUT]
        return tuple(sorted(bearing, key=lambda one: _name(one) != name))

    @property
    def counted(self) -> tuple[str, ...]:
        """The events that the deciding rules counted, by the name that a verdict gives them."""
        return tuple(dict.fromkeys(name for finding in self.verdict.rules for name in finding.counted))

    def point(self) -> PointName | None:
        """Where the contact was to go."""
        return self.points.get(self.facts.contact.address or "")


_WITHOUT = frozenset({Reply.NO_BEARING, Reply.NOT_IN_FORCE, Reply.EXCEPTION})


def _name(answer: Answer) -> str:
    return answer.code or (answer.rule.id if answer.rule is not None else "")


def read_decision(house: House, key: str, *, sees_values: bool = False) -> Decided:
    """The decision with this id, or of the attempt with this id; an UnknownReference for one that is not here."""
    with house.database.read(house.clock) as unit:
        row = find(unit, key)
        verdict, facts = msgspec.json.decode(bytes(row.body), type=Verdict), f.decode(bytes(row.facts))
        stack = policy_of(unit, row.policy_digest)
        consumer, zone = _consumer(unit, row.consumer_id, facts)
        previous, following = neighbours_of(unit, row.consumer_id, row.as_of, row.id)
        asked = _asked(unit, row)
        kept = _kept(house, unit, row)
        accounts = _accounts(house, unit, _accounts_in(facts, row.account_ids))
        points = points_of(house, unit, row.consumer_id, sees_values=sees_values)
    at = from_micros(row.as_of)
    return Decided(
        id=row.id,
        at=at,
        channel=row.channel,
        consumer_id=row.consumer_id,
        consumer=consumer,
        zone=zone,
        verdict=verdict,
        facts=facts,
        rules=_rules(house, stack),
        trace=None if stack is None else trace(facts, stack, at),
        differences=replay(house, ids=[row.id]).differences,
        own=_own(verdict, stack),
        asked=asked,
        kept=kept,
        accounts=accounts,
        points=points,
        previous=previous,
        following=following,
    )


class Row(msgspec.Struct, frozen=True):
    """A recorded verdict as stored; instants are microseconds."""

    id: str
    consumer_id: str
    attempt_id: str | None
    enrollment_id: str | None
    channel: str
    contact_point_id: str | None
    account_ids: Any
    as_of: int
    policy_digest: str
    facts_digest: str
    body: bytes
    facts: bytes


_COLUMNS = ", ".join(Row.__struct_fields__)


def find(unit: Session, key: str) -> Row:
    """The verdict of this id, or the latest of the attempt of this id."""
    for column in ("id", "attempt_id"):
        row = unit.one(
            f"SELECT {_COLUMNS} FROM verdict WHERE {column} = :key ORDER BY as_of DESC LIMIT 1",  # noqa: S608
            {"key": key},
        )
        if row is not None:
            return Row(*row)
    raise UnknownReference("no decision has this id", where=key)


def _own(verdict: Verdict, stack: Stack | None) -> str:
    """The code of a reason that no rule of the stack gave; the judge's own (a fact is missing) are in the trace."""
    first = verdict.rules[0].id if verdict.rules else ""
    is_rule = stack is not None and first in stack.by_id
    return "" if is_rule or first.endswith("_unknown") else first


def _rules(house: House, stack: Stack | None) -> dict[str, Rule]:
    """The rules that verdicts name: those of the policy that it cites, else as they are now."""
    now = {} if house.library is None else dict(house.library.rules)
    return now | (dict(stack.by_id) if stack is not None else {})


def _consumer(unit: Session, consumer_id: str, facts: f.Facts) -> tuple[str, str]:
    row = unit.one(
        "SELECT given_name, family_name, organization FROM consumer WHERE id = :id", {"id": consumer_id}
    )
    name = "" if row is None else display_name(_Named(*row))
    return name or consumer_id, _main_zone(facts)


class _Named(msgspec.Struct, frozen=True):
    given_name: str | None
    family_name: str | None
    organization: str | None


_SURE = ("stated", "postal_code", "mobile_area_code", "landline_area_code", "country")


def _main_zone(facts: f.Facts) -> str:
    """The zone whose clock is shown: the most certain source first; none is known: UTC."""
    rank = {source: place for place, source in enumerate(_SURE)}
    sure = sorted(facts.zones, key=lambda zone: rank.get(facts.zone_sources.get(zone, ""), len(_SURE)))
    return sure[0] if sure else "UTC"


def _asked(unit: Session, row: Row) -> Asked:
    cadence = unit.one("SELECT cadence FROM enrollment WHERE id = :id", {"id": row.enrollment_id})
    named = None if cadence is None else str(cadence[0])
    attempt = None if row.attempt_id is None else contacting.attempt(unit, row.attempt_id)
    if attempt is None:
        return Asked("cadence" if named else "person", "", named, None, row.attempt_id, None, None)
    template = unit.one("SELECT template FROM attempt WHERE id = :id", {"id": attempt.id})
    return Asked(
        origin=attempt.origin,
        by=_person(unit, attempt.requested_by),
        cadence=named,
        template=None if template is None else template[0],
        attempt_id=attempt.id,
        state=attempt.state,
        outcome=attempt.outcome,
    )


def _person(unit: Session, actor: str) -> str:
    """Who `user:<id>` is; a key or the system is named as recorded."""
    kind, _, name = actor.partition(":")
    if kind != "user":
        return "" if actor == "system" else name or actor
    row = unit.one("SELECT display_name FROM user_account WHERE id = :id", {"id": name})
    return name if row is None else str(row[0])


def _kept(house: House, unit: Session, row: Row) -> Kept:
    used = unit.one(
        "SELECT first_used_at FROM policy_version WHERE digest = :digest", {"digest": row.policy_digest}
    )
    lines = unit.query(
        "SELECT e.id, e.body, l.seq FROM ledger_entry e LEFT JOIN ledger_link l ON l.entry_id = e.id "
        "WHERE e.consumer_ref = :who AND e.at = :at ORDER BY e.id",
        {"who": house.sealer.reference(row.consumer_id), "at": row.as_of},
    )
    own = [(line, _body(body), seq) for line, body, seq in lines]
    line, body, seq = next((one for one in own if one[1].get("verdict_id") == row.id), (None, {}, None))
    return Kept(
        policy_digest=row.policy_digest,
        policy_used_at=None if used is None else from_micros(used[0]),
        facts_digest=row.facts_digest,
        line=line,
        seq=seq,
        fits=body.get("verdict_digest") == hashlib.sha256(bytes(row.body)).hexdigest()
        and body.get("facts_digest") == hashlib.sha256(bytes(row.facts)).hexdigest(),
    )


def _body(body: bytes) -> dict[str, Any]:
    found = msgspec.json.decode(bytes(body))
    return found if isinstance(found, dict) else {}


def _accounts_in(facts: f.Facts, account_ids: Any) -> set[str]:
    """Every account that the facts name."""
    named = {*id_list(account_ids), *facts.contact.debts, *facts.debts}
    named |= {debt for event in facts.history for debt in event.debts}
    about = (
        *(one.debt for one in facts.holds),
        *(one.debt for one in facts.disputes),
        *(one.debt for one in facts.consents),
    )
    return named | {debt for debt in about if debt is not None}


def _accounts(house: House, unit: Session, ids: Iterable[str]) -> dict[str, AccountName]:
    rows = unit.query(
        f"SELECT id, account_label, product, creditor_id FROM account WHERE id {unit.within('ids')}",  # noqa: S608
        {"ids": unit.listed(sorted(ids))},
    )
    found = {}
    for key, label, product, creditor_id in rows:
        creditor = house.firm.creditor(creditor_id)
        is_named = creditor is not None and creditor.id == creditor_id
        found[key] = AccountName(key, label, product, creditor.name if creditor and is_named else creditor_id)
    return found


def points_of(house: House, unit: Session, consumer_id: str, *, sees_values: bool) -> dict[str, PointName]:
    """The contact points of the consumer and of everybody who counts as the same person."""
    rows = unit.query(
        "SELECT p.id, p.kind, p.number_kind, p.value_sealed FROM contact_point p JOIN consumer c "
        "ON c.id = p.consumer_id WHERE c.pool_id = (SELECT pool_id FROM consumer WHERE id = :id)",
        {"id": consumer_id},
    )
    found = {}
    for key, kind, number_kind, value in rows:
        plain = _opened(house, bytes(value))
        found[key] = PointName(key, kind, number_kind, plain if sees_values else masked(kind, plain))
    return found


def _opened(house: House, sealed: bytes) -> str:
    """The value, or nothing where its key is gone: the decision is shown all the same."""
    try:
        return house.sealer.open(sealed)
    except DuecourseError:
        return ""
