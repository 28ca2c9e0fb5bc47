"""`duecourse firm`: the firm and its creditors, and what is missing of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.clock import SystemClock
from orchestrator.domain import firm_file, seal
from orchestrator.settings import load

app = typer.Typer(name="firm", help="The firm and its creditors: lint, show.", rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
File = Annotated[Path | None, typer.Argument(help="A firm file; none: the one in use.")]


@app.command(epilog="Example: duecourse firm lint firm.yaml")
def lint(file: File = None) -> None:
    """Says what is wrong with or missing from a firm file, with line and hint; exit 2 if it is unfit."""
    path = file or load().firm
    findings = firm_file.lint_file(path, SystemClock().now().date())
    for finding in findings:
        terminal.note(finding.text())
    try:
        firm = firm_file.load(path)
    except firm_file.FirmError as error:  # what makes it unfit stands above, each finding on a line
        raise typer.Exit(error.exit_code) from None
    seal.load(firm, path)
    terminal.say("fit" if not findings else f"fit, with {len(findings)} to look at")


@app.command(epilog="Example: duecourse firm show --json")
def show(file: File = None, as_json: Json = False) -> None:
    """The firm as it is used: names, creditors, licences."""
    firm = firm_file.load(file or load().firm)
    if as_json:
        terminal.say_json(firm)
        return
    terminal.say(f"{firm.name} (to others: {firm.neutral_name})")
    rows = [(c.id, c.name, c.relation, c.default_language, c.official_phone) for c in firm.creditors]
    terminal.say_table("Creditors", ("id", "name", "relation", "language", "official phone"), rows)
    licences = [(one.jurisdiction, one.number, one.ends_on) for one in firm.licences]
    if licences:
        terminal.say_table("Licences", ("jurisdiction", "number", "ends"), licences)
