"""Modules and functions stay small enough to be read in one sitting."""

from __future__ import annotations

import ast
from statistics import median

from tests.meta.source import modules, name, tree

MODULE_LINES = 500
FUNCTION_LINES = 60


def module_sizes() -> dict[str, int]:
    sizes = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    return {path: size for path, size in sizes.items() if size > 1}


def function_sizes() -> dict[str, int]:
    sizes = {}
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                sizes[f"{name(path)}:{node.lineno} {node.name}"] = (
                    (node.end_lineno or node.lineno) - node.lineno + 1
                )
    return sizes


def test_no_module_is_too_long() -> None:
    long = {path: size for path, size in module_sizes().items() if size > MODULE_LINES}
    assert not long


def test_no_function_is_too_long() -> None:
    long = {where: size for where, size in function_sizes().items() if size > FUNCTION_LINES}
    assert not long


def test_the_medians_stay_near_what_we_aim_for() -> None:
    assert median(module_sizes().values()) <= 160
    assert median(function_sizes().values()) <= 14
