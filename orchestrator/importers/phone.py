"""Telephone numbers in the cells of a file."""

from __future__ import annotations

from orchestrator.domain import phone_number
from orchestrator.domain.phone_number import Number, UnreadableNumber
from orchestrator.importers.cell import CellError


def parse(cell: str, country: str | None) -> Number:
    """The number of `cell`, read as dialled in `country` unless it starts with a plus sign."""
    try:
        return phone_number.parse(cell, country)
    except UnreadableNumber as problem:
        raise CellError(str(problem)) from None
