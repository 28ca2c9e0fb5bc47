"""What every row that states a fact carries: two times, a source, and the row it corrects."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, LargeBinary, Text
from sqlmodel import Field, SQLModel

from orchestrator.store.tables.types import Instant

__all__ = ["Fact", "SQLModel", "instant", "minor", "open_json", "optional_instant", "sealed", "text"]


def instant(**options: Any) -> Any:
    """A required aware UTC instant column."""
    return Field(sa_type=Instant, **options)


def optional_instant(**options: Any) -> Any:
    """An aware UTC instant column that may be empty."""
    return Field(default=None, sa_type=Instant, nullable=True, **options)


def minor(*, nullable: bool = False) -> Any:
    """An amount in minor units: 32 bits would end at 21 million rupiah with its two decimals."""
    return Field(default=None if nullable else ..., sa_type=BigInteger, nullable=nullable)


def open_json(**options: Any) -> Any:
    """A JSON column for values whose shape another module types."""
    return Field(default=None, sa_column=Column(JSON, **options))


def sealed() -> Any:
    """An encrypted value; `orchestrator.store.sealing` is its only reader."""
    return Field(default=None, sa_column=Column(LargeBinary, nullable=True))


def text(*, nullable: bool = False) -> Any:
    """A text column without a length limit."""
    return Field(default=None if nullable else ..., sa_column=Column(Text, nullable=nullable))


class Fact(SQLModel):
    """Two times and a provenance (decision record 0012).

    `occurred_at` says when it was true, `recorded_at` when we knew. Rows are never updated: a correction is a
    new row that names the one it replaces, who made it and why; `withdrawn` marks a correction that says
    the corrected row never was.
    """

    id: str = Field(primary_key=True)
    consumer_id: str = Field(foreign_key="consumer.id", index=True)
    occurred_at: datetime = instant()
    recorded_at: datetime = instant()
    source: str
    recorded_by: str = "system"
    corrects_id: str | None = Field(default=None, index=True)
    correction_reason: str | None = None
    withdrawn: bool = False
