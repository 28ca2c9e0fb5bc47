"""Finds a Chromium on this machine, or installs one where that is plain; nothing is downloaded otherwise.

python -m tests.browser.chromium find      prints where it is; exit 1 if there is none
python -m tests.browser.chromium ready     exit 1 and one line if the tests cannot run here
python -m tests.browser.chromium ensure    installs one first if there is none; exit 2 and one line if it cannot
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FETCHED = ("tests/browser/vendor/axe.min.js", "orchestrator/console/assets/vendor/htmx/htmx.min.js")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_PATHS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
HOW = (
    "No Chromium found: install one (Debian, Ubuntu: sudo apt install chromium; macOS: brew install --cask chromium)"
    " or name it: CHROMIUM=/path/to/chromium"
)
NOT_FETCHED = (
    "The front-end files are missing: make setup fetches them, with the machine's npm or one of its own"
)


def find() -> str | None:
    """The path of the Chromium that CHROMIUM names, else of an installed one."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    found = [path for name in NAMES if (path := shutil.which(name))]
    return next(iter(found + [path for path in MAC_PATHS if Path(path).is_file()]), None)


def install() -> None:
    """From the distribution, where nobody has to be asked for a password."""
    if os.geteuid() or shutil.which("apt-get") is None or "CHROMIUM" in os.environ:
        return
    print("Installing chromium (the first time only)", file=sys.stderr, flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-qq", *command], env=quiet, stdout=subprocess.DEVNULL, check=False)


def lacking() -> str | None:
    """What keeps the tests from running here, and how to mend it; None: nothing does."""
    if find() is None:
        return HOW
    return None if all((ROOT / name).is_file() for name in FETCHED) else NOT_FETCHED


def main(arguments: list[str]) -> int:
    if arguments == ["find"]:
        path = find()
        if path is not None:
            print(path)
        return 0 if path else 1
    if arguments == ["ensure"] and find() is None:
        install()
    lack = lacking()
    if lack is not None:
        print(lack, file=sys.stderr)
    return 0 if lack is None else 2 if arguments == ["ensure"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
