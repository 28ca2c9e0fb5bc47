"""The import contracts of pyproject.toml, held in the test command too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.meta.source import ROOT


def test_the_import_contracts_hold() -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([str(tool), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
