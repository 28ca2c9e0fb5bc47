"""Resolves requirements*.in into hash-pinned files for Python 3.11 to 3.14, without registry addresses."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# each file keeps the versions of the one before it, so that all three fit into one environment
NAMES = ("requirements", "requirements-dev", "requirements-bench")


OPTIONS = (
    "--universal", "--upgrade", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links",
    "--python-version", "3.11", "--custom-compile-command", "make lock",
)  # fmt: skip


def resolve(uv: Path, name: str, held: list[str]) -> None:
    constraints = [word for other in held for word in ("-c", f"{other}.txt")]
    command = [str(uv), "pip", "compile", *OPTIONS, *constraints, f"{name}.in", "-o", f"{name}.txt"]
    subprocess.run(command, cwd=ROOT, check=True)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        tools = Path(folder) / "bin"
        subprocess.run([str(tools / "python"), "-m", "pip", "install", "--quiet", "uv"], check=True)
        for position, name in enumerate(NAMES):
            resolve(tools / "uv", name, list(NAMES[:position]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
