"""`duecourse bench`: both sides of each comparison, measured in one run. The benchmarks are part of a checkout."""

from __future__ import annotations

import importlib
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
    as_json: Json = False,
) -> None:
    """Measures ours and a peer on the same work, in turns. Figures are noisy: the ratio is what counts."""
    known = find_benchmarks()
    chosen = names or sorted(known)
    for name in chosen:
        if name not in known:
            raise UsageError(
                "there is no such benchmark", where=name, hint=f"known: {', '.join(sorted(known))}"
            )
    for name in chosen:
        terminal.note(f"bench {name} ...")
        for line in known[name](quick=quick):
            say(line, as_json)


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
