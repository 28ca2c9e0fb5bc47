"""`duecourse audit`: proves the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestrator.audit.head import Signer
from orchestrator.audit.sealer import seal_pending
from orchestrator.audit.verify import verify as verify_ledger
from orchestrator.cli import terminal
from orchestrator.cli.session import open_runtime

app = typer.Typer(name="audit", help="The ledger: verify.", rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]


@app.callback()
def audit() -> None:
    """The ledger: verify."""


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
