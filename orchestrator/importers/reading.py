"""A file to records: encoding, header, quoting.

What is wrong with the whole file is an error, with one row a `Broken`.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import FileFormatError
from orchestrator.importers.cell import CONTROL
from orchestrator.importers.rejected import restore

# a record may run over several lines inside quotes; more is a quote that nobody closed
LINES_A_RECORD = 40
BYTES_A_LINE = 262_144
# up to this share of unreadable lines are bad rows, above it the file has another encoding
UNREADABLE_SHARE = 0.01
_WIDE = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16", codecs.BOM_UTF32_LE: "UTF-32"}


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the line it starts on (from 1) and its cells, stripped and un-defused."""

    line: int
    cells: list[str]
    broken: str | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over the bytes says: digest, lines, and the first line that is not UTF-8 (0: none)."""

    digest: str
    lines: int
    unreadable: int
    first_unreadable: int


def survey(path: Path) -> Survey:
    """Digest and line count of the file; refuses what is not text in UTF-8, or is empty."""
    digest, lines, unreadable, first = hashlib.sha256(), 0, 0, 0
    try:
        with path.open("rb") as file:
            while line := file.readline(BYTES_A_LINE):
                digest.update(line)
                lines += 1
                if not line.isascii() and not _is_utf8(line):
                    unreadable, first = unreadable + 1, first or lines
                if lines == 1:
                    _refuse_wide(path, line)
    except OSError as problem:
        raise FileFormatError(
            f"cannot be read: {problem.strerror}", where=str(path), hint="check the path"
        ) from None
    found = Survey(digest.hexdigest(), lines, unreadable, first)
    _refuse_other_encoding(path, found)
    return found


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_wide(path: Path, line: bytes) -> None:
    for mark, name in _WIDE.items():
        if line.startswith(mark):
            raise FileFormatError(f"is {name}, not UTF-8", where=f"{path}:1", hint="save it as CSV UTF-8")
    if b"\0" in line:
        raise FileFormatError("is not a text file", where=f"{path}:1", hint="save it as CSV UTF-8")


def _refuse_other_encoding(path: Path, found: Survey) -> None:
    if found.lines == 0:
        raise FileFormatError("is empty", where=str(path), hint="the first line names the columns")
    if found.first_unreadable == 1 or found.unreadable > max(1, found.lines * UNREADABLE_SHARE):
        raise FileFormatError(
            f"is not UTF-8: {found.unreadable} of {found.lines} lines cannot be read",
            where=f"{path}:{found.first_unreadable}",
            hint="save it as CSV UTF-8; nothing was imported",
        )


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Physical lines with their endings and numbers.

    Bytes that are not UTF-8 stay visible as lone surrogates.
    """
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(BYTES_A_LINE):
            number += 1
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            yield number, raw.decode("utf-8", errors="surrogateescape")


def records(path: Path) -> Iterator[Record]:
    """Every row of a CSV file, the header first. Blank lines are skipped; nothing else is lost."""
    lines = _lines(path)
    for number, line in lines:
        if line.count('"') % 2 == 0:
            if line.strip():
                yield _record(number, line)
            continue
        yield from _long_record(number, line, lines)


def _long_record(number: int, line: str, lines: Iterator[tuple[int, str]]) -> Iterator[Record]:
    """A record with line breaks inside quotes.

    A quote that stays open costs its own line, not those behind it.
    """
    parts = [(number, line)]
    quotes = line.count('"')
    for following in lines:
        parts.append(following)
        quotes += following[1].count('"')
        if quotes % 2 == 0:
            yield _record(number, "".join(text for _, text in parts))
            return
        if len(parts) >= LINES_A_RECORD:
            break
    yield Record(number, _loose_cells(line), "a quotation mark is opened and not closed")
    yield from _line_by_line(parts[1:])


def _line_by_line(parts: list[tuple[int, str]]) -> Iterator[Record]:
    """The lines read ahead in vain, one record a line: after a quote that stays open no more is guessed."""
    for number, line in parts:
        if line.count('"') % 2:
            yield Record(number, _loose_cells(line), "a quotation mark is opened and not closed")
        elif line.strip():
            yield _record(number, line)


def _loose_cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.rstrip("\r\n").split(",")]


def _record(number: int, line: str) -> Record:
    try:
        cells = next(
            csv.reader((line,) if "\n" not in line[:-1] else line.splitlines(keepends=True), strict=True)
        )
    except (csv.Error, StopIteration):
        return Record(number, _loose_cells(line), "the quotation marks do not match")
    cells = [cell.strip() for cell in cells]
    if "'" in line:
        cells = [restore(cell) for cell in cells]
    return Record(number, cells, None if line.rstrip("\r\n").isprintable() else odd_character(cells))


def odd_character(cells: list[str]) -> str | None:
    """What is wrong with the characters of a row, or None."""
    for cell in cells:
        if CONTROL.search(cell):
            return f"{cell[:40]!r} has a line break or a control character in it"
        if any("\ud800" <= character <= "\udfff" for character in cell):
            return "a character is not UTF-8"
    return None
