"""`duecourse audit`: proves the ledger and the verdicts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from orchestrator.audit.head import Signer
from orchestrator.audit.sealer import seal_pending
from orchestrator.audit.verify import verify as verify_ledger
from orchestrator.cli import terminal
from orchestrator.cli.session import open_runtime
from orchestrator.domain import horizon
from orchestrator.engine.replay import Replayed
from orchestrator.engine.replay import replay as replay_verdicts
from orchestrator.errors import UsageError

app = typer.Typer(name="audit", help="The ledger and its verdicts: verify, replay.", rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]


@app.callback()
def audit() -> None:
    """The ledger and its verdicts: verify, replay."""


@app.command(epilog="Example: duecourse audit verify --heads /mnt/heads/heads.jsonl")
def verify(
    heads: Annotated[
        Path | None, typer.Option(help="Signed heads kept outside; none: the configured file.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="Public key that must have signed; none: our own.")] = None,
    as_json: Json = False,
) -> None:
    """Checks every line, link and signed head: exit 1 and a list if anything was edited, cut off or rewritten."""
    with open_runtime() as runtime:
        seal_pending(runtime.database, runtime.house.node, runtime.clock, whole=True)
        outside = heads or runtime.ledger_heads
        signer = key or Signer(runtime.sealer.ring.signing_key).public_key
        with terminal.progress_bar("verifying") as bar:
            seen = 0

            def advance(lines: int) -> None:
                nonlocal seen
                seen += lines
                bar(seen)

            result = verify_ledger(runtime.database, outside=outside, public_key=signer, progress=advance)
    if as_json:
        terminal.say_json(result)
    else:
        for finding in result.findings:
            terminal.say(finding)
        known = f"{result.heads_outside} heads outside, {result.heads_inside} inside"
        terminal.say(f"{result.lines} lines, {known}: {'sound' if result.is_sound else 'NOT SOUND'}")
    if not result.heads_outside:
        terminal.note(
            f"no head outside the database was compared ({outside}): a whole rewrite would not be found"
        )
    if not result.is_sound:
        raise typer.Exit(1)


@app.command(epilog="Example: duecourse audit replay --from 2026-03-01 --to 2026-03-31")
def replay(
    ids: Annotated[list[str] | None, typer.Argument(help="Verdicts or attempts; none: all verdicts.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, from 00:00 UTC.")
    ] = None,
    end: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, to 24:00 UTC.")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Only so many, drawn by lot.")] = None,
    as_json: Json = False,
) -> None:
    """Judges recorded verdicts again from their facts and policy version: exit 1 and a list if any differs."""
    if ids and (start or end or sample):
        raise UsageError("ids and a choice of verdicts do not go together", where="--from, --to, --sample")
    if start and end and end < start:
        raise UsageError("the last day is before the first", where="--to")
    for given, option in ((start, "--from"), (end, "--to")):
        horizon.check_day(given.date() if given else None, option)
    first = start.replace(tzinfo=UTC) if start else None
    past = end.replace(tzinfo=UTC) + timedelta(days=1) if end else None
    with open_runtime() as runtime, terminal.progress_bar("replaying") as bar:
        result = replay_verdicts(runtime.house, first, past, ids=ids or (), sample=sample, advance=bar)
    say_json(result) if as_json else say_replayed(result)
    if result.changed:
        raise typer.Exit(1)


def say_json(result: Replayed) -> None:
    terminal.say_json(
        {
            "replayed": result.count,
            "unchanged": result.count - result.changed,
            "changed": result.changed,
            "differences": result.differences,
        }
    )


def say_replayed(result: Replayed) -> None:
    """A line for each difference, one for each policy version that is concerned, and the sum."""
    versions: dict[str, set[str]] = {}
    for one in result.differences:
        versions.setdefault(one.policy_digest, set()).add(one.verdict_id)
        terminal.say(f"{one.verdict_id}: {one.field} was {one.recorded}, is {one.derived}")
    for digest, verdicts in sorted(versions.items()):
        terminal.say(f"{len(verdicts)} changed under policy version {digest or 'none'}")
    terminal.say(
        f"{result.count} verdicts replayed: {result.count - result.changed} unchanged, {result.changed} changed"
    )
