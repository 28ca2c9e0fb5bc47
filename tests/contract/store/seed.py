"""A few rows of people, accounts and enrollments, as plain as the schema allows."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.store.reservation import NewAttempt, NewContactEvent, insert
from orchestrator.store.session import Session

DAY = 86_400_000_000
START = 1_772_000_000_000_000
PLACE = ("US", '[{"zone": "America/New_York", "source": "stated"}]', '["us", "us-ny"]')


def consumers(unit: Session, ids: Sequence[str], *, pool: str | None = None) -> None:
    """Consumers, each a pool of its own or all of one, with an account `a-ID` and a mobile number `p-ID`."""
    unit.insert_many(
        "consumer",
        ["id", "kind", "pool_id", "country", "zones", "jurisdictions", "epoch", "created_at", "changed_at"],
        [(one, "person", pool or one, *PLACE, 0, START, START) for one in ids],
    )
    unit.execute(
        "INSERT INTO creditor (id, name, first_seen_at) VALUES ('cr', 'Creditor', 0) ON CONFLICT DO NOTHING"
    )
    unit.insert_many(
        "account",
        ["id", "creditor_id", "actor", "currency", "balance_minor", "delinquent_since", "state", "created_at",
         "changed_at"],
        [(f"a-{one}", "cr", "third_party_collector", "USD", 10_000, "2026-01-01", "open", START, START)
         for one in ids],
    )  # fmt: skip
    unit.insert_many(
        "account_consumer",
        ["account_id", "consumer_id", "position"],
        [(f"a-{one}", one, 0) for one in ids],
    )
    unit.insert_many(
        "contact_point",
        ["id", "consumer_id", "kind", "value_sealed", "value_index", "key_id", "number_kind", "employer_provided",
         "position", "state", "created_at", "changed_at"],
        [(f"p-{one}", one, "phone", b"sealed", f"v-{one}", "k1", "mobile", "no", 0, "valid", START, START)
         for one in ids],
    )  # fmt: skip


def owe_together(unit: Session, account_id: str, *ids: str) -> None:
    """These consumers owe the account as well."""
    unit.insert_many(
        "account_consumer",
        ["account_id", "consumer_id", "position"],
        [(account_id, one, place) for place, one in enumerate(ids, start=1)],
    )


def enrollments(unit: Session, ids: Sequence[str], *, next_at: int, state: str = "active") -> None:
    """One enrollment `e-ID` for the account of each consumer."""
    until = next_at if state == "suspended" else None
    unit.insert_many(
        "enrollment",
        ["id", "consumer_id", "account_id", "cadence", "cadence_digest", "state", "step", "tries", "next_at",
         "suspended_until", "entered_at", "changed_at", "fence", "crashes"],
        [(f"e-{one}", one, f"a-{one}", "standard", "d", state, 0, 0, next_at, until, START, START, 0, 0)
         for one in ids],
    )  # fmt: skip


def attempt(consumer_id: str, name: str, *, valid_until: int, not_after: int, at: int = START) -> NewAttempt:
    """A reserved SMS of epoch 0, by no enrollment."""
    return NewAttempt(
        id=name,
        consumer_id=consumer_id,
        account_id=f"a-{consumer_id}",
        account_ids=f'["a-{consumer_id}"]',
        enrollment_id=None,
        campaign_id=None,
        step=None,
        ordinal=None,
        origin="cadence",
        requested_by="system",
        channel="sms",
        contact_point_id=f"p-{consumer_id}",
        content="collection",
        template="reminder",
        template_version="t",
        language="en",
        content_digest="c",
        subject_sealed=None,
        body_sealed=b"sealed",
        state="reserved",
        reserved_at=at,
        valid_until=valid_until,
        not_after=not_after,
        epoch=0,
        fence=0,
        external_id=None,
        verdict_id=None,
    )


def contact(
    consumer_id: str,
    name: str,
    at: int,
    *,
    version: int = 0,
    known: int | None = None,
    outcome: str | None = None,
) -> NewContactEvent:
    """One version of a call to the consumer; `known` is when it was recorded."""
    return NewContactEvent(
        consumer_id=consumer_id,
        event_id=name,
        version=version,
        occurred_at=at,
        recorded_at=at if known is None else known,
        channel="voice",
        direction="outbound",
        outcome=outcome,
        account_ids=f'["a-{consumer_id}"]',
        contact_point_id=f"p-{consumer_id}",
        party="consumer",
        actor="third_party_collector",
        content="collection",
        number_kind="mobile",
        place=None,
        detail=None,
        attempt_id=None,
        source="engine",
        recorded_by="system",
    )


def contacts(unit: Session, rows: Sequence[NewContactEvent]) -> None:
    insert(unit, "contact_event", NewContactEvent, rows)


def attempts(unit: Session, rows: Sequence[NewAttempt]) -> None:
    insert(unit, "attempt", NewAttempt, rows)
