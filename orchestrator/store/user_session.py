"""Rows of signed-in browsers. Times are given: sessions live in real time even where days are simulated."""

from __future__ import annotations

from typing import Any

import msgspec

from orchestrator.domain.user import User
from orchestrator.store import user
from orchestrator.store.session import Session


class Kept(msgspec.Struct, frozen=True):
    """A session that is neither revoked nor expired, whose person is not disabled; instants in microseconds."""

    id: str
    csrf: str
    user: User
    last_seen: int


def add(unit: Session, session_id: str, user_id: str, csrf: str, *, now: int, expires: int) -> None:
    unit.execute(
        "INSERT INTO user_session (id, user_id, csrf, created_at, last_seen_at, expires_at)"
        " VALUES (:id, :user, :csrf, :now, :now, :expires)",
        {"id": session_id, "user": user_id, "csrf": csrf, "now": now, "expires": expires},
    )


def find(unit: Session, session_id: str, *, now: int, seen_since: int) -> Kept | None:
    """The session that is open at `now` and was used at `seen_since` or later."""
    sql = (
        f"SELECT {user.qualified('u')}, s.csrf, s.last_seen_at FROM user_session s "  # noqa: S608
        "JOIN user_account u ON u.id = s.user_id WHERE s.id = :id AND s.revoked_at IS NULL "
        "AND s.expires_at > :now AND s.last_seen_at >= :seen AND u.disabled_at IS NULL"
    )
    row = unit.one(sql, {"id": session_id, "now": now, "seen": seen_since})
    return None if row is None else Kept(session_id, row[-2], user.of_row(row), int(row[-1]))


def touch(unit: Session, session_id: str, now: int) -> None:
    """It was used at `now`; never moves back."""
    unit.execute(
        "UPDATE user_session SET last_seen_at = :now WHERE id = :id AND last_seen_at < :now AND revoked_at IS NULL",
        {"id": session_id, "now": now},
    )


def revoke(unit: Session, now: int, *, session_id: str | None = None, user_id: str | None = None) -> int:
    """Closes one session, or all of a person; the number closed."""
    key, value = ("id", session_id) if session_id is not None else ("user_id", user_id)
    done: Any = unit.execute(
        f"UPDATE user_session SET revoked_at = :now WHERE {key} = :value AND revoked_at IS NULL",  # noqa: S608
        {"now": now, "value": value},
    )
    return int(done.rowcount)


def forget(unit: Session, before: int) -> None:
    """Removes what ended before `before`: the ledger keeps that it was."""
    unit.execute("DELETE FROM user_session WHERE expires_at < :before", {"before": before})
