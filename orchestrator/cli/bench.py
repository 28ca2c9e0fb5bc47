"""`duecourse bench`: both sides of each comparison, measured in one run. The benchmarks are part of a checkout."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from orchestrator.cli import terminal
from orchestrator.errors import UsageError

CHECKOUT = Path(__file__).resolve().parents[2]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Lines = Callable[..., Iterator[Any]]


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help="Which; none: all of them.", metavar="[NAME...]")
    ] = None,
    quick: Annotated[bool, typer.Option(help="A smaller run, for a first look.")] = False,
    consumers: Annotated[
        int | None, typer.Option(help="`pages`: how many people the book has.", min=500)
    ] = None,
    attempts: Annotated[
        int | None, typer.Option(help="`pages`: how many attempts the book has.", min=1)
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="`pages`: a folder for the book, which is used again if it has that size."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Measures ours and a peer on the same work, in turns. Figures are noisy: the ratio is what counts.

    Benchmarks that have an aim of their own end with exit code 1 and say so if it is missed.
    """
    known = find_benchmarks()
    chosen = names or sorted(known)
    for name in chosen:
        if name not in known:
            raise UsageError(
                "there is no such benchmark", where=name, hint=f"known: {', '.join(sorted(known))}"
            )
    given = {"consumers": consumers, "attempts": attempts, "keep": keep}
    sizes = {option: value for option, value in given.items() if value is not None}
    for name in chosen:
        refuse_foreign(name, known[name], sizes)
    missed = []
    for name in chosen:
        terminal.note(f"bench {name} ...")
        for line in known[name](quick=quick, **sizes):
            say(line, as_json)
            missed += [f"{line.name} ({', '.join(line.misses)})"] if line.misses else []
    if missed:
        terminal.note(f"short of the aim: {'; '.join(missed)}")
        raise typer.Exit(1)


def refuse_foreign(name: str, lines: Lines, sizes: dict[str, Any]) -> None:
    """An option that a benchmark does not know would be passed over in silence."""
    foreign = sizes.keys() - inspect.signature(lines).parameters.keys()
    if foreign:
        raise UsageError(f"`{name}` has no --{min(foreign)}", where=name, hint="name `pages` alone")


def find_benchmarks() -> dict[str, Lines]:
    """Benchmarks by name: the modules of `bench/` that have `lines`."""
    if not (CHECKOUT / "bench").is_dir():
        raise UsageError("benchmarks run from a checkout of the source", hint="clone it and use `make bench`")
    if str(CHECKOUT) not in sys.path:
        sys.path.insert(0, str(CHECKOUT))
    package = importlib.import_module("bench")
    found: dict[str, Lines] = {}
    for entry in pkgutil.iter_modules(package.__path__):
        lines = getattr(importlib.import_module(f"bench.{entry.name}"), "lines", None)
        if lines is not None:
            found[entry.name.rstrip("_")] = lines
    return found


def say(line: Any, as_json: bool) -> None:
    if as_json:
        terminal.say(msgspec.json.encode(line).decode())
        return
    beside = f"; {line.peer}: {line.theirs} (ratio {line.ratio})" if line.peer else ""
    terminal.say(f"{line.name}: {line.ours} {line.unit}{beside}")
    for key, value in line.detail.items():
        terminal.say(f"  {key}: {value}")
