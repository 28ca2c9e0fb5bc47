"""`duecourse api-keys`: who may use the HTTP API."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.cli.session import open_runtime
from orchestrator.domain.permission import Role

app = typer.Typer(name="api-keys", help="API keys: add, list, revoke.", rich_markup_mode=None)
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]


@app.command(epilog="Example: duecourse api-keys add dialer --role collector")
def add(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.COLLECTOR,
    as_json: Json = False,
) -> None:
    """Makes a key and shows its token once."""
    with open_runtime() as runtime:
        key, token = runtime.api_keys.add(name, role)
    if as_json:
        terminal.say_json({"id": key.id, "name": key.name, "role": key.role, "token": token})
        return
    terminal.say(token)
    terminal.note(f"{key.name} ({key.role}): send it as Authorization: Bearer; it is not shown again")


@app.command("list", epilog="Example: duecourse api-keys list")
def list_keys(as_json: Json = False) -> None:
    """Every key, without its secret."""
    with open_runtime() as runtime:
        keys = runtime.api_keys.all()
    if as_json:
        terminal.say_json(keys)
        return
    rows = [(key.id, key.name, key.role, key.created_at, key.revoked_at or "in use") for key in keys]
    terminal.say_table("API keys", ("id", "name", "role", "created", "revoked"), rows)


@app.command(epilog="Example: duecourse api-keys revoke dialer")
def revoke(which: Annotated[str, typer.Argument(help="Its id or name.")]) -> None:
    """Closes a key at once."""
    with open_runtime() as runtime:
        runtime.api_keys.revoke(which)
    terminal.say(f"{which} is revoked")
