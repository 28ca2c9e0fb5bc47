"""API keys: 256 random bits shown once, of which a keyed hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

import msgspec

from orchestrator.clock import Clock
from orchestrator.domain.instant import from_micros
from orchestrator.errors import ConflictError, UnknownReference
from orchestrator.store.database import Database
from orchestrator.store.identifier import new_id

TOKEN = re.compile(r"dc\.(key_[0-9a-v]{26})\.([A-Za-z0-9_-]{43})")


class Key(msgspec.Struct, frozen=True):
    """A key without its secret."""

    id: str
    name: str
    role: str
    created_at: str
    revoked_at: str | None = None


class ApiKeys:
    """The keys of one database; `pepper` is 32 bytes that never lie in it."""

    def __init__(self, database: Database, clock: Clock, pepper: bytes):
        self._database, self._clock, self._pepper = database, clock, pepper

    def add(self, name: str, role: str) -> tuple[Key, str]:
        """A new key and its token `dc.ID.SECRET`, which is never shown again. A name in use is a conflict."""
        key_id, secret = new_id("key"), secrets.token_urlsafe(32)
        with self._database.write(self._clock) as unit:
            if unit.one("SELECT 1 FROM api_key WHERE name = :name AND revoked_at IS NULL", {"name": name}):
                raise ConflictError(
                    "a key with this name is in use", where=name, hint="revoke it or choose another"
                )
            unit.execute(
                "INSERT INTO api_key (id, name, secret_hash, role, created_at)"
                " VALUES (:id, :name, :hash, :role, :now)",
                {
                    "id": key_id,
                    "name": name,
                    "hash": self._hash(secret),
                    "role": role,
                    "now": unit.now_micros,
                },
            )
            created = unit.now
        return Key(key_id, name, role, created.isoformat()), f"dc.{key_id}.{secret}"

    def find(self, token: str) -> Key | None:
        """The key of a token, or None if it is malformed, unknown, wrong or revoked."""
        parts = TOKEN.fullmatch(token)
        if parts is None:
            return None
        with self._database.read(self._clock) as unit:
            row = unit.one(
                "SELECT id, name, role, created_at, revoked_at, secret_hash FROM api_key WHERE id = :id",
                {"id": parts[1]},
            )
        if row is None or row[4] is not None or not hmac.compare_digest(row[5], self._hash(parts[2])):
            return None
        return _key(row)

    def all(self) -> list[Key]:
        """Every key, revoked ones too, oldest first."""
        with self._database.read(self._clock) as unit:
            rows = unit.query(
                "SELECT id, name, role, created_at, revoked_at FROM api_key ORDER BY created_at, id"
            )
        return [_key(row) for row in rows]

    def revoke(self, id_or_name: str) -> None:
        """From the commit on, the key opens nothing. An unknown one is an UnknownReference."""
        with self._database.write(self._clock, urgent=True) as unit:
            changed = unit.execute(
                "UPDATE api_key SET revoked_at = :now WHERE (id = :which OR name = :which) AND revoked_at IS NULL",
                {"now": unit.now_micros, "which": id_or_name},
            ).rowcount
        if not changed:
            raise UnknownReference("no key in use has this id or name", where=id_or_name)

    def _hash(self, secret: str) -> str:
        return hmac.new(self._pepper, secret.encode(), hashlib.sha256).hexdigest()


def _key(row: tuple[object, ...]) -> Key:
    created, revoked = from_micros(int(str(row[3]))), row[4]
    return Key(
        id=str(row[0]),
        name=str(row[1]),
        role=str(row[2]),
        created_at=created.isoformat(),
        revoked_at=None if revoked is None else from_micros(int(str(revoked))).isoformat(),
    )
