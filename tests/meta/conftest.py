"""Reports the medians that the size test guards."""

from __future__ import annotations

from statistics import median

import pytest

from tests.meta.test_size import function_sizes, module_sizes


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines, functions = list(module_sizes().values()), list(function_sizes().values())
    terminalreporter.write_line(
        f"size: {len(lines)} modules, median {median(lines):.0f} lines (at most {max(lines)});"
        f" {len(functions)} functions, median {median(functions):.0f} lines (at most {max(functions)})"
    )
