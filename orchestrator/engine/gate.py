"""The gate: every contact passes here. It checks, reserves and admits; only it mints permits.

check has no side effects. reserve takes the slot under the lock of everyone who counts as the same person, on
facts read under that lock, so that concurrent workers and clients reach a cap exactly and never pass it. admit
re-checks the epoch, the stop switch and the times in one statement, right before the hand-over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.contract import Channel
from orchestrator.domain.attempt import LEAVE_S
from orchestrator.engine import failpoint
from orchestrator.engine.choice import Choice, Wish, choose
from orchestrator.engine.facts import Reader
from orchestrator.engine.house import House
from orchestrator.engine.judgement import Judged, earliest, instead
from orchestrator.engine.permit import Permit, mint
from orchestrator.engine.reading import read_batch
from orchestrator.engine.record import Origin, Recorder
from orchestrator.engine.release import release_lapsed
from orchestrator.errors import UnknownReference
from orchestrator.store import admission, claim
from orchestrator.store.admission import Admitted
from orchestrator.store.session import Session

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Leave:
    """An admitted attempt with its permit."""

    permit: Permit
    attempt: Admitted


def check(house: House, wishes: Sequence[Wish]) -> list[Choice]:
    """Would these contacts be allowed now? Judged on one state of the database; nothing is written."""
    with house.database.read(house.clock) as unit:
        now = unit.now
    return check_each(house, [(wish, now) for wish in wishes])


def check_each(house: House, asked: Sequence[tuple[Wish, datetime]]) -> list[Choice]:
    """`check` with a time of its own for each contact."""
    with house.database.read(house.clock) as unit:
        first = min((at for _, at in asked), default=None)
        reader = read_batch(house, unit, {wish.consumer_id for wish, _ in asked}, judged_from=first)
        return [_checked(house, reader, wish, at) for wish, at in asked]


def _checked(house: House, reader: Reader, wish: Wish, at: datetime) -> Choice:
    known(reader, wish)
    return choose(house, reader, wish, at)


def known(reader: Reader, wish: Wish) -> None:
    """The consumer and the accounts must be ours; what is not is an UnknownReference."""
    if reader.pool(wish.consumer_id) is None:
        raise UnknownReference(f"no consumer {wish.consumer_id!r}", where="consumer_id")
    ours = {row.id for row in reader.accounts(wish.consumer_id)}
    for account_id in wish.account_ids:
        if account_id not in ours:
            raise UnknownReference(f"{wish.consumer_id} has no account {account_id!r}", where="account_ids")


def reserve(house: House, wish: Wish, origin: Origin) -> Choice:
    """Judge one contact under the lock and take its slot if it is allowed; refused: the verdict is recorded."""
    with house.database.write(house.clock) as unit:
        return reserve_within(house, unit, wish, origin)


def reserve_within(house: House, unit: Session, wish: Wish, origin: Origin) -> Choice:
    """`reserve` inside a transaction of the caller."""
    claim.lock_pools(unit, [wish.consumer_id])
    reader = read_batch(house, unit, [wish.consumer_id])
    known(reader, wish)
    recorder = Recorder(house, unit, reader, unit.now)
    choice = choose(house, reader, wish, unit.now)
    if choice.judged is not None and choice.judged.is_allowed and claim.is_stopped(unit):
        found = "the stop switch is on: nothing leaves until it is released"
        choice = Choice(instead(choice.judged, "stop_switch", found))
    if choice.judged is not None and choice.judged.is_allowed:
        recorder.reserve(choice, origin)
    elif choice.judged is not None:
        recorder.verdict(choice.judged, None, None)
    recorder.flush()
    unit.after_commit(recorder.announce)
    return choice


def admit(house: House, channel: Channel, limit: int, only: str | None = None) -> list[Leave]:
    """Permits for at most `limit` reserved attempts of a channel (`only` one), giving back what is out of use."""
    began = house.monotonic()
    with house.database.write(house.clock) as unit:
        release_lapsed(house, unit, limit, channel.value)
        if claim.is_stopped(unit):
            return []
        admitted = admission.admit(
            unit,
            channel.value,
            limit,
            owner=house.node,
            only=only,
            permit_us=int(LEAVE_S * _SECOND),
            lease_us=int(house.lease_s * _SECOND),
        )
        failpoint.reach("admit.written")
    if admitted:
        failpoint.reach("admit.committed")
    return [Leave(mint(row.id, row.content_digest or "", row.fence, began), row) for row in admitted]


def worst(choices: Sequence[Judged]) -> Judged:
    """Of several answers, the one that protects most."""
    return max(choices, key=earliest)
