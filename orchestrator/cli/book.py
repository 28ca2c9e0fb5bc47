"""`duecourse import`: a file of a firm's system into the database."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.cli.session import open_runtime
from orchestrator.domain import horizon
from orchestrator.errors import UsageError
from orchestrator.importers.kind import Kind
from orchestrator.importers.options import MAX_CLOSING, ImportOptions, ImportResult
from orchestrator.importers.progress import for_terminal
from orchestrator.importers.run import import_file

Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="ISO date.")]


def day(value: datetime | None, option: str) -> date | None:
    found = value.date() if value else None
    horizon.check_day(found, option)
    return found


def import_book(
    file: Annotated[Path, typer.Argument(help="CSV with a header; a history also as JSON lines.")],
    kind: Annotated[
        Kind | None, typer.Option("--as", help="What the file holds; none: by its header.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="It is the whole book of its creditors.")] = False,
    cadence: Annotated[str | None, typer.Option(help="Enrol the accounts of a portfolio in it.")] = None,
    complete_since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="How far back the history is whole.")
    ] = None,
    max_closing: Annotated[
        float, typer.Option(min=0, max=1, help="The largest share of open accounts that --full may close.")
    ] = MAX_CLOSING,
    mapping: Annotated[Path | None, typer.Option(help="A YAML file that maps column names.")] = None,
    as_json: Json = False,
) -> None:
    """Validates, normalises and upserts a file; bad rows go to FILE-STEM.rejected.csv beside it."""
    if not file.is_file():
        raise UsageError("there is no such file", where=str(file))
    with open_runtime() as runtime:
        options = ImportOptions(
            kind=kind,
            full=full,
            max_closing=max_closing,
            complete_since=day(complete_since, "--complete-since"),
            # an unknown name must not be found out after the import
            cadence=runtime.house.cadences.find(cadence) if cadence is not None else None,
            mapping=mapping,
        )
        result = import_file(
            runtime.database, file, options, runtime.clock, runtime.sealer, for_terminal(), runtime.house
        )
    tell(result, as_json)
    if result.exit_code:
        raise typer.Exit(result.exit_code)


def tell(result: ImportResult, as_json: bool) -> None:
    if as_json:
        terminal.say(result.as_json())
    else:
        enrolled = f", {result.enrolled} enrolled" if result.enrolled else ""
        closed = f", {result.closed} closed" if result.closed else ""
        counts = f"{result.rows} rows, {result.accounts} accounts, {result.consumers} consumers"
        terminal.say(f"{result.kind}: {counts}{enrolled}{closed}")
    for remark in result.notes:
        terminal.note(remark)
    if result.rejected:
        terminal.note(f"{result.rejected} rows were rejected: {result.rejected_path} says why")
