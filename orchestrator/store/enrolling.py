"""Putting accounts into a cadence, and when anything is due next."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.domain.cadence import Cadence
from orchestrator.store.identifier import derived_id
from orchestrator.store.session import Session


def enroll(
    unit: Session, cadence: Cadence, account_ids: Iterable[str], campaign_id: str | None = None
) -> int:
    """Enrol open accounts that are in no cadence now; the first step is due at once. Gives how many entered."""
    ids = sorted(set(account_ids))
    keep_version(unit, cadence)
    sql = (
        "SELECT a.id, (SELECT l.consumer_id FROM account_consumer l WHERE l.account_id = a.id "  # noqa: S608
        "ORDER BY l.position, l.consumer_id LIMIT 1), (SELECT count(*) FROM enrollment e WHERE e.account_id = a.id) "
        f"FROM account a WHERE a.id {unit.within('ids')} AND a.state = 'open' AND NOT EXISTS "
        "(SELECT 1 FROM enrollment e WHERE e.account_id = a.id AND e.state <> 'ended') ORDER BY a.id"
    )
    now = unit.now_micros
    columns = (
        "id", "consumer_id", "account_id", "cadence", "cadence_digest", "campaign_id", "state", "step", "tries",
        "next_at", "entered_at", "changed_at", "fence", "crashes",
    )  # fmt: skip
    rows = [
        (derived_id("en", account_id, cadence.name, str(earlier)), consumer_id, account_id, cadence.name,
         cadence.digest, campaign_id, "active", 0, 0, now, now, now, 0, 0)
        for account_id, consumer_id, earlier in unit.query(sql, {"ids": unit.listed(ids)})
        if consumer_id is not None
    ]  # fmt: skip
    unit.insert_many("enrollment", columns, rows)
    return len(rows)


def keep_version(unit: Session, cadence: Cadence) -> None:
    """Store the text of a cadence version, so that its enrollments can always be carried on."""
    unit.execute(
        "INSERT INTO cadence_version (name, digest, body, active, loaded_at) VALUES (:name, :digest, :body, :active, "
        ":now) ON CONFLICT DO NOTHING",
        {
            "name": cadence.name,
            "digest": cadence.digest,
            "body": cadence.source,
            "active": True,
            "now": unit.now_micros,
        },
    )


def open_account_ids(unit: Session) -> list[str]:
    """Every account that is open."""
    return [row[0] for row in unit.query("SELECT id FROM account WHERE state = 'open' ORDER BY id")]


def next_due(unit: Session) -> int | None:
    """The next instant (microseconds) at which an enrollment is due or a reservation runs out; None: nothing is."""
    sql = (
        "SELECT min(at) FROM (SELECT min(next_at) AS at FROM enrollment WHERE state = 'active' "
        "UNION ALL SELECT min(next_at) FROM enrollment WHERE state = 'held' "
        "UNION ALL SELECT min(suspended_until) FROM enrollment WHERE state = 'suspended' "
        "UNION ALL SELECT min(valid_until) FROM attempt WHERE state = 'reserved') AS due"
    )
    row = unit.one(sql)
    return None if row is None or row[0] is None else int(row[0])
