"""`duecourse users`: the people who sign in to the console."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from orchestrator.cli import terminal
from orchestrator.cli.session import open_runtime
from orchestrator.domain.permission import Role
from orchestrator.errors import UsageError
from orchestrator.services import user as service
from orchestrator.services.user import Given

app = typer.Typer(
    name="users", help="People who sign in: add, list, disable, passwords.", rich_markup_mode=None
)
BY = "command line"
Name = Annotated[str, typer.Argument(help="The name to sign in with, or the id.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document instead of text.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Take the password from standard input; else one is made up.")
]


@app.command(epilog="Example: duecourse users add kim@example.com --role collector --display-name 'Kim Lee'")
def add(
    name: Annotated[str, typer.Argument(help="A word or an e-mail address to sign in with.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    display_name: Annotated[str, typer.Option(help="How the person is called on screens.")] = "",
    password_stdin: FromStdin = False,
    as_json: Json = False,
) -> None:
    """Adds a person; a password that is made up is shown once and changed at the first sign-in."""
    password = typed_password() if password_stdin else None
    with open_runtime() as runtime:
        given = service.add(runtime.house, name, role, by=BY, display_name=display_name, password=password)
    say_given(given, "was added", as_json)


@app.command("list", epilog="Example: duecourse users list")
def list_users(as_json: Json = False) -> None:
    """Everybody, disabled people too."""
    with open_runtime() as runtime:
        people = service.everybody(runtime.house)
    if as_json:
        terminal.say_json(people)
        return
    rows = [
        (
            one.name,
            one.display_name,
            one.role,
            one.created_at[:10],
            (one.disabled_at or "")[:10] or "can sign in",
        )
        for one in people
    ]
    terminal.say_table("People", ("name", "called", "role", "added", "disabled"), rows)


@app.command(epilog="Example: duecourse users disable kim@example.com")
def disable(name: Name) -> None:
    """Signs a person out everywhere and lets them in no more, at once."""
    with open_runtime() as runtime:
        terminal.say(f"{service.disable(runtime.house, name, by=BY).name} is disabled")


@app.command(epilog="Example: duecourse users enable kim@example.com")
def enable(name: Name) -> None:
    """Lets a disabled person sign in again."""
    with open_runtime() as runtime:
        terminal.say(f"{service.enable(runtime.house, name, by=BY).name} may sign in")


@app.command("role", epilog="Example: duecourse users role kim@example.com compliance_officer")
def set_role(name: Name, role: Annotated[Role, typer.Argument(help="The new role.")]) -> None:
    """Gives a person another role and signs them out."""
    with open_runtime() as runtime:
        found = service.set_role(runtime.house, name, role, by=BY)
    terminal.say(f"{found.name} is {found.role}")


@app.command("password", epilog="Example: duecourse users password kim@example.com")
def set_password(name: Name, password_stdin: FromStdin = False, as_json: Json = False) -> None:
    """Gives a person a new password, to be changed at the next sign-in, and signs them out."""
    password = typed_password() if password_stdin else None
    with open_runtime() as runtime:
        given = service.set_password(runtime.house, name, password, by=BY)
    say_given(given, "has a new password", as_json)


def typed_password() -> str:
    """The first line of standard input."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise UsageError("standard input has no password", where="--password-stdin")
    return password


def say_given(given: Given, what: str, as_json: bool) -> None:
    if as_json:
        terminal.say_json({"id": given.user.id, "name": given.user.name, "password": given.password})
    elif given.password is None:
        terminal.say(f"{given.user.name} ({given.user.role}) {what}")
    else:
        terminal.say(given.password)
        terminal.note(
            f"{given.user.name} ({given.user.role}) {what}: the password is not shown again,"
            " and has to be changed at the next sign-in"
        )
