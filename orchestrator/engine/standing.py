"""Exits and suspensions: what ends or interrupts an enrollment whatever its step says. Looked at first, always."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from orchestrator.domain.enrollment import EXIT_OF_ACCOUNT_STATE, ExitReason, SuspendReason
from orchestrator.engine.register import holds_in_force
from orchestrator.store.dossier import AccountRow, Pool, PromiseRow


class Standing(msgspec.Struct, frozen=True):
    """What stands in the way of an enrollment: an exit, a suspension (with its end, if it has one), or neither."""

    exit: ExitReason | None = None
    suspend: SuspendReason | None = None
    until: datetime | None = None

    @property
    def is_clear(self) -> bool:
        return self.exit is None and self.suspend is None


CLEAR = Standing()
_FAR = date(9000, 1, 1)


def standing(
    pool: Pool, account: AccountRow | None, at: datetime, grace: timedelta, zones: Iterable[str]
) -> Standing:
    """Where the enrollment of `account` stands at `at`; the exit wins over every suspension."""
    if account is None:
        return Standing(exit=ExitReason.CLOSED)
    left = exit_reason(pool, account)
    if left is not None:
        return Standing(exit=left)
    return _suspension(pool, account, at, grace, tuple(zones))


def exit_reason(pool: Pool, account: AccountRow) -> ExitReason | None:
    """Why this account's enrollment ends, or None."""
    if account.state in EXIT_OF_ACCOUNT_STATE:
        return EXIT_OF_ACCOUNT_STATE[account.state]
    return ExitReason.CEASE if pool.ceases else None


def _suspension(
    pool: Pool, account: AccountRow, at: datetime, grace: timedelta, zones: tuple[str, ...]
) -> Standing:
    chosen = frozenset({account.id})
    held = _held(pool, chosen, at, zones)
    if held is not None:
        return held
    if any(row.closed_at is None and row.account_id in (None, account.id) for row in pool.complaints):
        return Standing(suspend=SuspendReason.COMPLAINT)
    if _has_open_dispute(pool, account.id):
        return Standing(suspend=SuspendReason.DISPUTE)
    promise = open_promise(pool, account.id)
    if promise is not None:
        until = promise_end(promise, grace)
        if until > at:
            return Standing(suspend=SuspendReason.PROMISE, until=until)
    agreed = _call_back(pool, account.id, zones)
    if agreed is not None and agreed > at:
        return Standing(suspend=SuspendReason.CALL_BACK, until=agreed)
    return CLEAR


def _held(pool: Pool, chosen: frozenset[str], at: datetime, zones: tuple[str, ...]) -> Standing | None:
    """The suspension by holds, until the last of them is over where the consumer is.

    In UTC it stands for hours more: what is left of it is for the rules to judge, or it would be looked at and
    suspended again without end.
    """
    ends = [
        None if row.until is None else _day_start(_after(row.until), zones)
        for row in holds_in_force(pool, chosen, at)
    ]
    dated = [end for end in ends if end is not None]
    if len(dated) < len(ends):
        return Standing(suspend=SuspendReason.HOLD)
    if dated and max(dated) > at:
        return Standing(suspend=SuspendReason.HOLD, until=max(dated))
    return None


def open_promise(pool: Pool, account_id: str) -> PromiseRow | None:
    """The promise that is waited for: the last one made that nobody called kept, broken or cancelled."""
    rows = [row for row in pool.promises if row.account_id == account_id and row.state == "open"]
    return rows[-1] if rows else None


def promise_end(promise: PromiseRow, grace: timedelta) -> datetime:
    """When waiting for a promise ends: its day is over, everywhere, and the grace too."""
    return datetime.combine(_after(promise.due_on), time(12), UTC) + grace


def _after(day: date) -> date:
    """The next day; a year that is written for "for ever" ends before the calendar does."""
    return min(day, _FAR) + timedelta(days=1)


def is_kept(pool: Pool, promise: PromiseRow) -> bool:
    """Whether payments since the promise, less those that came back, reach what was promised."""
    paid = sum(
        row.amount_minor * (-1 if row.reversal_of else 1)
        for row in pool.payments
        if row.account_id == promise.account_id and row.occurred_at >= promise.occurred_at
    )
    return paid >= promise.amount_minor


def _has_open_dispute(pool: Pool, account_id: str) -> bool:
    settled = {
        row.dispute_id
        for row in pool.answers
        if row.kind in {"verification", "resolved"} and not row.undeliverable
    }
    return any(row.account_id in (None, account_id) and row.id not in settled for row in pool.disputes)


def _call_back(pool: Pool, account_id: str, zones: tuple[str, ...]) -> datetime | None:
    """The start of the last day for which a call was agreed: until then the consumer is left alone."""
    revoked = {row.consent_id for row in pool.revocations}
    days = [
        row.scope_date
        for row in pool.consents
        if row.type == "call_frequency"
        and row.scope_date is not None
        and row.id not in revoked
        and row.account_id in (None, account_id)
    ]
    return _day_start(max(days), zones) if days else None


def _day_start(day: date, zones: tuple[str, ...]) -> datetime:
    """The first moment of a local date that is that date in every plausible zone."""
    starts = [datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for zone in zones]
    return max(starts, default=datetime.combine(day, time(), UTC))
