"""Answers kept under idempotency keys, sealed, for 24 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from orchestrator.clock import Clock
from orchestrator.domain.instant import to_micros
from orchestrator.store.database import Database
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session

KEPT = timedelta(hours=24)
# a request that is silent for so long has died with its process
ABANDONED = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a body with this digest; `status` None: not answered yet."""

    digest: str
    status: int | None = None
    body: bytes = b""
    media_type: str = "application/json"


def claim(  # noqa: PLR0917 - runs in a thread, which takes positions
    database: Database, clock: Clock, sealer: Sealer, key: str, route: str, owner: str, digest: str
) -> Answer | None:
    """The earlier answer under this key, or None: the caller is the first and has claimed it."""
    name = {"key": key, "route": route, "owner": owner}
    with database.write(clock) as unit:
        now = unit.now
        unit.execute("DELETE FROM idempotency_key WHERE created_at < :old", {"old": to_micros(now - KEPT)})
        found = unit.one(
            "SELECT body_digest, status, response_sealed, created_at FROM idempotency_key"
            " WHERE key = :key AND route = :route AND owner = :owner",
            name,
        )
        if found is None:
            row = name | {"digest": digest, "now": to_micros(now)}
            unit.execute(
                "INSERT INTO idempotency_key (key, route, owner, body_digest, created_at)"
                " VALUES (:key, :route, :owner, :digest, :now)",
                row,
            )
            return None
        if found[1] is None and found[0] == digest and found[3] < to_micros(now - ABANDONED):
            restart(unit, name, to_micros(now))
            return None
        return answer_of(sealer, found[0], found[1], found[2])


def restart(unit: Session, name: dict[str, str], now: int) -> None:
    unit.execute(
        "UPDATE idempotency_key SET created_at = :now WHERE key = :key AND route = :route AND owner = :owner",
        name | {"now": now},
    )


def answer_of(sealer: Sealer, digest: str, status: int | None, sealed: bytes | None) -> Answer:
    if status is None or sealed is None:
        return Answer(digest)
    media_type, _, body = sealer.open(sealed).partition("\n")
    return Answer(digest, status, body.encode(), media_type)


def keep(  # noqa: PLR0917 - runs in a thread, which takes positions
    database: Database, clock: Clock, sealer: Sealer, key: str, route: str, owner: str, answer: Answer
) -> None:
    """Remembers the answer to the claimed key."""
    sealed = sealer.seal(f"{answer.media_type}\n{answer.body.decode()}")
    with database.write(clock) as unit:
        unit.execute(
            "UPDATE idempotency_key SET status = :status, response_sealed = :sealed"
            " WHERE key = :key AND route = :route AND owner = :owner",
            {"key": key, "route": route, "owner": owner, "status": answer.status, "sealed": sealed},
        )


def forget(database: Database, clock: Clock, key: str, route: str, owner: str) -> None:
    """Gives a claimed key back after a failure, so that the caller may try again."""
    with database.write(clock) as unit:
        unit.execute(
            "DELETE FROM idempotency_key WHERE key = :key AND route = :route AND owner = :owner AND status IS NULL",
            {"key": key, "route": route, "owner": owner},
        )
