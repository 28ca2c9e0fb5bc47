"""`--full`: the file is the whole book of its creditors, so what it no longer lists is closed as recalled."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.errors import FileFormatError
from orchestrator.importers.header import Header
from orchestrator.importers.reading import Record
from orchestrator.store import book
from orchestrator.store.database import Database


def absent(
    database: Database, records: Iterable[Record], header: Header, max_closing: float, where: str
) -> list[str]:
    """The open accounts of the file's creditors that it does not name; an error where they are too many.

    A row that is refused still names its account: what cannot be read is not gone.
    """
    listed, creditors = _named(records, header)
    if not creditors:
        raise FileFormatError("names no creditor, so it is nobody's whole book", where=where)
    with database.read() as unit:
        held = book.open_accounts(unit, creditors)
    gone = [account_id for account_id in held if account_id not in listed]
    if len(gone) > max_closing * len(held):
        raise FileFormatError(
            f"as the whole book it would close {len(gone)} of {len(held)} open accounts, more than {max_closing:.0%}",
            code="too_many_closing",
            where=where,
            hint="nothing was imported; is the file whole? If so, raise --max-closing",
        )
    return gone


def _named(records: Iterable[Record], header: Header) -> tuple[set[str], set[str]]:
    places = {name: index for index, name in header.places}
    constant = header.constants.get("creditor")
    listed: set[str] = set()
    creditors = {constant} if constant else set[str]()
    for record in records:
        cells = record.cells
        for name, found in (("account_id", listed), ("creditor", creditors)):
            index = places.get(name)
            if index is not None and index < len(cells) and cells[index]:
                found.add(cells[index])
    return listed, creditors
