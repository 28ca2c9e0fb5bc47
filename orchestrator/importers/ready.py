"""The simple kinds of row, checked by themselves: everything but a portfolio, which has `portfolio_row`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from orchestrator.domain.contact_value import normal
from orchestrator.importers import phone
from orchestrator.importers.cell import CellError, email
from orchestrator.importers.row import Row, RowError
from orchestrator.store.sealing import Sealer


class Ready(msgspec.Struct, gc=False):
    """A row whose cells are typed; `values` by column name."""

    row: Row
    values: dict[str, Any]

    def get(self, name: str) -> Any:
        """A cell's value, or None where it was empty."""
        return self.values.get(name)


@dataclass(frozen=True, slots=True)
class Address:
    """One reading of a number or mailbox: `kind` phone or email, and the keyed hash that finds it."""

    kind: str
    index: str


def needs(row: Row, *names: str) -> Ready:
    """The row, if none of these cells is empty."""
    empty = [name for name in names if name not in row.values]
    if empty:
        raise RowError("; ".join(f"{name}: is empty" for name in empty), row.values)
    return Ready(row, row.values)


def needs_one(row: Row, *names: str) -> Ready:
    """The row, if one of these cells is filled."""
    if not any(name in row.values for name in names):
        raise RowError(f"{' and '.join(names)} are both empty", row.values)
    return Ready(row, row.values)


def readings(cell: str, countries: tuple[str, ...], sealer: Sealer) -> tuple[Address, ...]:
    """What a number or mailbox can mean: a national number is read in each of `countries` where it is valid.

    Closing one number too many costs a contact; reading an opt-out as the wrong country's loses it.
    """
    if "@" in cell:
        return (Address("email", sealer.index("email", normal("email", email(cell)))),)
    if cell.startswith("+") or not countries:
        return (Address("phone", sealer.index("phone", phone.parse(cell, None).e164)),)
    found: dict[str, None] = {}
    refusal: CellError | None = None
    for country in countries:
        try:
            found[phone.parse(cell, country).e164] = None
        except CellError as problem:
            refusal = problem
    if not found and refusal is not None:
        raise refusal
    return tuple(Address("phone", sealer.index("phone", e164)) for e164 in found)
