"""`duecourse templates`: what is said, in which language, and whether a file is fit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.cli.session import open_runtime
from orchestrator.domain.cadence import StepChannel
from orchestrator.errors import UsageError
from orchestrator.services.preview import preview
from orchestrator.settings import load
from templates import library
from templates.errors import Severity
from templates.lint import lint_catalog, lint_path

app = typer.Typer(name="templates", help="Message templates: list, render, lint.", rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]


@app.command("list", epilog="Example: duecourse templates list --json")
def list_templates(as_json: Json = False) -> None:
    """Every template that is in use, with its version."""
    catalog = library.load(load().templates_dir)
    if as_json:
        terminal.say_json(
            [
                {
                    "name": t.name,
                    "channel": t.channel,
                    "language": t.locale,
                    "content": t.content,
                    "reply": t.front.reply,
                    "version": t.version,
                }
                for t in catalog
            ]
        )
        return
    rows = [(t.name, t.channel, t.locale, t.content, t.version[:12]) for t in catalog]
    terminal.say_table("Templates", ("name", "channel", "language", "content", "version"), rows)


@app.command(epilog="Example: duecourse templates render reminder --channel sms --consumer C-1001")
def render(
    name: Annotated[str, typer.Argument(help="As in `templates list`.")],
    channel: Annotated[StepChannel, typer.Option(help="How it would be sent.")],
    consumer: Annotated[str, typer.Option(help="The consumer's id.")],
    account: Annotated[list[str] | None, typer.Option(help="Account ids; none: all open ones.")] = None,
    as_json: Json = False,
) -> None:
    """Renders with a real consumer through the real engine; sends nothing."""
    with open_runtime() as runtime:
        if runtime.house.catalog.names() and name not in runtime.house.catalog.names():
            known = ", ".join(runtime.house.catalog.names())
            raise UsageError("no template has this name", where=name, hint=f"known: {known}")
        message = preview(runtime.house, consumer, tuple(account or ()), channel.value, name)
    if as_json:
        terminal.say_json(message)
        return
    terminal.note(f"{message.template}, version {message.version[:12]}")
    if message.subject:
        terminal.say(f"Subject: {message.subject}\n")
    terminal.say(message.text)


@app.command(epilog="Example: duecourse templates lint my-templates/en/sms/reminder.j2")
def lint(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or catalog folders; none: those in use.")
    ] = None,
) -> None:
    """Says everything that is wrong with templates, with file, line and hint; exit 2 if one is unfit."""
    catalog = library.load(load().templates_dir)
    findings = [] if paths else lint_catalog(catalog)
    for path in paths or ():
        if not path.exists():
            raise UsageError("there is no such file or folder", where=str(path))
        findings += lint_path(path, catalog)
    for finding in findings:
        terminal.note(finding.text())
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(2)
    terminal.say(f"{len(catalog) if not paths else len(paths)} templates or folders are fit")
