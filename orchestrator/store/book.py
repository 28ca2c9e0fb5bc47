"""What imports ask of the book and change in bulk, beside plain selects, inserts and updates (`store.bulk`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from orchestrator.store.session import Session

# any number that no other advisory lock of the database uses
_TURN = 7_302_114


def take_turn(unit: Session) -> None:
    """One import's chunk at a time: two that bring the same new consumer would both insert it."""
    if unit.dialect == "postgresql":
        unit.query("SELECT pg_advisory_xact_lock(:turn)", {"turn": _TURN})


def countries(unit: Session) -> tuple[str, ...]:
    """The countries that consumers are in, from one to the next in their index: there are few."""
    sql = (
        "WITH RECURSIVE known(country) AS (SELECT min(country) FROM consumer UNION ALL SELECT "
        "(SELECT min(c.country) FROM consumer c WHERE c.country > known.country) FROM known "
        "WHERE known.country IS NOT NULL) SELECT country FROM known WHERE country IS NOT NULL ORDER BY country"
    )
    return tuple(row[0] for row in unit.query(sql))


def was_imported(unit: Session, digest: str, kind: str) -> bool:
    """Whether this very file went in whole before."""
    sql = (
        "SELECT 1 FROM import_batch WHERE file_digest = :digest AND kind = :kind "
        "AND finished_at IS NOT NULL LIMIT 1"
    )
    return unit.one(sql, {"digest": digest, "kind": kind}) is not None


def open_accounts(unit: Session, creditors: Iterable[str]) -> list[str]:
    """The open accounts of these creditors, by id."""
    sql = (
        f"SELECT id FROM account WHERE state = 'open' AND creditor_id {unit.within('creditors')} "  # noqa: S608 - no value
        "ORDER BY id"
    )
    return [row[0] for row in unit.query(sql, {"creditors": unit.listed(sorted(creditors))})]


def history_marks(
    unit: Session, creditors: Iterable[str], after: str, at_once: int
) -> list[tuple[str, str | None]]:
    """(account, whole since) of the next accounts of these creditors behind the id `after`; dates as ISO text."""
    sql = (
        f"SELECT id, history_complete_since FROM account WHERE creditor_id {unit.within('creditors')} "  # noqa: S608 - no value
        "AND id > :after ORDER BY id LIMIT :count"
    )
    params = {"creditors": unit.listed(sorted(creditors)), "after": after, "count": at_once}
    return [(id_, None if since is None else str(since)) for id_, since in unit.query(sql, params)]


def contacts_at(unit: Session, consumer_ids: Iterable[str], times: Collection[int]) -> list[tuple[Any, ...]]:
    """Every version of these consumers' contacts between the first and the last of `times`, oldest version first.

    Columns: consumer, time, channel, direction, event, version, recorded, outcome, accounts, contact point,
    party, actor, content, source.
    """
    sql = (
        "SELECT consumer_id, occurred_at, channel, direction, event_id, version, recorded_at, outcome, "  # noqa: S608 - no value
        "account_ids, contact_point_id, party, actor, content, source FROM contact_event WHERE consumer_id "
        f"{unit.within('ids')} AND occurred_at BETWEEN :first AND :last ORDER BY event_id, version"
    )
    ids = unit.listed(sorted(consumer_ids))
    return unit.query(sql, {"ids": ids, "first": min(times), "last": max(times)})


def join_pool(unit: Session, old: str, new: str) -> None:
    """Make one pool part of another; permits given out for the parts do not hold for the whole."""
    unit.execute(
        "UPDATE consumer SET pool_id = :new, epoch = epoch + 1 WHERE pool_id = :old", {"new": new, "old": old}
    )


def move_epochs(unit: Session, consumer_ids: Sequence[str]) -> None:
    """Let the unspent permits of these consumers die; in the order given, so that writers do not deadlock."""
    unit.executemany(
        "UPDATE consumer SET epoch = epoch + 1, changed_at = :now WHERE id = :id",
        [{"id": id_, "now": unit.now_micros} for id_ in consumer_ids],
    )
