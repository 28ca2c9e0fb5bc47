"""Campaign rows, and the statements that move many enrollments of one campaign at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from orchestrator.store.session import Session


class CampaignRow(NamedTuple):
    """Instants are microseconds; dates are what the driver gives, ISO text or a date."""

    id: str
    name: str
    segment: str
    cadence: str
    cadence_digest: str | None
    starts_on: Any
    ends_on: Any
    hourly_limit: int | None
    daily_limit: int | None
    held_out_share: float
    zone: str
    not_before: int | None
    not_after: int | None
    state: str
    created_at: int
    created_by: str
    changed_at: int
    changed_by: str
    started_at: int | None
    started_by: str | None
    paused_at: int | None
    paused_by: str | None
    resumed_at: int | None
    resumed_by: str | None
    stopped_at: int | None
    stopped_by: str | None
    done_at: int | None


_COLUMNS = ", ".join(CampaignRow._fields)


def insert(unit: Session, row: Mapping[str, Any]) -> bool:
    """Add a draft; False: its id or name is taken."""
    columns, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    sql = f"INSERT INTO campaign ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
    return bool(unit.execute(sql, dict(row)).rowcount)


def update(unit: Session, campaign_id: str, values: Mapping[str, Any], states: Collection[str]) -> bool:
    """Set columns of a campaign that is in one of `states`; False: it is not."""
    sets = ", ".join(f"{name} = :{name}" for name in values)
    sql = f"UPDATE campaign SET {sets} WHERE id = :id AND state {unit.within('states')}"  # noqa: S608
    params = {**values, "id": campaign_id, "states": unit.listed(sorted(states))}
    return bool(unit.execute(sql, params).rowcount)


def find(unit: Session, key: str, *, lock: bool = False) -> CampaignRow | None:
    """The campaign with this id, else with this name."""
    sql = (
        f"SELECT {_COLUMNS} FROM campaign WHERE id = :key OR name = :key "  # noqa: S608
        f"ORDER BY CASE WHEN id = :key THEN 0 ELSE 1 END LIMIT 1 {unit.for_update if lock else ''}"
    )
    row = unit.one(sql, {"key": key})
    return None if row is None else CampaignRow._make(row)


def page(unit: Session, after: str | None, limit: int) -> list[CampaignRow]:
    """At most `limit + 1` campaigns by id behind `after`."""
    sql = f"SELECT {_COLUMNS} FROM campaign WHERE id > :after ORDER BY id LIMIT :limit"  # noqa: S608
    return [CampaignRow._make(row) for row in unit.query(sql, {"after": after or "", "limit": limit + 1})]


def all_rows(unit: Session) -> list[CampaignRow]:
    """Every campaign, those under way first, then the newest."""
    sql = (
        f"SELECT {_COLUMNS} FROM campaign ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'paused' THEN 1 "  # noqa: S608
        "WHEN 'draft' THEN 2 ELSE 3 END, created_at DESC, id"
    )
    return [CampaignRow._make(row) for row in unit.query(sql)]


def of_ids(unit: Session, ids: Iterable[str]) -> dict[str, CampaignRow]:
    """Campaigns by id."""
    sql = f"SELECT {_COLUMNS} FROM campaign WHERE id {unit.within('ids')}"  # noqa: S608
    found = unit.query(sql, {"ids": unit.listed(sorted(set(ids)))})
    return {row[0]: CampaignRow._make(row) for row in found}


def lock_limits(unit: Session, ids: Sequence[str]) -> None:
    """Let one transaction at a time spend these campaigns' limits; SQLite has one writer and needs none.

    A lock of its own, so that a stop, which writes the campaign's row, waits for nobody who is planning.
    """
    if unit.dialect == "sqlite":
        return
    for campaign_id in ids:
        unit.query(
            "SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))", {"key": f"campaign {campaign_id}"}
        )


def contacts_since(unit: Session, campaign_id: str, since: int) -> int:
    """Contacts of the campaign from `since` (microseconds), counted from their reservation."""
    sql = (
        "SELECT count(*) FROM attempt WHERE campaign_id = :id AND reserved_at >= :since "
        "AND state NOT IN ('released', 'expired')"
    )
    return int(unit.query(sql, {"id": campaign_id, "since": since})[0][0])


def engaged(unit: Session) -> dict[str, str | None]:
    """Accounts that are in an enrollment that has not ended, with its campaign."""
    return dict(unit.query("SELECT account_id, campaign_id FROM enrollment WHERE state <> 'ended'"))


def add_members(
    unit: Session, campaign_id: str, people: Sequence[tuple[str, str]], *, held_out: bool
) -> None:
    """Record accounts (account id, consumer id) as held out or enrolled; who is in already stays as they are."""
    unit.executemany(
        "INSERT INTO campaign_member (campaign_id, account_id, consumer_id, held_out, entered_at) "
        "VALUES (:campaign, :account, :consumer, :held_out, :now) ON CONFLICT DO NOTHING",
        [
            {
                "campaign": campaign_id,
                "account": account_id,
                "consumer": consumer_id,
                "held_out": held_out,
                "now": unit.now_micros,
            }
            for account_id, consumer_id in people
        ],
    )


def member_counts(unit: Session, campaign_id: str) -> tuple[int, int]:
    """How many accounts are enrolled, and how many held out."""
    rows = unit.query(
        "SELECT held_out, count(*) FROM campaign_member WHERE campaign_id = :id GROUP BY held_out",
        {"id": campaign_id},
    )
    counts = {bool(held_out): int(count) for held_out, count in rows}
    return counts.get(False, 0), counts.get(True, 0)


def wake(unit: Session, campaign_id: str, reasons: Collection[str], at: int) -> int:
    """Have the enrollments that wait for their campaign looked at again at `at`; how many.

    They come to their step anew: the time that it may still be made does not run while the campaign keeps it back.
    """
    params = {"id": campaign_id, "reasons": unit.listed(sorted(reasons)), "at": at}
    return int(
        unit.execute(
            "UPDATE enrollment SET changed_at = CASE WHEN changed_at > :at THEN changed_at ELSE :at END, "  # noqa: S608
            "next_at = CASE state WHEN 'suspended' THEN next_at ELSE :at END, "
            "suspended_until = CASE state WHEN 'suspended' THEN :at ELSE suspended_until END "
            f"WHERE campaign_id = :id AND state <> 'ended' AND reason {unit.within('reasons')}",
            params,
        ).rowcount
    )


def last_permit(unit: Session, campaign_id: str) -> int:
    """When the last permit of this campaign runs out (microseconds); 0: there is none."""
    row = unit.one(
        "SELECT max(permit_expires_at) FROM attempt WHERE state = 'submitted' AND campaign_id = :id",
        {"id": campaign_id},
    )
    return int(row[0]) if row and row[0] else 0


class ReservedRow(NamedTuple):
    id: str
    consumer_id: str
    account_ids: Any
    step: int | None
    ordinal: int | None


def reserved(unit: Session, campaign_id: str, limit: int) -> list[ReservedRow]:
    """Attempts of the campaign that wait for a permit, locked; those that somebody else holds are passed over."""
    sql = (
        "SELECT id, consumer_id, account_ids, step, ordinal FROM attempt WHERE state = 'reserved' "  # noqa: S608
        f"AND campaign_id = :id ORDER BY id LIMIT :limit {unit.skip_locked}"
    )
    return [ReservedRow._make(row) for row in unit.query(sql, {"id": campaign_id, "limit": limit})]


def end_enrollments(unit: Session, campaign_id: str, reason: str, limit: int) -> list[tuple[str, str]]:
    """End at most `limit` enrollments of the campaign; gives (enrollment id, consumer id) of those that ended."""
    sql = (
        "UPDATE enrollment SET state = 'ended', reason = :reason, answer = NULL, next_at = NULL, "  # noqa: S608
        "suspended_until = NULL, changed_at = :now WHERE id IN (SELECT id FROM enrollment WHERE campaign_id = :id "
        f"AND state <> 'ended' ORDER BY id LIMIT :limit {unit.skip_locked}) RETURNING id, consumer_id"
    )
    params = {"id": campaign_id, "reason": reason, "now": unit.now_micros, "limit": limit}
    return [(row[0], row[1]) for row in unit.execute(sql, params).fetchall()]


def has_open(unit: Session, campaign_id: str) -> bool:
    """Whether anybody is still worked by the campaign, or somebody else's transaction holds them now."""
    sql = "SELECT 1 FROM enrollment WHERE campaign_id = :id AND state <> 'ended' LIMIT 1"
    return unit.one(sql, {"id": campaign_id}) is not None


def under_way(unit: Session) -> list[CampaignRow]:
    """Campaigns that run or are paused."""
    sql = f"SELECT {_COLUMNS} FROM campaign WHERE state IN ('running', 'paused') ORDER BY id"  # noqa: S608
    return [CampaignRow._make(row) for row in unit.query(sql)]
