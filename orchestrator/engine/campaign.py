"""What campaigns let leave now: their state, their end, and what is left of their hour and day.

The limits are counted from the attempts themselves, under a lock per campaign, so that any number of nodes together
keep them. A reservation counts in the hour in which it is made, and may not leave in the next one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from orchestrator.audit import ledger
from orchestrator.audit.ledger import Line, LineKind
from orchestrator.domain.campaign import CampaignState, Wait, Window, day_of, hour_of
from orchestrator.domain.enrollment import ExitReason
from orchestrator.domain.instant import from_micros, to_micros
from orchestrator.engine.house import House
from orchestrator.engine.release import Release, release
from orchestrator.engine.stored import id_list
from orchestrator.store import campaign as store
from orchestrator.store import campaign_progress as progress
from orchestrator.store.campaign import CampaignRow
from orchestrator.store.session import Session

AT_ONCE = 1_000
_HOUR_US = 3_600_000_000
_SETTLED_US = 2 * _HOUR_US
"""A reservation lives 15 minutes and a hand-over half of one: after two hours it has left or was given back."""
PAUSED_LOOK = timedelta(minutes=15)
"""What a paused campaign keeps back is woken by its resumption; whoever missed that looks again after this."""


@dataclass(frozen=True, slots=True)
class Halt:
    """Why nothing of a campaign may leave: it is over for its accounts (`exit`), or they wait until `until`."""

    reason: str
    until: datetime
    exit: ExitReason | None = None


@dataclass(slots=True)
class Limit:
    """What is left of one limit in the window that holds now."""

    reason: str
    window: Window
    left: int


@dataclass(slots=True)
class Turn:
    """One campaign at one moment."""

    row: CampaignRow
    now: datetime
    limits: list[Limit] = field(default_factory=list)

    def halt(self) -> Halt | None:
        """Why nothing of it may leave now, or None."""
        state, row = CampaignState(self.row.state), self.row
        if state is CampaignState.STOPPED:
            return Halt("campaign_stopped", self.now, ExitReason.CAMPAIGN_STOPPED)
        if state is CampaignState.DONE or (
            row.not_after is not None and row.not_after <= to_micros(self.now)
        ):
            return Halt("campaign_over", self.now, ExitReason.CAMPAIGN_OVER)
        if state is not CampaignState.RUNNING:
            return Halt(Wait.PAUSED.value, self.now + PAUSED_LOOK)
        used_up = [limit for limit in self.limits if limit.left <= 0]
        longest = max(used_up, key=lambda limit: limit.window.ends_at, default=None)
        return None if longest is None else Halt(longest.reason, longest.window.ends_at)

    def take(self) -> None:
        for limit in self.limits:
            limit.left -= 1

    def last_instant(self) -> datetime | None:
        """From when on nothing that is reserved now may leave: its hour or day is over, or the campaign."""
        ends = [limit.window.ends_at for limit in self.limits]
        if self.row.not_after is not None:
            ends.append(from_micros(self.row.not_after))
        return min(ends, default=None)


@dataclass(slots=True)
class Turns:
    """The campaigns of a batch. An enrollment without a campaign is never kept back."""

    by_id: dict[str, Turn] = field(default_factory=dict)

    def halt(self, campaign_id: str | None) -> Halt | None:
        turn = self.by_id.get(campaign_id) if campaign_id is not None else None
        return None if turn is None else turn.halt()

    def take(self, campaign_id: str | None) -> None:
        if campaign_id in self.by_id:
            self.by_id[campaign_id].take()

    def last_instant(self, campaign_id: str | None) -> datetime | None:
        return self.by_id[campaign_id].last_instant() if campaign_id in self.by_id else None


def turns_of(unit: Session, campaign_ids: Iterable[str]) -> Turns:
    """How these campaigns stand; those with limits are locked until the transaction ends, in one order."""
    wanted = sorted(set(campaign_ids))
    if not wanted:
        return Turns()
    rows = store.of_ids(unit, wanted)
    limited = [row.id for row in rows.values() if limits_of(row, unit.now, {})]
    store.lock_limits(unit, limited)
    if limited:
        rows = store.of_ids(unit, wanted)
    turns = {}
    for row in rows.values():
        is_running = row.state == CampaignState.RUNNING
        used = _used(unit, row) if is_running else {}
        turns[row.id] = Turn(row, unit.now, limits_of(row, unit.now, used) if is_running else [])
    return Turns(turns)


def limits_of(row: CampaignRow, now: datetime, used: dict[str, int]) -> list[Limit]:
    """The campaign's limits with what is left of each."""
    found = []
    for reason, limit, window_of in _KINDS:
        allowed = getattr(row, limit)
        if allowed is not None:
            found.append(Limit(reason, window_of(now, row.zone), allowed - used.get(reason, 0)))
    return found


_KINDS = (
    (Wait.HOURLY_LIMIT.value, "hourly_limit", hour_of),
    (Wait.DAILY_LIMIT.value, "daily_limit", day_of),
)


def _used(unit: Session, row: CampaignRow) -> dict[str, int]:
    return {
        limit.reason: store.contacts_since(unit, row.id, to_micros(limit.window.starts_at))
        for limit in limits_of(row, unit.now, {})
    }


def note(unit: Session, campaign_id: str, what: str, by: str, **more: object) -> None:
    """A line of the ledger about a campaign."""
    body: dict[str, object] = {"campaign": campaign_id, "what": what, "by": by, **more}
    ledger.append(unit, [Line(LineKind.CAMPAIGN, unit.now_micros, body)])


def end_everybody(house: House, campaign_id: str, reason: ExitReason) -> int:
    """End what is still enrolled, a thousand at a time; how many. Rows that a worker holds now are met again."""
    ended = 0
    while True:
        with house.database.write(house.clock) as unit:
            found = store.end_enrollments(unit, campaign_id, reason.value, AT_ONCE)
            ledger.append(unit, [_ended(house, unit, one, reason) for one in found])
            ended += len(found)
            if not found and not store.has_open(unit, campaign_id):
                return ended
        if not found:
            time.sleep(0.02)


def _ended(house: House, unit: Session, one: tuple[str, str], reason: ExitReason) -> Line:
    body = {"enrollment_id": one[0], "ended": reason.value}
    return Line(LineKind.ENROLLMENT, unit.now_micros, body, house.sealer.reference(one[1]))


def finish_due(house: House) -> int:
    """Call those done whose last day is over or through which everybody went; how many."""
    with house.database.read(house.clock) as unit:
        now = unit.now_micros
        over = [
            row
            for row in store.under_way(unit)
            if (row.not_after is not None and row.not_after <= now) or not store.has_open(unit, row.id)
        ]
    for row in over:
        with house.database.write(house.clock) as unit:
            done = {"state": CampaignState.DONE.value, "done_at": unit.now_micros}
            if store.update(unit, row.id, done, {CampaignState.RUNNING, CampaignState.PAUSED}):
                note(unit, row.id, "done", "system")
        end_everybody(house, row.id, ExitReason.CAMPAIGN_OVER)
    return len(over)


def fold_hours(house: House) -> int:
    """Keep the counts of hours in which nothing can change any more, so that progress need not count them again."""
    with house.database.read(house.clock) as unit:
        running = store.under_way(unit)
        until = unit.now_micros - _SETTLED_US
        work = [(row, max(progress.folded(unit, row.id), default=None)) for row in running]
    count = 0
    for row, last in work:
        first = hour_of(from_micros(row.started_at or 0), row.zone).starts_at
        begin = to_micros(first) if last is None else last + _HOUR_US
        whole = (until - begin) // _HOUR_US
        if row.started_at is None or whole <= 0:
            continue
        with house.database.write(house.clock) as unit:
            found = progress.sent_by_hour(unit, row.id, begin, begin + whole * _HOUR_US)
            hours = {begin + place * _HOUR_US: sent for place, sent in found.items()}
            progress.fold(unit, row.id, {begin + (whole - 1) * _HOUR_US: 0, **hours})
        count += whole
    return count


def tidy(house: House) -> int:
    """The regular work on campaigns."""
    return fold_hours(house) + finish_due(house)


def release_reserved(house: House, campaign_id: str, limit: int) -> int:
    """Give back at most `limit` reservations of the campaign: their steps are judged again from the start."""
    with house.database.write(house.clock) as unit:
        rows = store.reserved(unit, campaign_id, limit)
        releases = [
            Release(
                attempt_id=row.id,
                consumer_id=row.consumer_id,
                account_ids=id_list(row.account_ids),
                step=row.step,
                ordinal=row.ordinal,
                reason="campaign_halted",
                retry_at=unit.now,
            )
            for row in rows
        ]
        release(house, unit, releases)
    return len(rows)
