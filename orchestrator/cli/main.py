"""The command `duecourse`: exit 0 on success, 1 on a negative result, 2 on bad usage or input; never a traceback."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import structlog
import typer

from orchestrator import log
from orchestrator.cli import (
    audit,
    bench,
    book,
    cadence,
    campaign,
    contact,
    database,
    doctor,
    firm,
    key,
    policy,
    serve,
    simulation,
    template,
    terminal,
    user,
)
from orchestrator.errors import DuecourseError, InputError
from orchestrator.settings import load

EPILOG = "Settings come from the environment or .env: docs/reference/settings.md. Example: duecourse run"
app = typer.Typer(
    name="duecourse",
    help="Lawful, well-timed contacts about overdue accounts.",
    epilog=EPILOG,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command(epilog="Example: SPEED=60 duecourse run")(serve.run)
app.command(epilog="Example: duecourse web")(serve.web)
app.command(epilog="Example: duecourse worker")(serve.worker)
app.command("import", epilog="Example: duecourse import portfolio.csv --cadence standard")(book.import_book)
app.command(
    "simulate",
    epilog="Example: duecourse simulate portfolio.csv --cadence standard --from 2026-03-01 --days 30 --out run1",
)(simulation.simulate_portfolio)
app.command(epilog="Example: duecourse check --consumer C-1001 --channel sms")(contact.check)
app.command(
    epilog="Example: duecourse send --consumer C-1001 --account A-1 --channel sms --template reminder"
)(contact.send)
app.command(epilog="Example: duecourse doctor")(doctor.doctor)
app.command(epilog="Example: duecourse bench decide plan --json")(bench.bench)
for group in (firm, cadence, campaign, policy, template, audit, user, key, database):
    app.add_typer(group.app)


def one_line(text: str) -> str:
    return " ".join(text.split())


def fail_unexpectedly(error: BaseException) -> int:
    """Something we did not foresee: one line with a code; the log has the frames under it."""
    incident, data_dir = secrets.token_hex(4), Path("var")
    try:
        settings = load()
        data_dir = settings.data_dir
        log.configure(data_dir, settings.log_level)
        structlog.get_logger("cli").error("unexpected_error", incident=incident, exc_info=error)
    except (DuecourseError, OSError):
        terminal.note(f"unexpected error {incident}: {type(error).__name__}; it could not be logged")
        return 1
    where = log.log_file(data_dir)
    terminal.note(f"unexpected error {incident} ({type(error).__name__}): details under that code in {where}")
    return 1


def plain(message: str) -> str:
    """What the parser of arguments says, without the words of its trade."""
    words = message.replace("Value error, ", "")
    return words.replace("does not match the formats '%Y-%m-%d'", "is not a date like 2026-03-31")


def explain(error: Exception) -> int | None:
    """The exit code of an error that has its own clear line, after saying it; None for a surprise."""
    if isinstance(error, DuecourseError):
        terminal.note(one_line(error.line()))
        return error.exit_code
    if isinstance(error, typer.TyperException):
        message = plain(one_line(error.format_message()))
        hint = (
            ""
            if "--help" in message
            else " (duecourse --help lists the commands, COMMAND --help the options)"
        )
        terminal.note(f"{message}{hint}")
        return error.exit_code
    # policies, channels and templates draw their own errors with the same members and know no exit codes
    if isinstance(getattr(error, "code", None), str) and hasattr(error, "hint"):
        sentence = getattr(error, "sentence", None)
        terminal.note(one_line(sentence() if sentence else str(error)))
        return InputError.exit_code
    return None


def run(arguments: list[str] | None = None) -> int:
    """Runs one command and gives its exit code; every error ends here as one line on stderr."""
    try:
        answer = app(args=arguments, standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        terminal.note("stopped")
        return 130
    except BrokenPipeError:
        # whoever read us has left, `| head` for one; Python would complain again while flushing at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last net: a person gets one line, never a traceback
        code = explain(error)
        return fail_unexpectedly(error) if code is None else code
    return answer if isinstance(answer, int) else 0


def main() -> None:
    """Entry of the console script."""
    sys.exit(run())
