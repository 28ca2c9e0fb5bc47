"""The product's source files, read once: what the tests about the tree look at."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("policies", "channels", "templates", "orchestrator")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that belongs to the project: those git knows, else all but the ignored folders."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
        return tuple(path for path in paths if path.is_file())
    ignored = {".venv", "var", "node_modules", "vendor", "__pycache__", "dist", "build", ".git"}
    return tuple(
        path
        for path in sorted(ROOT.rglob("*"))
        if path.is_file() and not ignored & set(path.relative_to(ROOT).parts) and ".cache" not in str(path)
    )


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders or PACKAGES:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute chain, "" for anything else at its root."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
