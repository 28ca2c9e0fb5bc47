"""The append-only ledger, sealed beside the work (decision record 0013). No update, no delete, no personal data."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary
from sqlmodel import Field

from orchestrator.store.tables.base import SQLModel, instant


class LedgerEntry(SQLModel, table=True):
    """Written in the transaction of what it records, with its own digest, unchained."""

    __tablename__ = "ledger_entry"
    # lines of one kind, or of one day, newest first
    __table_args__ = (Index("ledger_entry_by_kind", "kind", "at", "id"),)

    id: int | None = Field(
        default=None,
        sa_column=Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    )
    at: datetime = instant()
    kind: str
    # keyed hash of the consumer id, so that erasure keeps rows valid
    consumer_ref: str | None = Field(default=None, index=True)
    attempt_id: str | None = Field(default=None, index=True)
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LedgerLink(SQLModel, table=True):
    """The chain: numbered by the one sealer, `chained` = SHA-256(previous chained + entry digest)."""

    __tablename__ = "ledger_link"

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    entry_id: int = Field(sa_column=Column(BigInteger, unique=True, nullable=False))
    chained: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class LedgerHead(SQLModel, table=True):
    """A signed head; the same head goes to a file on another volume."""

    __tablename__ = "ledger_head"

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    chained: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    signed_at: datetime = instant()
    key_id: str
    signature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
