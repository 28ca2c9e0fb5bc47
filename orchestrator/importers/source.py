"""The rows of a file in chunks: read, and understood as far as each can be alone. Nothing of the database here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from orchestrator.errors import FileFormatError, UsageError
from orchestrator.importers import header, jsonl, portfolio_row, reading
from orchestrator.importers.kind import Kind
from orchestrator.importers.row import Row, RowError, RowReader
from orchestrator.store.sealing import Sealer

Prepare = Callable[[Row, Sealer], Any]
ProtectivePart = Callable[[Row], Any]


class Chunk(msgspec.Struct):
    """Rows read and prepared, and those refused (line, reason, cells). `count` of both; 0: the file has ended."""

    count: int = 0
    ready: list[Any] = []
    refused: list[tuple[int, str, list[str]]] = []


class Source:
    """One file, opened and its header understood; an InputError says what is wrong with the whole of it."""

    def __init__(self, path: Path, kind: Kind | None, mapping: header.ColumnMapping, sealer: Sealer) -> None:
        self.path, self.mapping, self.sealer = path, mapping, sealer
        self._records, self.header = open_file(path, kind, mapping)
        self.kind = self.header.layout.kind
        self._reader = RowReader(self.header)
        self._prepare, self._protective_part = _understanding(self.kind)

    def read(self, count: int) -> Chunk:
        """The next `count` rows, or as many as there are."""
        chunk = Chunk()
        for record in islice(self._records, count):
            chunk.count += 1
            try:
                chunk.ready.append(self._prepare(self._reader.read(record), self.sealer))
            except RowError as problem:
                chunk.refused.append((record.line, str(problem), record.cells))
                kept = self._protective_part(Row(record.line, record.cells, {**problem.values}, True))
                chunk.ready += [kept] if kept is not None else []
        return chunk

    def skip(self, count: int) -> None:
        """Leave out the next `count` rows, which were read elsewhere."""
        for _ in islice(self._records, count):
            pass


def _nothing(row: Row) -> None:
    """What most kinds keep of a row that is refused."""


def _understanding(kind: Kind) -> tuple[Prepare, ProtectivePart]:
    """How a row of this kind is prepared, and what is taken of one refused for a cell that cannot be read, if anything.

    What prepares the other kinds writes them too, and loads the whole database layer. A second process, which
    mostly reads portfolios, starts without it in a third of the time.
    """
    if kind is Kind.PORTFOLIO:
        return portfolio_row.prepare, portfolio_row.protective_part
    from orchestrator.importers import check, history, money_moved, opt_out, party  # noqa: PLC0415

    if kind is Kind.OPT_OUTS:
        return opt_out.prepare, opt_out.protective_part
    prepare: dict[Kind, Prepare] = {
        Kind.HISTORY: history.prepare,
        Kind.PARTIES: party.prepare,
        Kind.PAYMENTS: money_moved.prepare_payment,
        Kind.RECALLS: money_moved.prepare_recall,
        Kind.CHECKS: check.prepare,
    }
    protective: dict[Kind, ProtectivePart] = {
        Kind.PARTIES: party.protective_part,
        Kind.RECALLS: money_moved.recall_of_refused,
        Kind.CHECKS: check.protective_part,
    }
    return prepare[kind], protective.get(kind, _nothing)


def open_file(
    path: Path, kind: Kind | None, mapping: header.ColumnMapping
) -> tuple[Iterator[reading.Record], header.Header]:
    """The records behind the header, and the header understood."""
    if jsonl.is_json_lines(path):
        if kind not in {None, Kind.HISTORY}:
            raise UsageError(f"only a history may be JSON lines, not a {kind} file", where=str(path))
        return jsonl.records(path), jsonl.header()
    records = reading.records(path)
    first = next(records, None)
    if first is None or first.broken:
        reason = first.broken if first else "the file holds blank lines only"
        raise FileFormatError(
            f"the header cannot be read: {reason}", where=f"{path}:1", hint="the first line names the columns"
        )
    return records, header.understand(first.cells, f"{path}:{first.line}", kind, mapping)
