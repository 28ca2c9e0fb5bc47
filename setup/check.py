"""`make check`: every quick look at the code, two at a time, each with its time; exit 1 if one objects."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CODE = ("policies", "channels", "templates", "orchestrator")
CHECKS: dict[str, list[str]] = {
    "types": ["mypy", *CODE, "tests", "bench", "setup"],
    "lint": ["ruff", "check", "--quiet", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "imports": ["lint-imports"],
    "security": ["bandit", "-q", "-r", *CODE, "-c", "pyproject.toml"],
    "unit": ["python", "-m", "pytest", "tests/unit", "tests/meta", "-q", "-m", "not slow"],
}


def run(name: str) -> tuple[str, bool, float, str]:
    started = time.monotonic()
    tool, *arguments = CHECKS[name]
    done = subprocess.run(
        [str(BIN / tool), *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return name, done.returncode == 0, time.monotonic() - started, done.stdout + done.stderr


def main() -> int:
    sound = True
    with ThreadPoolExecutor(2) as pool:
        for name, passed, seconds, output in pool.map(run, CHECKS):
            print(f"{'ok  ' if passed else 'FAIL'} {name:9} {seconds:5.1f} s", flush=True)
            if not passed:
                sound = False
                print(output, flush=True)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
