"""What may be done now about one account of a consumer: every contact point with its answer and its open hours.

A row for each channel of each contact point, also of those that may not be used: what is forbidden must be seen to be
forbidden. Nothing is sent or written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.engine.choice import within_handover
from orchestrator.engine.facts import Proposal, Reader
from orchestrator.engine.handover import handover_closes, handover_opens
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged, judge_one
from orchestrator.engine.reading import read_batch
from orchestrator.errors import UnknownReference
from orchestrator.services.local_days import days_from
from orchestrator.services.said import Said, agreed_at, said_of_verdict
from orchestrator.store import contacting
from orchestrator.store.dossier import PointRow
from orchestrator.store.session import Session
from policies.outline import Openness, Piece, outline
from policies.verdict import Decision, Verdict

CHANNELS_OF_KIND = {"phone": ("sms", "voice"), "email": ("email",), "postal": ("letter",)}
_USABLE = frozenset({"unverified", "valid"})
_PREFERENCE = ("sms", "email", "letter", "voice")
_RANK = {Decision.ALLOW: 0, Decision.DEFER: 1, Decision.HOLD: 2, Decision.DENY: 3}


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """One channel of one contact point. `value` is its plain value; `state`: of the point (valid, bounced ...).

    `said`: what the rules say that decide, the one to name first, for who words the reason. `agreed_at`: since when the
    consumer agrees to it, as far as recorded. `party` is a role, None for the consumer's own. `pieces` cover the time
    from now to the end of the days asked for.
    """

    point_id: str
    channel: str
    value: str
    number_kind: str | None
    place: str | None
    state: str
    party: str | None
    verdict: Verdict
    said: tuple[Said, ...]
    agreed_at: datetime | None
    pieces: tuple[Piece, ...]

    @property
    def is_usable(self) -> bool:
        return self.state in _USABLE

    @property
    def decision(self) -> Decision:
        """What is shown: a point that may not be used is not allowed, whatever the rules say of its hours."""
        return self.verdict.decision if self.is_usable and self.party is None else Decision.DENY

    @property
    def key(self) -> str:
        """Names the row in forms and addresses."""
        return f"{self.channel}:{self.point_id}"

    @property
    def may_send(self) -> bool:
        return self.verdict.decision is Decision.ALLOW and self.is_usable and self.party is None


@dataclass(frozen=True, slots=True)
class Panel:
    """The answers of one account at one moment, now first, then the soonest, on hold, not allowed.

    `midnights` are the starts of the days shown in `zone`, and the end of the last one.
    """

    consumer_id: str
    account_id: str
    at: datetime
    zone: str
    zones: tuple[str, ...]
    midnights: tuple[datetime, ...]
    answers: tuple[PointAnswer, ...]

    def answer(self, key: str) -> PointAnswer | None:
        """The row of that name."""
        return next((one for one in self.answers if one.key == key), None)


def read_panel(house: House, consumer_id: str, account_id: str, zone: str = "UTC", days: int = 7) -> Panel:
    """The panel now, over today and the days that follow as `zone` counts them."""
    with house.database.read(house.clock) as unit:
        if not contacting.has_consumer(unit, consumer_id):
            raise UnknownReference(f"no consumer {consumer_id!r}", where="consumer_id")
        reader = read_batch(house, unit, [consumer_id])
        if account_id not in {row.id for row in reader.accounts(consumer_id)}:
            raise UnknownReference(f"{consumer_id} has no account {account_id!r}", where="account_id")
        values = _values(unit, consumer_id)
        at = unit.now
    midnights = days_from(at, zone, days)
    answers = [
        _answer(house, reader, point, proposal, values.get(point.id, b""), at, midnights[-1])
        for point, proposal in _proposals(reader, consumer_id, account_id)
    ]
    zones = tuple(sorted({entry["zone"] for entry in reader.consumer(consumer_id).zones or ()}))
    liked = _preference(reader, consumer_id)
    ordered = sorted(answers, key=lambda answer: _order(answer, liked))
    return Panel(consumer_id, account_id, at, zone, zones, midnights, tuple(ordered))


def _values(unit: Session, consumer_id: str) -> dict[str, bytes]:
    rows = unit.query(
        "SELECT id, value_sealed FROM contact_point WHERE consumer_id = :id", {"id": consumer_id}
    )
    return {row[0]: bytes(row[1]) for row in rows}


def _proposals(reader: Reader, consumer_id: str, account_id: str) -> Iterator[tuple[PointRow, Proposal]]:
    pool = reader.pool(consumer_id)
    roles = {} if pool is None else {party.party_id: party.role for party in pool.parties}
    for point in () if pool is None else pool.points:
        if point.consumer_id != consumer_id:
            continue
        for channel in _channels(point):
            yield (
                point,
                Proposal(
                    consumer_id=consumer_id,
                    account_ids=(account_id,),
                    channel=channel,
                    contact_point_id=point.id,
                    language=reader.consumer(consumer_id).language,
                    party=roles.get(point.party_id, "other") if point.party_id else "consumer",
                ),
            )


def _channels(point: PointRow) -> Sequence[str]:
    """Texts need a mobile number, or one of an unknown line."""
    if point.kind == "phone" and point.number_kind not in {None, "mobile"}:
        return ("voice",)
    return CHANNELS_OF_KIND.get(point.kind, ())


def _answer(  # noqa: PLR0917 - a row and all that it is made of
    house: House,
    reader: Reader,
    point: PointRow,
    proposal: Proposal,
    sealed: bytes,
    at: datetime,
    ends: datetime,
) -> PointAnswer:
    asked = judge_one(house, reader, proposal, at)
    judged = within_handover(asked, at)
    return PointAnswer(
        point_id=point.id,
        channel=proposal.channel,
        value=house.sealer.open(sealed) if sealed else "",
        number_kind=point.number_kind,
        place=point.place,
        state=point.state,
        party=None if point.party_id is None else proposal.party,
        verdict=judged.verdict,
        said=said_of_verdict(judged),
        agreed_at=agreed_at(judged.facts, point.id),
        pieces=_pieces(asked, point, at, ends),
    )


def _pieces(judged: Judged, point: PointRow, at: datetime, ends: datetime) -> tuple[Piece, ...]:
    if judged.stack is None or point.state not in _USABLE:
        return (Piece(at, ends, Openness.CLOSED),)
    found = outline(judged.facts, judged.stack, at, ends)
    if judged.proposal.channel != "letter":
        return found
    return tuple(part for piece in found for part in _handed_over(piece, judged.facts.zones))


def _handed_over(piece: Piece, zones: Sequence[str]) -> Iterator[Piece]:
    """A piece cut by the hours in which letters are handed over: outside them it is closed."""
    start = piece.start
    while start < piece.end:
        opens = handover_opens(zones, start)
        end = min(handover_closes(zones, start) if opens is None else opens, piece.end)
        yield Piece(start, end, piece.state if opens is None else Openness.CLOSED)
        start = end


def _preference(reader: Reader, consumer_id: str) -> tuple[str, ...]:
    """The channels in the order in which they are offered: what the consumer said last comes first."""
    pool = reader.pool(consumer_id)
    rows = () if pool is None else reversed(pool.preferences)
    wished = [row.channel for row in rows if row.kind == "preferred_channel" and row.channel in _PREFERENCE]
    return tuple(dict.fromkeys([*wished, *_PREFERENCE]))


def _order(answer: PointAnswer, liked: Sequence[str]) -> tuple[int, float, bool, int, str]:
    """Now, later (the soonest first), on hold, not allowed; other people's last, then by channel."""
    verdict = answer.verdict
    when = verdict.retry_at.timestamp() if verdict.retry_at is not None else 0.0
    is_other = answer.party is not None
    return _RANK[answer.decision], when, is_other, liked.index(answer.channel), answer.point_id
