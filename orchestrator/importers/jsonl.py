"""History as JSON lines: one object a line, the same names as the columns of a CSV history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestrator.errors import FileFormatError
from orchestrator.importers.header import Header
from orchestrator.importers.kind import LAYOUTS, Kind
from orchestrator.importers.reading import BYTES_A_LINE, Record, odd_character
from orchestrator.importers.rejected import restore

_NAMES = LAYOUTS[Kind.HISTORY].names


def is_json_lines(path: Path) -> bool:
    """Whether the first thing in the file is an object."""
    with path.open("rb") as file:
        return file.read(4_096).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def header() -> Header:
    """Every column of a history, in its order."""
    return Header(LAYOUTS[Kind.HISTORY], _NAMES, tuple(enumerate(_NAMES)))


def records(path: Path) -> Iterator[Record]:
    """One record a line. A line that is not such an object is broken.

    An unknown name in the first is an error.
    """
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(BYTES_A_LINE):
            number += 1
            text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="surrogateescape").strip()
            if text:
                yield _record(number, text, path)


def _record(number: int, text: str, path: Path) -> Record:
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError):
        return Record(number, _whole(text), "is not a JSON object on one line")
    if not isinstance(loaded, dict):
        return Record(number, _whole(text), "is not a JSON object on one line")
    unknown = [name for name in loaded if name not in _NAMES]
    if unknown and number == 1:
        raise FileFormatError(
            f"unknown name {unknown[0]!r} in a history file",
            where=f"{path}:1",
            hint=f"a history file has: {', '.join(_NAMES)}",
        )
    cells = [_cell(loaded.get(name)) for name in _NAMES]
    known = [cell or "" for cell in cells]
    if unknown:
        return Record(number, known, f"unknown name {unknown[0]!r}")
    if None in cells:
        return Record(number, known, f"{_NAMES[cells.index(None)]}: is neither text nor a number")
    return Record(number, known, odd_character(known))


def _whole(text: str) -> list[str]:
    return [text[:1_000], *[""] * (len(_NAMES) - 1)]


def _cell(value: Any) -> str | None:
    """A value as a cell; None for what no cell can hold."""
    if value is None:
        return ""
    if isinstance(value, str):
        return restore(value.strip())
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
