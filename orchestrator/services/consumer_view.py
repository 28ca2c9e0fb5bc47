"""One consumer as a collector sees them: who, which accounts, what stands in the way, what was agreed. Read only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from orchestrator.domain.instant import from_micros
from orchestrator.engine import register, standing
from orchestrator.engine.facts import Reader
from orchestrator.engine.house import House
from orchestrator.engine.message import display_name
from orchestrator.engine.reading import read_batch
from orchestrator.errors import UnknownReference
from orchestrator.store import contacting, dossier
from orchestrator.store.dossier import AccountRow, Pool
from orchestrator.store.session import Session
from policies.instant import zone as zone_table

_RIGHT_PARTY = frozenset({"conversation", "met", "callback_requested"})


@dataclass(frozen=True, slots=True)
class Zone:
    """A plausible zone and where it comes from: stated, postal_code, mobile_area_code, landline_area_code, country."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """One account; `holds` are kinds in force, `has_dispute` an open dispute about it."""

    id: str
    creditor_id: str
    creditor: str
    product: str | None
    label: str | None
    currency: str
    balance_minor: int
    delinquent_since: date
    state: str
    holds: tuple[str, ...]
    has_dispute: bool
    has_complaint: bool
    promise: PromiseView | None


@dataclass(frozen=True, slots=True)
class PointView:
    """A number, mailbox or address in plain words. `party` is the id of somebody else whose it is, None: their own."""

    id: str
    kind: str
    value: str
    number_kind: str | None
    state: str
    party: str | None
    city: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Something in force that a contact has to respect. `kind` says what: hold, dispute, complaint, consent, opt_out,
    cease, representation, employer, wish.

    `what` is its word in the vocabulary (a hold's kind, a consent's type, a wish's kind), `detail` its values by name.
    """

    id: str
    kind: str
    what: str
    since: datetime | None
    until: date | None
    account_id: str | None
    channel: str | None
    point_id: str | None
    detail: dict[str, str]


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise to pay and what became of it: open, kept, broken or cancelled."""

    id: str
    account_id: str
    amount_minor: int
    currency: str
    due_on: date
    state: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Another consumer of the book who is counted as one person with this one."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ConsumerView:
    """The consumer at one moment. `same_person`: other consumers counted as one person with this one."""

    id: str
    name: str
    kind: str
    language: str | None
    country: str
    jurisdictions: tuple[str, ...]
    at: datetime
    zones: tuple[Zone, ...]
    right_party_at: datetime | None
    accounts: tuple[AccountView, ...]
    standing: tuple[Standing, ...]
    promises: tuple[PromiseView, ...]
    same_person: tuple[SamePerson, ...]
    points: tuple[PointView, ...]

    @property
    def main_zone(self) -> str:
        """The zone whose clock is shown: the most certain source first."""
        return main_zone([{"zone": one.name, "source": one.source} for one in self.zones])

    def point(self, point_id: str | None) -> PointView | None:
        """The contact point of that id, if it is the consumer's."""
        return next((one for one in self.points if one.id == point_id), None)

    @property
    def kept(self) -> tuple[int, int]:
        """How many promises were kept, of those whose day has come."""
        settled = [one for one in self.promises if one.state in {"kept", "broken"}]
        return sum(one.state == "kept" for one in settled), len(settled)

    def account(self, account_id: str | None) -> AccountView | None:
        """The account asked for, else the first that is open."""
        if account_id is not None:
            return next((one for one in self.accounts if one.id == account_id), None)
        is_open = [one for one in self.accounts if one.state == "open"]
        return next(iter([*is_open, *self.accounts]), None)


_CERTAINTY = ("stated", "postal_code", "mobile_area_code", "landline_area_code", "country")


def main_zone(zones: Iterable[Mapping[str, str]]) -> str:
    """The zone whose clock is shown, of the rows as they are stored: the most certain source first, else UTC."""
    rank = {source: place for place, source in enumerate(_CERTAINTY)}
    known = [one for one in zones if zone_table(one["zone"])]
    found = min(known, key=lambda one: rank.get(one["source"], len(rank)), default=None)
    return found["zone"] if found is not None else "UTC"


def view_consumer(house: House, consumer_id: str) -> ConsumerView:
    """Everything in force about the consumer now; an id that is not here is an UnknownReference."""
    with house.database.read(house.clock) as unit:
        if not contacting.has_consumer(unit, consumer_id):
            raise UnknownReference(f"no consumer {consumer_id!r}", where="consumer_id")
        reader, at = read_batch(house, unit, [consumer_id]), unit.now
        points = _points(house, unit, consumer_id)
    pool, consumer = reader.pools[reader.consumer(consumer_id).pool_id], reader.consumer(consumer_id)
    own = {row.id for row in reader.accounts(consumer_id)}
    # a promise on a joint account concerns everyone who owes it, whoever made it
    promises = tuple(_promise(row) for row in reversed(pool.promises) if row.account_id in own)
    return ConsumerView(
        id=consumer.id,
        name=display_name(consumer),
        kind=consumer.kind,
        language=consumer.language,
        country=consumer.country,
        jurisdictions=tuple(consumer.jurisdictions or ()),
        at=at,
        zones=tuple(Zone(entry["zone"], entry["source"]) for entry in consumer.zones or ()),
        right_party_at=_right_party(pool),
        accounts=tuple(_account(house, reader, pool, row, at) for row in reader.accounts(consumer_id)),
        standing=tuple(sorted(standing_of(pool, at), key=lambda one: (_ORDER[one.kind], one.since or at))),
        promises=promises,
        same_person=tuple(
            SamePerson(one.id, display_name(one)) for one in pool.consumers.values() if one.id != consumer_id
        ),
        points=points,
    )


def _points(house: House, unit: Session, consumer_id: str) -> tuple[PointView, ...]:
    rows = unit.query(
        "SELECT id, kind, value_sealed, number_kind, state, party_id, city FROM contact_point "
        "WHERE consumer_id = :id ORDER BY kind, position, id",
        {"id": consumer_id},
    )
    return tuple(PointView(row[0], row[1], house.sealer.open(bytes(row[2])), *row[3:]) for row in rows)


def _account(house: House, reader: Reader, pool: Pool, row: AccountRow, at: datetime) -> AccountView:
    chosen, creditor = frozenset({row.id}), house.firm.creditor(row.creditor_id)
    named = creditor.name if creditor is not None and creditor.id == row.creditor_id else row.creditor_id
    promise = standing.open_promise(pool, row.id)
    return AccountView(
        id=row.id,
        creditor_id=row.creditor_id,
        creditor=named,
        product=row.product,
        label=row.account_label,
        currency=row.currency,
        balance_minor=row.balance_minor,
        delinquent_since=row.delinquent_since,
        state=row.state,
        holds=tuple(dict.fromkeys(hold.kind for hold in register.holds_in_force(pool, chosen, at))),
        has_dispute=any(one.account_id in {None, row.id} for one in _open_disputes(pool)),
        has_complaint=any(
            one.closed_at is None and one.account_id in {None, row.id} for one in pool.complaints
        ),
        promise=None if promise is None else _promise(promise),
    )


def _promise(row: dossier.PromiseRow) -> PromiseView:
    return PromiseView(
        row.id,
        row.account_id,
        row.amount_minor,
        row.currency,
        row.due_on,
        row.state,
        from_micros(row.occurred_at),
    )


def _right_party(pool: Pool) -> datetime | None:
    """When somebody last spoke with the consumer."""
    spoken = [
        row.occurred_at
        for row in pool.history
        if row.outcome in _RIGHT_PARTY and row.party == "consumer" and row.channel in {"voice", "visit"}
    ]
    return from_micros(max(spoken)) if spoken else None


_ORDER = {
    kind: place
    for place, kind in enumerate(
        ("cease", "representation", "hold", "complaint", "dispute", "opt_out", "employer", "wish", "consent")
    )
}


def standing_of(pool: Pool, at: datetime) -> list[Standing]:
    """What is in force for the pool, of every kind."""
    found = [_standing("hold", row, row.kind, until=row.until) for row in _holds(pool, at)]
    found += [_standing("dispute", row, row.form) for row in _open_disputes(pool)]
    found += [_standing("complaint", row, "open") for row in pool.complaints if row.closed_at is None]
    found += [_standing("cease", row, row.form) for row in pool.ceases]
    has_attorney_hold = any(one.kind == "hold" and one.what == "attorney" for one in found)
    # recorded together with a hold of that name, which is the one to release
    found += [
        _standing("representation", row, "attorney")
        for row in pool.representations
        if row.known and not has_attorney_hold
    ]
    found += [_standing("employer", row, "prohibits") for row in pool.employer_notes if row.prohibits]
    own = {point.value_index: point.id for point in reversed(pool.points)}
    found += [
        _standing("opt_out", row, row.channel or "all", point_id=own.get(row.value_index or ""))
        for row in pool.opt_outs
    ]
    revoked = {row.consent_id for row in pool.revocations}
    found += [_standing("consent", row, row.type) for row in pool.consents if row.id not in revoked]
    today = at.date() - timedelta(days=1)
    wishes = [row for row in pool.preferences if row.until is None or row.until >= today]
    found += [_standing("wish", row, row.kind, until=row.until) for row in wishes]
    return found


def _standing(
    kind: str, row: object, what: str, *, until: date | None = None, point_id: str | None = None
) -> Standing:
    """The columns that such a row may have, whatever its table."""
    since = getattr(row, "occurred_at", None)
    detail = {
        name: str(value)
        for name in ("days", "start", "end", "place", "via", "scope_date", "source", "scope")
        if (value := getattr(row, name, None)) is not None
    }
    return Standing(
        id=getattr(row, "id", ""),
        kind=kind,
        what=what,
        since=None if since is None else from_micros(since),
        until=until,
        account_id=getattr(row, "account_id", None),
        channel=getattr(row, "channel", None),
        point_id=point_id or getattr(row, "contact_point_id", None),
        detail=detail,
    )


def _holds(pool: Pool, at: datetime) -> Sequence[dossier.HoldRow]:
    accounts = frozenset(row.id for rows in pool.accounts.values() for row in rows)
    return register.holds_in_force(pool, accounts, at)


def _open_disputes(pool: Pool) -> list[dossier.DisputeRow]:
    settled = {
        row.dispute_id
        for row in pool.answers
        if row.kind in {"verification", "resolved"} and not row.undeliverable
    }
    return [row for row in pool.disputes if row.id not in settled]
