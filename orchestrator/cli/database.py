"""`duecourse db`: the schema of the configured database."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.cli.session import open_database
from orchestrator.errors import UsageError
from orchestrator.store import migration

app = typer.Typer(name="db", help="The database's schema: upgrade, downgrade, check.", rich_markup_mode=None)


@app.command(epilog="Example: duecourse db upgrade")
def upgrade() -> None:
    """Brings the database to the schema of this version; an up-to-date one is left alone."""
    with open_database() as database:
        before = migration.current(database)
        migration.upgrade(database)
        after = migration.current(database)
    terminal.say(f"schema {after}" if before == after else f"schema {before or 'empty'} -> {after}")


@app.command(epilog="Example: duecourse db downgrade base --yes")
def downgrade(
    revision: Annotated[str, typer.Argument(help="The revision to go back to; base: an empty database.")],
    yes: Annotated[bool, typer.Option("--yes", help="Really: what later columns held is lost.")] = False,
) -> None:
    """Goes back to an earlier schema; what later columns held is lost, so it asks for --yes."""
    if not yes:
        raise UsageError(
            "what later columns hold would be lost", where="--yes", hint="say --yes if that is meant"
        )
    with open_database() as database:
        migration.downgrade(database, revision)
        terminal.say(f"schema {migration.current(database) or 'empty'}")


@app.command(epilog="Example: duecourse db check")
def check() -> None:
    """Compares the database with the schema of this version: exit 1 and a list if they differ."""
    with open_database() as database:
        current, newest = migration.current(database), migration.newest()
        differences = migration.differences(database) if current == newest else []
    if current != newest:
        terminal.say(f"schema {current or 'empty'}, this version needs {newest}: duecourse db upgrade")
        raise typer.Exit(1)
    for difference in differences:
        terminal.say(str(difference))
    if differences:
        raise typer.Exit(1)
    terminal.say(f"schema {current}, as this version needs it")
