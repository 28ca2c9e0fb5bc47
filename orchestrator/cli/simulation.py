"""`duecourse simulate`: a portfolio worked by a cadence on a virtual clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from channels.simulator import parse as behaviour_file
from orchestrator.cli import terminal
from orchestrator.cli.session import configured
from orchestrator.clock import Clock
from orchestrator.domain import cadence_library, campaign_file, firm_file
from orchestrator.domain.campaign import Definition
from orchestrator.engine.house import House
from orchestrator.engine.simulate import Ground, Plan, simulate
from orchestrator.errors import UsageError
from orchestrator.importers.kind import Kind
from orchestrator.importers.options import ImportOptions, ImportResult
from orchestrator.importers.progress import for_terminal
from orchestrator.importers.run import import_file
from orchestrator.services import campaign as service
from orchestrator.settings import Settings
from orchestrator.store.database import Database
from orchestrator.store.sealing import Sealer
from policies import library as policy_library
from templates import library as template_library


def simulate_portfolio(
    portfolio: Annotated[Path, typer.Argument(help="A portfolio as for `import`.")],
    start: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, from 00:00 UTC.")
    ],
    days: Annotated[int, typer.Option(min=1, max=3_660, help="How many days.")],
    out: Annotated[
        Path, typer.Option(help="Folder for receipts, decisions, events, summary and its database.")
    ],
    cadence: Annotated[
        str | None, typer.Option(help="As in `cadences list`; none: that of the campaign.")
    ] = None,
    campaign: Annotated[
        Path | None, typer.Option(help="A campaign (YAML) to run instead of everybody in the cadence.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed and inputs give the same files.")] = 0,
    behaviour: Annotated[
        Path | None, typer.Option(help="How recipients behave (YAML); none: as shipped.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON document.")] = False,
) -> None:
    """Runs the real planner, gate, templates and dispatcher on a virtual clock against the channel simulator."""
    if not portfolio.is_file():
        raise UsageError("there is no such file", where=str(portfolio))
    settings = configured()
    people = behaviour_file.load(behaviour) if behaviour else behaviour_file.packaged()
    run = campaign_file.load(campaign) if campaign is not None else None
    worked = cadence_library.load(settings.cadences_dir).find(chosen(cadence, run))
    plan = Plan(
        cadence=worked,
        start=start.date(),
        days=days,
        out=usable(out),
        behaviour=people,
        seed=seed,
        begin=partial(begin, run) if run is not None else None,
    )
    results: list[ImportResult] = []

    def bring(database: Database, clock: Clock, sealer: Sealer) -> None:
        options = ImportOptions(kind=Kind.PORTFOLIO)
        results.append(import_file(database, portfolio, options, clock, sealer, for_terminal()))

    with terminal.progress_bar("simulating") as bar:
        summary = simulate(plan, ground(settings), bring, day_counter(bar, plan.start, days))
    tell(summary, results, out, as_json)
    if results and results[0].exit_code:
        raise typer.Exit(results[0].exit_code)


def chosen(cadence: str | None, run: Definition | None) -> str:
    """The cadence to simulate."""
    if run is None and cadence is None:
        raise UsageError("name a cadence or a campaign", where="--cadence")
    if run is not None and cadence not in (None, run.cadence):
        raise UsageError(f"the campaign runs {run.cadence!r}", where="--cadence", hint="leave it out")
    return cadence or (run.cadence if run is not None else "")


def begin(run: Definition, house: House) -> None:
    """Start the campaign in the simulation's own database."""
    service.start(house, service.create(house, run, "simulation").id, "simulation")


def usable(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"this cannot be a folder: {error.strerror}", where=str(out)) from None
    return out


def ground(settings: Settings) -> Ground:
    return Ground(
        library=policy_library.load(tuple(map(str, settings.policies_dir))),
        catalog=template_library.load(settings.templates_dir),
        firm=firm_file.load(settings.firm),
    )


def day_counter(bar: terminal.Bar, first: Any, days: int) -> Any:
    """Turns the virtual time into days done."""

    def advance(now: datetime) -> None:
        bar((now.date() - first) // timedelta(days=1), days, f"simulating {now.date()}")

    return advance


def tell(summary: dict[str, Any], results: list[ImportResult], out: Path, as_json: bool) -> None:
    for result in results:
        if result.rejected:
            terminal.note(f"{result.rejected} rows were rejected: {result.rejected_path} says why")
    if as_json:
        terminal.say_json(summary)
        return
    for name, value in summary.items():
        if isinstance(value, dict):
            counts = ", ".join(f"{key} {count}" for key, count in value.items())
            terminal.say(f"{name}: {counts or 'none'}")
        else:
            terminal.say(f"{name}: {value}")
    terminal.say(f"files: {out}")
