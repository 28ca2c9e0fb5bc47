"""What can be told of a row that has more or fewer cells than the header, or an odd character in one of them.

Where such a row broke is not known: a comma in a name moves every cell behind it. What stands before the first free
text is where the header says. Of the lists of holds and channels a word is one of ours wherever it stands, so the
cells in which it can be by now are read; what cannot be told apart so is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.importers.cell import CellError, Parse
from orchestrator.importers.header import Header
from orchestrator.importers.kind import Kind
from orchestrator.importers.rejected import LINE, REASON

_OURS = frozenset({LINE, REASON})
_WHO = frozenset({"consumer_id", "account_id", "address"})
_STRICT = frozenset({"consumer_id", "account_id", "party_id", "at", "kind", "result", "role"})
"""Columns of ids, times and closed words: no comma is expected in them."""
_LISTS = ("holds", "opt_out")
_PROTECTIVE = frozenset({Kind.PORTFOLIO, Kind.OPT_OUTS, Kind.PARTIES, Kind.RECALLS, Kind.CHECKS})


def protected(header: Header, cells: list[str]) -> dict[str, Any]:
    """The values that protect, by column; empty where whom they are about cannot be told."""
    if header.layout.kind not in _PROTECTIVE:
        return {}
    parsers = {column.name: column.parse for column in header.layout.columns}
    values = _leading(header, cells, parsers)
    if not _WHO & values.keys():
        return {}
    moved = len(cells) - header.width
    for index, name in header.places:
        if name in _LISTS:
            first, last = sorted((index, index + moved))
            words = tuple(_words(cells[max(first, 0) : last + 1], parsers[name]))
            # where the list goes on is not known: a channel too few would be a lost stop
            values |= {name: words if name == "holds" else ("all",)} if words else {}
    return values


def _leading(header: Header, cells: list[str], parsers: dict[str, Parse]) -> dict[str, Any]:
    """What is the same in every row, and the cells before the first column of free text."""
    values: dict[str, Any] = {}
    for name, cell in header.constants.items():
        _read(values, name, cell, parsers)
    places = dict(header.places)
    # of a party it is the postal address
    strict = _STRICT if header.layout.kind is Kind.PARTIES else {*_STRICT, "address"}
    for index, (title, cell) in enumerate(zip(header.original, cells, strict=False)):
        name = places.get(index, "")
        if title not in _OURS and (name not in strict or not _read(values, name, cell, parsers)):
            break
    return values


def _read(values: dict[str, Any], name: str, cell: str, parsers: dict[str, Parse]) -> bool:
    """Whether the cell is empty or can be read, and then it is among the values."""
    try:
        values |= {name: parsers[name](cell)} if cell else {}
    except CellError:
        return False
    return True


def _words(cells: list[str], parse: Parse) -> Iterator[str]:
    """The words of ours in these cells, each once."""
    found: dict[str, Any] = {}
    for word in filter(None, (part.strip() for cell in cells for part in cell.split(";"))):
        _read(found, word, word, {word: parse})
    return iter(dict.fromkeys(word for words in found.values() for word in words))
