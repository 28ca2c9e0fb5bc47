"""A record of a file to a row of typed cells, or to the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from orchestrator.importers import misshapen
from orchestrator.importers.cell import CellError, Parse
from orchestrator.importers.header import Header
from orchestrator.importers.reading import Record

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class RowError(Exception):
    """A row that does not go in; the message is the reason in the rejected file.

    `values`: the cells that could be read all the same, and what those protect that could not.
    """

    def __init__(self, reason: str, values: Mapping[str, Any] = _NOTHING) -> None:
        super().__init__(reason)
        self.values = values


class Row(msgspec.Struct, frozen=True, gc=False):
    """`values` holds the filled cells only, typed, by our column names; `cells` as they were.

    is_refused: it was refused for a cell, and only what it protects is taken.
    """

    line: int
    cells: list[str]
    values: dict[str, Any]
    is_refused: bool = False


class RowReader:
    """Reads the cells of one file's records by its header."""

    def __init__(self, header: Header):
        self._header, self._width = header, header.width
        parsers = {column.name: column.parse for column in header.layout.columns}
        self._plan: tuple[tuple[int, str, Parse], ...] = tuple(
            (index, name, parsers[name]) for index, name in header.places
        )
        self._constants = tuple((name, parsers[name], value) for name, value in header.constants.items())

    def read(self, record: Record) -> Row:
        """The typed row; RowError names every cell that cannot be read."""
        cells = record.cells
        if record.broken or len(cells) != self._width:
            values = misshapen.protected(self._header, cells)
            taken = "" if values else "; nothing of it is taken"
            problem = record.broken or f"has {len(cells)} cells, the header has {self._width}"
            raise RowError(f"{problem}{taken}", values)
        values = {}
        problems: list[str] = []
        for index, name, parse in self._plan:
            if cell := cells[index]:
                try:
                    values[name] = parse(cell)
                except CellError as problem:
                    problems.append(_note(values, name, problem))
        for name, parse, value in self._constants:
            try:
                values[name] = parse(value)
            except CellError as problem:
                problems.append(_note(values, name, problem))
        if problems:
            raise RowError("; ".join(problems), values)
        return Row(record.line, cells, values)


def _note(values: dict[str, Any], name: str, problem: CellError) -> str:
    """The reason for the rejected file; what the cell protects all the same stays among the values."""
    if problem.protects:
        values[name] = problem.protects
    return f"{name}: {problem}"
