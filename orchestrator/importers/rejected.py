"""`FILE-STEM.rejected.csv`.

Every row that did not go in, with its line, the reason, and the cells as they were.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from orchestrator.errors import FileFormatError

LINE, REASON = "rejected_line", "rejected_reason"
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
_DEFUSED = tuple("'" + mark for mark in _ACTIVE)


def defuse(cell: str) -> str:
    """The cell with an apostrophe before what a spreadsheet would run.

    The importer takes the apostrophe off again.
    """
    return "'" + cell if cell.startswith(_ACTIVE) else cell


def restore(cell: str) -> str:
    """A defused cell as it was."""
    return cell[1:] if cell.startswith(_DEFUSED) else cell


class RejectedFile:
    """Written as rows are refused; removed where none is."""

    def __init__(self, source: Path, header: Sequence[str]):
        self.path = source.with_name(f"{source.stem}.rejected.csv")
        self.count = 0
        self._header = header
        self._file: IO[str] | None = None
        self.path.unlink(missing_ok=True)

    def add(self, line: int, reason: str, cells: Sequence[str]) -> None:
        """Keep a refused row. `line` counts from 1 and includes the header."""
        if self._file is None:
            self._open()
        self.count += 1
        self._writer.writerow([str(line), defuse(reason), *map(defuse, cells)])

    def _open(self) -> None:
        try:
            self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
        except OSError as problem:
            raise FileFormatError(
                f"cannot write the rejected rows: {problem.strerror}",
                where=str(self.path),
                hint="put the file into a folder that can be written to",
            ) from None
        self._writer = csv.writer(self._file)
        self._writer.writerow([LINE, REASON, *map(defuse, self._header)])

    def flush(self) -> None:
        """Called before the accepted rows of a chunk commit, so that no row is in neither place."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
