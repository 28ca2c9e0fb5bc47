"""`duecourse cadences`: what can be enrolled in, and enrolling."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.cli.session import open_runtime
from orchestrator.domain import cadence_file, cadence_library
from orchestrator.domain.cadence import Cadence
from orchestrator.errors import UsageError
from orchestrator.services.enroll import enroll as enroll_all
from orchestrator.settings import load

app = typer.Typer(name="cadences", help="Cadences: list, show, lint, enroll.", rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]


@app.command("list", epilog="Example: duecourse cadences list")
def list_cadences(as_json: Json = False) -> None:
    """The cadences that can be enrolled in."""
    cadences = list(cadence_library.load(load().cadences_dir))
    if as_json:
        terminal.say_json([{"name": c.name, "digest": c.digest, "steps": len(c.steps)} for c in cadences])
        return
    rows = [(c.name, len(c.steps), c.description) for c in cadences]
    terminal.say_table("Cadences", ("name", "steps", "description"), rows)


@app.command(epilog="Example: duecourse cadences show standard")
def show(name: Annotated[str, typer.Argument(help="As in `cadences list`.")], as_json: Json = False) -> None:
    """The steps of one cadence: day, channels in order of preference, template."""
    cadence = cadence_library.load(load().cadences_dir).find(name)
    if as_json:
        terminal.say_json(cadence)
        return
    terminal.say(f"{cadence.name}: {cadence.description}")
    terminal.say_table("Steps", ("step", "day", "channels", "template"), step_rows(cadence))


def step_rows(cadence: Cadence) -> list[tuple[object, ...]]:
    return [(step.name, step.day, " > ".join(step.channels), step.template) for step in cadence.steps]


@app.command(epilog="Example: duecourse cadences lint my-cadence.yaml")
def lint(
    files: Annotated[list[Path] | None, typer.Argument(help="YAML files; none: those in use.")] = None,
) -> None:
    """Says everything that is wrong with cadence files, with line and hint; exit 2 if one is unfit."""
    if not files:
        count = len(list(cadence_library.load(load().cadences_dir)))
        terminal.say(f"{count} cadences are fit")
        return
    findings = 0
    for file in files:
        if not file.is_file():
            raise UsageError("there is no such file", where=str(file))
        for finding in cadence_file.lint(file.read_text(encoding="utf-8"), str(file)):
            terminal.note(finding.text())
            findings += 1
    if findings:
        raise typer.Exit(2)
    terminal.say(f"{len(files)} cadence files are fit")


@app.command(epilog="Example: duecourse cadences enroll standard --where 'days_past_due > 30'")
def enroll(
    name: Annotated[str, typer.Argument(help="As in `cadences list`.")],
    where: Annotated[str | None, typer.Option(help="A CEL condition over docs/reference/fields.md.")] = None,
    as_json: Json = False,
) -> None:
    """Enrols every open account that fits and is in no cadence yet."""
    with open_runtime() as runtime:
        cadence = runtime.house.cadences.find(name)
        enrolled = enroll_all(runtime.database, runtime.clock, runtime.sealer, cadence, where)
    if as_json:
        terminal.say_json({"cadence": name, "enrolled": enrolled})
    else:
        terminal.say(f"{enrolled} accounts enrolled in {name}")
