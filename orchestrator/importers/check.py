"""Look-ups of registers: reassigned numbers, deaths, bankruptcies, litigation, military service, kinds of
line.

A positive answer protects at once: a hold on the person, or the number taken out of use wherever it is. So does one
in a row that is refused for another cell, as of now where its date cannot be read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from orchestrator.importers import pool
from orchestrator.importers.batch import Batch
from orchestrator.importers.cell import CellError
from orchestrator.importers.ready import Ready, needs, needs_one, readings
from orchestrator.importers.row import Row, RowError
from orchestrator.importers.standing import place_holds
from orchestrator.store import bulk
from orchestrator.store.identifier import derived_id
from orchestrator.store.sealing import Sealer
from orchestrator.store.session import Session

_HOLD_OF = {"deceased": "deceased", "bankruptcy": "bankruptcy", "litigation": "legal", "military": "military"}
_OF_NUMBERS = frozenset({"reassigned", "line_type"})
_LINES = frozenset({"mobile", "landline"})
_ANSWERS = {"line_type": frozenset({"mobile", "landline", "voip", "unknown"})}
_YES_NO = frozenset({"yes", "no", "unknown"})


def prepare(row: Row, sealer: Sealer) -> Ready:
    """A look-up whose answer fits its kind."""
    needs(row, "at", "kind", "result", "source")
    kind, result = row.values["kind"], row.values["result"].casefold()
    row.values["result"] = result
    answers = _ANSWERS.get(kind, _YES_NO)
    if result not in answers:
        raise RowError(
            f"result: of {kind} is one of {', '.join(sorted(answers))}, not {result!r}", row.values
        )
    return needs(row, "address") if kind in _OF_NUMBERS else needs_one(row, "address", "consumer_id")


def protective_part(row: Row) -> Ready | None:
    """The positive answer of a row that is refused for its date, its source or a cell that it does not need."""
    values = row.values
    values["result"] = str(values.get("result", "")).casefold()
    needed = {"address"} if values.get("kind") == "reassigned" else {"address", "consumer_id"}
    is_positive = values["result"] == "yes" and values.get("kind") in {"reassigned", *_HOLD_OF}
    return Ready(row, values) if is_positive and needed & values.keys() else None


def write_chunk(unit: Session, batch: Batch, rows: Sequence[Ready]) -> None:
    """Add the answers, and what follows from them."""
    wanted = sorted({row.values["consumer_id"] for row in rows if row.get("consumer_id")})
    known = {found[0] for found in bulk.select(unit, ("id",), "consumer", "id", wanted)}
    results: dict[str, tuple[object, ...]] = {}
    holds: dict[tuple[str, str, None], None] = {}
    for row in rows:
        try:
            told = _targets(unit, batch, row, known)
        except (CellError, RowError) as problem:
            # who it is about is told by the id as well: an address that cannot be read takes nothing from that
            is_about_person = row.get("consumer_id") in known and _positive_of_person(row)
            batch.refuse(row.row, f"{problem}; the hold is placed" if is_about_person else str(problem))
            if not is_about_person:
                continue
            told = [(row.values["consumer_id"], None)]
        for consumer_id, index in told:
            if not row.row.is_refused:
                batch.touched(None, consumer_id)
            result = _result(unit, batch, row, consumer_id, index)
            results[str(result[0])] = result
    written = {found[0] for found in bulk.select(unit, ("id",), "check_result", "id", sorted(results))}
    new = [row for id_, row in results.items() if id_ not in written]
    columns = ("id", "consumer_id", "value_index", "kind", "result", "source", "occurred_at", "recorded_at")
    bulk.insert(unit, "check_result", columns, new)
    for consumer_id, kind in _positive(unit, new):
        holds[consumer_id, _HOLD_OF[kind], None] = None
    place_holds(unit, batch, list(holds))
    batch.moves(pool.members(unit, _mark_numbers(unit, batch, new)))


def _targets(unit: Session, batch: Batch, row: Ready, known: set[str]) -> list[tuple[str | None, str | None]]:
    consumer_id = row.get("consumer_id")
    if consumer_id and consumer_id not in known:
        raise RowError(f"consumer_id: {consumer_id!r} is not in the book")
    if not row.get("address"):
        return [(consumer_id, None)]
    try:
        found = readings(row.values["address"], batch.countries(unit), batch.sealer)
    except CellError as problem:
        raise RowError(f"address: {problem}") from None
    if len(found) > 1:
        raise RowError(
            f"address: {row.values['address']!r} is a number in several countries; write it with +"
        )
    return [(consumer_id, found[0].index)]


def _positive_of_person(row: Ready) -> bool:
    return row.values["result"] == "yes" and row.values["kind"] in _HOLD_OF


def _result(
    unit: Session, batch: Batch, row: Ready, consumer_id: str | None, index: str | None
) -> tuple[object, ...]:
    values, now = row.values, unit.now_micros
    # without a date that can be read, by the file: the same file again is the same answer
    at = values.get("at", batch.file_digest)
    id_ = derived_id("ck", consumer_id or "", index or "", values["kind"], at, values["result"])
    return (
        *(id_, consumer_id, index, values["kind"], values["result"], values.get("source", batch.source)),
        *(values.get("at", now), now),
    )


def _positive(unit: Session, new: Sequence[tuple[object, ...]]) -> list[tuple[str, str]]:
    """(consumer, kind) of every yes about a person, by id or by whoever has the number."""
    yes = [row for row in new if row[4] == "yes" and row[3] in _HOLD_OF]
    by_value: dict[str, set[str]] = {}
    values = sorted({str(row[2]) for row in yes if row[2] and not row[1]})
    for index, consumer_id in bulk.select(
        unit, ("value_index", "consumer_id"), "contact_point", "value_index", values
    ):
        by_value.setdefault(index, set()).add(consumer_id)
    found = []
    for row in yes:
        consumers = {str(row[1])} if row[1] else by_value.get(str(row[2]), set())
        found += [(consumer_id, str(row[3])) for consumer_id in sorted(consumers)]
    return found


def _mark_numbers(unit: Session, batch: Batch, new: Sequence[tuple[object, ...]]) -> set[str]:
    """Take reassigned numbers out of use, and note the kind of line; returns whose numbers these are."""
    facts = {
        str(row[2]): ("state", "reassigned") if row[3] == "reassigned" else ("number_kind", str(row[4]))
        for row in new
        if row[2]
        and ((row[3] == "reassigned" and row[4] == "yes") or (row[3] == "line_type" and row[4] in _LINES))
    }
    columns = ("value_index", "id", "consumer_id", "state", "number_kind")
    moved, now = set(), unit.now_micros
    for index, id_, consumer_id, state, line in bulk.select(
        unit, columns, "contact_point", "value_index", sorted(facts)
    ):
        column, value = facts[index]
        before = state if column == "state" else line
        if before == value:
            continue
        bulk.update(unit, "contact_point", (column, "changed_at"), [(id_, value, now)])
        revision = (derived_id("rv", batch.id, batch.serial()), "contact_point", id_, now, batch.source)
        names = ("id", "subject", "subject_id", "recorded_at", "source", "before")
        bulk.insert(unit, "revision", names, [(*revision, json.dumps({column: before}))])
        moved.add(consumer_id)
    return moved
