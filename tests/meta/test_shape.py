"""Habits that a machine can hold up: clocks, commits, provider calls, printing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.meta.source import dotted, modules, name, tree

WALL_CLOCK = {
    "datetime.now", "datetime.utcnow", "datetime.today", "datetime.datetime.now", "datetime.datetime.utcnow",
    "date.today", "datetime.date.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime",
}  # fmt: skip

# the clock itself, and ids that sort by the time they were made, which nobody reads a time out of
CLOCK_READERS = {"orchestrator/clock.py", "orchestrator/store/identifier.py"}


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def found(path: Path, node: ast.expr | ast.stmt) -> str:
    return f"{name(path)}:{node.lineno}"


def test_only_the_clock_reads_a_wall_clock() -> None:
    readers = [
        found(path, call)
        for path in modules()
        if name(path) not in CLOCK_READERS
        for call in calls(path)
        if dotted(call.func) in WALL_CLOCK
    ]
    assert not readers


def test_only_the_database_module_commits() -> None:
    commits = [
        found(path, call)
        for path in modules()
        if name(path) != "orchestrator/store/database.py"
        for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert not commits


def opens_transaction(item: ast.withitem) -> bool:
    call = item.context_expr
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"write", "read"}
    )


def test_no_provider_is_called_inside_a_transaction() -> None:
    """A block that holds a unit of work neither awaits nor sends: a slow provider would hold the writer."""
    offences = [
        found(path, inner)
        for path in modules("orchestrator")
        for block in ast.walk(tree(path))
        if isinstance(block, ast.With) and any(opens_transaction(item) for item in block.items)
        for inner in ast.walk(block)
        if isinstance(inner, ast.Await)
        or (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr == "send"
        )
    ]
    assert not offences


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_only_gate_and_dispatch_know_permits() -> None:
    allowed = {"orchestrator/engine/gate.py", "orchestrator/engine/dispatch.py"}
    others = [name(path) for path in modules() if "orchestrator.engine.permit" in imported(path)]
    assert set(others) <= allowed


def test_nothing_prints_but_the_command_line() -> None:
    printers = [
        found(path, call)
        for path in modules()
        if not name(path).startswith("orchestrator/cli/")
        for call in calls(path)
        if dotted(call.func) in {"print", "typer.echo", "sys.stdout.write"}
    ]
    assert not printers


@pytest.mark.parametrize("module", ["utils", "helpers", "common", "manager"])
def test_no_module_is_a_drawer_for_odds_and_ends(module: str) -> None:
    assert not [name(path) for path in modules() if path.stem == module]


def test_every_module_reads_annotations_lazily() -> None:
    """All but the tables, whose annotations SQLModel evaluates, and empty package files."""
    eager = [
        name(path)
        for path in modules()
        if "store/tables" not in name(path)
        and "migrations/versions" not in name(path)
        and any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree(path).body)
        and "__future__" not in imported(path)
    ]
    assert not eager
