"""An account as the flat record that conditions are asked about (`orchestrator.domain.field`)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from orchestrator.domain.money import to_major
from orchestrator.store.pool import AccountRow, ConsumerRow, Pool

_USABLE = frozenset({"unverified", "valid"})


def record_of(pool: Pool, account: AccountRow, at: datetime) -> dict[str, Any]:
    """Every field of the account and its consumer, as known in `pool`, at `at` (aware)."""
    consumer = pool.consumers[account.consumer_id]
    today = at.date()
    return {
        "account_id": account.id,
        "creditor": account.creditor_id,
        "actor": account.actor,
        "currency": account.currency,
        "balance": float(to_major(account.balance_minor, account.currency)),
        "days_past_due": max(0, (today - account.delinquent_since).days),
        "product": account.product,
        "original_creditor": account.original_creditor,
        "placed_on": _text(account.placed_on),
        "days_since_placed": (today - account.placed_on).days if account.placed_on else None,
        "new_placement": bool(account.new_placement),
        "charged_off_on": _text(account.charged_off_on),
        "last_payment_on": _text(account.last_payment_on),
        "limitation_on": _text(account.limitation_on),
        **_person(pool, consumer, today),
        **_standing(pool, account, today),
    }


def _person(pool: Pool, consumer: ConsumerRow, today: date) -> dict[str, Any]:
    usable = [
        (point.kind, point.number_kind)
        for point in pool.points
        if point.consumer_id == consumer.id and point.party_id is None and point.state in _USABLE
    ]
    born = consumer.date_of_birth
    return {
        "consumer_id": consumer.id,
        "kind": consumer.kind,
        "country": consumer.country,
        "jurisdictions": list(consumer.jurisdictions or ()),
        "language": consumer.language,
        "age": today.year - born.year - ((today.month, today.day) < (born.month, born.day)) if born else None,
        "accounts": sum(1 for row in pool.accounts.get(consumer.id, ()) if row.state == "open"),
        "has_mobile": ("phone", "mobile") in usable,
        "has_landline": ("phone", "landline") in usable,
        "has_email": any(kind == "email" for kind, _ in usable),
        "has_address": any(kind == "postal" for kind, _ in usable),
    }


def _standing(pool: Pool, account: AccountRow, today: date) -> dict[str, Any]:
    released = {row.hold_id for row in pool.releases}
    revoked = {row.consent_id for row in pool.revocations}
    holds = {
        row.kind
        for row in pool.holds
        if row.id not in released
        and row.account_id in {None, account.id}
        and (row.until is None or row.until >= today)
    }
    notices = {row.kind: _text(row.sent_on) for row in pool.notices if row.account_id in {None, account.id}}
    return {
        "holds": sorted(holds),
        "opt_outs": sorted({row.channel or "all" for row in pool.opt_outs}),
        "consents": sorted({row.channel for row in pool.consents if row.channel and row.id not in revoked}),
        "validation_sent_on": notices.get("validation"),
        "agency_notice_on": notices.get("agency_notice"),
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
