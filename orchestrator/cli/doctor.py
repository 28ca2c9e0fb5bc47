"""`duecourse doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestrator.bootstrap import Runtime
from orchestrator.cli import terminal
from orchestrator.cli.session import configured
from orchestrator.services.doctor import Finding, Level, Patient, examine, is_well

Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
_MARKS = {Level.OK: "ok", Level.WARNING: "warning", Level.PROBLEM: "PROBLEM"}


def doctor(as_json: Json = False) -> None:
    """Looks at everything a contact needs; exit 1 if something stands in the way."""
    runtime = Runtime.open(configured())
    try:
        found = examine(patient_of(runtime))
    finally:
        runtime.close()
    if as_json:
        terminal.say_json({"well": is_well(found), "findings": found})
    else:
        for finding in found:
            terminal.say(line_of(finding))
    if not is_well(found):
        raise typer.Exit(1)


def patient_of(runtime: Runtime) -> Patient:
    """What is examined, from the composed runtime."""
    return Patient(
        settings=runtime.settings,
        database=runtime.database,
        clock=runtime.clock,
        sealer=runtime.sealer,
        firm=runtime.house.firm,
        library=runtime.house.library,
        simulated=runtime.simulated(),
    )


def line_of(finding: Finding) -> str:
    """`area: mark: message (how to mend it)`."""
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{finding.area}: {_MARKS[finding.level]}: {finding.message}{hint}"
